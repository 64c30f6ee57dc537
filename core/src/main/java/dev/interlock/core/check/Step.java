package dev.interlock.core.check;

/**
 * One step of a run.
 *
 * @param cause what it is taken by
 * @param words what happens, for whoever reads a run
 * @param about the tool that is called, or the word of the reason; empty if it is about neither
 */
record Step(Cause cause, String words, String about) {
  /** What a step is taken by. */
  enum Cause {
    START,
    /** What the model records, and tools that return. */
    FACTS,
    TRANSITION,
    /** The model ends its turn. */
    OTHERWISE,
    /** A person answers as the approval asks: anything but a no. */
    YES,
    NO,
    EVENT,
    /** Time. */
    TIMER,
    /** What became of the calls of a state. */
    MADE,
    /** A spent budget, or another reason to escalate. */
    OVER,
    OPERATOR;

    Step of(String words) {
      return of(words, "");
    }

    Step of(String words, String about) {
      return new Step(this, words, about);
    }
  }

  boolean isOver() {
    return cause == Cause.OVER;
  }

  /** The same step, and what else happens in it. */
  Step and(String more) {
    return new Step(cause, words + more, about);
  }
}
