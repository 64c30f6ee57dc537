package dev.interlock.core.journal;

import dev.interlock.core.json.Json;

/**
 * The chain over a whole store: what every commit of entries adds a link to, in the same
 * transaction. A link names each entry of its commit by a {@link #leaf}, or holds a record of
 * something that was done to the store as a whole, and its hash covers the link before. So an
 * instance that is taken out whole, or a journal whose end is cut off with all that derives from
 * it, is missed; and the newest hash stands for all that the store ever held.
 *
 * <p>Where several write at once, each commit goes on in a lane that nobody else is using: lanes
 * are chains of their own that begin at the same first link, so that no commit waits for another.
 */
public final class StoreChain {
  /** The lane that holds the first link, and no other. */
  public static final int BEGIN = 0;

  /** The first of the lanes that commits go on in; the only one where one at a time writes. */
  public static final int FIRST = 1;

  /** Hexadecimal digits of a hash. */
  public static final int DIGITS = 64;

  private StoreChain() {}

  /**
   * A link.
   *
   * @param lane 0 of the first link, which every lane begins at
   * @param position 0 of the first link, then 1, 2, 3 and so on in each lane
   * @param leaves of the commit's entries, one after the other, 64 hexadecimal digits each
   * @param record JSON of what was done to the store; empty if the link is of entries
   * @param hash of {@link #hash}
   */
  public record Link(int lane, long position, String leaves, String record, String hash) {}

  /** What an entry is named by: it tells nothing to whoever does not have the entry. */
  public static String leaf(String instance, long seq, String hash) {
    return Json.sha256(hash + '\n' + seq + '\n' + instance);
  }

  /**
   * The hash of a link, 64 hexadecimal digits.
   *
   * @param prev the hash of the link before, {@link SealedEntry#NO_PREV} for the first
   */
  public static String hash(String prev, int lane, String leaves, String record) {
    return Json.sha256(prev + rest(lane, leaves, record));
  }

  /** What is hashed after the hash of the link before. */
  public static String rest(int lane, String leaves, String record) {
    return "\n" + lane + '\n' + leaves + '\n' + record;
  }

  /** What stands for an instance's id in the record of its purge. */
  public static String idHash(String store, String instance) {
    return Json.sha256(store + '\n' + instance);
  }
}
