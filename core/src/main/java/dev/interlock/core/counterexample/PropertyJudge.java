package dev.interlock.core.counterexample;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Scopes;
import dev.interlock.core.evolve.End;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.State;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Judges all properties of a machine in one run, by its own books. */
public final class PropertyJudge {
  private final Machine machine;
  private final BiConsumer<Property, String> broken;
  private final boolean conditional;
  private final Set<String> happened = new HashSet<>();
  private final Set<String> perhaps = new HashSet<>();
  private final Set<String> near = new HashSet<>();
  private final Set<List<String>> happenedWith = new HashSet<>();
  private final Map<String, Long> times = new HashMap<>();
  private final Map<Integer, Doing> calls = new HashMap<>();
  private final Set<Integer> open = new HashSet<>();
  private Instance instance = Instance.unborn("");

  /** A tool that is called with arguments, or a state that is entered. */
  private record Doing(String name, Map<String, Object> args) {}

  /** An outcome of an entry that is not folded yet. */
  private record Moment(Entry entry, int outcome) {}

  /**
   * For one run.
   *
   * @param broken is told what is broken, and by what
   */
  public PropertyJudge(Machine machine, BiConsumer<Property, String> broken) {
    this.machine = machine;
    this.broken = broken;
    this.conditional = machine.properties().stream().anyMatch(it -> condition(it) != null);
  }

  private static @Nullable Expression condition(Property property) {
    return switch (property) {
      case Property.Before before -> before.when();
      case Property.Never never -> never.when();
      case Property.AtMost a -> null;
      case Property.Eventually e -> null;
    };
  }

  // ---- what happens

  /** One more step was taken. */
  public void step(Entry entry) {
    if (instance.seq() == 0) {
      instance = Instance.unborn(entry.instance());
    }
    for (int i = 0; i < entry.outcomes().size(); i++) {
      look(entry.outcomes().get(i), new Moment(entry, i));
    }
    if (conditional) {
      instance = Evolve.evolve(instance, entry);
    }
  }

  private void look(Outcome outcome, Moment moment) {
    switch (outcome) {
      case Outcome.Entered entered -> {
        about(new Doing(entered.state(), Map.of()), moment);
        happens(entered.state());
      }
      case Outcome.CallProposed it -> {
        calls.put(it.call(), new Doing(it.tool(), Map.of()));
        tried(it.tool());
      }
      case Outcome.CallAccepted it ->
          calls.computeIfPresent(it.call(), (call, said) -> new Doing(said.name(), it.args()));
      case Outcome.CallParked(var it) ->
          calls.put(it.number(), new Doing(it.call().tool(), it.call().args()));
      case Outcome.CallDispatched it -> {
        if (open.add(it.call())) { // a call that is tried again is the same
          about(call(it.call()), moment);
        }
      }
      case Outcome.CallReturned it -> returned(it.call());
      case Outcome.UnknownSettled it -> {
        if (it.happened()) {
          returned(it.call());
        } else {
          open.remove(it.call());
        }
      }
      case Outcome.CallFailed it -> open.remove(it.call());
      case Outcome.AnswerTaken it -> {
        if (!State.Approval.NO.contains(it.answer())) {
          (State.Approval.YES.contains(it.answer()) ? happened : perhaps)
              .add(Property.yes(it.role()));
        }
      }
      default -> {}
    }
  }

  private Doing call(int number) {
    return calls.getOrDefault(number, new Doing("", Map.of()));
  }

  private void returned(int number) {
    Doing call = call(number);
    if (open.remove(number)) {
      happens(call.name());
      call.args().forEach((name, value) -> happenedWith.add(with(call.name(), name, value)));
    }
  }

  private static List<String> with(String tool, String argument, Object value) {
    return List.of(tool, argument, Json.write(value));
  }

  private void happens(String name) {
    happened.add(name);
    long now = times.merge(name, 1L, Long::sum);
    for (Property property : machine.properties()) {
      if (property instanceof Property.AtMost most && most.of().equals(name)) {
        often(most, now);
      }
    }
  }

  private void often(Property.AtMost most, long now) {
    if (now >= most.count() && now > 0) {
      near.add(most.name());
    }
    if (now > most.count()) {
      broken.accept(most, "%s happened %d times".formatted(most.of(), now));
    }
  }

  // ---- what comes near them

  /** A call was proposed, whatever becomes of it: it was at stake what is said of its tool. */
  private void tried(String tool) {
    for (Property property : machine.properties()) {
      boolean about =
          switch (property) {
            case Property.Before before -> false; // only what goes out, or is held back by it
            case Property.Never never -> never.what().equals(tool) && never.after() == null;
            case Property.AtMost most -> most.of().equals(tool) && most.count() == 0;
            case Property.Eventually e -> false;
          };
      if (about) {
        near.add(property.name());
      }
    }
  }

  /**
   * The properties that this run came near: what they are about was done, or was about to be.
   *
   * @return their names
   */
  public Set<String> near() {
    for (Property property : machine.properties()) {
      if (property instanceof Property.Never never
          && never.after() != null
          && done(never.after())) {
        near.add(never.name());
      }
    }
    return Set.copyOf(near);
  }

  // ---- what is against them

  private void about(Doing doing, Moment moment) {
    for (Property property : machine.properties()) {
      if (property instanceof Property.Before before
          && before.then().equals(doing.name())
          && says(before.when(), doing, moment)) {
        near.add(before.name());
      }
      String against =
          switch (property) {
            case Property.Before before -> against(before, doing);
            case Property.Never never -> against(never, doing);
            case Property.AtMost a -> "";
            case Property.Eventually e -> "";
          };
      if (!against.isEmpty() && says(condition(property), doing, moment)) {
        broken.accept(property, against);
      }
    }
  }

  private String against(Property.Before before, Doing doing) {
    if (!before.then().equals(doing.name())) {
      return "";
    }
    String told = "%s before %s".formatted(before.then(), before.first());
    @Nullable String same = before.same();
    if (same == null) {
      return happened.contains(before.first()) ? "" : told;
    }
    @Nullable Object value = doing.args().get(same);
    return value == null || happenedWith.contains(with(before.first(), same, value))
        ? ""
        : "%s with the same %s".formatted(told, same);
  }

  private String against(Property.Never never, Doing doing) {
    @Nullable String after = never.after();
    if (!never.what().equals(doing.name()) || (after != null && !done(after))) {
      return "";
    }
    return after == null ? doing.name() : "%s after %s".formatted(doing.name(), after);
  }

  /** Whether something has happened, or may have: a word that is no yes and no no may be one. */
  private boolean done(String what) {
    return happened.contains(what) || perhaps.contains(what);
  }

  /** Whether a condition is true, or has an error: then the property says something. */
  private boolean says(@Nullable Expression when, Doing doing, Moment moment) {
    if (when == null) {
      return true;
    }
    Instance then = instance;
    for (Outcome outcome : moment.entry().outcomes().subList(0, moment.outcome())) {
      then = Evolve.evolve(then, outcome, moment.entry().at());
    }
    return !(when.evaluate(
                Scopes.of(machine, then, moment.entry().at()).with(Map.of("args", doing.args())))
            instanceof Evaluation.Value(Object value)
        && value.equals(false));
  }

  // ---- at the end

  /**
   * The run came to rest.
   *
   * @param ended whether the instance has ended, and not only nothing can happen any more
   */
  public void rested(boolean ended, Instance last) {
    Map<String, Long> all = new HashMap<>(times);
    open.forEach(call -> all.merge(call(call).name(), 1L, Long::sum)); // they did not fail
    boolean comes =
        ended && !(last.end() != null && last.end().status() == End.Status.CANCELLED);
    for (Property property : machine.properties()) {
      if (property instanceof Property.AtMost most) {
        often(most, all.getOrDefault(most.of(), 0L));
      } else if (property instanceof Property.Eventually it && comes) {
        near.add(it.name());
        if (!it.states().contains(last.state())) {
          broken.accept(it, "it ended in " + last.state());
        }
      }
    }
  }
}
