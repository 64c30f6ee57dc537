package dev.interlock.core.journal;

/**
 * An entry as it is stored: chained, and with its content beside it.
 *
 * @param skeleton canonical JSON of the entry; content is replaced by its place in {@code content},
 *     whose size and HMAC it holds
 * @param content JSON list of free texts and values of fields; empty if it was erased
 * @param prev the hash of the entry before, 64 zeros for the first
 * @param hash SHA-256 of {@code prev} and {@code skeleton}
 */
public record SealedEntry(
    String instance, long seq, String skeleton, String content, String prev, String hash) {
  public static final String NO_PREV = "0".repeat(64);
}
