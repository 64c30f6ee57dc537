package dev.interlock.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[1",
        "{\"a\":1,\"a\":2}",
        "[1] [2]",
        "[null]",
        "NaN",
        "'text'",
        "1e99999",
        "12345678901234567890123456789012345",
        "\"\u0001\"",
        "{a:1}"
      })
  void whatIsNoValueIsRefusedInOneWay(String text) {
    assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
  }

  @Test
  void whatIsTooDeepOrTooLongIsRefusedInTheSameWay() {
    assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> Json.parseStored("[".repeat(100_000)))
        .isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> Json.parse("1".repeat(2_000))).isInstanceOf(JsonException.class);
  }

  @Test
  void numbersAreExact() {
    assertThat(Json.parse("[9223372036854775807,9223372036854775808,1.0,0.10,1e3,-0]"))
        .isEqualTo(
            List.of(
                Long.MAX_VALUE,
                Decimal.of("9223372036854775808"),
                1L,
                Decimal.of("0.1"),
                1_000L,
                0L));
  }

  @Test
  void canonicalFormIsSortedAndPlain() {
    assertThat(
            Json.write(Json.parse("{ \"b\" : 1.50, \"a\" : [true, \"\\u00e9\\n\"], \"c\": null }")))
        .isEqualTo("{\"a\":[true,\"é\\n\"],\"b\":1.5}");
    assertThat(Json.write(Map.of("x", Decimal.of("1E+3")))).isEqualTo("{\"x\":1000}");
  }

  @Test
  void halfCharactersAreKeptAsTheyAreButNotTaken() {
    String half = "a\uD800b\uDC00\uD83D\uDE00";

    assertThat(Json.write(half)).isEqualTo("\"a\\ud800b\\udc00\uD83D\uDE00\"");
    assertThat(Json.parseStored(Json.write(half))).isEqualTo(half);
    assertThatThrownBy(() -> Json.parse(Json.write(half))).hasMessageContaining("half a character");
    assertThatThrownBy(() -> Json.parse("{\"\\ud800\": 1}"))
        .hasMessageContaining("half a character");
    assertThat(Json.parse("\"\uD83D\uDE00\"")).isEqualTo("\uD83D\uDE00");
  }

  /** Beside what is there, which is not changed itself. */
  @Test
  void whatIsPutIsFoundThere() {
    Map<String, Object> inner = Map.of("x", 1L);
    Map<String, Object> into = new HashMap<>(Map.of("a", inner));

    Json.put(into, "/a/b~1c", "new");
    Json.put(into, "/d", 2L);
    Json.put(into, "", Map.of("d", 3L, "e", 4L));

    assertThat(Json.at(into, "/a/b~1c")).isEqualTo("new");
    assertThat(into).isEqualTo(Map.of("a", Map.of("x", 1L, "b/c", "new"), "d", 2L, "e", 4L));
    assertThat(inner).hasSize(1);
  }
}
