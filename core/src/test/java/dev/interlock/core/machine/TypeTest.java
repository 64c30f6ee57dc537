package dev.interlock.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Decimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypeTest {
  private static final Type OPAQUE = new Type.Opaque();
  private static final Type TEXTS = new Type.MapOf(Type.Text.ANY);

  @Test
  void deepObjectIsNoValue() {
    assertThat(OPAQUE.fit(nested(Type.MAX_DEPTH))).isInstanceOf(Type.Fit.Fits.class);
    assertThat(why(OPAQUE.fit(nested(Type.MAX_DEPTH + 1)))).contains("more than 50 levels");
  }

  @Test
  void longObjectIsNoValue() {
    String text = "x".repeat(Type.Text.MAX_LENGTH - 100);

    assertThat(TEXTS.fit(Map.of("a", text, "b", text, "c", text)))
        .isInstanceOf(Type.Fit.Fits.class);
    assertThat(why(TEXTS.fit(Map.of("a", text, "b", text, "c", text, "d", text, "e", text))))
        .contains("at most 262,144");
  }

  @ParameterizedTest
  @CsvSource({
    "DATE, 2024-02-29, 2024-02-29",
    "DATE, 2023-02-29,",
    "DATE, 2023-2-9,",
    "DATE, +12023-02-09,",
    "TIMESTAMP, 2026-01-31T09:00:00Z, 2026-01-31T09:00:00Z",
    "TIMESTAMP, 2026-01-31T10:00:00.000+01:00, 2026-01-31T09:00:00Z",
    "TIMESTAMP, 2026-01-31,",
    "DURATION, P1D, PT24H",
    "DURATION, PT90M, PT1H30M",
    "DURATION, 1h,",
    "DURATION, P99999999999999999999D,",
  })
  void timeIsKeptInOneForm(Type.Time.Kind kind, String sent, @Nullable String kept) {
    Type.Fit fit = new Type.Time(kind).fit(sent);

    if (kept == null) {
      assertThat(why(fit)).contains("expected a " + kind.word());
    } else {
      assertThat(fit).isEqualTo(new Type.Fit.Fits(kept));
    }
  }

  @Test
  void decimalIsTakenFromNumberAndText() {
    Type decimal = new Type.Exact(true);

    for (Object sent : List.of("12.50", "012.5", Decimal.of("12.5"))) {
      assertThat(decimal.fit(sent)).isEqualTo(new Type.Fit.Fits(Decimal.of("12.5")));
    }
    assertThat(decimal.fit(3L)).isEqualTo(new Type.Fit.Fits(Decimal.of(3)));
    for (Object sent : List.of("1e5", "12,50", ".5", "", "1 ", "9".repeat(35), "9".repeat(5_000))) {
      assertThat(why(decimal.fit(sent))).contains("expected a decimal");
    }
    assertThat(why(new Type.Exact(false).fit("12.50"))).contains("expected a number");
  }

  private static Object nested(int levels) {
    Object value = Map.of();
    for (int i = 1; i < levels; i++) {
      value = Map.of("a", value);
    }
    return value;
  }

  private static String why(Type.Fit fit) {
    assertThat(fit).isInstanceOf(Type.Fit.Misfit.class);
    return ((Type.Fit.Misfit) fit).why();
  }
}
