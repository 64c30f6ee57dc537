package dev.interlock.core.evolve;

import static dev.interlock.core.evolve.Call.Stage;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Outcome.*;
import dev.interlock.core.decide.Result;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Quorum;
import dev.interlock.core.machine.Typed;
import dev.interlock.core.prompt.Reply;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Folding; never decides. */
public final class Evolve {
  private Evolve() {}

  /** The instance after a whole entry. */
  public static Instance evolve(Instance instance, Entry entry) {
    Instance folded = instance;
    for (Outcome outcome : entry.outcomes()) {
      folded = evolve(folded, outcome, entry.at());
    }
    return new Draft(folded).seq(entry.seq()).freeze();
  }

  /**
   * The instance after one outcome.
   *
   * @param at the time of its occurrence
   */
  public static Instance evolve(Instance instance, Outcome outcome, Instant at) {
    Draft draft = new Draft(instance);
    switch (outcome) {
      case Began(String machine, var caller) -> {
        draft.machine = machine;
        draft.caller = caller;
        draft.started = at;
      }
      case Remembered(String id, String print) -> draft.recent = remember(draft.recent, id, print);
      case Entered entered -> enter(draft, entered, at);
      case Migrated migrated -> migrate(draft, migrated);
      case Waited() -> draft.visit = draft.visit.waiting(true);
      case Ended(End end) -> {
        draft.end = end;
        draft.turn = null;
        draft.timers = Map.of();
        draft.inbox = Inbox.EMPTY;
      }
      case FieldSet(String field, List<Object> key, Object value, Evidence evidence) -> {
        draft.facts = with(draft.facts, field, put(draft.facts.get(field), key, value));
        draft.evidence = with(draft.evidence, field, evidence);
      }
      case FieldAppended(String field, List<Object> key, List<Object> items, Evidence evidence) -> {
        draft.facts = with(draft.facts, field, append(draft.facts.get(field), key, items));
        draft.evidence = with(draft.evidence, field, evidence);
      }
      case FieldCleared(String field, Object empty) -> {
        draft.facts = empty == null ? without(draft.facts, field) : with(draft.facts, field, empty);
        draft.evidence = without(draft.evidence, field);
      }
      case MessageKept(Inbox.Message message) -> {
        draft.inbox = draft.inbox.withMessages(plus(draft.inbox.messages(), message));
        if (!draft.parked.isEmpty()) {
          draft.written = written(draft.written, message.text());
        }
      }
      case EventKept(Inbox.Event event) ->
          draft.inbox = draft.inbox.withEvents(plus(draft.inbox.events(), event));
      case EventTaken(String id, String name) -> draft.inbox = draft.inbox.withoutEvent(id);
      case EventNotTaken(String id, String name) -> draft.inbox = draft.inbox.withoutEvent(id);
      case Noticed(Inbox.Notice notice) ->
          draft.inbox = draft.inbox.withNotices(plus(draft.inbox.notices(), notice));
      case CancelKept(var by, String why) -> draft.inbox = draft.inbox.withCancel(by);
      case TurnOpened(Turn.Kind kind) -> draft.turn = Turn.opened(kind);
      case TextTyped(Inbox.Message message) -> draft.typed = typed(draft.typed, message);
      case Asked(long question, List<String> messages) -> {
        draft.questions = question;
        draft.turn = turn(draft).asked(question);
        draft.inbox = draft.inbox.withMessages(List.of()).withNotices(List.of());
        draft.visit = draft.visit.waiting(false);
        count(draft, Counters::turn);
      }
      case SummaryAsked(long question, int keep, long room) -> {
        draft.questions = question;
        draft.turn = turn(draft).summaryAsked(question, room);
      }
      case Summarised(long question, String text, String model, Reply.Usage usage) -> {
        draft.turn = turn(draft).summarised("");
        use(draft, usage);
      }
      case SummaryFaulty(long question, Reply reply, String why) -> {
        draft.turn = turn(draft).summarised(why);
        use(draft, reply.usage());
      }
      case AskedAgain(long question) -> {
        draft.questions = question;
        draft.turn = turn(draft).asked(question);
      }
      case ReplyTaken(long question, Reply reply) -> {
        draft.turn =
            turn(draft)
                .replied(reply.parts().stream().anyMatch(Reply.Call.class::isInstance), false);
        use(draft, reply.usage());
      }
      case ReplyFaulty(long question, Reply reply, String why) -> {
        draft.turn = turn(draft).replied(false, true);
        use(draft, reply.usage());
        count(draft, Counters::error);
      }
      case QuestionLost(long question, String why) -> {
        draft.turn = turn(draft).replied(false, false);
        draft.abandoned = question;
      }
      case UsageCounted(long question, Reply.Usage usage) -> {
        use(draft, usage);
        if (draft.abandoned == question) {
          draft.abandoned = 0;
        }
      }
      case Said(String text) -> {
        if (draft.turn != null) { // else a state's own text, said at entry
          draft.turn = draft.turn.spoke();
        }
      }
      case TurnClosing(Turn.Closing why, String name, String detail) ->
          draft.turn = turn(draft).closing(why, name, detail);
      case TurnEnded() -> {
        List<Call> unknown = new ArrayList<>(draft.unknown);
        for (Call call : turn(draft).calls()) {
          if (call.stage() == Stage.UNKNOWN) {
            unknown.add(call);
          }
        }
        draft.unknown = List.copyOf(unknown);
        draft.visit = draft.visit.turned(turn(draft).said(), turn(draft).calls().size());
        draft.turn = null;
      }
      case CallProposed(int call, String id, String tool, Map<String, Object> proposed) -> {
        draft.numbers = Math.max(draft.numbers, call);
        draft.turn = turn(draft).plus(Call.proposed(call, id, tool, proposed));
      }
      case Ruled ruled -> {}
      case CallAccepted(int call, Map<String, Object> args) ->
          change(draft, call, c -> c.accepted(args));
      case CallRefused(int call, var refusal) ->
          change(draft, call, c -> c.settled(Stage.REFUSED, null, refusal, ""));
      case CallDispatched(int call, String key, var since, var deadline, List<String> counted) -> {
        change(draft, call, c -> c.dispatched(key, since, deadline, counted));
        draft.counts = counted(draft.counts, counted, 1);
        count(draft, Counters::toolCall);
      }
      case BuiltInApplied(int call, String text) ->
          change(draft, call, c -> c.settled(Stage.RETURNED, null, null, text));
      case Recalled(int call, int of, long offset) ->
          change(draft, call, c -> c.settled(Stage.RETURNED, null, null, ""));
      case CallReturned(int call, Result result) ->
          change(draft, call, c -> c.settled(Stage.RETURNED, result, null, ""));
      case CallFailed(int call, String why) ->
          change(draft, call, c -> c.settled(Stage.FAILED, null, null, why));
      case CallUnknown(int call, String why) ->
          change(draft, call, c -> c.settled(Stage.UNKNOWN, null, null, why));
      case CallWithdrawn(int call, String why) ->
          change(draft, call, c -> c.settled(Stage.WITHDRAWN, null, null, why));
      case CallApplied(int call, boolean error, boolean success) -> {
        change(draft, call, Call::markApplied);
        if (success) {
          draft.returned = returned(draft.returned, turn(draft).calls(), call);
        }
        if (error) {
          count(draft, Counters::error);
        } else if (success) {
          count(draft, Counters::noErrors);
        }
      }
      case Labelled(int call, List<String> labels) -> {
        for (String label : labels) {
          draft.labels = plus(draft.labels, label);
        }
      }
      case CountGivenBack(int call, List<String> counted) ->
          draft.counts = counted(draft.counts, counted, -1);
      case CallLate late -> {}
      case CallParked(Parked parked) -> {
        change(draft, parked.number(), c -> parked.call());
        boolean again = draft.turn != null && draft.turn.kind() == Turn.Kind.APPROVED;
        if (draft.parked.isEmpty() && !again) {
          draft.written = List.of();
        }
        draft.parked = plus(draft.parked, parked);
      }
      case AnswerTaken(int number, String role, String answer, var by, var form) -> {
        draft.parked = map(draft.parked, p -> p.number() == number ? p.answered(role, by.id()) : p);
        if (draft.approval != null && draft.approval.number() == number) {
          draft.approval = draft.approval.with(new Approval.Given(by.id(), answer, form));
        }
      }
      case ParkedEnded(int number, ParkedEnded.How how, String why) ->
          draft.parked = draft.parked.stream().filter(p -> p.number() != number).toList();
      case ParkedReleased(int number) -> {
        for (Parked parked : draft.parked) {
          if (parked.number() == number) {
            draft.turn = turn(draft).plus(parked.call().released());
          }
        }
        draft.parked = draft.parked.stream().filter(p -> p.number() != number).toList();
      }
      case ApprovalAsked(
              int number,
              String role,
              Map<String, Object> shown,
              String hash,
              Quorum quorum) -> {
        draft.numbers = Math.max(draft.numbers, number);
        draft.approval = new Approval(number, role, shown, hash, quorum, List.of());
      }
      case ApprovalClosed(int number, String why) -> draft.approval = null;
      case UnknownSettled(int call, boolean happened, Result result, String by) -> {
        if (happened) {
          draft.returned = returned(draft.returned, draft.unknown, call);
        }
        draft.unknown = draft.unknown.stream().filter(c -> c.number() != call).toList();
      }
      case TimerSet(Timer timer) -> {
        draft.timers = with(draft.timers, timer.id(), timer);
        if (timer.kind() == Timer.Kind.EXPIRY) {
          draft.parked =
              draft.parked.stream()
                  .map(it -> it.call().number() == timer.number() ? it.until(timer.due()) : it)
                  .toList();
        }
      }
      case TimerCancelled(String id) -> draft.timers = without(draft.timers, id);
      case TimerDue(Timer timer) -> {
        draft.timers = without(draft.timers, timer.id());
        if (draft.turn != null || !draft.unknown.isEmpty()) {
          draft.inbox = draft.inbox.withTimers(plus(draft.inbox.timers(), timer));
        }
      }
      case TimerDropped(String id) -> draft.timers = without(draft.timers, id);
      case Escalation(Escalated escalated) -> draft.escalated = escalated;
      case TicketTaken(int number, String ticket) ->
          draft.escalated = Objects.requireNonNull(draft.escalated).with(ticket);
      case ResumeTaken(String state, var grants, var by) -> {
        Map<dev.interlock.core.machine.Budget, Decimal> granted = new HashMap<>(draft.granted);
        grants.forEach((budget, more) ->
            granted.merge(budget, more, (a, b) -> new Decimal(a.value().add(b.value()))));
        draft.granted = Map.copyOf(granted);
        draft.spent = draft.spent.noErrors();
        draft.inbox = // what was over is granted, or it is not resumed
            draft.inbox.withTimers(
                draft.inbox.timers().stream()
                    .filter(timer -> timer.kind() != Timer.Kind.DURATION)
                    .toList());
      }
    }
    return draft.freeze();
  }

  private static void enter(Draft draft, Entered entered, Instant at) {
    Map<String, Timer> left = new LinkedHashMap<>();
    Map<String, Timer> kept = new LinkedHashMap<>();
    draft.timers.forEach((id, timer) ->
        (timer.visit() == draft.visit.number() && timer.visit() != 0 ? left : kept).put(id, timer));
    draft.timers = Collections.unmodifiableMap(kept);
    draft.inbox =
        draft.inbox.withTimers(
            draft.inbox.timers().stream().filter(timer -> timer.visit() == 0).toList());
    draft.inEscalation = entered.escalation();
    draft.visits =
        with(draft.visits, entered.state(), draft.visits.getOrDefault(entered.state(), 0) + 1);
    Visit wayBack = draft.visit.wayBack();
    if (entered.back()) {
      // Its timers are set again one by one, so that each is an outcome.
      draft.visit =
          Objects.requireNonNull(wayBack, "entered back without a way back").left(Map.of());
      return;
    }
    if (!entered.keepsWayBack()) {
      wayBack = draft.visit.number() == 0 ? null : draft.visit.left(left).shortened();
    }
    draft.visit =
        new Visit(
            entered.visit(),
            entered.state(),
            at,
            Counters.ZERO,
            false,
            false,
            0,
            Map.of(),
            wayBack);
  }

  private static void migrate(Draft draft, Migrated migrated) {
    draft.machine = migrated.machine();
    draft.visit = migrated.visit();
    Map<String, Integer> visits = new LinkedHashMap<>();
    draft.visits.forEach((state, entries) ->
        visits.merge(
            migrated.renamed().getOrDefault(state, state), entries, (one, more) -> one + more));
    draft.visits = Collections.unmodifiableMap(visits);
    Map<String, Long> counts = new HashMap<>();
    draft.counts.forEach((key, count) -> {
      int prefix = key.indexOf('|') < 0 ? key.length() : key.indexOf('|');
      String other = migrated.counted().get(key.substring(0, prefix));
      if (other != null) {
        counts.put(other + key.substring(prefix), count);
      }
    });
    draft.counts = Collections.unmodifiableMap(counts);
    for (String label : migrated.labels()) {
      draft.labels = plus(draft.labels, label);
    }
  }

  private static Turn turn(Draft draft) {
    return Objects.requireNonNull(draft.turn, "no turn is open");
  }

  private static void change(Draft draft, int number, UnaryOperator<Call> change) {
    draft.turn = turn(draft).change(number, change);
  }

  private static void count(Draft draft, UnaryOperator<Counters> change) {
    draft.spent = change.apply(draft.spent);
    draft.visit = draft.visit.spent(change.apply(draft.visit.spent()));
  }

  /** The tools that have returned, with that of a call, each once. */
  private static List<String> returned(List<String> before, List<Call> calls, int number) {
    for (Call call : calls) {
      if (call.number() == number && !before.contains(call.tool())) {
        return plus(before, call.tool());
      }
    }
    return before;
  }

  private static void use(Draft draft, Reply.Usage usage) {
    BigDecimal cost = usage.cost();
    count(draft, counters -> counters.used(usage.input() + usage.output(), cost));
  }

  private static Map<String, Long> counted(Map<String, Long> counts, List<String> keys, long by) {
    if (keys.isEmpty()) {
      return counts;
    }
    Map<String, Long> next = new HashMap<>(counts);
    for (String key : keys) {
      next.merge(key, by, Long::sum);
    }
    return Collections.unmodifiableMap(next);
  }

  private static Map<String, String> remember(Map<String, String> recent, String id, String print) {
    Map<String, String> next = new LinkedHashMap<>(recent);
    next.put(id, print);
    Iterator<String> oldest = next.keySet().iterator();
    while (next.size() > Instance.MAX_RECENT) {
      oldest.next();
      oldest.remove();
    }
    return Collections.unmodifiableMap(next);
  }

  /** The newest texts within both bounds. */
  private static List<Inbox.Message> typed(List<Inbox.Message> before, Inbox.Message newest) {
    List<Inbox.Message> all = plus(before, newest);
    int length = 0;
    int from = all.size();
    while (from > 0
        && all.size() - from < Typed.MAX_MESSAGES
        && length + all.get(from - 1).text().length() <= Typed.MAX_LENGTH) {
      from--;
      length += all.get(from).text().length();
    }
    return List.copyOf(all.subList(from, all.size()));
  }

  private static List<String> written(List<String> before, String text) {
    int most = Instance.MAX_WRITTEN_TEXT;
    List<String> all = plus(before, text.length() <= most ? text : text.substring(0, most) + "…");
    return List.copyOf(all.subList(Math.max(0, all.size() - Instance.MAX_WRITTEN), all.size()));
  }

  /** The old value of a field with a new one under a path of keys. */
  private static Object put(@Nullable Object old, List<Object> key, Object value) {
    if (key.isEmpty()) {
      return value;
    }
    Map<Object, Object> next =
        old instanceof Map<?, ?> map ? new LinkedHashMap<>(map) : new LinkedHashMap<>();
    next.put(key.getFirst(), put(next.get(key.getFirst()), key.subList(1, key.size()), value));
    return Collections.unmodifiableMap(next);
  }

  private static Object append(@Nullable Object old, List<Object> key, List<Object> items) {
    if (key.isEmpty()) {
      List<Object> next = old instanceof List<?> list ? new ArrayList<>(list) : new ArrayList<>();
      next.addAll(items);
      return Collections.unmodifiableList(next);
    }
    Map<Object, Object> next =
        old instanceof Map<?, ?> map ? new LinkedHashMap<>(map) : new LinkedHashMap<>();
    next.put(key.getFirst(), append(next.get(key.getFirst()), key.subList(1, key.size()), items));
    return Collections.unmodifiableMap(next);
  }

  static <T> List<T> plus(List<T> list, T item) {
    List<T> next = new ArrayList<>(list.size() + 1);
    next.addAll(list);
    next.add(item);
    return Collections.unmodifiableList(next);
  }

  static <T> List<T> map(List<T> list, UnaryOperator<T> change) {
    List<T> next = new ArrayList<>(list);
    next.replaceAll(change);
    return Collections.unmodifiableList(next);
  }

  private static <V> Map<String, V> with(Map<String, V> map, String key, V value) {
    Map<String, V> next = new LinkedHashMap<>(map);
    next.put(key, value);
    return Collections.unmodifiableMap(next);
  }

  private static <V> Map<String, V> without(Map<String, V> map, String key) {
    if (!map.containsKey(key)) {
      return map;
    }
    Map<String, V> next = new LinkedHashMap<>(map);
    next.remove(key);
    return Collections.unmodifiableMap(next);
  }
}
