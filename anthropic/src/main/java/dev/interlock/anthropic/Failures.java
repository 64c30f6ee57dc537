package dev.interlock.anthropic;

import com.anthropic.core.http.Headers;
import com.anthropic.errors.AnthropicServiceException;
import dev.interlock.core.prompt.ChatModel.ModelException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the endpoint's errors mean: which are worth a retry, and when. */
final class Failures {
  private static final int SHOWN = 500;

  private Failures() {}

  static ModelException of(AnthropicServiceException e) {
    int status = e.statusCode();
    boolean retryable = status == 408 || status == 429 || status >= 500;
    String said = e.apiMessage().orElse(String.valueOf(e.getMessage()));
    return new ModelException(
        "the model endpoint answered %d: %s%s"
            .formatted(status, said.substring(0, Math.min(said.length(), SHOWN)), hint(status)),
        retryable,
        retryable ? retryAfter(e.headers()) : null,
        e);
  }

  private static String hint(int status) {
    return switch (status) {
      case 401, 403 -> "; look at the `key` of the model";
      case 404 -> "; look at the model's id and `url`";
      default -> "";
    };
  }

  /** Seconds or a date, as RFC 9110 has it; the date is taken against the endpoint's own clock. */
  static @Nullable Duration retryAfter(Headers headers) {
    String value = first(headers, "retry-after");
    if (value == null) {
      return null;
    }
    if (value.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
      return Duration.ofNanos((long) (Double.parseDouble(value) * 1e9));
    }
    String now = first(headers, "date");
    try {
      Duration wait = now == null ? null : Duration.between(date(now), date(value));
      return wait == null || wait.isNegative() ? null : wait;
    } catch (DateTimeException e) {
      return null; // not of a form that means anything
    }
  }

  private static ZonedDateTime date(String value) {
    return ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT));
  }

  private static @Nullable String first(Headers headers, String name) {
    return headers.values(name).stream().findFirst().map(String::strip).orElse(null);
  }
}
