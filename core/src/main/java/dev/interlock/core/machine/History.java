package dev.interlock.core.machine;

/**
 * How much of a conversation a question may take along before what came before is summed up.
 *
 * @param window the most tokens of a question, as they are estimated
 * @param keep the most exchanges, the newest, that a summary leaves as they are
 */
public record History(long window, int keep) {
  /** The least {@link #window}: below it no whole result has room beside the contract. */
  public static final long MIN_WINDOW = 16_000;

  /** The most {@link #window}: more than any model reads. */
  public static final long MAX_WINDOW = 10_000_000;

  /** The most {@link #keep}. */
  public static final int MAX_KEEP = 100;

  /** {@link #keep} where a machine does not say. */
  public static final int KEEP = 10;
}
