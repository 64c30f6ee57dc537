package dev.interlock.core.decide;

import dev.interlock.core.evolve.Evidence;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One decision while it is made. What is concluded is folded at once, so that the rest is decided
 * on the instance as it then is, and folding the outcomes later gives the same.
 */
final class Step {
  private final Machine machine;
  private final Instant now;
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<Effect> effects = new ArrayList<>();
  private Instance instance;
  private String note = "";

  /** States entered so far, for {@link Moves#MAX_ENTERED}. */
  int entered;

  /** Whether the reason to escalate is recorded and the state it leads to not yet entered. */
  boolean escalating;

  Step(Machine machine, Instance instance, Instant now) {
    this.machine = machine;
    this.instance = instance;
    this.now = now;
  }

  void emit(Outcome outcome) {
    Instance before = instance;
    instance = Evolve.evolve(before, outcome, now);
    outcomes.add(outcome);
    Effects.of(machine, before, instance, outcome, effects::add);
  }

  Decision.Accepted done() {
    return new Decision.Accepted(List.copyOf(outcomes), List.copyOf(effects), note);
  }

  Machine machine() {
    return machine;
  }

  Instance instance() {
    return instance;
  }

  Instant now() {
    return now;
  }

  State state() {
    return machine.state(instance.state());
  }

  Turn turn() {
    return Objects.requireNonNull(instance.turn(), "no turn is open");
  }

  boolean running() {
    return instance.turn() != null;
  }

  boolean ended() {
    return instance.end() != null;
  }

  /** How many visits there were. */
  long visits() {
    return instance.visits().values().stream().mapToLong(Integer::longValue).sum();
  }

  Scope scope() {
    return Scopes.of(machine, instance, now);
  }

  /** The idempotency key of the next effect: {@code instance/seq/index}. */
  String key() {
    return "%s/%d/%d".formatted(instance.id(), instance.seq() + 1, effects.size());
  }

  Evidence evidence(String by) {
    return new Evidence(instance.seq() + 1, now, by, null);
  }

  void note(String text) {
    note = text;
  }

  /**
   * Tells the model something with the next question.
   *
   * @param starts whether that is reason enough to ask it
   */
  void tell(String text, boolean starts) {
    emit(new Outcome.Noticed(new Inbox.Notice(text, starts)));
  }

  /** Empties fields; of what is empty nothing is recorded. */
  void clear(List<String> fields) {
    for (String name : fields) {
      if (!Values.empty(instance.facts().get(name))) {
        Field field = machine.field(name);
        emit(
            new Outcome.FieldCleared(
                name, field.keyed() ? Map.of() : field.many() ? List.of() : null));
      }
    }
  }
}
