package dev.interlock.core.acceptance;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Effects;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.Replay;
import dev.interlock.core.machine.Machine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An instance on its way through the steps of a case, and everything that it was asked to do. */
final class Journey {
  private static final Instant BEGIN = Instant.parse("2026-01-05T09:00:00Z");

  private final String name;
  private final Map<String, Machine> machines = new HashMap<>();
  private Machine machine;
  private final Outstanding outstanding = new Outstanding();
  private final List<Entry> entries = new ArrayList<>();
  private final Map<Integer, Call> calls = new HashMap<>();
  private final Map<Integer, String> hashes = new HashMap<>();
  private final Map<String, Timer> timers = new LinkedHashMap<>();
  private final Map<String, String> results = new HashMap<>();
  private Instance instance = Instance.unborn("case-1");
  private Instant now = BEGIN;

  Journey(String name, Machine machine) {
    this.name = name;
    this.machine = machine;
    machines.put(machine.pin(), machine);
  }

  /** A machine that it may be migrated to. */
  void know(Machine other) {
    machines.put(other.pin(), other);
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

  /** Entries so far. */
  int size() {
    return entries.size();
  }

  List<Entry> entries() {
    return entries;
  }

  /** Decides all of it anew, as the journal has it, under another machine or as it was. */
  Replay.Report replay(@Nullable Machine under) {
    return new Replay(
            pin -> Objects.requireNonNull(machines.get(pin)),
            under,
            ref -> Optional.ofNullable(results.get(ref)))
        .replay(
            instance.id(),
            entries.stream().map(JournalJson::write).map(JournalJson::entry).toList());
  }

  /** The whole of each result, by its ref. */
  Map<String, String> results() {
    return results;
  }

  /** Every call that there ever was, as it was last seen. */
  Map<Integer, Call> calls() {
    return calls;
  }

  /** The hash of everything that was ever shown to people, by number. */
  Map<Integer, String> hashes() {
    return hashes;
  }

  /** Every timer that was ever set. */
  Map<String, Timer> timers() {
    return timers;
  }

  /** Time passes. */
  void until(Instant then) {
    if (then.isAfter(now)) {
      now = then;
    }
  }

  /** Plays one step, and holds what is promised of every step against it. */
  Decision play(Map<String, Object> step) {
    Occurrence occurrence = new Occurrences(this).of(step);
    Instance before = instance;
    Decision decision = decide(before, occurrence);
    require(decision.equals(decide(before, occurrence)), "deciding twice gave different decisions");
    if (decision instanceof Decision.Accepted(var outcomes, var effects, var note)) {
      fold(occurrence, outcomes);
      machine = Objects.requireNonNull(machines.get(instance.machine()));
      outstanding.reported(occurrence);
      outstanding.asked(effects);
      nothingIsForgotten();
    }
    return decision;
  }

  private Decision decide(Instance before, Occurrence occurrence) {
    return occurrence instanceof Occurrence.Migrated migrated
        ? Decide.migrate(
            machine, Objects.requireNonNull(machines.get(migrated.machine())), before, migrated)
        : Decide.decide(machine, before, occurrence);
  }

  private void fold(Occurrence occurrence, List<Outcome> outcomes) {
    Entry entry = Entry.next(instance, occurrence, outcomes);
    for (Outcome outcome : outcomes) {
      Instance last = instance;
      instance = Evolve.evolve(instance, outcome, occurrence.at());
      require(
          outcome instanceof Outcome.TurnEnded || eachCallSettlesOnce(last, instance),
          "a call settled twice at " + outcome);
      remember();
    }
    entries.add(entry);
    Instance whole = Instance.unborn(instance.id());
    for (Entry each : entries) {
      whole = Evolve.evolve(whole, each);
    }
    Entry nothing =
        new Entry(instance.id(), entry.seq(), entry.at(), Decide.VERSION, occurrence, List.of());
    require(
        whole.equals(Evolve.evolve(instance, nothing)),
        "folding the journal and folding outcome by outcome gave different instances");
    instance = whole;
  }

  private static boolean eachCallSettlesOnce(Instance before, Instance after) {
    if (before.turn() == null || after.turn() == null) {
      return true;
    }
    for (Call call : before.turn().calls()) {
      boolean changed =
          after.turn().calls().stream()
              .anyMatch(c -> c.number() == call.number() && c.stage() != call.stage());
      if (call.stage().settled() && changed) {
        return false;
      }
    }
    return true;
  }

  private void remember() {
    instance.liveCalls().forEach(call -> calls.put(call.number(), call));
    instance.parked().forEach(parked -> hashes.put(parked.number(), parked.hash()));
    if (instance.approval() != null) {
      hashes.put(instance.approval().number(), instance.approval().hash());
    }
    timers.putAll(instance.timers());
  }

  /** What a recovered engine takes up is what is still outstanding, no more and no less. */
  private void nothingIsForgotten() {
    if (!instance.inEscalation() || instance.end() != null) {
      outstanding.noTicket();
    }
    Set<Effect> pending = new LinkedHashSet<>(Effects.pending(machine, instance));
    for (Effect effect : pending) {
      require(
          !(effect instanceof Effect.Notify notify) || outstanding.notified(notify),
          "pending, but nobody was told: " + effect);
    }
    pending.removeIf(Effect.Notify.class::isInstance);
    require(
        pending.equals(outstanding.work()),
        "pending is %s, but outstanding is %s".formatted(pending, outstanding.work()));
  }

  private void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what + "\n" + told());
    }
  }

  /** The case and its journal, for whoever reads a failure. */
  String told() {
    return entries.stream()
        .map(entry ->
            "%d %s %s\n%s"
                .formatted(
                    entry.seq(),
                    entry.at(),
                    entry.occurrence(),
                    entry.outcomes().stream()
                        .map(outcome -> "    " + outcome + "\n")
                        .collect(Collectors.joining())))
        .collect(Collectors.joining("", name + "\n", ""));
  }
}
