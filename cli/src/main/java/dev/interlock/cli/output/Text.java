package dev.interlock.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Laying out text. Pure. */
public final class Text {
  private Text() {}

  /**
   * A text on one line, without anything that would steer a terminal: what a model or a user wrote
   * must not move the cursor or change a title.
   */
  public static String oneLine(String text) {
    return safe(text).replaceAll("\\s+", " ").strip();
  }

  /** A text with its line breaks, without anything else that would steer a terminal. */
  public static String safe(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    text.replace("\r\n", "\n")
        .codePoints()
        .forEach(point -> {
          boolean steers =
              (Character.isISOControl(point) && point != '\n' && point != '\t')
                  || Character.getType(point) == Character.FORMAT;
          kept.appendCodePoint(steers ? 0xFFFD : point);
        });
    return kept.toString();
  }

  /** The beginning of a text that is longer than allowed, with an ellipsis. */
  public static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Math.max(0, most - 1);
    if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }

  /**
   * Lines of at most so many columns, broken between words where that is possible; an indentation
   * is kept.
   */
  public static List<String> wrap(String text, int most) {
    List<String> lines = new ArrayList<>();
    for (String paragraph : safe(text).replace("\t", "  ").split("\n", -1)) {
      StringBuilder line = new StringBuilder();
      boolean begun = false;
      for (String word : paragraph.split(" ", -1)) {
        if (begun && line.length() + 1 + word.length() > most) {
          lines.add(line.toString());
          line.setLength(0);
        } else if (begun) {
          line.append(' ');
        }
        begun = true;
        String rest = word;
        while (rest.length() > most) {
          lines.add(rest.substring(0, most));
          rest = rest.substring(most);
        }
        line.append(rest);
      }
      lines.add(line.toString());
    }
    return lines;
  }

  /** "1 call", "2 calls". */
  public static String count(long number, String one, String many) {
    return number == 1 ? "1 " + one : "%,d %s".formatted(number, many);
  }
}
