package dev.interlock.testkit.simulate;

import dev.interlock.core.decide.Outcome.Verdict;
import dev.interlock.core.machine.Way;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a simulation. It has no time of the clock in it: the same machine, seed, runs and
 * profiles give the same report.
 *
 * @param profiles who played, in turn
 * @param turns all of them; {@code questions} are those of the model, as the budget counts them
 * @param steps occurrences that were offered, {@code rejected} those that were not taken
 * @param ends runs by how they came to rest, by profile
 * @param refusals by rule, those with the most first; by {@code state NAME}, {@code set ARGUMENT}
 *     and the like where no rule of the machine refused
 * @param people by role
 * @param escalations those with the most first
 * @param properties by name
 * @param checked runs whose promises were checked step by step
 * @param surprises each kind once
 * @param questionsOf of each run, as {@code millisOf} and {@code costOf}, in millionths
 */
public record SimulationReport(
    long seed,
    int runs,
    List<Profile> profiles,
    long turns,
    long questions,
    long steps,
    long rejected,
    Map<String, Map<Profile, Long>> ends,
    List<Map.Entry<String, Long>> refusals,
    Map<String, Asked> people,
    List<Map.Entry<Escalation, Long>> escalations,
    Coverage coverage,
    Map<String, Kept> properties,
    long checked,
    List<Surprise> surprises,
    Spread questionsOf,
    Spread millisOf,
    Spread tokensOf,
    Spread costOf) {

  /**
   * What people were asked.
   *
   * @param answers how often they gave an answer, and how often none came: {@code expired}, {@code
   *     void}, {@code taken back}
   */
  public record Asked(long times, Map<String, Long> answers) {}

  /** From where, and for what reason. */
  public record Escalation(String from, String reason) implements Comparable<Escalation> {
    @Override
    public int compareTo(Escalation other) {
      int byState = from.compareTo(other.from);
      return byState != 0 ? byState : reason.compareTo(other.reason);
    }
  }

  /**
   * How often runs came where; what is declared and was never come to has 0.
   *
   * @param rules by sentence, what each said of calls
   */
  public record Coverage(
      Map<String, Long> states, Map<Way, Long> ways, Map<String, Map<Verdict, Long>> rules) {}

  /**
   * Whether a property held.
   *
   * @param violated in how many runs it did not
   * @param heldBack in how many nothing but it held something back
   * @param near in how many it was at stake: what it is about was done, or was about to be
   */
  public record Kept(long violated, long heldBack, long near) {}

  /** A value of each run. */
  public static final class Spread {
    private final long[] sorted;

    Spread(long... values) {
      this.sorted = values.clone();
      Arrays.sort(sorted);
    }

    /** The value that so many per cent of the runs do not exceed. */
    public long percent(int percent) {
      int place = (int) Math.ceilDiv((long) sorted.length * percent, 100L);
      return sorted.length == 0 ? 0 : sorted[Math.clamp(place - 1, 0, sorted.length - 1)];
    }

    /** Of all runs together. */
    public long sum() {
      return Arrays.stream(sorted).sum();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Spread that && Arrays.equals(sorted, that.sorted);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(sorted);
    }

    @Override
    public String toString() {
      return Arrays.toString(sorted);
    }

    /** All of them, the smallest first. */
    public long[] values() {
      return sorted.clone();
    }
  }
}
