package dev.interlock.core.journal;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides anew what a journal records, each entry under the machine that it is of or all under
 * another, and says where the outcomes differ. Pure: it causes no effect.
 *
 * <p>The instance is carried on by the new outcomes. Where these take another course, what is
 * recorded after them answers what was not asked, so the replay ends there.
 */
public final class Replay {
  private final Function<String, Machine> machines;
  private final @Nullable Machine under;
  private final Function<String, Optional<String>> results;

  /**
   * What came of it.
   *
   * @param entries how many were decided anew
   * @param others those on the same course whose outcomes differ: other values, texts, verdicts
   * @param parted the first that takes another course, or null
   */
  public record Report(long entries, List<Difference> others, @Nullable Difference parted) {
    public boolean same() {
      return others.isEmpty() && parted == null;
    }
  }

  /**
   * An entry, and what is decided now.
   *
   * @param now empty if it is rejected
   * @param rejection why, or null
   */
  public record Difference(Entry recorded, List<Outcome> now, @Nullable Rejection rejection) {}

  /**
   * @param machines those that instances are pinned to, by pin
   * @param under the machine to decide with; null means what each entry is of
   * @param results what is kept of a large result, by its reference
   */
  public Replay(
      Function<String, Machine> machines,
      @Nullable Machine under,
      Function<String, Optional<String>> results) {
    this.machines = machines;
    this.under = under;
    this.results = results;
  }

  /**
   * Replays one instance.
   *
   * @param journal all its entries, from the first
   */
  public Report replay(String id, List<Entry> journal) {
    List<Difference> others = new ArrayList<>();
    Instance instance = Instance.unborn(id);
    long entries = 0;
    long taken = before(journal);
    String pin = "";
    for (Entry entry : journal) {
      String before = pin;
      pin = pin(entry).orElse(pin);
      if (entry.seq() <= taken) {
        instance = Evolve.evolve(instance, entry);
        continue;
      }
      entries++;
      if (under != null && entry.occurrence() instanceof Occurrence.Migrated) {
        instance = Evolve.evolve(instance, entry); // it is of the other machine all the time
        if (!knows(under, instance.state())) {
          return new Report(entries, others, new Difference(entry, List.of(), unknown(instance)));
        }
        continue;
      }
      Machine machine = under == null ? machines.apply(pin) : under;
      Occurrence occurrence = projected(machines.apply(pin), machine, instance, entry.occurrence());
      Decision decision =
          occurrence instanceof Occurrence.Migrated migrated
              ? Decide.migrate(machines.apply(before), machine, instance, migrated)
              : Decide.decide(machine, instance, occurrence);
      if (!(decision instanceof Decision.Accepted accepted)) {
        Rejection why = decision instanceof Decision.Rejected no ? no.rejection() : null;
        return new Report(entries, others, new Difference(entry, List.of(), why));
      }
      List<Outcome> now = accepted.outcomes();
      if (!same(entry.outcomes(), now)) {
        Difference difference = new Difference(entry, now, null);
        if (!course(entry.outcomes()).equals(course(now))) {
          return new Report(entries, others, difference);
        }
        others.add(difference);
      }
      instance =
          Evolve.evolve(
              instance,
              new Entry(
                  entry.instance(), entry.seq(), entry.at(), entry.version(), occurrence, now));
    }
    return new Report(entries, others, null);
  }

  /** What an entry pins the instance to, if it does. */
  private static Optional<String> pin(Entry entry) {
    for (Outcome outcome : entry.outcomes()) {
      switch (outcome) {
        case Outcome.Began began -> {
          return Optional.of(began.machine());
        }
        case Outcome.Migrated migrated -> {
          return Optional.of(migrated.machine());
        }
        default -> {} // it stays what it is
      }
    }
    return Optional.empty();
  }

  private static boolean knows(Machine machine, String state) {
    return machine.states().containsKey(state) || state.equals(Machine.BUILT_IN_ESCALATION.name());
  }

  private static Rejection unknown(Instance instance) {
    return new Rejection(
        Rejection.Code.NOT_FOUND,
        "it was migrated, and is in %s from then on, which is no state of the machine that it is replayed under"
            .formatted(instance.state()));
  }

  /** How many entries are of what the instance was forked from: those are replayed there. */
  private static long before(List<Entry> journal) {
    return journal.stream()
        .filter(entry -> entry.occurrence() instanceof Occurrence.Forked)
        .mapToLong(entry -> entry.seq() - 1)
        .max()
        .orElse(0);
  }

  /** Whether they are equal, but for the machine that the instance is pinned to. */
  private static boolean same(List<Outcome> before, List<Outcome> now) {
    return unpinned(before).equals(unpinned(now));
  }

  private static List<Outcome> unpinned(List<Outcome> outcomes) {
    return outcomes.stream()
        .<Outcome>map(
            it -> it instanceof Outcome.Began began ? new Outcome.Began("", began.caller()) : it)
        .toList();
  }

  /** What moves the instance, or is answered by what occurs later. */
  private static List<Object> course(List<Outcome> outcomes) {
    List<Object> course = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      switch (outcome) {
        case Outcome.Remembered it -> {}
        case Outcome.FieldSet it -> {}
        case Outcome.FieldAppended it -> {}
        case Outcome.FieldCleared it -> {}
        case Outcome.Noticed it -> {}
        case Outcome.Said it -> {}
        case Outcome.Ruled it -> {}
        case Outcome.Labelled it -> {}
        case Outcome.TimerSet it -> {}
        case Outcome.TimerCancelled it -> {}
        case Outcome.Entered it -> course.add(List.of(it.state(), it.back()));
        case Outcome.Ended it -> course.add(it.end());
        case Outcome.Escalation it -> course.add(it.escalated().reason());
        case Outcome.CallProposed it -> course.add(List.of(it.call(), it.tool()));
        default -> course.add(outcome.getClass());
      }
    }
    return course;
  }

  /** With what the machine files from a result: another may file it in other fields. */
  private Occurrence projected(
      Machine recorded, Machine under, Instance instance, Occurrence occurrence) {
    if (recorded.identity().equals(under.identity())) {
      return occurrence;
    }
    return switch (occurrence) {
      case Occurrence.CallReturned it ->
          new Occurrence.CallReturned(
              it.at(), it.call(), projected(recorded, under, instance, it.call(), it.result()));
      case Occurrence.Resolved it when it.result() != null ->
          new Occurrence.Resolved(
              it.id(),
              it.at(),
              it.from(),
              it.call(),
              it.happened(),
              projected(recorded, under, instance, it.call(), it.result()));
      default -> occurrence;
    };
  }

  /**
   * A result keeps its text, not the structured answer that may have come beside it. So it is
   * projected anew only where its text gives the recorded facts under the recorded machine.
   */
  private Result projected(
      Machine recorded, Machine under, Instance instance, int number, Result result) {
    Optional<Call> call = instance.liveCalls().filter(it -> it.number() == number).findFirst();
    Optional<String> text =
        result.complete() ? Optional.of(result.preview()) : results.apply(result.ref());
    if (call.isEmpty()
        || text.isEmpty()
        || !recorded.tools().containsKey(call.get().tool())
        || !Projection.project(recorded, call.get(), result.ref(), text.get(), null)
            .equals(result)) {
      return result;
    }
    return Projection.project(under, call.get(), result.ref(), text.get(), null);
  }
}
