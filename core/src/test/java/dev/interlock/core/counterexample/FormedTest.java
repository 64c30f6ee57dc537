package dev.interlock.core.counterexample;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Type;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of a form that is asked for. */
class FormedTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "^[0-9]{5}$",
        "^P-[0-9]{8}$",
        "^(DE|AT)[0-9]{2}(-[a-z]{2,4})?$",
        "\\d{3}",
        "^\\S+@\\S+$",
        "[^x]{3}",
        "^[\\w.-]+$",
        "x*",
      })
  void patternIsFoundInTheText(String pattern) {
    Pattern compiled = Pattern.compile(pattern);

    assertThat(Formed.text(compiled))
        .hasValueSatisfying(text -> assertThat(compiled.matcher(text).find()).isTrue());
  }

  /** What it does not know, what is found in nothing, and what would be too long. */
  @ParameterizedTest
  @ValueSource(strings = {"(?i)abc", "[[:alpha:]]+", "a\\bb", "a{999}", "((a{50}){50}){50}"})
  void ofOtherPatternsNoTextIsKnown(String pattern) {
    assertThat(Formed.text(Pattern.compile(pattern))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\": \"boolean\"} | true",
        "{\"type\": \"integer\", \"minimum\": 1000} | 1000",
        "{\"type\": \"integer\", \"exclusiveMinimum\": 7} | 8",
        "{\"type\": \"number\"} | 1",
        "{\"type\": \"string\", \"minLength\": 3} | \"aaa\"",
        "{\"type\": \"string\", \"pattern\": \"^[0-9]{5}$\"} | \"00000\"",
        "{\"enum\": [\"b\", \"c\"]} | \"b\"",
        "{\"const\": 5} | 5",
        "{\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"minItems\": 2} | [\"a\",\"a\"]",
        "{\"type\": \"object\", \"properties\": {\"zip\": {\"type\": \"string\"}, \"x\": {}}, \"required\": [\"zip\"]} | {\"zip\":\"a\"}",
      })
  void valueHasWhatItsSchemaRequires(String schema, String value) {
    assertThat(Formed.value((Map<?, ?>) Json.parse(schema)).map(Json::write)).contains(value);
  }

  @Test
  void wholeValueHasAllMembersThatItsTypeHas() {
    Type type =
        new Type.ListOf(
            new Type.Struct(
                Map.of("open", new Type.Bool(), "on", new Type.Time(Type.Time.Kind.DATE))));

    assertThat(Formed.whole(type, List.of(Map.of("open", false))))
        .isEqualTo(List.of(Map.of("open", false, "on", "2026-01-05")));
    assertThat(Formed.whole(type, null))
        .isEqualTo(List.of(Map.of("open", true, "on", "2026-01-05")));
  }
}
