package dev.interlock.testkit.walk;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Effects;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.prompt.Prompt;
import dev.interlock.core.prompt.Transcript;
import dev.interlock.testkit.Decider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * One walk over a machine: hostile occurrences, one after another, each decided and folded, and the
 * promises checked behind each. See the package for what is deterministic and how to reproduce.
 */
public final class Walk {
  /** How many steps a walk takes unless told otherwise. */
  public static final int STEPS = 150;

  /** How many of them at most after the instance has ended. */
  private static final int AFTER = 25;

  private static final String INSTANCE = "walk";

  private final Machine machine;
  private final Decider decider;
  private final PromiseChecker checker;
  private final World world;
  private final List<Entry> journal = new ArrayList<>();
  private final List<Occurrence> offered = new ArrayList<>();
  private final List<Broken> broken = new ArrayList<>();
  private Instance instance = Instance.unborn(INSTANCE);
  private Transcript transcript = Transcript.EMPTY;

  private Walk(Machine machine, long seed, Decider decider) {
    this.machine = machine;
    this.decider = decider;
    this.checker = new PromiseChecker(machine);
    this.world = new World(machine, seed);
  }

  /** Walks with the decider that is shipped, and shrinks what breaks. */
  public static Trail over(Machine machine, long seed) {
    Trail trail = over(machine, seed, STEPS, Decider.TRUE);
    return trail.kept() ? trail : shrunk(machine, trail, Decider.TRUE);
  }

  /** Walks, and stops at the first step that breaks a promise. */
  public static Trail over(Machine machine, long seed, int steps, Decider decider) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      all.add(i);
    }
    return new Walk(machine, seed, decider).steps(seed, all);
  }

  /** The same walk with as many steps left out as it still breaks the same promise without. */
  public static Trail shrunk(Machine machine, Trail trail, Decider decider) {
    Trail best = trail;
    Promise promise = trail.broken().getFirst().promise();
    for (int size = trail.taken().size() / 2; size > 0; size /= 2) {
      for (int from = 0; from < best.taken().size(); ) {
        List<Integer> fewer = new ArrayList<>(best.taken());
        fewer.subList(from, Math.min(from + size, fewer.size())).clear();
        Trail shorter = new Walk(machine, trail.seed(), decider).steps(trail.seed(), fewer);
        if (shorter.broke(promise)) {
          best = shorter;
        } else {
          from += size;
        }
      }
    }
    return best;
  }

  private Trail steps(long seed, List<Integer> numbers) {
    List<Integer> taken = new ArrayList<>();
    int over = 0;
    offer(world.start(INSTANCE));
    for (int number : numbers) {
      if (!broken.isEmpty() || over > AFTER) {
        break;
      }
      over += instance.end() == null ? 0 : 1;
      taken.add(number);
      Random random = new Random(mixed(seed, number));
      for (Occurrence occurrence : world.step(random, instance)) {
        if (broken.isEmpty()) {
          offer(occurrence);
        }
      }
      if (random.nextInt(10) == 0) {
        crash();
      }
    }
    return new Trail(seed, taken, List.copyOf(offered), List.copyOf(journal), List.copyOf(broken));
  }

  /** SplitMix64: neighbouring seeds and steps draw from generators that have nothing in common. */
  private static long mixed(long seed, int step) {
    long z = seed * 0x9E3779B97F4A7C15L + step * 0xD1B54A32D192ED03L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private void offer(Occurrence occurrence) {
    offered.add(occurrence);
    try {
      if (decider.decide(machine, instance, occurrence) instanceof Decision.Accepted accepted) {
        accept(occurrence, accepted);
      }
    } catch (RuntimeException e) { // a decision is owed whatever occurs: that is the promise
      List<StackTraceElement> trace = List.of(e.getStackTrace());
      String at = trace.isEmpty() ? "" : " at " + trace.subList(0, Math.min(6, trace.size()));
      broken.add(new Broken(Promise.TOTAL, instance.seq() + 1, e + at));
    }
  }

  private void accept(Occurrence occurrence, Decision.Accepted accepted) {
    Entry entry =
        new Entry(
            INSTANCE,
            instance.seq() + 1,
            occurrence.at(),
            Decide.VERSION,
            occurrence,
            accepted.outcomes());
    broken.addAll(checker.check(entry, accepted.effects()));
    journal.add(entry);
    instance = Evolve.evolve(instance, entry);
    transcript = transcript.plus(entry);
    world.take(accepted.effects(), instance);
    if (instance.turn() != null && instance.turn().open()) {
      Prompt.question(machine, instance, transcript, ref -> null); // must be possible at any time
    }
  }

  /** What a killed engine does: folds anew, and takes up what is pending. */
  private void crash() {
    Instance folded = Instance.unborn(INSTANCE);
    for (Entry entry : journal) {
      folded = Evolve.evolve(folded, entry);
    }
    if (!folded.equals(instance)) {
      broken.add(new Broken(Promise.REFOLD, instance.seq(), "found " + folded));
    }
    Set<Effect> pending = new HashSet<>(Effects.pending(machine, folded));
    Optional<Effect> missing =
        world.owed(instance).stream()
            .filter(effect -> !pending.contains(effect))
            .min(Comparator.comparing(Effect::toString));
    missing.ifPresent(effect ->
        broken.add(
            new Broken(Promise.REFOLD, instance.seq(), "after a crash, nobody does " + effect)));
  }
}
