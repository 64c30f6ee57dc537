package dev.interlock.core.load;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The text of a file in UTF-8. Bytes that are none are a problem, with their place, and never a
 * U+FFFD in a machine.
 *
 * @param text null if there is a problem
 */
public record Utf8(@Nullable String text, @Nullable Diagnostic problem) {
  /**
   * Reads bytes.
   *
   * @param file its name, for the problem
   */
  public static Utf8 read(String file, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length); // of no byte come two characters
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    String text = out.flip().toString();
    if (!result.isError()) {
      return new Utf8(text, null);
    }
    int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
    int start = text.lastIndexOf('\n') + 1;
    Mark mark = new Mark(file, line, 1 + text.codePointCount(start, text.length()));
    return new Utf8(
        null,
        new Diagnostic(
            mark,
            LoadCode.CHARACTERS,
            "the byte %02X at offset %,d, which is not UTF-8"
                .formatted(bytes[in.position()], in.position()),
            "a text in UTF-8",
            "save it as UTF-8; of Latin-1 `iconv -f latin1 -t utf-8` makes that"));
  }

  /**
   * The text.
   *
   * @throws IllegalArgumentException if it is none
   */
  public String orThrow() {
    if (text == null) {
      throw new IllegalArgumentException(String.valueOf(problem));
    }
    return text;
  }
}
