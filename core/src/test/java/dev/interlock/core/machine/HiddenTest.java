package dev.interlock.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Field.Privacy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HiddenTest {
  private static final Map<String, Field> FIELDS = new LinkedHashMap<>();

  private static void field(String name, Privacy privacy) {
    FIELDS.put(name, new Field(name, Type.Text.ANY, new Source.Agent(), false, 10, privacy));
  }

  static {
    field("open", Privacy.OPEN);
    field("home", Privacy.PII);
    field("pin", Privacy.SECRET);
    Type mails = new Type.MapOf(Type.Text.ANY);
    FIELDS.put("mails", new Field("mails", mails, new Source.Agent(), false, 10, Privacy.SECRET));
  }

  private static final Machine MACHINE =
      new Machine(
          "",
          "m",
          1,
          "",
          Map.of(),
          Map.of(),
          FIELDS,
          Map.of(),
          List.of(),
          Budgets.NONE,
          "A",
          Map.of(),
          new Anywhere(Map.of(), Over.NONE),
          false,
          List.of());

  private static Hidden hidden(Privacy least, Object pin) {
    Map<String, Object> facts = Map.of("open", "seen", "home", "Elm Street", "pin", pin);
    Hidden hidden = new Hidden();
    facts.forEach((name, value) -> hidden.add(MACHINE, name, value, least));
    return hidden;
  }

  @Test
  void valueIsHiddenWhereverItStands() {
    Hidden hidden = hidden(Privacy.SECRET, "hunter22");

    assertThat(hidden.text("xhunter22x, hunter2 and seen in Elm Street"))
        .isEqualTo("x[pin is not shown]x, hunter2 and seen in Elm Street");
    assertThat(hidden.value(Map.of("a", List.of("hunter22", 5L, true), "hunter22", 1L)))
        .isEqualTo(Map.of("a", List.of("[pin is not shown]", 5L, true), "[pin is not shown]", 1L));
    assertThat(hidden(Privacy.PII, "x1").text("Elm Street x1 x12"))
        .isEqualTo("[home is not shown] [pin is not shown] x12");
  }

  @Test
  void numberIsHiddenAsNumberAndInTexts() {
    Hidden hidden = hidden(Privacy.SECRET, List.of(1234L, Decimal.of("0.5"), Map.of("k", 7L)));

    assertThat(hidden.text("1234 12345 0.5 70 (7)"))
        .isEqualTo("[pin is not shown] 12345 [pin is not shown] 70 ([pin is not shown])");
    assertThat(hidden.value(List.of(1234L, 12L, Decimal.of("0.5"))))
        .isEqualTo(List.of("[pin is not shown]", 12L, "[pin is not shown]"));
    assertThat(hidden.value(Map.of("$decimal", "1234"))).isEqualTo("[pin is not shown]");
    assertThat(hidden.value(Map.of("$decimal", "5"))).isEqualTo(Map.of("$decimal", "5"));
  }

  @Test
  void longerValueIsHiddenBeforeOneThatItBeginsWith() {
    assertThat(hidden(Privacy.SECRET, List.of("abc", "abcdef")).text("abcdef abc"))
        .isEqualTo("[pin is not shown] [pin is not shown]");
  }

  @Test
  void truthAndBlanksHideNothingElse() {
    Hidden hidden = hidden(Privacy.SECRET, List.of(true, " ", ""));

    assertThat(hidden.isEmpty()).isTrue();
    assertThat(hidden.text("true  ")).isEqualTo("true  ");
  }

  @Test
  void textIsFoundInJsonHoweverItIsEscaped() {
    Hidden hidden =
        hidden(Privacy.SECRET, List.of("pass\"word", "top\nline\\", "Müller", "a/b/c", "é1"));

    assertThat(
            List.of(
                "pin = \"pass\\\"word\"",
                "[\"pass\\u0022word\"]",
                "\"top\\nline\\\\\"",
                "\"top\\u000Aline\\u005c\"",
                "\"M\\u00fcller\"",
                "\"M\\u00FCller, Müller\"",
                "\"a\\/b/c\"",
                "\"\\n\\u00e91\""))
        .allSatisfy(text ->
            assertThat(hidden.text(text))
                .contains("[pin is not shown]")
                .doesNotContain("word")
                .doesNotContain("line")
                .doesNotContain("ller")
                .doesNotContain("/c")
                .doesNotContain("e91"));
    assertThat(hidden.text("\\u00fc, \\, a\\/b, \\\"")).isEqualTo("\\u00fc, \\, a\\/b, \\\"");
  }

  @Test
  void numberIsFoundHoweverItIsWritten() {
    Hidden hidden =
        hidden(
            Privacy.SECRET, List.of(Decimal.of("60000"), Decimal.of("-77.5"), Decimal.of("1E+7")));

    assertThat(hidden.value(Map.of("$decimal", "6E+4"))).isEqualTo("[pin is not shown]");
    assertThat(
            List.of("60000.00", "00077.50", "-77.5", "1e7", "a\\n60000", "(1.0E+07)", "10000000"))
        .allSatisfy(text -> assertThat(hidden.text(text)).contains("[pin is not shown]"));
    assertThat(hidden.text("160000 60000x 6e5 1e9999999 77.51 60001"))
        .isEqualTo("160000 60000x 6e5 1e9999999 77.51 60001");
  }

  @Test
  void namesOfAMapAreValues() {
    Hidden hidden = hidden(Privacy.SECRET, Map.of("ana@example.com", "x12"));

    assertThat(hidden.text("ana@example.com has x12"))
        .isEqualTo("ana@example.com has [pin is not shown]"); // of no map: a name like any other
    assertThat(mapped(Map.of("ana@example.com", "x12")).text("ana@example.com has x12"))
        .isEqualTo("[mails is not shown] has [mails is not shown]");
  }

  private static Hidden mapped(Object value) {
    Hidden hidden = new Hidden();
    hidden.add(MACHINE, "mails", value, Privacy.SECRET);
    return hidden;
  }
}
