package dev.interlock.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Decimal;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The worst that a schema which may be locked and the longest arguments can do together. */
class ArgumentsTest {
  private static final int LONGEST = 65_536;

  @Test
  void patternIsNotMatchedBeyondItsCost() {
    Map<String, Object> costly = schema("type", "string", "pattern", "([a-z]?[a-z]?){1000}9");

    assertThat(problems(costly, "a".repeat(LONGEST))).first().asString().contains("too long");
    assertThat(problems(costly, "a".repeat(100))).first().asString().contains("regex pattern");
    assertThat(problems(costly, "aa9")).isEmpty();
  }

  @Test
  void costOfAllPatternsOfACallIsCounted() {
    Map<String, Object> one = Map.of("pattern", "(.*a.*b){100}9");
    Map<String, Object> many =
        schema("allOf", IntStream.range(0, 100).mapToObj(i -> one).toList(), "type", "string");

    assertThat(problems(many, "ab".repeat(10_000))).first().asString().contains("too long");
  }

  @Test
  void longTextOfAPlainPatternIsJudged() {
    Map<String, Object> plain = schema("type", "string", "pattern", "^[a-z]+$");

    assertThat(problems(plain, "a".repeat(LONGEST))).isEmpty();
  }

  @Test
  void wholeNumberBeyond64BitsIsNoInteger() {
    Map<String, Object> integer = Map.of("type", "integer");
    Decimal beyond = Decimal.of("9223372036854775808");

    assertThat(problems(of(integer), Long.MAX_VALUE)).isEmpty();
    assertThat(problems(of(integer), Decimal.of("5.0"))).isEmpty();
    assertThat(problems(of(integer), beyond))
        .containsExactly("x: number found, integer expected of at most 64 bits");
    assertThat(problems(of(integer), Decimal.of("-9223372036854775809"))).hasSize(1);
    assertThat(problems(of(integer), Decimal.of("0.5")))
        .containsExactly("x: number found, integer expected");
    assertThat(problems(of(Map.of("type", "number")), beyond)).isEmpty();
    assertThat(problems(of(Map.of("enum", List.of(beyond))), beyond)).isEmpty();
    assertThat(problems(of(Map.of("type", "array", "items", integer)), List.of(1L, beyond)))
        .hasSize(1);
  }

  private static Map<String, Object> of(Map<String, Object> schema) {
    return Map.of("type", "object", "properties", Map.of("x", schema));
  }

  private static Map<String, Object> schema(String a, Object b, String c, Object d) {
    return of(Map.of(a, b, c, d));
  }

  private static List<String> problems(Map<String, Object> schema, Object value) {
    assertThat(SchemaCheck.problems(schema)).isEmpty();
    Arguments.check(schema);
    return Arguments.of(schema).problems(Map.of("x", value));
  }
}
