package dev.interlock.core.machine;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** A text in NFKC and without case, which remembers where each of its characters comes from. */
final class FoldedText {
  /** Scripts that put no space between words. */
  private static final Set<UnicodeScript> UNSPACED =
      Set.of(
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.BOPOMOFO,
          UnicodeScript.THAI,
          UnicodeScript.LAO,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR,
          UnicodeScript.TIBETAN,
          UnicodeScript.JAVANESE);

  private static final String CLOSING = ",;:!?。、";

  private final StringBuilder text = new StringBuilder();
  private int[] origins;

  FoldedText(String original) {
    origins = new int[original.length() + 16];
    int from = 0;
    while (from < original.length()) {
      int to = end(original, from);
      append(original.substring(from, to), from);
      from = to;
    }
  }

  /** Where a character ends that begins there, with the marks and parts that combine with it. */
  private static int end(String original, int from) {
    int to = original.offsetByCodePoints(from, 1);
    while (to < original.length()) {
      int next = original.codePointAt(to);
      boolean joins =
          switch (Character.getType(next)) {
            case Character.NON_SPACING_MARK,
                Character.COMBINING_SPACING_MARK,
                Character.ENCLOSING_MARK ->
                true;
            default -> next >= 0x1160 && next <= 0x11FF; // vowels and finals of a Hangul syllable
          };
      if (!joins) {
        break;
      }
      to += Character.charCount(next);
    }
    return to;
  }

  private void append(String part, int origin) {
    String folded =
        Normalizer.normalize(
            Normalizer.normalize(part, Normalizer.Form.NFKC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT),
            Normalizer.Form.NFKC);
    for (int i = 0; i < folded.length(); i++) {
      char character = folded.charAt(i);
      boolean blank = Character.isWhitespace(character) || Character.isSpaceChar(character);
      if (blank && !text.isEmpty() && text.charAt(text.length() - 1) == ' ') {
        continue; // any white space is as good as one blank
      }
      if (text.length() == origins.length) {
        origins = Arrays.copyOf(origins, origins.length * 2);
      }
      origins[text.length()] = origin;
      text.append(blank ? ' ' : character);
    }
  }

  String text() {
    return text.toString();
  }

  /** Where a place of the folded text is in the original. */
  int origin(int index) {
    return origins[index];
  }

  /** Where a folded text stands bounded, in the original; -1 if nowhere. */
  int find(String wanted) {
    for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      int end = at + wanted.length();
      if ((unspaced(wanted.codePointAt(0)) || endsBefore(at))
          && (unspaced(wanted.codePointBefore(wanted.length())) || endsAfter(end))) {
        return origins[at];
      }
    }
    return -1;
  }

  private static boolean unspaced(int codePoint) {
    return UNSPACED.contains(UnicodeScript.of(codePoint));
  }

  /** Whether what stands left of a place bounds it. */
  boolean endsBefore(int at) {
    if (at == 0) {
      return true;
    }
    int left = text.codePointBefore(at);
    int before = at - Character.charCount(left);
    if (left == '.') {
      return endsBefore(before);
    }
    return bounds(left, before == 0 ? ' ' : text.codePointBefore(before), codePointAt(at));
  }

  /** Whether what stands right of a place bounds it. */
  boolean endsAfter(int at) {
    if (at == text.length()) {
      return true;
    }
    int right = text.codePointAt(at);
    int after = at + Character.charCount(right);
    if (right == '.') {
      return endsAfter(after);
    }
    return bounds(right, codePointAt(after), at == 0 ? ' ' : text.codePointBefore(at));
  }

  private int codePointAt(int at) {
    return at < text.length() ? text.codePointAt(at) : ' ';
  }

  /**
   * @param beyond what stands on its other side
   * @param inside what it would bound
   */
  private static boolean bounds(int codePoint, int beyond, int inside) {
    if (codePoint == '\'' || codePoint == '’' || codePoint == '‘') {
      return !Character.isLetterOrDigit(beyond); // else an apostrophe inside a word
    }
    if (CLOSING.indexOf(codePoint) >= 0) {
      return !(Character.isDigit(beyond) && Character.isDigit(inside)); // else 10:30 or 1,234
    }
    return codePoint == ' '
        || codePoint == '"'
        || codePoint == '<'
        || codePoint == '>'
        || codePoint == '`'
        || codePoint == '´'
        || unspaced(codePoint)
        || switch (Character.getType(codePoint)) {
          case Character.START_PUNCTUATION,
              Character.END_PUNCTUATION,
              Character.INITIAL_QUOTE_PUNCTUATION,
              Character.FINAL_QUOTE_PUNCTUATION,
              Character.CONTROL ->
              true;
          default -> false;
        };
  }
}
