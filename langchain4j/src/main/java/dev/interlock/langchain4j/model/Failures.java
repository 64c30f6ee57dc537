package dev.interlock.langchain4j.model;

import dev.interlock.core.engine.Overflow;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RetriableException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Why there was no reply, of what LangChain4j and its clients throw. */
final class Failures {
  private static final int SHOWN = 500;

  private Failures() {}

  /** A status that is not a success, with what the endpoint asks to be waited for. */
  static final class Status extends HttpException {
    private static final long serialVersionUID = 1L;
    private final @Nullable Duration retryAfter;

    Status(int status, String body, @Nullable Duration retryAfter) {
      super(status, body);
      this.retryAfter = retryAfter;
    }
  }

  /**
   * What is worth a retry: a status of 408, 429, 5xx; what LangChain4j calls so; a connection that
   * broke or was not made; silence.
   *
   * @throws InterruptedException if it stands for one
   */
  static ModelException of(Throwable thrown) throws InterruptedException {
    if (cause(thrown, InterruptedException.class) != null) {
      Thread.interrupted(); // it is thrown on in its place
      throw new InterruptedException("the question was abandoned");
    }
    @Nullable HttpException http = cause(thrown, HttpException.class);
    if (http != null) {
      return status(http, thrown);
    }
    Http.@Nullable TooLongException tooLong = cause(thrown, Http.TooLongException.class);
    if (tooLong != null) {
      return new ModelException(
          "the model endpoint answered with %s; look at its `url`".formatted(tooLong.getMessage()),
          false,
          null,
          thrown);
    }
    @Nullable IOException broken = cause(thrown, IOException.class);
    boolean timeout =
        cause(thrown, TimeoutException.class) != null
            || cause(thrown, dev.langchain4j.exception.TimeoutException.class) != null;
    if (broken != null || timeout || cause(thrown, UnresolvedModelServerException.class) != null) {
      return new ModelException(
          "the model endpoint gave no reply: " + said(broken == null ? thrown : broken),
          true,
          null,
          thrown);
    }
    boolean hopeless =
        cause(thrown, NonRetriableException.class) != null
            || thrown instanceof IllegalArgumentException
            || thrown instanceof UnsupportedOperationException;
    boolean retryable = cause(thrown, RetriableException.class) != null || !hopeless;
    return new ModelException(
        "the question was not answered by the model: " + said(thrown), retryable, null, thrown);
  }

  private static ModelException status(HttpException e, Throwable thrown) {
    int status = e.statusCode();
    boolean retryable = status == 408 || status == 429 || status >= 500;
    String body = String.valueOf(e.getMessage());
    String why =
        "the model endpoint answered %d: %s%s"
            .formatted(status, shortened(message(body)), hint(status));
    if (Overflow.said(status, body)) {
      return ModelException.overflow(why, thrown);
    }
    Duration retryAfter = retryable && e instanceof Status ours ? ours.retryAfter : null;
    return new ModelException(why, retryable, retryAfter, thrown);
  }

  private static String hint(int status) {
    return switch (status) {
      case 401, 403 -> "; look at the `key` of the model";
      case 404 -> "; look at the model's id and `url`";
      default -> "";
    };
  }

  /** The message of an error as OpenAI writes it, else all of it. */
  private static String message(String body) {
    try {
      return Json.at(Json.parse(body), "/error/message") instanceof String said ? said : body;
    } catch (JsonException e) {
      return body;
    }
  }

  private static String said(Throwable e) {
    String message = e.getMessage();
    return shortened(message == null ? e.getClass().getSimpleName() : message);
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(text.length(), SHOWN));
  }

  /** The exception of that kind that stands behind one, or null. */
  static <T extends Throwable> @Nullable T cause(Throwable thrown, Class<T> kind) {
    @Nullable Throwable at = thrown;
    for (int i = 0; at != null && i < 20; i++, at = at.getCause()) {
      if (kind.isInstance(at)) {
        return kind.cast(at);
      }
    }
    return null;
  }
}
