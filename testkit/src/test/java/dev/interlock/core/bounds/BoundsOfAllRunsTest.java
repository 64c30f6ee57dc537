package dev.interlock.core.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.bounds.Taken.Difference;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.brute.Tiny;
import dev.interlock.testkit.brute.TinyBudgets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * No run of a tiny machine takes more than {@link Bounds} says, and where nothing but a budget
 * bounds it some run takes just that: all runs are walked by {@code decide} itself. {@code
 * -Dinterlock.check.brute=N} draws from so many seeds, {@code -Dinterlock.check.brute.first=S} from
 * that one on, {@code -Dinterlock.check.brute.seed=S} from that one.
 */
class BoundsOfAllRunsTest {
  private static final long SEEDS = Long.getLong("interlock.check.brute", 1_000L);
  private static final long FIRST = Long.getLong("interlock.check.brute.first", 0L);

  /** Machines with all that they spend are large: one of so many is walked. */
  private static final int TIGHT = 5;

  /** The same of those that only their states hold back. */
  private static final int PLAIN = 4;

  /** How many instances of one machine are looked at; one with more is walked in part. */
  private static final int MOST = 300;

  private static final Set<Budget> ALL =
      EnumSet.of(
          Budget.VISITS, Budget.TURNS, Budget.TOOL_CALLS, Budget.ERRORS, Budget.TOTAL_ERRORS);
  private static final List<Budget> ONE = List.of(Budget.VISITS, Budget.TURNS, Budget.TOOL_CALLS);

  private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
  private final AtomicLong looked = new AtomicLong();
  private final AtomicLong whole = new AtomicLong();
  private final AtomicLong exact = new AtomicLong();

  /** How often the most of all runs is what is said, and how often less, by what. */
  private final Map<String, Long> reached = new ConcurrentHashMap<>();

  private final Map<String, Long> below = new ConcurrentHashMap<>();

  @Test
  void noRunTakesMoreThanIsSaid() {
    seeds(TIGHT, seed -> compare(seed, TinyBudgets.tight(seed), it -> Taken.of(it, ALL, MOST)));
    assertThat(told).as("%s", this).isEmpty();
    if (isAll()) {
      assertThat(whole.get()).as("walked to their end: %s", this).isGreaterThan(SEEDS / TIGHT / 2);
      reached.forEach((what, times) ->
          assertThat(times)
              .as("%s is reached: %s", what, this)
              .isGreaterThan(below.getOrDefault(what, 0L)));
    }
  }

  @Test
  void whereOneBudgetAloneBoundsThemSomeRunTakesAllThatIsSaid() {
    seeds(
        PLAIN,
        seed -> {
          Budget small = ONE.get((int) (seed / PLAIN % ONE.size()));
          compare(
              seed, TinyBudgets.plain(seed, small), it -> Taken.of(it, EnumSet.of(small), MOST));
        });
    assertThat(told).as("%s", this).isEmpty();
    if (isAll()) {
      assertThat(exact.get())
          .as("compared in both directions: %s", this)
          .isGreaterThan(SEEDS / PLAIN / 2);
    }
  }

  private static void seeds(int each, LongConsumer compare) {
    Long one = Long.getLong("interlock.check.brute.seed");
    (one != null
            ? LongStream.of(one)
            : LongStream.range(FIRST, FIRST + SEEDS).filter(seed -> seed % each == 0))
        .parallel()
        .forEach(compare);
  }

  private static boolean isAll() {
    return Long.getLong("interlock.check.brute.seed") == null;
  }

  private void compare(long seed, Tiny tiny, Function<Machine, Taken> takes) {
    if (told.size() > 3) {
      return; // enough to go on with
    }
    Optional<Machine> machine = tiny.load();
    if (machine.isEmpty()) {
      return;
    }
    Taken taken = takes.apply(machine.get());
    looked.incrementAndGet();
    whole.addAndGet(taken.whole() ? 1 : 0);
    exact.addAndGet(taken.exact() ? 1 : 0);
    if (taken.whole()) {
      taken.reached().forEach(what -> reached.merge(what, 1L, Long::sum));
      taken.below().forEach(what -> below.merge(what, 1L, Long::sum));
    }
    if (!taken.differences().isEmpty()) {
      told.add(shown(seed, tiny, taken.differences().getFirst(), takes));
    }
  }

  private static String shown(
      long seed, Tiny tiny, Difference difference, Function<Machine, Taken> takes) {
    Tiny least =
        tiny.shrunk(it ->
            takes.apply(it.load().orElseThrow()).differences().stream()
                .anyMatch(difference::alike));
    return "%nof seed %d there is left:%n%s%s%n"
        .formatted(seed, least, takes.apply(least.load().orElseThrow()).differences());
  }

  @Override
  public String toString() {
    return "of %d seeds %d machines looked at, %d walked to their end, %d compared in both directions; the most of all runs is what is said: %s; is less: %s"
        .formatted(SEEDS, looked.get(), whole.get(), exact.get(), reached, below);
  }
}
