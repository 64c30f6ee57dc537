package dev.interlock.core.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which samples each variable may have, in any combination. Immutable. */
final class Box {
  /** By variable, a bit for each sample; none is empty. */
  private final long[] masks;

  /**
   * @param masks by variable, a bit for each sample; not changed from now on
   */
  Box(long... masks) {
    this.masks = masks;
  }

  /** The samples of a variable, a bit each. */
  long mask(int variable) {
    return masks[variable];
  }

  /** How many variables there are. */
  int size() {
    return masks.length;
  }

  /** The same, of so many variables; further ones have no samples. */
  long[] resized(int size) {
    return Arrays.copyOf(masks, size);
  }

  /** The same, with other samples of one variable. */
  Box with(int variable, long mask) {
    if (masks[variable] == mask) {
      return this;
    }
    long[] changed = masks.clone();
    changed[variable] = mask;
    return new Box(changed);
  }

  boolean contains(Box other) {
    for (int i = 0; i < masks.length; i++) {
      if ((other.masks[i] & ~masks[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  /** What is in either, if that is a box: they differ in one variable at most. Else null. */
  @Nullable Box or(Box other) {
    int different = -1;
    for (int i = 0; i < masks.length; i++) {
      if (masks[i] != other.masks[i]) {
        if (different >= 0) {
          return null;
        }
        different = i;
      }
    }
    return different < 0 ? this : with(different, masks[different] | other.masks[different]);
  }

  /** The least box that holds both. */
  Box around(Box other) {
    long[] around = masks.clone();
    for (int i = 0; i < around.length; i++) {
      around[i] |= other.masks[i];
    }
    return new Box(around);
  }

  /** As few boxes as are easily found for the same combinations. */
  static List<Box> merged(List<Box> boxes) {
    List<Box> merged = new ArrayList<>();
    for (Box box : boxes) {
      Box growing = box;
      boolean grew = true;
      while (grew) {
        grew = false;
        for (int i = 0; i < merged.size(); i++) {
          @Nullable Box both = merged.get(i).or(growing);
          if (both != null) {
            merged.remove(i);
            growing = both;
            grew = true;
            break;
          }
        }
      }
      merged.add(growing);
    }
    return merged;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Box box && Arrays.equals(masks, box.masks);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(masks);
  }
}
