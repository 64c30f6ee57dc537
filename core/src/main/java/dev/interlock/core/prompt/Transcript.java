package dev.interlock.core.prompt;

import dev.interlock.core.contract.BuiltIn;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Refusal;
import dev.interlock.core.decide.Result;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.json.Json;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The conversation of an instance, folded from its journal. Immutable; adding shares what was
 * there. It is kept apart from the instance because it grows.
 */
public final class Transcript {
  public static final Transcript EMPTY =
      new Transcript(null, null, null, null, 0, "", List.of(), Instant.EPOCH, Before.NOTHING);

  private final @Nullable Link past;
  private final @Nullable Exchange open;
  private final @Nullable Returned returned;
  private final @Nullable Filed filed;
  private final long visit;
  private final String state;
  private final List<Told> arrived;
  private final Instant at;
  private final Before before;

  /**
   * What a summary stands for, and what is to be summed up.
   *
   * @param summary the newest one, or empty
   * @param documents that came with what was summed up, each once
   * @param results of calls that were summed up, the newest
   * @param open how many of the exchanges, the oldest, are to be summed up
   */
  record Before(String summary, List<Sight.Sent> documents, List<Named> results, int open) {
    static final Before NOTHING = new Before("", List.of(), List.of(), 0);

    /** The most results that are named. */
    static final int MAX_RESULTS = 100;

    Before summingUp(int exchanges) {
      return new Before(summary, documents, results, exchanges);
    }

    /** With a summary of these too. */
    Before summedUp(String text, List<Exchange> exchanges) {
      Set<Sight.Sent> sent = new LinkedHashSet<>(documents);
      List<Named> named = new ArrayList<>(results);
      for (Exchange exchange : exchanges) {
        exchange.told().forEach(told -> sent.addAll(told.documents()));
        for (int call : exchange.calls()) {
          Answer answer = exchange.answers().get(call);
          if (answer != null && answer.result() != null) {
            named.add(new Named(call, answer.tool()));
          }
        }
      }
      return new Before(
          text,
          List.copyOf(sent),
          List.copyOf(named.subList(Math.max(0, named.size() - MAX_RESULTS), named.size())),
          0);
    }
  }

  /** A call by its number. */
  record Named(int call, String tool) {}

  private record Link(@Nullable Link before, Exchange exchange) {}

  /** The newest result and those before it, of every call: also of those outside the exchanges. */
  private record Returned(@Nullable Returned before, int call, Result result) {}

  /** The newest value that a field was given and those before it: those too that it has no more. */
  record Filed(@Nullable Filed before, String field, Object value) {}

  /**
   * Something that the user wrote or sent, or the machine noticed.
   *
   * @param text empty if it is documents
   */
  record Told(String text, List<Sight.Sent> documents) {
    static Told of(String text) {
      return new Told(text, List.of());
    }
  }

  /**
   * A question, its reply and what became of the calls.
   *
   * @param visit in which it was asked
   * @param told what the user wrote and the machine noticed
   * @param parts of the reply, or null while there is none, or none that could be used
   * @param calls their numbers, in the order of the reply
   */
  record Exchange(
      long visit,
      String state,
      List<Told> told,
      @Nullable List<Reply.Part> parts,
      List<Integer> calls,
      Map<Integer, Answer> answers) {
    /** How long is what user and model wrote and the machine noticed, in characters. */
    long spoken() {
      return (parts == null ? 0 : Reply.length(parts))
          + told.stream().mapToLong(one -> one.text().length()).sum();
    }

    /** About how long it is in a question that is asked during a visit, in characters. */
    long length(long now) {
      long length = spoken();
      for (Answer answer : answers.values()) {
        boolean stub = visit != now && answer.result() != null;
        length += stub ? STUB : answer.length() + STUB;
      }
      return length;
    }

    Exchange replied(List<Reply.Part> reply) {
      return new Exchange(visit, state, told, reply, calls, answers);
    }

    Exchange proposed(int call) {
      List<Integer> more = new ArrayList<>(calls);
      more.add(call);
      return new Exchange(visit, state, told, parts, more, answers);
    }

    Exchange answered(int call, Answer answer) {
      Map<Integer, Answer> more = new HashMap<>(answers);
      more.put(call, answer);
      return new Exchange(visit, state, told, parts, calls, more);
    }
  }

  /**
   * What became of a call.
   *
   * @param text for the model; of a result its preview
   * @param result if it returned one
   * @param recallOf the call whose result a {@code recall} opens, 0 if it is none
   */
  record Answer(
      String tool, String text, boolean error, @Nullable Result result, int recallOf, long offset) {
    long length() {
      return recallOf > 0 ? Result.MAX_INLINE : text.length();
    }

    static Answer said(String tool, String text, boolean error) {
      return new Answer(tool, text, error, null, 0, 0);
    }
  }

  private Transcript(
      @Nullable Link past,
      @Nullable Exchange open,
      @Nullable Returned returned,
      @Nullable Filed filed,
      long visit,
      String state,
      List<Told> arrived,
      Instant at,
      Before before) {
    this.past = past;
    this.open = open;
    this.returned = returned;
    this.filed = filed;
    this.visit = visit;
    this.state = state;
    this.arrived = arrived;
    this.at = at;
    this.before = before;
  }

  /** About what stands beside the text of a result, in characters. */
  private static final int STUB = 100;

  /** With what an entry added to the conversation. */
  public Transcript plus(Entry entry) {
    Transcript next =
        new Transcript(past, open, returned, filed, visit, state, arrived, entry.at(), before);
    for (Outcome outcome : entry.outcomes()) {
      next = next.plus(outcome);
    }
    return next;
  }

  /** The exchanges, oldest first, the open one among them. */
  List<Exchange> exchanges() {
    Deque<Exchange> list = new ArrayDeque<>();
    if (open != null) {
      list.addFirst(open);
    }
    for (Link link = past; link != null; link = link.before()) {
      list.addFirst(link.exchange());
    }
    return List.copyOf(list);
  }

  /** About how much memory it takes, in characters: all results too that it can recall. */
  public long length() {
    long length = before.summary().length() + (open == null ? 0 : open.spoken());
    for (Link link = past; link != null; link = link.before()) {
      length += link.exchange().spoken();
    }
    for (Returned one = returned; one != null; one = one.before()) {
      length += one.result().preview().length();
    }
    return length;
  }

  /** What came before those, in their place. */
  Before before() {
    return before;
  }

  /** Those that are to be summed up, oldest first. */
  List<Exchange> summingUp() {
    return exchanges().subList(0, before.open());
  }

  /** What has arrived since the newest question, and will be told with the next. */
  List<Told> arrived() {
    return arrived;
  }

  /** The newest of all values that fields were given. */
  @Nullable Filed filed() {
    return filed;
  }

  /** The time of the newest entry. */
  Instant at() {
    return at;
  }

  /** The result of an earlier call, or null. */
  @Nullable Result result(int call) {
    for (Returned one = returned; one != null; one = one.before()) {
      if (one.call() == call) {
        return one.result();
      }
    }
    return null;
  }

  private Transcript message(Inbox.Message message) {
    Transcript next = message.text().isBlank() ? this : arrived(UserText.foreign(message.text()));
    Map<String, Object> form = message.form();
    if (form != null) {
      next =
          next.arrived(
              UserText.notice(
                  form.entrySet().stream()
                      .map(field -> field.getKey() + " = " + Json.write(field.getValue()))
                      .collect(Collectors.joining("\n", "The user filled in the form:\n", ""))));
    }
    Map<String, Object> documents = message.documents();
    return documents == null ? next : next.arrived(new Told("", Sight.Sent.of(documents)));
  }

  private Transcript plus(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Entered(
              String to,
              long number,
              var cause,
              var back,
              var keeps,
              var escalation) ->
          new Transcript(past, open, returned, filed, number, to, arrived, at, before);
      case Outcome.MessageKept(Inbox.Message message) -> message(message);
      case Outcome.TextTyped t -> this; // the message itself is kept
      case Outcome.FieldSet set -> filed(set.field(), set.value());
      case Outcome.FieldAppended more -> filed(more.field(), more.items());
      case Outcome.Said(String text) ->
          open == null ? arrived(UserText.notice("Said to the user: " + text)) : this;
      case Outcome.Noticed noticed -> arrived(UserText.notice(noticed.notice().text()));
      case Outcome.Asked asked -> {
        Link newest = open == null ? past : new Link(past, open);
        Exchange asks = new Exchange(visit, state, arrived, null, List.of(), Map.of());
        yield new Transcript(newest, asks, returned, filed, visit, state, List.of(), at, before);
      }
      case Outcome.TurnEnded ended ->
          open == null
              ? this
              : new Transcript(
                  new Link(past, open), null, returned, filed, visit, state, arrived, at, before);
      case Outcome.SummaryAsked(var question, int keep, long room) ->
          before(before.summingUp(older(keep, room * Price.CHARACTERS_PER_TOKEN)));
      case Outcome.Summarised(var question, String text, var model, var usage) -> summedUp(text);
      case Outcome.ReplyTaken(long question, Reply reply) ->
          open(open == null ? null : open.replied(reply.parts()));
      case Outcome.CallProposed(int call, String id, String tool, var proposed) ->
          proposed(call, id, tool);
      case Outcome.CallReturned(int call, Result result) ->
          returned(call, result).answered(call, result.preview(), false, result);
      case Outcome.UnknownSettled(int call, var happened, Result result, var by) ->
          result == null ? this : returned(call, result);
      case Outcome.CallFailed(int call, String why) -> answered(call, "Failed: " + why, true, null);
      case Outcome.CallUnknown(int call, String why) ->
          answered(call, "Its outcome is unknown: " + why, true, null);
      case Outcome.CallWithdrawn(int call, String why) ->
          answered(call, "Not carried out: " + why, true, null);
      case Outcome.CallRefused(int call, Refusal refusal) ->
          answered(
              call,
              "Refused by the rule \"%s\": %s. You can: %s."
                  .formatted(refusal.rule(), refusal.why(), String.join(", ", refusal.moves())),
              true,
              null);
      case Outcome.CallParked(Parked parked) ->
          answered(
              parked.number(),
              "Waits for %s, no. %d."
                  .formatted(
                      String.join(" and ", parked.asks().stream().map(Parked.Ask::whom).toList()),
                      parked.number()),
              false,
              null);
      case Outcome.BuiltInApplied(int call, String text) -> answered(call, text, false, null);
      case Outcome.Recalled(int call, int of, long offset) -> recalled(call, of, offset);
      default -> this; // not part of the conversation
    };
  }

  private Transcript arrived(String text) {
    return arrived(Told.of(text));
  }

  private Transcript arrived(Told told) {
    List<Told> more = new ArrayList<>(arrived);
    more.add(told);
    return new Transcript(
        past, open, returned, filed, visit, state, Collections.unmodifiableList(more), at, before);
  }

  /**
   * How many exchanges stand before those that stay.
   *
   * @param keep the most exchanges with a reply that stay
   * @param room the most characters of those
   */
  private int older(int keep, long room) {
    int replied = 0;
    long length = 0;
    int older = 0;
    boolean stays = true;
    for (Link link = past; link != null; link = link.before()) {
      Exchange exchange = link.exchange();
      length += stays ? exchange.length(visit) : 0;
      replied += exchange.parts() == null ? 0 : 1;
      stays &= replied <= keep && length <= room;
      older += stays ? 0 : 1;
    }
    return older;
  }

  private Transcript before(Before other) {
    return new Transcript(past, open, returned, filed, visit, state, arrived, at, other);
  }

  /** The exchanges that were summed up are let go. */
  private Transcript summedUp(String text) {
    Before after = before.summedUp(UserText.foreign(text), summingUp());
    Deque<Exchange> stay = new ArrayDeque<>(exchanges());
    if (open != null) {
      stay.removeLast();
    }
    for (int i = 0; i < before.open(); i++) {
      stay.removeFirst();
    }
    Link kept = null;
    for (Exchange exchange : stay) {
      kept = new Link(kept, exchange);
    }
    return new Transcript(kept, open, returned, filed, visit, state, arrived, at, after);
  }

  private Transcript filed(String field, Object value) {
    Filed more = new Filed(filed, field, value);
    return new Transcript(past, open, returned, more, visit, state, arrived, at, before);
  }

  private Transcript returned(int call, Result result) {
    Returned more = new Returned(returned, call, result);
    Filed values = filed;
    for (Result.Fact fact : result.facts()) { // also if it is not, or not yet, in its field
      values = new Filed(values, fact.field(), fact.value());
    }
    return new Transcript(past, open, more, values, visit, state, arrived, at, before);
  }

  private Transcript open(@Nullable Exchange exchange) {
    return new Transcript(past, exchange, returned, filed, visit, state, arrived, at, before);
  }

  /** A call of the machine itself has no id and no place in the conversation. */
  private Transcript proposed(int call, String id, String tool) {
    if (id.isEmpty() || open == null) {
      return this;
    }
    return open(open.proposed(call).answered(call, Answer.said(tool, "Not settled yet.", true)));
  }

  private Transcript answered(int call, String text, boolean error, @Nullable Result result) {
    if (open == null || !open.answers().containsKey(call)) {
      return this; // an approved call, or the machine's own: the model reads of it in a notice
    }
    return open(open.answered(call, new Answer(tool(call), text, error, result, 0, 0)));
  }

  private Transcript recalled(int call, int of, long offset) {
    if (open == null) {
      return this;
    }
    return open(
        open.answered(call, new Answer(BuiltIn.RECALL.word(), "", false, null, of, offset)));
  }

  private String tool(int call) {
    Answer before = open == null ? null : open.answers().get(call);
    return before == null ? "" : before.tool();
  }
}
