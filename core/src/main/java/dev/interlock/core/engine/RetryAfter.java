package dev.interlock.core.engine;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How long an HTTP answer asks to wait (RFC 9110, 10.2.3). */
public final class RetryAfter {
  private RetryAfter() {}

  /**
   * Seconds, fractions too, or a date, which is taken against the server's own clock.
   *
   * @param value of the header {@code Retry-After}
   * @param date of the header {@code Date}
   * @return null if neither means anything, or what they mean is past
   */
  public static @Nullable Duration of(Optional<String> value, Optional<String> date) {
    String after = value.map(String::strip).orElse("");
    if (after.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
      return Duration.ofNanos((long) (Double.parseDouble(after) * 1e9));
    }
    try {
      Duration wait = Duration.between(time(date.map(String::strip).orElse("")), time(after));
      return wait.isNegative() ? null : wait;
    } catch (DateTimeException e) {
      return null; // not of a form that means anything
    }
  }

  private static ZonedDateTime time(String value) {
    return ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT));
  }
}
