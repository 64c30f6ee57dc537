package dev.interlock.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.interlock.core.desk.Desk.DeskException;
import dev.interlock.core.desk.Desk.Notice;
import dev.interlock.core.desk.Desk.Ticket;
import dev.interlock.core.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a receiver that checks signatures as Standard Webhooks says. */
class WebhookDeskTest {
  private static final byte[] KEY = "0123456789abcdef01234567".getBytes(StandardCharsets.UTF_8);
  private static final String SECRET = "whsec_" + Base64.getEncoder().encodeToString(KEY);
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC);

  /** Not a status: headers that say 200, and no body. */
  private static final int STALLS = 0;

  private HttpServer server;
  private final List<Received> received = new ArrayList<>();
  private int status = 200;
  private String answer = "";

  private record Received(String id, String body, boolean genuine) {}

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/hook", this::take);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String id = exchange.getRequestHeaders().getFirst("webhook-id");
    String time = exchange.getRequestHeaders().getFirst("webhook-timestamp");
    String signed = "v1," + Base64.getEncoder().encodeToString(hmac(id + "." + time + "." + body));
    synchronized (received) {
      received.add(
          new Received(
              id, body, signed.equals(exchange.getRequestHeaders().getFirst("webhook-signature"))));
    }
    if (status == 302) {
      exchange.getResponseHeaders().set("location", "/hook");
    }
    if (status == STALLS) {
      exchange.sendResponseHeaders(200, 1_000);
      exchange.getResponseBody().flush();
      return; // and nothing comes
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static byte[] hmac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?token=hush");
  }

  private WebhookDesk desk() {
    return new WebhookDesk(url(), SECRET, CLOCK);
  }

  private static Ticket ticket(String key) {
    return new Ticket(
        key, "device-1", "it-access", "Escalate", "Act", "errors", "the third", Map.of("a", 1L));
  }

  @Test
  void ticketIsPostedWithASignatureThatHolds() {
    String id = desk().open(ticket("device-1/7/0"));

    Received only = received.getFirst();
    assertThat(received).hasSize(1);
    assertThat(only.genuine()).isTrue();
    assertThat(id).isEqualTo("T-" + only.id().substring(0, 10));
    assertThat(Json.parse(only.body()))
        .isEqualTo(
            Map.of(
                "type",
                "interlock.ticket",
                "data",
                Map.of(
                    "reason", "errors",
                    "detail", "the third",
                    "instance", "device-1",
                    "machine", "it-access",
                    "state", "Escalate",
                    "from", "Act",
                    "bundle", Map.of("a", 1L))));
  }

  @Test
  void sameTicketHasTheSameIdAndAnotherHasAnother() {
    desk().open(ticket("device-1/7/0"));
    desk().open(ticket("device-1/7/0"));
    desk().open(ticket("device-1/8/0"));

    assertThat(received.get(0).id()).isEqualTo(received.get(1).id());
    assertThat(received.get(2).id()).isNotEqualTo(received.get(0).id());
  }

  @Test
  void receiverMayNameTheTicket() {
    answer = "{\"id\": \"INC-42\"}";
    assertThat(desk().open(ticket("k"))).isEqualTo("INC-42");
    for (String other : List.of("{\"id\": 42}", "[1", "{\"id\": \" \"}", "x".repeat(100_000))) {
      answer = other;
      assertThat(desk().open(ticket("k"))).startsWith("T-");
    }
  }

  @Test
  void noticeIsPosted() {
    desk().notify(new Notice("device-1/9/0", "device-1", "manager", "a device?"));
    assertThat(received.getFirst().genuine()).isTrue();
    assertThat(received.getFirst().body()).contains("interlock.notice", "manager", "a device?");
  }

  @Test
  void whatIsNotTakenIsSaidWithoutTheTokenOfTheUrl() {
    for (int other : new int[] {302, 400, 500}) {
      status = other;
      assertThatThrownBy(() -> desk().open(ticket("k")))
          .isInstanceOf(DeskException.class)
          .hasMessageContaining("answered " + other)
          .hasMessageNotContaining("hush");
    }
    assertThat(received).hasSize(3); // no redirect was followed
    server.stop(0);
    assertThatThrownBy(() -> desk().open(ticket("k")))
        .isInstanceOf(DeskException.class)
        .hasMessageContaining("/hook did not take it")
        .hasMessageNotContaining("hush");
  }

  @Test
  @Timeout(60)
  void answerThatNeverEndsIsNotAwaitedForEver() {
    status = STALLS;
    WebhookDesk desk = new WebhookDesk(url(), SECRET, CLOCK, Duration.ofMillis(500));

    assertThatThrownBy(() -> desk.open(ticket("k")))
        .isInstanceOf(DeskException.class)
        .hasMessageContaining("/hook did not answer within PT0.5S");

    status = 200;
    assertThat(desk().open(ticket("k"))).startsWith("T-"); // the next attempt
    assertThat(received.get(0).id()).isEqualTo(received.get(1).id());
  }

  @Test
  void secretsThatProtectNothingAreRefused() {
    for (String secret : List.of("", "short", "whsec_c2hvcnQ=", "whsec_!!!")) {
      assertThatThrownBy(() -> new WebhookDesk(url(), secret, CLOCK))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("c2hvcnQ");
    }
  }
}
