package dev.interlock.testkit.simulate;

import dev.interlock.testkit.cast.Hostile;
import java.time.Duration;
import java.util.Locale;

/** Who plays in a run, and how well things go. */
public enum Profile {
  /** Everybody does what is asked, and everything works. */
  HONEST(Mind.Kind.SINCERE),
  /** Anything of anybody, much of it wrong. */
  RANDOM(Mind.Kind.RANDOM),
  /** The model calls whatever writes as soon as it may, and again. */
  GREEDY(Mind.Kind.GREEDY),
  /** Results carry instructions, and the model follows them. */
  INJECTED(Mind.Kind.INJECTED),
  /** Models, tools and people take long, and people may never answer. */
  SLOW(Mind.Kind.SINCERE),
  /** Tools fail and fall silent, models fail and reply nonsense, people write what is not asked. */
  FAILING(Mind.Kind.SINCERE);

  private final Mind.Kind mind;

  Profile(Mind.Kind mind) {
    this.mind = mind;
  }

  /** As it is given on a command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  Mind.Kind mind() {
    return mind;
  }

  Pace pace() {
    return switch (this) {
      case RANDOM -> Pace.HURRIED;
      case SLOW -> Pace.SLOW;
      case HONEST, GREEDY, INJECTED, FAILING -> Pace.BRISK;
    };
  }

  Faults faults() {
    return switch (this) {
      case RANDOM -> Faults.SOME;
      case FAILING -> Faults.MANY;
      case HONEST, GREEDY, INJECTED, SLOW -> Faults.NONE;
    };
  }

  int patience() {
    return this == RANDOM ? Hostile.WILD : Hostile.SINCERE;
  }

  /**
   * How long things take on average.
   *
   * @param tool in parts of its time-out
   * @param silent one in so many never does it; 0 if everybody does
   * @param whim until somebody does what nobody asked for
   */
  record Pace(Duration model, double tool, Duration person, int silent, Duration whim) {
    private static final Pace BRISK =
        new Pace(Duration.ofSeconds(4), 0.05, Duration.ofMinutes(20), 0, Duration.ofDays(10));
    private static final Pace HURRIED =
        new Pace(Duration.ofSeconds(4), 0.2, Duration.ofMinutes(20), 20, Duration.ofMinutes(10));
    private static final Pace SLOW =
        new Pace(Duration.ofMinutes(2), 0.4, Duration.ofHours(30), 6, Duration.ofDays(4));
  }

  /**
   * What goes wrong, each one in so many times; 0 if never.
   *
   * @param misfit a result that may fit nothing
   * @param model a question that fails, and as often a reply that cannot be used
   * @param people somebody who writes what nobody asked for
   */
  record Faults(int fails, int unknown, int misfit, int drifts, int model, int people) {
    private static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0);
    private static final Faults SOME = new Faults(12, 20, 20, 100, 40, 1);
    private static final Faults MANY = new Faults(5, 10, 30, 60, 12, 3);
  }
}
