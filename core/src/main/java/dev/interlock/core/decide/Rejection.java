package dev.interlock.core.decide;

import java.util.List;

/**
 * Why an occurrence is not taken.
 *
 * @param message what was found, what would be accepted, and how to mend it
 * @param findings the codes of what a check of the machine found, each once; empty but for {@link
 *     Code#ERRORS}
 */
public record Rejection(Code code, String message, List<String> findings) {
  public Rejection {
    findings = List.copyOf(findings);
  }

  /** One that no check of the machine led to. */
  public Rejection(Code code, String message) {
    this(code, message, List.of());
  }

  /** The same in other words. */
  public Rejection worded(String other) {
    return new Rejection(code, other, findings);
  }

  /** The kinds of rejection. */
  public enum Code {
    /** The instance has ended. */
    ENDED,
    /** The instance is escalated. */
    ESCALATED,
    /** The instance is not escalated. */
    NOT_ESCALATED,
    /** Whoever sent it may not. */
    NOT_ALLOWED,
    /** The machine declares no such event, or nothing would take it. */
    EVENT,
    /** Nothing waits for this answer. */
    NOTHING_TO_ANSWER,
    /** What is answered is not what was shown. */
    HASH,
    /** The values do not fit. */
    VALUES,
    /** An unknown call must be resolved first. */
    UNKNOWN_CALL,
    /** A budget is spent and not granted. */
    BUDGET,
    /** A named limit is reached. */
    LIMIT,
    /** A check of the machine found errors. */
    ERRORS,
    /** There is no such instance, call, state or machine. */
    NOT_FOUND,
    /** The same id was used with other content. */
    CONFLICT,
    /** The engine does not take this now: it is late or out of order. */
    LATE
  }

  /** There is no such instance, or whoever asks may not know of it: both are told the same. */
  public static Rejection noInstance(String id) {
    return new Rejection(
        Code.NOT_FOUND,
        "there is no instance %s that you may see; a list has those that you may".formatted(id));
  }
}
