package dev.interlock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineInputTest {
  /** Gives at most a few bytes at a time. */
  private static InputStream slow(String text, int most) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
      @Override
      public synchronized int read(byte[] bytes, int offset, int length) {
        return super.read(bytes, offset, Math.min(most, length));
      }
    };
  }

  private static List<String> lines(String text, int most) throws IOException {
    LineInput input = new LineInput(slow(text, most), 4);
    List<String> lines = new ArrayList<>();
    LineInput.Line line;
    while ((line = input.next()) != null) {
      lines.add(
          switch (line) {
            case LineInput.Whole whole -> whole.text();
            case LineInput.TooLong tooLong -> {
              byte[] bytes = tooLong.bytes().readAllBytes();
              yield "too long: " + new String(bytes, StandardCharsets.UTF_8);
            }
          });
    }
    return lines;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 100})
  void linesComeWholeHoweverTheyArrive(int most) throws IOException {
    assertThat(lines("ab\n\nabcd\nabcde\nä\nabcdefghijk\nxyz", most))
        .containsExactly("ab", "", "abcd", "too long: abcde", "ä", "too long: abcdefghijk", "xyz");
    assertThat(lines("abcdefgh", most)).containsExactly("too long: abcdefgh");
    assertThat(lines("", most)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100})
  void longLineThatNobodyReadsIsSkipped(int most) throws IOException {
    LineInput input = new LineInput(slow("abcdefghijk\nxyz\n", most), 4);

    assertThat(input.next()).isInstanceOf(LineInput.TooLong.class);
    assertThat(input.next()).isEqualTo(new LineInput.Whole("xyz"));
    assertThat(input.next()).isNull();
  }
}
