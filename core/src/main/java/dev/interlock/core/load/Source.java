package dev.interlock.core.load;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The text of a file in code points, and where its lines begin. */
final class Source {
  private final String file;
  private final int[] text;
  private final int[] lines;

  Source(String file, String text) {
    this.file = file;
    this.text = text.codePoints().toArray();
    this.lines =
        IntStream.concat(
                IntStream.of(0),
                IntStream.rangeClosed(1, this.text.length).filter(this::beginsLine))
            .toArray();
  }

  private boolean beginsLine(int index) {
    int before = text[index - 1];
    boolean inside = before == '\r' && index < text.length && text[index] == '\n';
    return before == '\n' || (before == '\r' && !inside);
  }

  /** The text with a space for each tab. */
  String withoutTabs() {
    int[] spaced = Arrays.stream(text).map(c -> c == '\t' ? ' ' : c).toArray();
    return new String(spaced, 0, spaced.length);
  }

  int length() {
    return text.length;
  }

  /** The code point there; 0 behind the end. */
  int at(int index) {
    return index < text.length ? text[index] : 0;
  }

  /** The place of that code point. */
  Mark mark(int index) {
    int found = Arrays.binarySearch(lines, index);
    int line = found >= 0 ? found : -found - 2;
    return new Mark(file, line + 1, index - lines[line] + 1);
  }
}
