package dev.interlock.testkit.simulate;

import dev.interlock.core.counterexample.PropertyJudge;
import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.State;
import dev.interlock.testkit.simulate.Surprise.Kind;
import dev.interlock.testkit.walk.Broken;
import dev.interlock.testkit.walk.PromiseChecker;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Watches one run: counts it, and finds what is surprising in it. */
final class Observer implements Witness {
  private final Machine machine;
  private final Profile profile;
  private final Tally tally;
  private final @Nullable PromiseChecker checker;
  private final PropertyJudge judge;
  private final Map<Surprise.Key, String> surprises = new LinkedHashMap<>();
  private String state = "";
  private int steps;
  private int questions;
  private boolean misfit;
  private String misfitAt = "";

  /**
   * For one run.
   *
   * @param checker null if its promises are not checked
   */
  Observer(Machine machine, Profile profile, Tally tally, @Nullable PromiseChecker checker) {
    this.machine = machine;
    this.profile = profile;
    this.tally = tally;
    this.checker = checker;
    this.judge =
        new PropertyJudge(
            machine, (property, how) -> surprised(Kind.VIOLATED, property.name(), how));
    tally.begin();
    tally.checked += checker == null ? 0 : 1;
  }

  int questions() {
    return questions;
  }

  @Override
  public void step(Entry entry, List<Effect> effects) {
    steps++;
    for (Outcome outcome : entry.outcomes()) {
      tally.take(state, entry, outcome);
      look(outcome);
    }
    judge.step(entry);
    if (checker != null) {
      for (Broken broken : checker.check(entry, effects)) {
        surprised(Kind.PROMISE, broken.promise().name(), broken.toString());
      }
    }
  }

  private void look(Outcome outcome) {
    switch (outcome) {
      case Outcome.Asked asked -> questions++;
      case Outcome.Entered entered -> state = entered.state();
      case Outcome.CallRefused(int call, var refusal) ->
          machine.properties().stream()
              .filter(property -> property.name().equals(refusal.rule()))
              .forEach(property -> surprised(Kind.HELD_BACK, property.name(), refusal.why()));
      case Outcome.Escalation(var it) -> escalated(it.reason(), it.from(), it.name(), it.detail());
      default -> {}
    }
  }

  private void escalated(Reason reason, String from, String name, String detail) {
    if (profile == Profile.HONEST && reason != Reason.ENTERED) {
      surprised(Kind.NO_WAY_THROUGH, "", "first for %s, from %s".formatted(reason, from));
    }
    switch (reason) {
      case PROPERTY -> surprised(Kind.HELD_BACK, name, detail);
      case GUARD_ERROR -> surprised(Kind.GUARD_ERROR, "%s: %s".formatted(from, name), detail);
      case DURATION -> {
        if (profile == Profile.HONEST) {
          surprised(Kind.WAITED_IN_VAIN, from, detail);
        }
      }
      case CYCLE -> surprised(Kind.CYCLE, from, detail);
      case MISFIT -> {
        misfit = true;
        misfitAt = detail;
      }
      default -> {}
    }
  }

  @Override
  public void rejected() {
    steps++;
    tally.rejected++;
  }

  @Override
  public void threw(Occurrence occurrence, RuntimeException why) {
    steps++;
    StackTraceElement[] trace = why.getStackTrace();
    String at = trace.length == 0 ? "" : " at " + trace[0];
    surprised(Kind.NO_DECISION, why.getClass().getSimpleName() + at, why + at + ": " + occurrence);
  }

  @Override
  public void answered(String tool, Answer answer) {}

  /** Whether it has shown up to now. */
  boolean found(Surprise it) {
    return surprises.containsKey(new Surprise.Key(it.kind(), it.what()))
        || (it.kind() == Kind.MISFIT && misfit);
  }

  private void surprised(Kind kind, String what, String detail) {
    surprises.putIfAbsent(new Surprise.Key(kind, what), detail);
  }

  /** The run came to rest. */
  void rested(Run.Rest rest, Run run, long number) {
    Instance instance = run.instance();
    String end = end(rest, instance);
    tally.end(end, profile);
    tally.steps += steps;
    if (misfit && !run.misfits()) {
      surprised(Kind.MISFIT, misfitAt.replaceAll(":.*", ""), misfitAt);
    }
    if (rest == Run.Rest.NEVER) {
      surprised(Kind.NO_REST, instance.state(), "more than %,d steps".formatted(Run.MAX_STEPS));
    } else if (rest == Run.Rest.WAITS && profile == Profile.HONEST && !instance.inEscalation()) {
      surprised(Kind.WAITED_IN_VAIN, instance.state(), end);
    }
    judge.rested(rest == Run.Rest.ENDED, instance);
    Set<String> near = new HashSet<>(judge.near());
    surprises.forEach((key, detail) -> {
      if (key.kind() == Kind.VIOLATED || key.kind() == Kind.HELD_BACK) {
        near.add(key.what());
      }
    });
    near.forEach(name -> tally.near.merge(name, 1L, Long::sum));
    surprises.forEach((key, detail) ->
        tally.surprise(new Surprise(key.kind(), key.what(), detail, 1, number, profile, steps)));
  }

  /** How a run came to rest, in words. */
  private String end(Run.Rest rest, Instance instance) {
    return switch (rest) {
      case ENDED ->
          machine.state(instance.state()) instanceof State.Final end && !end.outcome().isEmpty()
              ? "%s: %s".formatted(instance.status().word(), end.outcome())
              : "%s in %s".formatted(instance.status().word(), instance.state());
      case WAITS ->
          instance.inEscalation()
              ? "left escalated in " + instance.state()
              : "still waits in " + instance.state();
      case NEVER -> "never at rest, at last in " + instance.state();
      case BROKEN -> "no decision in " + instance.state();
    };
  }
}
