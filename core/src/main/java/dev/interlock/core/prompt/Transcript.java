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
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The conversation of an instance, folded from its journal. Immutable; adding shares what was
 * there. It is kept apart from the instance because it grows.
 */
public final class Transcript {
  public static final Transcript EMPTY =
      new Transcript(null, null, null, null, 0, "", List.of(), Instant.EPOCH);

  private final @Nullable Link past;
  private final @Nullable Exchange open;
  private final @Nullable Returned returned;
  private final @Nullable Filed filed;
  private final long visit;
  private final String state;
  private final List<Told> arrived;
  private final Instant at;

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
  record Told(String text, List<Sight.Sent> documents) {}

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
      Instant at) {
    this.past = past;
    this.open = open;
    this.returned = returned;
    this.filed = filed;
    this.visit = visit;
    this.state = state;
    this.arrived = arrived;
    this.at = at;
  }

  /** With what an entry added to the conversation. */
  public Transcript plus(Entry entry) {
    Transcript next =
        new Transcript(past, open, returned, filed, visit, state, arrived, entry.at());
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
          new Transcript(past, open, returned, filed, number, to, arrived, at);
      case Outcome.MessageKept(Inbox.Message message) -> message(message);
      case Outcome.TextTyped t -> this; // the message itself is kept
      case Outcome.FieldSet set -> filed(set.field(), set.value());
      case Outcome.FieldAppended more -> filed(more.field(), more.items());
      case Outcome.Said(String text) ->
          open == null ? arrived(UserText.notice("Said to the user: " + text)) : this;
      case Outcome.Noticed noticed -> arrived(UserText.notice(noticed.notice().text()));
      case Outcome.Asked asked -> {
        Link before = open == null ? past : new Link(past, open);
        Exchange asks = new Exchange(visit, state, arrived, null, List.of(), Map.of());
        yield new Transcript(before, asks, returned, filed, visit, state, List.of(), at);
      }
      case Outcome.TurnEnded ended ->
          open == null
              ? this
              : new Transcript(
                  new Link(past, open), null, returned, filed, visit, state, arrived, at);
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
    return arrived(new Told(text, List.of()));
  }

  private Transcript arrived(Told told) {
    List<Told> more = new ArrayList<>(arrived);
    more.add(told);
    return new Transcript(
        past, open, returned, filed, visit, state, Collections.unmodifiableList(more), at);
  }

  private Transcript filed(String field, Object value) {
    Filed more = new Filed(filed, field, value);
    return new Transcript(past, open, returned, more, visit, state, arrived, at);
  }

  private Transcript returned(int call, Result result) {
    Returned more = new Returned(returned, call, result);
    return new Transcript(past, open, more, filed, visit, state, arrived, at);
  }

  private Transcript open(@Nullable Exchange exchange) {
    return new Transcript(past, exchange, returned, filed, visit, state, arrived, at);
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
