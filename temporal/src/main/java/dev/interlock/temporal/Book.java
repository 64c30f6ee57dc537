package dev.interlock.temporal;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.machine.Machine;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An instance while its workflow runs: what was decided, what of that the store may not have yet,
 * and what is to be carried out. Without side effects: it is made anew from the history.
 */
final class Book {
  private Machine machine;
  private final Deque<Entry> unwritten = new ArrayDeque<>();
  private final Deque<Effect> effects = new ArrayDeque<>();
  private Instance instance;
  private long written;
  private long characters;

  /**
   * @param written the newest entry that the store is known to have
   */
  Book(Machine machine, Instance instance, long written) {
    this.machine = machine;
    this.instance = instance;
    this.written = written;
  }

  Machine machine() {
    return machine;
  }

  Instance instance() {
    return instance;
  }

  long written() {
    return written;
  }

  /** The entries that the store may not have yet, oldest first. */
  List<Entry> unwritten() {
    return List.copyOf(unwritten);
  }

  /** The store has everything up to that entry. */
  void written(long seq) {
    written = Math.max(written, seq);
    while (!unwritten.isEmpty() && unwritten.getFirst().seq() <= seq) {
      characters -= size(unwritten.removeFirst());
    }
  }

  /** How long the entries are together that the store may not have yet, as JSON. */
  long characters() {
    return characters;
  }

  private static long size(Entry entry) {
    return JournalJson.write(entry).length();
  }

  /** The next effect that is to be carried out, or null. */
  @Nullable Effect next() {
    return effects.poll();
  }

  boolean settled() {
    return effects.isEmpty();
  }

  /** Whether a turn is to begin with its question, and nothing else is to be carried out. */
  boolean asksNext() {
    return effects.size() == 1 && effects.peek() instanceof Effect.Ask;
  }

  void owe(List<Effect> more) {
    effects.addAll(more);
  }

  /**
   * What would follow.
   *
   * @param as the machine that it is taken for: another one if an instance of that is to be started
   *     under the same id
   */
  Decision decide(Occurrence occurrence, Machine as) {
    return Decide.decide(as.name().equals(machine.name()) ? machine : as, instance, occurrence);
  }

  /** What would follow of moving it to another version of its machine. */
  Decision migrate(Machine to, Occurrence.Migrated occurrence) {
    return Decide.migrate(machine, to, instance, occurrence);
  }

  /** It is of another machine from here on. */
  void under(Machine other) {
    machine = other;
  }

  /** Takes what was accepted. */
  Entry take(Occurrence occurrence, Decision.Accepted accepted) {
    Entry entry = Entry.next(instance, occurrence, accepted.outcomes());
    instance = Evolve.evolve(instance, entry);
    unwritten.add(entry);
    characters += size(entry);
    effects.addAll(accepted.effects());
    return entry;
  }

  /** Takes what came of an effect, if it still means something. */
  void report(Occurrence.Reported occurrence) {
    if (decide(occurrence, machine) instanceof Decision.Accepted accepted) {
      take(occurrence, accepted);
    }
  }

  /** Takes what is due by then, in order. */
  void fire(Instant now) {
    for (Optional<Timer> due = due(now); due.isPresent(); due = due(now)) {
      Occurrence.TimerFired fired = new Occurrence.TimerFired(now, due.get().id());
      if (!(decide(fired, machine) instanceof Decision.Accepted accepted)) {
        return;
      }
      take(fired, accepted);
    }
  }

  private Optional<Timer> due(Instant now) {
    return timers().stream().filter(timer -> !timer.due().isAfter(now)).findFirst();
  }

  /** Those that run, the earliest first. */
  List<Timer> timers() {
    List<Timer> timers = new ArrayList<>(instance.timers().values());
    timers.sort(Comparator.comparing(Timer::due).thenComparing(Timer::id));
    return timers;
  }
}
