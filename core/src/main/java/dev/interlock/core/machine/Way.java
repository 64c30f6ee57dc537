package dev.interlock.core.machine;

/**
 * A way from one state to another that a machine declares.
 *
 * @param from a state, or {@link #ANYWHERE}
 * @param target a state, or {@code back}
 * @param cause what leads there: {@code transition}, {@code otherwise}, {@code event NAME}, {@code
 *     after}, {@code idle}, {@code ok}, {@code failed}, {@code answer WORD}, {@code over REASON},
 *     {@code over default}, {@code resume}
 */
public record Way(String from, String target, String cause) {
  /** What holds in every state that is not an end. */
  public static final String ANYWHERE = "anywhere";

  /** The cause of every reason to escalate that has no way of its own there. */
  public static final String DEFAULT = "over default";

  /** {@code Act -> Summarize (transition)}. */
  @Override
  public String toString() {
    return "%s -> %s (%s)".formatted(from, target, cause);
  }
}
