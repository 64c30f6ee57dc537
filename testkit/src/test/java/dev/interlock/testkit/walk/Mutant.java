package dev.interlock.testkit.walk;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.Decider;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A decider with a seeded mistake. What decides is pure and cannot be reached into, so it is given
 * another machine, instance or occurrence than the true one, or its decision is tampered with.
 *
 * @param breaks the promise that must be seen to be broken
 * @param mistake what is wrong with it, in words
 */
record Mutant(Promise breaks, String mistake, Decider decider) {

  @Override
  public String toString() {
    return breaks + ": " + mistake;
  }

  // ---- by another machine

  private static Mutant machine(Promise breaks, String mistake, UnaryOperator<Machine> change) {
    IdentityHashMap<Machine, Machine> changed = new IdentityHashMap<>();
    return new Mutant(
        breaks,
        mistake,
        (machine, instance, occurrence) ->
            Decide.decide(changed.computeIfAbsent(machine, change), instance, occurrence));
  }

  // ---- by another occurrence

  private static Mutant occurrence(
      Promise breaks,
      String mistake,
      BiFunction<Instance, Occurrence, Occurrence> change,
      BiFunction<Occurrence, Outcome, Outcome> back) {
    return new Mutant(
        breaks,
        mistake,
        (machine, instance, occurrence) ->
            outcomes(
                Decide.decide(machine, instance, change.apply(instance, occurrence)),
                outcome -> Stream.of(back.apply(occurrence, outcome))));
  }

  // ---- by another instance

  private static Mutant instance(Promise breaks, String mistake, UnaryOperator<Instance> change) {
    return new Mutant(
        breaks,
        mistake,
        (machine, instance, occurrence) ->
            Decide.decide(machine, change.apply(instance), occurrence));
  }

  // ---- by another decision

  private static Mutant outcome(
      Promise breaks, String mistake, Function<Outcome, Stream<Outcome>> change) {
    return new Mutant(
        breaks,
        mistake,
        (machine, instance, occurrence) ->
            outcomes(Decide.decide(machine, instance, occurrence), change));
  }

  private static Decision outcomes(Decision decision, Function<Outcome, Stream<Outcome>> change) {
    return decision instanceof Decision.Accepted(var outcomes, var effects, var note)
        ? new Decision.Accepted(outcomes.stream().flatMap(change).toList(), effects, note)
        : decision;
  }

  private static Mutant effect(
      Promise breaks, String mistake, Function<Effect, Stream<Effect>> change) {
    return new Mutant(
        breaks,
        mistake,
        (machine, instance, occurrence) ->
            Decide.decide(machine, instance, occurrence)
                    instanceof Decision.Accepted(var outcomes, var effects, var note)
                ? new Decision.Accepted(outcomes, effects.stream().flatMap(change).toList(), note)
                : Decide.decide(machine, instance, occurrence));
  }

  private static <T> Function<T, Stream<T>> twice(Class<? extends T> kind) {
    return one -> kind.isInstance(one) ? Stream.of(one, one) : Stream.of(one);
  }

  private static <T> Function<T, Stream<T>> without(Class<? extends T> kind) {
    return one -> kind.isInstance(one) ? Stream.of() : Stream.of(one);
  }

  /** At least one for each promise. */
  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>();
    all.add(machine(Promise.TOOLS, "every state has every tool", Machines::everyToolEverywhere));
    all.add(machine(Promise.ARGUMENTS, "any arguments fit", Machines::anyArguments));
    all.add(machine(Promise.SET, "the model fills what is set", Machines::withoutSet));
    all.add(machine(Promise.WHEN, "no rule has a condition", Machines::withoutWhen));
    all.add(machine(Promise.AT_MOST, "each bound is one more", Machines::oneMore));
    all.add(machine(Promise.AT_MOST, "no rule has a bound", Machines::withoutAtMost));
    all.add(machine(Promise.ASK, "nobody is asked", Machines::withoutAsk));
    all.add(machine(Promise.ASK, "every question is excused", Machines::alwaysExcused));
    all.add(
        new Mutant(
            Promise.ASK,
            "who is asked is not judged again",
            (machine, instance, occurrence) ->
                Decide.decide(
                    proposes(occurrence) ? machine : Machines.asksNoMoreThan(machine, instance),
                    instance,
                    occurrence)));
    all.add(machine(Promise.ASK, "questions never expire", Machines::neverExpires));
    all.add(
        occurrence(
            Promise.ASK, "the hash of an answer is not compared", Mutant::rightHash, (o, x) -> x));
    all.add(
        occurrence(
            Promise.ASK,
            "whoever answers is taken to have the role",
            Mutant::rightRole,
            Mutant::truly));
    all.add(
        occurrence(
            Promise.ASK, "the caller answers for every role", Mutant::notTheCaller, Mutant::truly));
    all.add(
        outcome(
            Promise.ASK,
            "what waits is not void when the state is left",
            without(Outcome.ParkedEnded.class)));
    all.add(machine(Promise.SOURCES, "the model records everywhere", Machines::recordsEverywhere));
    all.add(machine(Promise.SOURCES, "the model records facts of tools", Machines::agentFacts));
    all.add(
        machine(
            Promise.SOURCES, "the model records what nobody typed", Machines::userFieldsByAgent));
    all.add(machine(Promise.SOURCES, "fields have no bound", Machines::unboundedFields));
    all.add(machine(Promise.WAYS, "transitions require nothing", Machines::withoutRequires));
    all.add(machine(Promise.WAYS, "ways lead elsewhere", Machines::otherTargets));
    all.add(machine(Promise.WAYS, "a choice looks at nothing", Machines::choicesByOtherwise));
    all.add(outcome(Promise.WAYS, "states say nothing", without(Outcome.Said.class)));
    all.add(machine(Promise.WAYS, "a quiet state is loud", Machines::loud));
    all.add(
        machine(
            Promise.NEVER_STUCK,
            "an autonomous state waits for the user",
            Machines::waitsForTheUser));
    all.add(machine(Promise.ORDER, "every tool is a read", Machines::everythingReads));
    all.add(effect(Promise.ONCE, "calls go out twice", twice(Effect.Dispatch.class)));
    all.add(outcome(Promise.ONCE, "calls go out under one key", Mutant::oneKey));
    all.add(instance(Promise.IDS, "ids are forgotten", Mutant::forgetful));
    all.add(machine(Promise.BUDGETS, "nothing has a limit", Machines::withoutLimits));
    all.add(machine(Promise.BUDGETS, "each limit is one more", Machines::oneMoreOfEach));
    all.add(effect(Promise.ONE_QUESTION, "questions are asked twice", twice(Effect.Ask.class)));
    all.add(
        occurrence(
            Promise.ONE_QUESTION,
            "a reply to another question is taken",
            Mutant::rightQuestion,
            (o, x) -> x));
    all.add(
        outcome(
            Promise.ONE_RESULT,
            "withdrawn calls stay without a result",
            without(Outcome.CallWithdrawn.class)));
    all.add(outcome(Promise.ONE_RESULT, "calls return twice", twice(Outcome.CallReturned.class)));
    all.add(outcome(Promise.NOTHING_LOST, "a question delivers no messages", Mutant::undelivered));
    all.add(
        outcome(
            Promise.NOTHING_LOST,
            "nothing is said of events that are not taken",
            without(Outcome.EventNotTaken.class)));
    all.add(instance(Promise.REST, "an end is not seen", Mutant::unended));
    all.add(
        outcome(Promise.NEVER_STUCK, "an instance does not wait", without(Outcome.Waited.class)));
    all.add(
        effect(Promise.REFOLD, "cancelled timers stay running", without(Effect.CancelTimer.class)));
    all.add(
        new Mutant(
            Promise.TOTAL,
            "an answer to nothing is not foreseen",
            (machine, instance, occurrence) -> {
              if (occurrence instanceof Occurrence.Answered && instance.parked().isEmpty()) {
                throw new IllegalStateException("nothing is parked");
              }
              return Decide.decide(machine, instance, occurrence);
            }));
    return List.copyOf(all);
  }

  // ---- what is changed

  /** Whether calls are judged for it that were not parked. */
  private static boolean proposes(Occurrence occurrence) {
    return switch (occurrence) {
      case Occurrence.Answered o -> false;
      case Occurrence.QuestionReplied o ->
          o.reply().parts().stream().anyMatch(Reply.Call.class::isInstance);
      default -> true;
    };
  }

  private static Occurrence rightHash(Instance instance, Occurrence occurrence) {
    if (!(occurrence instanceof Occurrence.Answered o)) {
      return occurrence;
    }
    String hash =
        instance.parked().stream()
            .filter(parked -> parked.number() == o.number())
            .map(parked -> parked.hash())
            .findFirst()
            .orElse(o.hash());
    return new Occurrence.Answered(
        o.id(), o.at(), o.from(), o.number(), hash, o.answer(), o.form());
  }

  private static Occurrence rightRole(Instance instance, Occurrence occurrence) {
    return occurrence instanceof Occurrence.Answered o
            && !o.from().id().equals(instance.caller().id())
        ? by(o, new Principal(o.from().id(), List.of("manager", "owner", "boss", "bank")))
        : occurrence;
  }

  private static Occurrence notTheCaller(Instance instance, Occurrence occurrence) {
    return occurrence instanceof Occurrence.Answered o
            && o.from().id().equals(instance.caller().id())
        ? by(o, new Principal("somebody else", o.from().roles()))
        : occurrence;
  }

  private static Occurrence by(Occurrence.Answered o, Principal from) {
    return new Occurrence.Answered(
        o.id(), o.at(), from, o.number(), o.hash(), o.answer(), o.form());
  }

  /** An outcome that names whoever really answered. */
  private static Outcome truly(Occurrence occurrence, Outcome outcome) {
    return occurrence instanceof Occurrence.Answered o
            && outcome instanceof Outcome.AnswerTaken taken
        ? new Outcome.AnswerTaken(
            taken.number(), taken.role(), taken.answer(), o.from(), taken.form())
        : outcome;
  }

  private static Occurrence rightQuestion(Instance instance, Occurrence occurrence) {
    return occurrence instanceof Occurrence.QuestionReplied o && instance.turn() != null
        ? new Occurrence.QuestionReplied(o.at(), instance.turn().question(), o.reply())
        : occurrence;
  }

  private static Stream<Outcome> oneKey(Outcome outcome) {
    return Stream.of(
        outcome instanceof Outcome.CallDispatched o
            ? new Outcome.CallDispatched(o.call(), "key", o.at(), o.deadline(), o.counted())
            : outcome);
  }

  private static Stream<Outcome> undelivered(Outcome outcome) {
    return Stream.of(
        outcome instanceof Outcome.Asked o ? new Outcome.Asked(o.question(), List.of()) : outcome);
  }

  private static Instance forgetful(Instance instance) {
    return Instances.with(instance, Map.of(), instance.end());
  }

  private static Instance unended(Instance instance) {
    return Instances.with(instance, instance.recent(), null);
  }
}
