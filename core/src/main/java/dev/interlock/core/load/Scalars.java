package dev.interlock.core.load;

import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/**
 * What a scalar means: the core schema of YAML 1.2 (chapter 10.3.2), but numbers are exact and null
 * is refused.
 */
final class Scalars {
  /** The longest number, in characters. */
  private static final int MAX_NUMBER_LENGTH = 100;

  private static final Pattern NOTHING = Pattern.compile("|~|null|Null|NULL");
  private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
  private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
  private static final Pattern NOT_FINITE =
      Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

  private Scalars() {}

  /** Null if the scalar was refused, which is then reported. */
  static Node.@Nullable Scalar read(ScalarEvent event, Source source, int start, Reader reader) {
    String text = event.getValue();
    Mark mark = source.mark(start);
    if (text.codePoints().anyMatch(Scalars::halfCharacter)) {
      reader.report(
          mark,
          LoadCode.CHARACTERS,
          "an escape for half of a character (malformed UTF-16)",
          "whole characters",
          "write the character itself, or \\U and eight digits");
      return null;
    }
    Object value = event.isPlain() ? plain(text, mark, reader) : text;
    return value == null
        ? null
        : new Node.Scalar(
            mark,
            value,
            text,
            event.isPlain(),
            new ScalarPlace(source, text, event.getScalarStyle(), start));
  }

  private static @Nullable Object plain(String text, Mark mark, Reader reader) {
    if (NOTHING.matcher(text).matches()) {
      reader.report(
          mark,
          LoadCode.EMPTY,
          text.isEmpty() ? "nothing" : "`" + text + "`",
          "a value",
          "leave the key out, or write \"\", {} or []");
      return null;
    }
    if (BOOLEAN.matcher(text).matches()) {
      return text.equalsIgnoreCase("true");
    }
    if (NOT_FINITE.matcher(text).matches()) {
      return refuse("`" + text + "`", mark, reader);
    }
    if (!startsNumber(text.charAt(0))) {
      return text;
    }
    boolean octal = OCTAL.matcher(text).matches();
    boolean hexadecimal = HEXADECIMAL.matcher(text).matches();
    if (!octal && !hexadecimal && !NUMBER.matcher(text).matches()) {
      return text;
    }
    if (text.length() > MAX_NUMBER_LENGTH) {
      return refuse("a number of %,d characters".formatted(text.length()), mark, reader);
    }
    try {
      return octal || hexadecimal
          ? Json.number(new BigDecimal(new BigInteger(text.substring(2), octal ? 8 : 16)))
          : Json.number(text);
    } catch (JsonException | ArithmeticException | NumberFormatException e) {
      return refuse("the number " + text, mark, reader);
    }
  }

  static boolean halfCharacter(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static boolean startsNumber(char first) {
    return first == '-' || first == '+' || first == '.' || (first >= '0' && first <= '9');
  }

  private static @Nullable Object refuse(String found, Mark mark, Reader reader) {
    reader.report(
        mark,
        LoadCode.TOO_LARGE,
        found,
        "a number of at most %d digits".formatted(Json.MAX_DIGITS),
        "put it in quotes if it is meant as text");
    return null;
  }
}
