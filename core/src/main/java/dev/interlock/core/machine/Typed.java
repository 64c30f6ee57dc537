package dev.interlock.core.machine;

import dev.interlock.core.json.Decimal;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest texts that the caller typed, to be asked whether a value stands in one of them. Not
 * thread-safe.
 *
 * <p>Texts are compared as in NFKC and without case. What is found must be bounded on both sides:
 * by an end, white space, a quote, a bracket or closing punctuation; in scripts that are written
 * without spaces, by nothing. Numbers are compared by value, and may stand beside a currency or
 * per-cent sign; one that two locales read differently ({@code 1,234}) is found nowhere, and
 * neither are booleans, objects and texts of one character. Where it is in doubt, a value is not
 * found.
 */
public final class Typed {
  /** The most messages that count, the newest. */
  public static final int MAX_MESSAGES = 200;

  /** The most characters of them together. */
  public static final int MAX_LENGTH = 65_536;

  /** The longest text that is looked for, in characters. */
  private static final int MAX_VALUE = 1_000;

  public static final Typed NOTHING = new Typed(List.of());

  private final List<String> texts;
  private @Nullable List<FoldedText> folded;

  /**
   * @param texts oldest first
   */
  public Typed(List<String> texts) {
    this.texts = texts;
  }

  /**
   * Where a value stands.
   *
   * @param text the index of the text
   * @param offset in it, in characters
   */
  public record Place(int text, int offset) {}

  /** How many characters are searched for a value. */
  public int length() {
    return texts.stream().mapToInt(String::length).sum();
  }

  /** Where a value stands, in the newest text that has it; of a list where its first item does. */
  public @Nullable Place find(Object value) {
    return switch (value) {
      case String text -> text(text);
      case LocalDate day -> text(day.toString());
      case Long number -> number(BigDecimal.valueOf(number));
      case Decimal number -> number(number.value());
      case List<?> items -> all(items);
      default -> null;
    };
  }

  private @Nullable Place all(List<?> items) {
    Place first = null;
    for (Object item : items) {
      Place place = item == null || item instanceof List<?> ? null : find(item);
      if (place == null) {
        return null;
      }
      first = first == null ? place : first;
    }
    return first;
  }

  private @Nullable Place text(String value) {
    if (value.length() > MAX_VALUE) {
      return null;
    }
    String wanted = new FoldedText(value).text().strip();
    if (wanted.codePointCount(0, wanted.length()) <= 1) {
      return null;
    }
    for (int i = folded().size() - 1; i >= 0; i--) {
      int offset = folded().get(i).find(wanted);
      if (offset >= 0) {
        return new Place(i, offset);
      }
    }
    return null;
  }

  private @Nullable Place number(BigDecimal value) {
    for (int i = folded().size() - 1; i >= 0; i--) {
      int offset = TypedNumber.find(folded().get(i), value);
      if (offset >= 0) {
        return new Place(i, offset);
      }
    }
    return null;
  }

  private List<FoldedText> folded() {
    List<FoldedText> known = folded;
    if (known == null) {
      known = new ArrayList<>(texts.size());
      for (String text : texts) {
        known.add(new FoldedText(text));
      }
      folded = known;
    }
    return known;
  }
}
