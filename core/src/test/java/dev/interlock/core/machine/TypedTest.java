package dev.interlock.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypedTest {
  private static Typed.@Nullable Place find(Object value, String... texts) {
    return new Typed(List.of(texts)).find(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          ana@example.com | write to ana@example.com. Thanks | true
          ana@example | write to ana@example.com | false
          example.com | write to ana@example.com | false
          na@example.com | write to ana@example.com | false
          ana@example.com | <ana@example.com> | true
          ana@example.com | mail:ana@example.com,bob@example.com | true
          A17 | order A17? | true
          A17 | order A175 | false
          A17 | order BA17 | false
          A17 | order A17-2 | false
          A17 | order a17! | true
          A17 | "A17" | true
          A17 | A17... | true
          A17 | ...A17 | true
          a17.5 | A17.5 | true
          A17 | A17.5 | false
          A17 | ('A17') | true
          Ana | Ana's house | false
          Brien | O'Brien | false
          O'Brien | I am O'Brien | true
          O'Brien | I am O’Brien | false
          ana maria | I am Ana   Maria, hello | true
          ana maria | I am AnaMaria | false
          STRASSE | in der Straße | true
          ＡＢＣ | abc | true
          abc | ＡＢＣ | true
          café | CAFÉ! | true
          cafe | café | false
          東京 | 東京都に住む | true
          東 | 東京 | false
          x | x | false
          10 | at 10:30 | false
          30 | at 10:30 | false
          234 | 1,234 | false
          2026-11-24 | on 2026-11-24. | true
          2026-11-2 | on 2026-11-24. | false
          11-24 | on 2026-11-24. | false
          """)
  void textIsSaid(String value, String text, boolean said) {
    assertThat(find(value, text) != null).isEqualTo(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          12 | 12 | true
          12 | it is 12. | true
          12 | 12, please | true
          12 | $12 | true
          12 | 12€ or so | true
          12 | 12% | true
          12.5 | 12.50 EUR | true
          12.5 | 12,50 EUR | true
          12 | 12.50 | false
          50 | 12.50 | false
          1234 | 1,234 | false
          1.234 | 1,234 | false
          1234 | 1.234 | false
          1234 | 1234 | true
          1234.56 | 1,234.56 | true
          1234.56 | 1.234,56 | true
          1234567 | 1,234,567 | true
          1234567 | 1.234.567 | true
          12345 | 12'345 | true
          1234 | 1 234 | false
          234 | 1 234 | false
          234.5 | 1 234,50 | false
          1 | 1 234 | false
          12 | 12 34 | true
          0.5 | 0.500 | true
          1000 | 1000.000 | true
          123 | 1,2,3 | false
          2 | 1,2,3 | false
          3 | 1, 2, 3 | true
          5 | -5 | false
          -5 | -5 | true
          -5 | it is -5. | true
          12 | 10-12 | false
          -12 | 10-12 | false
          5 | .5 | false
          5 | x,5 | false
          5 | 1e5 | false
          5 | 5k | false
          5 | A5 | false
          10 | 10:30 | false
          24 | 2026-11-24 | false
          2026 | 2026-11-24 | false
          1 | 1.2.3 | false
          7 | 007 | true
          12 | １２ | true
          12 | ١٢ | false
          12 | twelve | false
          """)
  void numberIsSaid(String value, String text, boolean said) {
    assertThat(find(Json.number(value), text) != null).isEqualTo(said);
  }

  @Test
  void newestTextIsTold() {
    assertThat(find("abc", "abc", "hello abc", "no")).isEqualTo(new Typed.Place(1, 6));
    assertThat(find(7L, "7", "ﬃ cafe\u0301 7")).isEqualTo(new Typed.Place(1, 8));
  }

  @Test
  void listIsSaidIfEachItemIs() {
    String text = "A17 and B18, each for 12.50";

    assertThat(find(List.of("B18", "A17"), text)).isEqualTo(new Typed.Place(0, 8));
    assertThat(find(List.of("B18", "C19"), text)).isNull();
    assertThat(find(List.of(), text)).isNull();
    assertThat(find(List.of(List.of("A17")), text)).isNull();
  }

  @Test
  void onlyTextsNumbersAndDatesAreSaid() {
    assertThat(find(LocalDate.of(2026, 11, 24), "on 2026-11-24")).isNotNull();
    assertThat(find(LocalDate.of(2026, 11, 24), "on 24.11.2026")).isNull();
    assertThat(find(true, "true")).isNull();
    assertThat(find(Map.of("a", "b"), "a b")).isNull();
    assertThat(find("x".repeat(1_001), "x".repeat(1_001))).isNull();
    assertThat(find("", "anything")).isNull();
  }
}
