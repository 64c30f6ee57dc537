package dev.interlock.testkit.simulate;

import java.util.Locale;

/**
 * Something that a sound machine does not come to.
 *
 * @param kind what it is
 * @param what it is about: a state, a rule, a property, a promise; runs with the same are one
 * @param detail of the run that shows it, for people
 * @param runs how many showed it
 * @param shown the number of the shortest of them
 * @param profile of that one
 * @param steps of that one
 */
public record Surprise(
    Kind kind, String what, String detail, long runs, long shown, Profile profile, int steps) {

  /** What surprises. */
  public enum Kind {
    /** The engine broke a promise: a mistake of Interlock. */
    PROMISE("a promise of the engine was broken"),
    /** The engine threw: a mistake of Interlock. */
    NO_DECISION("there was no decision"),
    /** A property did not hold. */
    VIOLATED("a property did not hold"),
    /** Only the property itself stood in the way of a call or of a state. */
    HELD_BACK("nothing but the property itself held it back"),
    /** A guard could not be evaluated. */
    GUARD_ERROR("a guard failed"),
    /** One decision entered too many states. */
    CYCLE("states follow each other without end"),
    /** A result that fits each field alone did not fit. */
    MISFIT("a result did not fit its field"),
    /** A run went on and on. */
    NO_REST("a run did not come to rest"),
    /** Everybody did what was asked, and it waited until its time was over, or for good. */
    WAITED_IN_VAIN("an honest run waited in vain"),
    /** Everybody did what was asked, in all honest runs, and each escalated for a reason. */
    NO_WAY_THROUGH("no honest run got through without an escalation");

    private final String sentence;

    Kind(String sentence) {
      this.sentence = sentence;
    }

    /** In a few words. */
    public String sentence() {
      return sentence;
    }

    /** As JSON and files name it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** By which runs with the same are one. */
  record Key(Kind kind, String what) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byKind = kind.compareTo(other.kind);
      return byKind != 0 ? byKind : what.compareTo(other.what);
    }
  }
}
