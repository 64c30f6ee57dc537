package dev.interlock.core.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.check.Agreement.Difference;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.testkit.brute.Tiny;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The check and brute force agree: of tiny machines, drawn from seeds, all runs are walked by
 * {@code decide} itself. What runs do the check knows, of every machine; where nothing is left out
 * that the check leaves out, it knows nothing that no run does. {@code -Dinterlock.check.brute=N}
 * draws so many machines, {@code -Dinterlock.check.brute.first=S} from that seed on, {@code
 * -Dinterlock.check.brute.seed=S} the one of that seed.
 */
class BruteForceTest {
  private static final long MACHINES = Long.getLong("interlock.check.brute", 1_000L);
  private static final long FIRST = Long.getLong("interlock.check.brute.first", 0L);

  /** How many instances of one machine are looked at; one with more is walked in part. */
  private static final int MOST = 400;

  private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
  private final AtomicLong loaded = new AtomicLong();
  private final AtomicLong whole = new AtomicLong();
  private final AtomicLong exact = new AtomicLong();
  private final Map<Code, Long> codes = new ConcurrentHashMap<>();

  /** By what they say, how many properties were proven, and how many have a run against them. */
  private final Map<String, Long> proven = new ConcurrentHashMap<>();

  private final Map<String, Long> against = new ConcurrentHashMap<>();

  @Test
  void whatTheCheckSaysIsWhatAllRunsDo() {
    Long seed = Long.getLong("interlock.check.brute.seed");
    LongStream seeds =
        seed != null ? LongStream.of(seed) : LongStream.range(FIRST, FIRST + MACHINES);
    seeds.parallel().forEach(this::compare);
    assertThat(told).as("%s", this).isEmpty();
    if (seed == null) {
      assertThat(loaded.get()).as("machines that load").isGreaterThan(MACHINES * 95 / 100);
      assertThat(whole.get()).as("walked to their end").isGreaterThan(MACHINES * 85 / 100);
      assertThat(exact.get()).as("compared in both directions").isGreaterThan(MACHINES / 5);
      for (Code code :
          List.of(
              Code.UNREACHABLE,
              Code.NEVER_MET,
              Code.NEVER_TRUE,
              Code.ALWAYS_TRUE,
              Code.SHADOWED,
              Code.NO_CASE,
              Code.ALWAYS_REFUSED,
              Code.NOT_PROVEN)) {
        assertThat(codes.getOrDefault(code, 0L)).as("%s", code).isGreaterThan(MACHINES / 40);
      }
    }
  }

  private void compare(long seed) {
    if (told.size() > 3) {
      return; // enough to go on with
    }
    Tiny tiny = Tiny.of(seed);
    Optional<Machine> machine = tiny.load();
    if (machine.isEmpty()) {
      return;
    }
    Agreement agreement = Agreement.of(machine.get(), MOST);
    loaded.incrementAndGet();
    whole.addAndGet(agreement.met().whole() ? 1 : 0);
    exact.addAndGet(agreement.exact() ? 1 : 0);
    agreement.checked().findings().stream()
        .map(Finding::code)
        .distinct()
        .forEach(code -> codes.merge(code, 1L, Long::sum));
    for (Property property : machine.get().properties()) {
      if (agreement.exact()) {
        boolean holds = agreement.checked().proven().contains(property.name());
        (holds ? proven : against).merge(words(property), 1L, Long::sum);
      }
    }
    if (!agreement.differences().isEmpty()) {
      told.add(shown(seed, tiny, agreement.differences().getFirst()));
    }
  }

  private static String words(Property property) {
    return switch (property) {
      case Property.Before before ->
          before.same() != null
              ? "before, same"
              : before.when() != null
                  ? "before, if"
                  : before.monitored() ? "before" : "before, yes";
      case Property.Never never ->
          "never" + (never.after() == null ? "" : ", after") + (never.when() == null ? "" : ", if");
      case Property.AtMost a -> "atMost";
      case Property.Eventually e -> "eventually";
    };
  }

  private static String shown(long seed, Tiny tiny, Difference difference) {
    Predicate<Tiny> same =
        it ->
            Agreement.of(it.load().orElseThrow(), MOST).differences().stream()
                .anyMatch(difference::alike);
    Tiny least = tiny.shrunk(same);
    return "%nof seed %d there is left:%n%s%s%n"
        .formatted(seed, least, Agreement.of(least.load().orElseThrow(), MOST).differences());
  }

  @Override
  public String toString() {
    return "%d machines drawn, %d load, %d walked to their end, %d compared in both directions, told: %s, proven: %s, not proven: %s"
        .formatted(MACHINES, loaded.get(), whole.get(), exact.get(), codes, proven, against);
  }
}
