package dev.interlock.agent;

import dev.interlock.core.desk.Desk;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A desk behind a signed webhook, as <a href="https://www.standardwebhooks.com">Standard
 * Webhooks</a> says: a POST of JSON with the headers {@code webhook-id}, {@code webhook-timestamp}
 * and {@code webhook-signature}.
 *
 * <p>The id is made from the key, so the same ticket again has the same id: whoever receives it
 * opens one ticket for one id. Any 2xx takes it; if the answer is a JSON object with a text {@code
 * id}, that is the ticket's, else it is {@code T-} and the beginning of the webhook's id. A
 * redirect is not followed.
 */
public final class WebhookDesk implements Desk {
  /** What a secret in the form of Standard Webhooks begins with; base64 follows. */
  public static final String SECRET_PREFIX = "whsec_";

  /** The fewest bytes of a secret. */
  public static final int MIN_SECRET = 24;

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int MAX_ANSWER = 64 << 10;
  private static final int MAX_TICKET = 200;
  private static final int ID_DIGITS = 32;
  private static final int TICKET_DIGITS = 10;

  private final URI url;
  private final SecretKeySpec secret;
  private final Clock clock;
  private final HttpClient client;
  private final Duration patience;

  /**
   * @param url to post to
   * @param secret at least {@link #MIN_SECRET} bytes, as {@link #key} reads it
   * @throws IllegalArgumentException if the secret is not usable
   */
  public WebhookDesk(URI url, String secret, Clock clock) {
    this(url, secret, clock, ANSWER);
  }

  /**
   * As the public one.
   *
   * @param patience from the first byte of a request to the last of its answer
   */
  WebhookDesk(URI url, String secret, Clock clock, Duration patience) {
    this.url = url;
    this.patience = patience;
    this.secret = new SecretKeySpec(key(secret), "HmacSHA256");
    this.clock = clock;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * The bytes of a secret: behind {@code whsec_} base64, else the text itself in UTF-8.
   *
   * @throws IllegalArgumentException if it is no base64 or too short; its message has nothing of it
   */
  public static byte[] key(String secret) {
    byte[] bytes;
    if (secret.startsWith(SECRET_PREFIX)) {
      try {
        bytes = Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "found a secret that is not base64 behind %s".formatted(SECRET_PREFIX), e);
      }
    } else {
      bytes = secret.getBytes(StandardCharsets.UTF_8);
    }
    if (bytes.length < MIN_SECRET) {
      throw new IllegalArgumentException(
          "found a secret of %d bytes, expected at least %d".formatted(bytes.length, MIN_SECRET));
    }
    return bytes;
  }

  @Override
  public String open(Ticket ticket) {
    String id = id(ticket.key());
    String answer = post(id, "interlock.ticket", ticket.content());
    return named(answer, "T-" + id.substring(0, TICKET_DIGITS));
  }

  @Override
  public void notify(Notice notice) {
    post(id(notice.key()), "interlock.notice", notice.content());
  }

  /**
   * Under the secret, so that stores that share a receiver and have secrets of their own differ.
   */
  private String id(String key) {
    return HexFormat.of().formatHex(mac("id\n" + key)).substring(0, ID_DIGITS);
  }

  private String post(String id, String type, Map<String, Object> data) {
    long seconds = clock.instant().getEpochSecond();
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("type", type);
    payload.put("data", data);
    String body = Json.write(payload);
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", Long.toString(seconds))
            .header(
                "webhook-signature",
                "v1," + Base64.getEncoder().encodeToString(mac(id + "." + seconds + "." + body)))
            .POST(BodyPublishers.ofString(body))
            .build();
    // A request's own time-out would end with the headers of its answer.
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(request, BodyHandlers.ofByteArrayConsumer(part -> keep(part, read)));
    try {
      int status = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      if (status / 100 != 2) {
        throw failed("answered " + status, null);
      }
      return read.toString(StandardCharsets.UTF_8);
    } catch (TimeoutException e) {
      throw failed("did not answer within " + patience, e);
    } catch (ExecutionException e) {
      throw failed("did not take it: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("was interrupted", e);
    } finally {
      answer.cancel(true);
    }
  }

  private static void keep(Optional<byte[]> part, ByteArrayOutputStream read) {
    part.ifPresent(bytes -> read.write(bytes, 0, Math.min(bytes.length, MAX_ANSWER - read.size())));
  }

  /** Without the query of the URL, which may hold a secret. */
  private DeskException failed(String what, @Nullable Throwable cause) {
    return new DeskException(
        "the desk at %s://%s%s %s"
            .formatted(url.getScheme(), url.getAuthority(), url.getPath(), what),
        cause);
  }

  private byte[] mac(String text) {
    try {
      Mac mac = Mac.getInstance(secret.getAlgorithm());
      mac.init(secret);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  private static String named(String answer, String otherwise) {
    try {
      return Json.parseObject(answer).get("id") instanceof String id
              && !id.isBlank()
              && id.length() <= MAX_TICKET
          ? id
          : otherwise;
    } catch (JsonException e) {
      return otherwise;
    }
  }
}
