package dev.interlock.engine.verify;

import java.util.BitSet;

/**
 * The leaves of a store's chain, by their first 128 bits, and which of them were met. Made of two
 * numbers each and not of objects, since a store may have many millions of entries.
 */
final class LeafSet {
  /** Hexadecimal digits of a long. */
  private static final int DIGITS = 16;

  private static final int FIRST_SLOTS = 1 << 10;

  /** Two of each slot; both 0 if it is free. */
  private long[] slots = new long[2 * FIRST_SLOTS];

  private final BitSet met = new BitSet();
  private int size;

  /** Adds the leaf that begins there, before any is met. */
  void add(String leaves, int from) {
    if (4 * size >= slots.length) {
      long[] old = slots;
      slots = new long[2 * old.length];
      size = 0;
      for (int i = 0; i < old.length; i += 2) {
        if (old[i] != 0 || old[i + 1] != 0) {
          put(old[i], old[i + 1]);
        }
      }
    }
    put(bits(leaves, from), bits(leaves, from + DIGITS));
  }

  private void put(long high, long low) {
    int slot = slot(high, low);
    if (free(slot)) {
      slots[2 * slot] = high;
      slots[2 * slot + 1] = low;
      size++;
    }
  }

  /** Meets a leaf; false if it is not there. */
  boolean meet(String leaf) {
    int slot = slot(bits(leaf, 0), bits(leaf, DIGITS));
    if (free(slot)) {
      return false;
    }
    met.set(slot);
    return true;
  }

  /** How many were not met. */
  long unmet() {
    return (long) size - met.cardinality();
  }

  private static long bits(String text, int from) {
    return Long.parseUnsignedLong(text, from, from + DIGITS, 16);
  }

  private boolean free(int slot) {
    return slots[2 * slot] == 0 && slots[2 * slot + 1] == 0;
  }

  /** Where it stands, or would. */
  private int slot(long high, long low) {
    int mask = slots.length / 2 - 1;
    int slot = (int) high & mask;
    while (!free(slot) && (slots[2 * slot] != high || slots[2 * slot + 1] != low)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
