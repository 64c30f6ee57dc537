package dev.interlock.core.load;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The known name that somebody probably meant. Pure. */
public final class Nearest {
  /** Words longer than this are not compared. */
  private static final int MAX_LENGTH = 100;

  private Nearest() {}

  /** {@code did you mean `NAME`?}, or null if no name is near. */
  public static @Nullable String hint(String word, Collection<String> names) {
    String nearest = of(word, names);
    return nearest == null ? null : "did you mean `" + nearest + "`?";
  }

  /** The nearest name, at most a third of its letters away; null if none is. */
  static @Nullable String of(String word, Collection<String> names) {
    if (word.length() > MAX_LENGTH) {
      return null;
    }
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String name : names) {
      int allowed = Math.max(1, Math.max(word.length(), name.length()) / 3);
      if (name.length() <= MAX_LENGTH && Math.abs(name.length() - word.length()) <= allowed) {
        int distance = distance(word.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
        if (distance <= allowed && distance < least) {
          nearest = name;
          least = distance;
        }
      }
    }
    return nearest;
  }

  /** How many letters must be put in, taken out, changed or swapped with their neighbour. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(d[i - 1][j] + 1, Math.min(d[i][j - 1] + 1, d[i - 1][j - 1] + change));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        d[i][j] = swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
      }
    }
    return d[a.length()][b.length()];
  }
}
