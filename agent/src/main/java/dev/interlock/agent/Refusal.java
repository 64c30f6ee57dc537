package dev.interlock.agent;

import dev.interlock.core.engine.RetryAfter;
import dev.interlock.core.engine.ToolHost.Answer;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP status by which a server did not take a request: nothing was done. It settles a call.
 *
 * @param inSession whether the request named a session, which the server may have forgotten
 * @param retryAfter how long the server asks to wait, or null
 */
record Refusal(int status, boolean inSession, @Nullable Duration retryAfter) {
  /** 303 is not among them: it says that the request was carried out. */
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 307, 308);

  /** What a response says, or null if it leaves open what was done. */
  static @Nullable Refusal of(HttpResponse<?> response, boolean inSession) {
    int status = response.statusCode();
    return status / 100 == 4 || REDIRECTS.contains(status)
        ? new Refusal(status, inSession, retryAfter(response.headers()))
        : null;
  }

  /** Whether the server says that it does not know the session. */
  boolean forgot() {
    return inSession && status == 404;
  }

  /** Whether it may mean that: some servers say it so, though the protocol has 404 for it. */
  boolean mayHaveForgotten() {
    return inSession && (status == 404 || status == 400);
  }

  Answer.Failed answer(String server) {
    return switch (status) {
      case 301, 302, 307, 308 ->
          failed(
              "the server `%s` redirects (HTTP %d), which is not followed; write the address itself as its `url`"
                  .formatted(server, status));
      case 401, 403 ->
          failed(
              "the server `%s` does not let us in (HTTP %d); look at its `headers`"
                  .formatted(server, status));
      case 429 ->
          new Answer.Failed(
              "the server `%s` has too much to do (HTTP 429)".formatted(server), true, retryAfter);
      default -> failed("the server `%s` refused the request (HTTP %d)".formatted(server, status));
    };
  }

  private static Answer.Failed failed(String why) {
    return new Answer.Failed(why, false, null);
  }

  private static @Nullable Duration retryAfter(HttpHeaders headers) {
    return RetryAfter.of(headers.firstValue("retry-after"), headers.firstValue("date"));
  }
}
