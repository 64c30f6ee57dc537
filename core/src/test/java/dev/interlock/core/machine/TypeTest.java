package dev.interlock.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

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
