package dev.interlock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.machine.Tool.Retry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryingTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # backoff, attempt, asked, random, pause
          PT0.1S,  1,        , 0.0, PT0.05S
          PT0.1S,  1,        , 0.5, PT0.075S
          PT0.1S,  1,        , 1.0, PT0.1S
          PT0.1S,  2,        , 1.0, PT0.2S
          PT0.1S,  5,        , 0.0, PT0.8S
          PT0.1S,  5,        , 1.0, PT1.6S
          PT0.1S, 10,        , 1.0, PT51.2S
          # never longer than MAX_PAUSE
          PT0.1S, 11,        , 1.0, PT1M
          PT0.1S, 99,        , 0.0, PT30S
          P1D,    99,        , 1.0, PT1M
          # unless it was asked for; what was asked for is the least
          PT0.1S,  1, PT3S   , 1.0, PT3S
          PT0.1S,  1, PT4M   , 1.0, PT4M
          PT0.1S,  5, PT0.01S, 0.0, PT0.8S
          """)
  void pauseGrowsWithJitterUpToALimit(
      Duration backoff, int attempt, @Nullable Duration asked, double random, Duration pause) {
    assertThat(Retrying.pause(new Retry(99, backoff), attempt, asked, random)).isEqualTo(pause);
  }
}
