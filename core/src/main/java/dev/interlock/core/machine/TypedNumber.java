package dev.interlock.core.machine;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Finds numbers in what was typed, and reads them as every locale does, or not at all. */
final class TypedNumber {
  private static final Pattern DIGITS = Pattern.compile("[0-9]+(?:[.,'’][0-9]+)*");
  private static final Pattern GROUPED =
      Pattern.compile("[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?:\\.[0-9]{3})+|(?:['’][0-9]{3})+)");
  private static final Pattern PLAIN = Pattern.compile("[0-9]+");
  private static final Pattern FRACTION = Pattern.compile("([0-9]+|.*[^0-9].*)[.,]([0-9]+)");

  /** The longest number that is read. */
  private static final int MAX_LENGTH = 60;

  private TypedNumber() {}

  /** Where a number of that value stands, in the original; -1 if nowhere. */
  static int find(FoldedText folded, BigDecimal value) {
    String text = folded.text();
    Matcher numbers = DIGITS.matcher(text);
    while (numbers.find()) {
      int start = numbers.start();
      int end = numbers.end();
      boolean negative =
          start > 0 && (text.charAt(start - 1) == '-' || text.charAt(start - 1) == '−');
      int from = negative ? start - 1 : start;
      if (!bounded(folded, text, from, end) || grouped(text, start, end)) {
        continue;
      }
      BigDecimal read = read(text.substring(start, end));
      if (read != null && (negative ? read.negate() : read).compareTo(value) == 0) {
        return folded.origin(from);
      }
    }
    return -1;
  }

  private static boolean bounded(FoldedText folded, String text, int from, int end) {
    char left = from == 0 ? ' ' : text.charAt(from - 1);
    boolean opens = left != '.' && left != ',' && (sign(left) || folded.endsBefore(from));
    return opens && ((end < text.length() && sign(text.charAt(end))) || folded.endsAfter(end));
  }

  private static boolean sign(char character) {
    return character == '%'
        || character == '‰'
        || Character.getType(character) == Character.CURRENCY_SYMBOL;
  }

  /** Whether a blank beside it may be what groups its digits: 12 345. */
  private static boolean grouped(String text, int start, int end) {
    boolean before = start >= 2 && text.charAt(start - 1) == ' ' && digit(text, start - 2);
    boolean after = text.startsWith(" ", end) && digit(text, end + 1);
    return (before && threeDigits(text, start)) || (after && threeDigits(text, end + 1));
  }

  private static boolean threeDigits(String text, int at) {
    return digit(text, at) && digit(text, at + 1) && digit(text, at + 2) && !digit(text, at + 3);
  }

  private static boolean digit(String text, int at) {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  /** The value, if all locales that can read it agree. */
  private static @Nullable BigDecimal read(String number) {
    if (number.length() > MAX_LENGTH) {
      return null;
    }
    if (PLAIN.matches(number)) {
      return new BigDecimal(number);
    }
    BigDecimal whole = GROUPED.matches(number) ? new BigDecimal(digits(number)) : null;
    BigDecimal fraction = fraction(number);
    if (whole != null && fraction != null) {
      return null;
    }
    return whole != null ? whole : fraction;
  }

  private static @Nullable BigDecimal fraction(String number) {
    Matcher parts = FRACTION.matcher(number);
    if (!parts.matches()) {
      return null;
    }
    String whole = parts.group(1);
    char point = number.charAt(whole.length());
    boolean usable = PLAIN.matches(whole) || (GROUPED.matches(whole) && whole.indexOf(point) < 0);
    return usable ? new BigDecimal(digits(whole) + "." + parts.group(2)) : null;
  }

  private static String digits(String number) {
    return number.replaceAll("[^0-9]", "");
  }
}
