package dev.interlock.core.counterexample;

import dev.interlock.core.counterexample.Books.Doing;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Scopes;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.State;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads outcomes, one after the other, as what properties are about. */
final class Happenings {
  private final Map<Integer, Doing> calls = new HashMap<>();
  private final Set<Integer> open = new HashSet<>();

  /** Hears what happens. */
  interface Ear {
    /** A call goes out, or a state is entered: now. */
    void begins(Doing doing);

    /** A tool has returned, a state was entered, or somebody has said yes. */
    void happened(Doing doing);
  }

  /** From the start of a run. */
  Happenings() {}

  /** From somewhere in a run. */
  Happenings(Instance from) {
    from.liveCalls()
        .forEach(call -> {
          calls.put(call.number(), new Doing(call.tool(), call.args(), true));
          if (call.stage() == Call.Stage.DISPATCHED || call.stage() == Call.Stage.UNKNOWN) {
            open.add(call.number());
          }
        });
  }

  void read(Outcome outcome, Ear ear) {
    switch (outcome) {
      case Outcome.Entered entered -> {
        ear.begins(Doing.of(entered.state()));
        ear.happened(Doing.of(entered.state()));
      }
      case Outcome.CallProposed it -> calls.put(it.call(), Doing.of(it.tool()));
      case Outcome.CallAccepted it ->
          calls.computeIfPresent(
              it.call(), (call, said) -> new Doing(said.name(), it.args(), true));
      case Outcome.CallParked(var it) ->
          calls.put(it.number(), new Doing(it.call().tool(), it.call().args(), true));
      case Outcome.CallDispatched it -> {
        if (open.add(it.call())) { // a call that is tried again is the same
          ear.begins(call(it.call()));
        }
      }
      case Outcome.CallReturned it -> returned(it.call(), ear);
      case Outcome.UnknownSettled it -> {
        if (it.happened()) {
          returned(it.call(), ear);
        } else {
          open.remove(it.call());
        }
      }
      case Outcome.CallFailed it -> open.remove(it.call());
      case Outcome.AnswerTaken it -> {
        if (!State.Approval.NO.contains(it.answer())) {
          boolean yes = State.Approval.YES.contains(it.answer());
          ear.happened(new Doing(Property.yes(it.role()), Map.of(), yes));
        }
      }
      default -> {}
    }
  }

  private Doing call(int number) {
    return calls.getOrDefault(number, Doing.of(""));
  }

  private void returned(int number, Ear ear) {
    if (open.remove(number)) {
      ear.happened(call(number));
    }
  }

  /** The calls that went out and are not settled. */
  Collection<Doing> open() {
    return open.stream().map(this::call).toList();
  }

  /**
   * Whether a property says something of a call or an entry: its condition is true, or has an
   * error.
   */
  static boolean says(
      @Nullable Expression condition, Doing doing, Machine machine, Instance then, Instant at) {
    return condition == null
        || !(condition.evaluate(Scopes.of(machine, then, at).with(Map.of("args", doing.args())))
                instanceof Evaluation.Value(Object value)
            && value.equals(false));
  }
}
