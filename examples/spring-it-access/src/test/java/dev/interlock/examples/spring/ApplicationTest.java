package dev.interlock.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The application as its users meet it: over HTTP, signed in, with a scripted model. */
@Timeout(180)
class ApplicationTest {
  private static final String ANA = "ana@example.com";
  private static final String BOB = "bob@example.com";
  private static final String MIA = "mia@example.com";
  private static final String OPERATOR = "op@example.com";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final JsonMapper json = JsonMapper.shared();
  private ConfigurableApplicationContext context;
  private HttpClient client;

  @BeforeEach
  void start() {
    client = HttpClient.newHttpClient();
    context =
        SpringApplication.run(
            Application.class,
            "--server.port=0",
            "--spring.main.banner-mode=off",
            "--interlock.store=" + folder.resolve("cases.db"));
  }

  @AfterEach
  void stop() {
    client.close();
    context.close();
  }

  private DirectoryTools directory() {
    return context.getBean(DirectoryTools.class);
  }

  private HttpResponse<String> ask(@Nullable String who, String path, @Nullable Object body)
      throws Exception {
    String port = context.getEnvironment().getProperty("local.server.port");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).timeout(PATIENCE);
    if (who != null) {
      byte[] secret = (who + ":secret").getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(secret));
    }
    if (body != null) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)));
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private JsonNode get(String who, String path) throws Exception {
    return ok(ask(who, path, null));
  }

  private JsonNode post(String who, String path, Object body) throws Exception {
    return ok(ask(who, path, body));
  }

  private JsonNode ok(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json.readTree(response.body());
  }

  /** Of a counter or a gauge, once it is there: metrics follow the journal. */
  private double metric(String name, String... tags) throws Exception {
    String path = "/actuator/metrics/" + name;
    for (int i = 0; i < tags.length; i++) {
      path += (i == 0 ? "?tag=" : "&tag=") + tags[i].replace(" ", "%20").replace("'", "%27");
    }
    HttpResponse<String> response = ask(OPERATOR, path, null);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (response.statusCode() == 404 && System.nanoTime() < end) {
      Thread.onSpinWait();
      response = ask(OPERATOR, path, null);
    }
    return ok(response).at("/measurements/0/value").asDouble();
  }

  @Test
  void agentActsForWhoeverIsSignedIn() throws Exception {
    JsonNode begun =
        post(ANA, "/cases", Map.of("text", "My laptop is locked.", "caller", BOB, "from", BOB));

    assertThat(directory().done()).containsExactly("L-42 of ana@example.com unlocked");
    assertThat(begun.at("/conversation").valueStream().map(line -> line.at("/text").asString()))
        .containsExactly("My laptop is locked.", "Try now.");
    assertThat(metric("interlock.calls", "tool:it.unlock", "result:returned")).isEqualTo(1);
    assertThat(metric("interlock.calls", "tool:it.unlock", "result:refused")).isEqualTo(1);
    assertThat(metric("interlock.refusals", "rule:one unlock in one case")).isEqualTo(1);
    assertThat(metric("interlock.turns", "machine:it-access")).isEqualTo(3);
    assertThat(metric("interlock.instances", "machine:it-access", "status:running")).isEqualTo(0);
  }

  @Test
  void managerAllowsWhatWasShown() throws Exception {
    String path = "/cases/" + post(ANA, "/cases", Map.of("text", "Hello")).at("/id").asString();
    post(ANA, path + "/messages", Map.of("text", "I need a phone."));
    assertThat(get(MIA, "/cases").valueStream().map(JsonNode::asString))
        .containsExactly(path.substring("/cases/".length()));
    JsonNode waits = get(MIA, path).at("/waits/0");
    assertThat(waits.at("/arguments/device").asString()).isEqualTo("phone");

    Map<String, Object> yes =
        Map.of("number", waits.at("/number").asInt(), "hash", waits.at("/hash").asString());
    assertThat(ask(ANA, path + "/answers", answer(yes)).statusCode()).isEqualTo(409);
    assertThat(ask(BOB, path + "/answers", answer(yes)).statusCode()).isEqualTo(404);
    assertThat(directory().done()).hasSize(1);
    post(MIA, path + "/answers", answer(yes));

    context
        .getBean(dev.interlock.Interlock.class)
        .as(new dev.interlock.core.machine.Principal(ANA))
        .untilRest(path.substring("/cases/".length()), PATIENCE);
    assertThat(directory().done()).endsWith("phone granted to ana@example.com");
    assertThat(get(ANA, path).at("/conversation").toString()).contains("You have a phone now.");
  }

  private static Map<String, Object> answer(Map<String, Object> shown) {
    return Map.of("number", shown.get("number"), "hash", shown.get("hash"), "yes", true);
  }

  @Test
  void strangersSeeNothing() throws Exception {
    String path = "/cases/" + post(ANA, "/cases", Map.of("text", "Hello")).at("/id").asString();

    assertThat(ask(null, path, null).statusCode()).isEqualTo(401);
    assertThat(ask(null, "/cases", Map.of("text", "Hello")).statusCode()).isEqualTo(401);
    assertThat(ask(BOB, path, null).statusCode()).isEqualTo(404);
    assertThat(ask(BOB, path + "/messages", Map.of("text", "Unlock.")).statusCode()).isEqualTo(404);
    assertThat(get(BOB, "/cases").isEmpty()).isTrue();
    assertThat(ask(BOB, "/actuator/metrics", null).statusCode()).isEqualTo(403);
  }

  @Test
  void healthSaysHowManyWait() throws Exception {
    post(ANA, "/cases", Map.of("text", "Hello"));

    JsonNode health = get(OPERATOR, "/actuator/health").at("/components/interlock");
    assertThat(health.at("/status").asString()).isEqualTo("UP");
    assertThat(health.at("/details/instances/waiting").asInt()).isEqualTo(1);
    assertThat(health.at("/details/escalated").asInt()).isZero();
    assertThat(ask(null, "/actuator/health", null).body()).doesNotContain("interlock");
  }

  @Test
  void caseGoesOnAfterTheApplicationWasClosed() throws Exception {
    String path = "/cases/" + post(ANA, "/cases", Map.of("text", "Hello")).at("/id").asString();
    stop();
    start();

    JsonNode gone = post(ANA, path + "/messages", Map.of("text", "I need a phone."));
    assertThat(gone.at("/conversation").toString()).contains("Try now.", "I have asked a manager.");
  }
}
