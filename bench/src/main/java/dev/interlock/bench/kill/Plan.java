package dev.interlock.bench.kill;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * When an engine is killed.
 *
 * @param point as {@link dev.interlock.engine.CrashPoints} has it; empty: at a random moment
 * @param passing how often the point was passed then
 * @param opening whether the moment lies before the engine is open
 * @param part of the longest that an engine lives that is killed at a random moment, or of what the
 *     last one took to open
 */
record Plan(String point, int passing, boolean opening, double part) {
  /** What a request, a report and so on is called: a step's points are these with a prefix. */
  private static final List<String> STEPS =
      List.of("request", "reply", "answer", "result", "timer", "report", "mark");

  private static final String EFFECT = "during-effect-of-";

  private static final List<String> ELSEWHERE =
      List.of(
          "before-commit",
          "mid-commit",
          "after-commit",
          "before-mark",
          "after-mark",
          "before-send-of-read",
          "before-send-of-idempotent",
          "before-send-of-write",
          "after-send-of-read",
          "after-send-of-idempotent",
          "after-send-of-write",
          "during-look-up",
          "during-effect-of-d.order",
          "during-effect-of-d.mail",
          "during-effect-of-d.note",
          "after-effect-of-d.order",
          "after-effect-of-d.mail",
          "after-effect-of-d.lend",
          "after-effect-of-d.note");

  /** Every named point that an engine passes. */
  static final List<String> POINTS =
      Stream.of(
              STEPS.stream().map(step -> "before-commit-of-" + step),
              STEPS.stream().map(step -> "after-commit-of-" + step),
              ELSEWHERE.stream())
          .flatMap(names -> names)
          .toList();

  /** Of five kills three are at a point, each of them in its turn; the others at any moment. */
  static Plan of(long seed, int kill) {
    SplittableRandom random = new SplittableRandom(1_000_003L * seed + kill);
    int turn = kill % 5;
    if (turn < 3) {
      String point = POINTS.get((kill / 5 * 3 + turn) % POINTS.size());
      return new Plan(
          point,
          point.startsWith("during") || point.contains("-of-d.") ? 1 : 1 + random.nextInt(4),
          false,
          0);
    }
    return new Plan("", 0, random.nextInt(4) == 0, random.nextDouble());
  }

  /** The tool whose server takes the call only after the engine's death; empty if none does. */
  String held() {
    return point.startsWith(EFFECT) ? point.substring(EFFECT.length()) : "";
  }

  /** As the system property has it. */
  String property() {
    return point.isEmpty() ? "" : point + ":" + passing;
  }
}
