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
}
