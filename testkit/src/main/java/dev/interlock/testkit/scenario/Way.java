package dev.interlock.testkit.scenario;

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

  /** {@code Act -> Summarize (transition)}. */
  @Override
  public String toString() {
    return "%s -> %s (%s)".formatted(from, target, cause);
  }
}
