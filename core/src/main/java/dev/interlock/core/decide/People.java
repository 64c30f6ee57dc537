package dev.interlock.core.decide;

import dev.interlock.core.decide.CallJudge.Asking;
import dev.interlock.core.decide.Outcome.ParkedEnded.How;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Evidence;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Quorum;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What waits for people: parked calls and approvals. */
final class People {
  /** Why an expired call does not go out. */
  static final String TOO_LATE = "nobody answered in time";

  private People() {}

  // ---- parked calls

  /**
   * What people are asked about an accepted call. A yes to the same hash is kept; if more must be
   * shown than was, everybody is asked again.
   *
   * @param rules those that ask
   * @param before what people said yes to, or null if they were not asked yet
   */
  static Parked asked(Step step, int number, List<Asking> rules, @Nullable Parked before) {
    Call call =
        step.turn().calls().stream().filter(c -> c.number() == number).findFirst().orElseThrow();
    Set<String> shows = new LinkedHashSet<>(before == null ? List.of() : before.shows());
    rules.forEach(rule -> shows.addAll(rule.ask().shows()));
    Map<String, Object> shown = shown(step, shows);
    String hash = hash(call.tool(), call.args(), shown);
    Map<String, Parked.Ask> asks = new LinkedHashMap<>();
    if (before != null && before.hash().equals(hash)) {
      before.asks().forEach(ask -> asks.put(ask.role(), ask));
    }
    rules.forEach(rule -> asks.merge(rule.ask().role(), rule.question(), Parked.Ask::with));
    List<Parked.Ask> all = List.copyOf(asks.values());
    asks.replaceAll((role, ask) -> ask.only(by -> !excluded(step.instance(), all, ask, by)));
    Instant expires = Instant.MAX;
    for (Asking rule : rules) {
      Instant until = step.now().plus(rule.ask().expires());
      boolean waits = !Objects.requireNonNull(asks.get(rule.ask().role())).answered();
      expires = waits && until.isBefore(expires) ? until : expires;
    }
    return new Parked(
        call.parked(), List.copyOf(asks.values()), List.copyOf(shows), shown, hash, expires);
  }

  /** Parks a call until each role has said yes. */
  static void park(Step step, Parked parked) {
    int number = parked.number();
    step.emit(new Outcome.CallParked(parked));
    step.emit(
        new Outcome.TimerSet(
            new Timer(timer(number), Timer.Kind.EXPIRY, 0, number, parked.expires(), null)));
  }

  private static String timer(int number) {
    return "p%d/expires".formatted(number);
  }

  private static Map<String, Object> shown(Step step, Collection<String> fields) {
    Map<String, Object> shown = new LinkedHashMap<>();
    Map<String, Object> facts = step.scope().context();
    for (String field : fields) {
      Object value = facts.get(field);
      if (value != null) {
        shown.put(field, value);
      }
    }
    return shown;
  }

  private static String hash(String subject, Map<String, Object> args, Map<String, Object> shown) {
    return Json.hash(Map.of("tool", subject, "args", args, "shows", shown));
  }

  /** Takes a yes or no to a parked call. The caller has checked who answers, and the hash. */
  static void answer(Step step, Parked parked, String role, String answer, Principal by) {
    step.emit(new Outcome.AnswerTaken(parked.number(), role, answer, by, Map.of()));
    if (answer.equals(Occurrence.Answered.REJECTED)) {
      end(step, parked.number(), How.REJECTED, "%s said no".formatted(role), true);
    }
    if (!step.running()) {
      next(step);
    }
  }

  /** Ends a parked call that does not go out, and tells the model. */
  static void end(Step step, int number, How how, String why, boolean tell) {
    Optional<Parked> parked =
        step.instance().parked().stream().filter(p -> p.number() == number).findFirst();
    if (parked.isEmpty()) {
      return;
    }
    step.emit(new Outcome.ParkedEnded(number, how, why));
    if (step.instance().timers().containsKey(timer(number))) {
      step.emit(new Outcome.TimerCancelled(timer(number)));
    }
    if (tell) {
      step.tell(
          "No. %d, %s, will not be carried out: %s."
              .formatted(number, parked.get().call().tool(), why),
          how != How.TAKEN_BACK);
    }
  }

  /** Whether its time is over, whenever its timer is reported. */
  static boolean expired(Step step, Parked parked) {
    return !step.now().isBefore(parked.expires());
  }

  static void expire(Step step, int number) {
    end(step, number, How.EXPIRED, TOO_LATE, true);
    if (!step.running()) {
      next(step);
    }
  }

  /** What follows when no turn is open and something parked was answered or is over. */
  static void next(Step step) {
    if (step.ended()) {
      return;
    }
    if (!failIfNothingWaits(step)) {
      Turns.rest(step, false);
    }
  }

  /** A call state whose parked call is over has failed. */
  static boolean failIfNothingWaits(Step step) {
    boolean fails =
        !step.running() && step.state() instanceof State.Call && step.instance().parked().isEmpty();
    if (fails && step.state() instanceof State.Call state) {
      Moves.move(step, state.failed(), "failed");
    }
    return fails;
  }

  /** A plain message takes back what is parked for the user. */
  static void takeBackForUser(Step step) {
    for (Parked parked : step.instance().parked()) {
      if (parked.asks().stream().anyMatch(ask -> ask.role().equals(Rule.Ask.USER))) {
        end(step, parked.number(), How.TAKEN_BACK, "the user wrote instead of answering", true);
      }
    }
  }

  /** The state is left: nothing in it waits for people any more. */
  static void voidAll(Step step, String why) {
    for (Parked parked : step.instance().parked()) {
      end(step, parked.number(), How.VOID, why, true);
    }
    Approval approval = step.instance().approval();
    if (approval != null) {
      step.emit(new Outcome.ApprovalClosed(approval.number(), why));
    }
  }

  /** Fields changed: what shows or uses one of them is void, an approval is asked anew. */
  static void refresh(Step step) {
    for (Parked parked : step.instance().parked()) {
      Map<String, Object> shown = shown(step, parked.shows());
      if (!hash(parked.call().tool(), refilled(step, parked.call()), shown).equals(parked.hash())) {
        end(step, parked.number(), How.VOID, "a value it was asked with has changed", true);
      }
    }
    Approval approval = step.instance().approval();
    if (approval != null && step.state() instanceof State.Approval state) {
      Map<String, Object> shown = shown(step, state.shows());
      boolean others =
          Quorum.count(state.people(), step.scope()) instanceof Quorum.Count.Of(int people)
              && people != approval.quorum().people();
      if (others || !hash(state.name(), Map.of(), shown).equals(approval.hash())) {
        String why = others ? "how many must answer has changed" : "a shown value has changed";
        step.emit(new Outcome.ApprovalClosed(approval.number(), why));
        ask(step, state);
      }
    }
  }

  /** The arguments of a parked call, with those of {@code set} as they would be now. */
  private static Map<String, Object> refilled(Step step, Call call) {
    Tool tool = step.machine().tool(call.tool());
    Map<String, Object> args = new LinkedHashMap<>(call.args());
    for (Map.Entry<String, Expression> set : tool.set().entrySet()) {
      if (set.getValue().evaluate(step.scope()) instanceof Evaluation.Value(Object value)) {
        args.put(set.getKey(), value);
      } else {
        args.remove(set.getKey());
      }
    }
    return args;
  }

  /** An approved call becomes the call of a turn of its own. */
  static void release(Step step, Parked parked) {
    Turns.stopIdle(step);
    if (step.instance().timers().containsKey(timer(parked.number()))) {
      step.emit(new Outcome.TimerCancelled(timer(parked.number())));
    }
    step.emit(new Outcome.TurnOpened(Turn.Kind.APPROVED));
    step.emit(new Outcome.ParkedReleased(parked.number()));
    Turns.dispatch(step, step.turn().calls().getFirst(), parked);
    Turns.progress(step);
  }

  // ---- approvals

  static void ask(Step step, State.Approval state) {
    switch (Quorum.count(state.people(), step.scope())) {
      case Quorum.Count.Of(int people) -> {
        Map<String, Object> shown = shown(step, state.shows());
        step.emit(
            new Outcome.ApprovalAsked(
                step.instance().numbers() + 1,
                state.role(),
                shown,
                hash(state.name(), Map.of(), shown),
                new Quorum(people, state.notFrom())));
      }
      case Quorum.Count.Wrong(String why) ->
          Moves.escalate(step, Reason.GUARD_ERROR, "people of " + state.name(), why);
    }
  }

  // ---- who may

  /**
   * Whether the sender may know of the instance: whoever may see it; of an event also a role that
   * may send one, and of an answer one that may be asked, whenever it is sent. To all others it is
   * as if there were none.
   */
  static boolean concerns(Machine machine, Instance instance, Occurrence.Sent sent) {
    Principal by = sent.from();
    return instance.visibleTo(by)
        || switch (sent) {
          case Occurrence.EventSent o ->
              machine.events().values().stream()
                  .anyMatch(event -> event.by().stream().anyMatch(by::has));
          case Occurrence.Answered o -> asking(machine).anyMatch(by::has);
          case Occurrence.Started o -> false;
          case Occurrence.MessageSent o -> false;
          case Occurrence.Resolved o -> false;
          case Occurrence.Resumed o -> false;
          case Occurrence.Cancelled o -> false;
          case Occurrence.Forked o -> false;
          case Occurrence.Migrated o -> false;
        };
  }

  /** The roles that the machine asks. */
  private static Stream<String> asking(Machine machine) {
    return Stream.concat(
        machine.rules().stream().map(Rule::ask).filter(Objects::nonNull).map(Rule.Ask::role),
        machine.states().values().stream()
            .flatMap(state ->
                state instanceof State.Approval approval
                    ? Stream.of(approval.role())
                    : Stream.empty()));
  }

  /** Whether a person may answer what a parked call asks. */
  static boolean mayAnswer(Instance instance, Parked parked, Parked.Ask ask, Principal by) {
    return ask.role().equals(Rule.Ask.USER)
        ? by.id().equals(instance.caller().id())
        : by.has(ask.role()) && !excluded(instance, parked.asks(), ask, by.id());
  }

  /** Whether a person may answer an approval. */
  static boolean mayAnswer(Instance instance, Approval approval, Principal by) {
    return by.has(approval.role()) && !excluded(instance, approval.quorum().notFrom(), by.id());
  }

  /** Whom a parked call asks, for somebody who is not among them. */
  static String whom(Instance instance, List<Parked.Ask> asks) {
    return asks.stream()
        .map(ask ->
            ask.role().equals(Rule.Ask.USER)
                ? "the caller"
                : whom(instance, ask.role(), ask.quorum()))
        .collect(Collectors.joining("; "));
  }

  /** A role, and who of it is not asked. */
  static String whom(Instance instance, String role, Quorum quorum) {
    return quorum.notFrom().stream()
        .map(word ->
            word.equals(Quorum.CALLER)
                ? "and not the caller"
                : instance.evidence().containsKey(word)
                    ? "and not who filled " + word
                    : "and not who answers for " + word)
        .collect(Collectors.joining(", ", role + (quorum.notFrom().isEmpty() ? "" : ", "), ""));
  }

  /**
   * Whether {@code notFrom} keeps somebody from answering. That two roles must be different people
   * holds whichever of them is asked to, and whichever answers first.
   */
  private static boolean excluded(
      Instance instance, List<Parked.Ask> asks, Parked.Ask ask, String by) {
    return excluded(instance, ask.quorum().notFrom(), by)
        || asks.stream()
            .filter(other -> other.yes().contains(by) && !other.role().equals(ask.role()))
            .anyMatch(other ->
                ask.quorum().notFrom().contains(other.role())
                    || other.quorum().notFrom().contains(ask.role()));
  }

  private static boolean excluded(Instance instance, List<String> notFrom, String by) {
    return notFrom.stream()
        .anyMatch(word ->
            word.equals(Quorum.CALLER)
                ? by.equals(instance.caller().id())
                : filled(instance.evidence().get(word), by));
  }

  private static boolean filled(@Nullable Evidence evidence, String by) {
    return evidence != null && (evidence.by().equals(by) || evidence.by().startsWith(by + " (by "));
  }
}
