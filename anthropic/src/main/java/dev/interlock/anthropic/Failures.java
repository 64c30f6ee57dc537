package dev.interlock.anthropic;

import com.anthropic.core.http.Headers;
import com.anthropic.errors.AnthropicServiceException;
import dev.interlock.core.engine.Overflow;
import dev.interlock.core.engine.RetryAfter;
import dev.interlock.core.prompt.ChatModel.ModelException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the endpoint's errors mean: which are worth a retry, and when. */
final class Failures {
  private static final int SHOWN = 500;

  private Failures() {}

  static ModelException of(AnthropicServiceException e) {
    int status = e.statusCode();
    boolean retryable = status == 408 || status == 429 || status >= 500;
    String said = e.apiMessage().orElse(String.valueOf(e.getMessage()));
    String why =
        "the model endpoint answered %d: %s%s"
            .formatted(status, said.substring(0, Math.min(said.length(), SHOWN)), hint(status));
    return Overflow.said(status, said)
        ? ModelException.overflow(why, e)
        : new ModelException(why, retryable, retryable ? retryAfter(e.headers()) : null, e);
  }

  private static String hint(int status) {
    return switch (status) {
      case 401, 403 -> "; look at the `key` of the model";
      case 404 -> "; look at the model's id and `url`";
      default -> "";
    };
  }

  static @Nullable Duration retryAfter(Headers headers) {
    return RetryAfter.of(first(headers, "retry-after"), first(headers, "date"));
  }

  private static Optional<String> first(Headers headers, String name) {
    return headers.values(name).stream().findFirst();
  }
}
