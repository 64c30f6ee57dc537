package dev.interlock.anthropic;

import com.anthropic.core.http.Headers;
import com.anthropic.core.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** An error of the endpoint, of whose body the SDK, which reads all it gets, gets only a part. */
final class ErrorResponse implements HttpResponse {
  /** The most bytes that are read. */
  static final int MAX_BODY = 1 << 16;

  private final HttpResponse whole;

  private ErrorResponse(HttpResponse whole) {
    this.whole = whole;
  }

  /** The response itself, unless it is an error. */
  static HttpResponse bounded(HttpResponse response) {
    return response.statusCode() < 400 ? response : new ErrorResponse(response);
  }

  @Override
  public int statusCode() {
    return whole.statusCode();
  }

  @Override
  public Headers headers() {
    return whole.headers();
  }

  @Override
  public InputStream body() {
    try {
      return new ByteArrayInputStream(whole.body().readNBytes(MAX_BODY));
    } catch (IOException e) {
      return InputStream.nullInputStream(); // the status says what matters
    }
  }

  @Override
  public void close() {
    whole.close();
  }
}
