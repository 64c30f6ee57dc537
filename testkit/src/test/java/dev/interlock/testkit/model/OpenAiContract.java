package dev.interlock.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.langchain4j.model.OpenAi;
import dev.interlock.testkit.ChatModelContract;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenAI's format as published, whole or as a stream. */
abstract class OpenAiContract extends ChatModelContract {
  static final String USAGE =
      """
      "usage":{"prompt_tokens":30,"completion_tokens":5,"total_tokens":35,\
      "prompt_tokens_details":{"cached_tokens":10}}\
      """;

  private final List<AutoCloseable> open = new ArrayList<>();

  /** The body of a reply: calls as the format has them, or null. */
  abstract String body(@Nullable String text, @Nullable String calls, @Nullable String reason);

  abstract OpenAi settings();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  Endpoint endpoint(Endpoint endpoint) {
    open.add(endpoint);
    return endpoint;
  }

  OpenAi at(Endpoint endpoint) {
    return settings().model("gpt-test").key("sk-test").url(endpoint.url() + "/v1");
  }

  ChatModel answering(int status, String body, String... headers) {
    return at(endpoint(Endpoint.answering(status, body, headers))).build();
  }

  static String call(String id, String name, String arguments) {
    return """
    {"index":%d,"id":"%s","type":"function","function":{"name":"%s","arguments":%s}}\
    """
        .formatted(id.charAt(id.length() - 1) - '1', id, name, Json.write(arguments));
  }

  @Override
  protected ChatModel greeting() {
    return answering(200, body("Good morning.", null, "stop"));
  }

  @Override
  protected ChatModel calling() {
    String calls =
        call("call_1", "it__find_user", Json.write(ARGUMENTS)) + "," + call("call_2", "record", "");
    return answering(200, body("One moment.And another.", calls, "tool_calls"));
  }

  @Override
  protected ChatModel failing() {
    return answering(400, "{\"error\":{\"message\":\"max_tokens is too large\"}}");
  }

  @Override
  protected String findUser() {
    return "it__find_user";
  }

  @Override
  protected boolean keepsOrder() {
    return false;
  }

  @Test
  void tokensCostWhatTheTableSays() throws Exception {
    Price price = new Price(BigDecimal.ONE, BigDecimal.TEN, new BigDecimal("0.1"));
    Endpoint endpoint = endpoint(Endpoint.answering(200, body("Yes.", null, "stop")));

    Reply reply = at(endpoint).price(price).build().ask(question("a"));

    assertThat(reply.model()).isEqualTo("gpt-test-1");
    assertThat(reply.usage().input()).isEqualTo(30);
    assertThat(reply.usage().output()).isEqualTo(5);
    assertThat(reply.usage().cost()).isEqualByComparingTo("0.000071"); // 20 + 10 * 0.1 + 5 * 10
  }

  @Test
  void documentsThatItSeesAreSentWithTheirMessage() throws Exception {
    Attachment png = document("car.png", "\u0089PNG\r\n\u001a\n");
    Attachment pdf = document("bill.pdf", "%PDF-1.7");
    Endpoint endpoint = endpoint(Endpoint.answering(200, body("Yes.", null, "stop")));
    ChatModel model = at(endpoint).sees(Set.of(MediaType.PNG, MediaType.PDF)).build();
    Question.Said first = new Question.Said(List.of("look", "[status]"), List.of(png));
    Question.Said second = new Question.Said(List.of("and"), List.of(pdf));

    model.ask(new Question("a", 1, "S", "", List.of(), List.of(first, second)));

    Object body = Json.parse(endpoint.requests.take().body());
    assertThat(Json.at(body, "/messages/0/content/0/text")).isEqualTo("look\n\n[status]");
    assertThat(Json.at(body, "/messages/0/content/1/image_url/url"))
        .isEqualTo("data:image/png;base64," + base64(png));
    assertThat(Json.at(body, "/messages/0/content/2/text")).isEqualTo("and");
    assertThat(Json.at(body, "/messages/0/content/3/file/file_data"))
        .isEqualTo("data:application/pdf;base64," + base64(pdf));
    assertThat(Json.at(body, "/messages/1")).isNull();
  }

  @Test
  void withoutBeingToldItSeesNoDocument() {
    Document png = document("car.png", "\u0089PNG\r\n\u001a\n").document();
    Document pdf = document("bill.pdf", "%PDF-1.7").document();
    Endpoint endpoint = endpoint(Endpoint.answering(200, body("Yes.", null, "stop")));

    assertThat(at(endpoint).build().sees(png)).isFalse();
    assertThat(at(endpoint).sees(Set.of(MediaType.PDF)).build().sees(pdf)).isTrue();
    assertThat(at(endpoint).sees(Set.of(MediaType.PDF)).build().sees(png)).isFalse();
  }

  private static Attachment document(String name, String begins) {
    return Attachment.of(name, begins.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String base64(Attachment document) {
    return Base64.getEncoder().encodeToString(document.bytes());
  }

  @Test
  void tokensThatAreNotToldAreEstimated() throws Exception {
    String silent = body("Yes.", null, "stop").replace(USAGE, "\"usage\":null");
    Reply reply = answering(200, silent).ask(question("a"));

    // 16 + 6 + 14 + 17 + 12 characters of the question, 4 of the reply
    assertThat(reply.usage()).isEqualTo(new Reply.Usage(17, 1, BigDecimal.ZERO));
  }

  @ParameterizedTest
  @CsvSource({"stop, END", "length, LENGTH", "content_filter, DECLINED"})
  void finishReasonIsTaken(String reason, Reply.Stop stop) throws Exception {
    assertThat(answering(200, body("Yes", null, reason)).ask(question("a")).stop()).isEqualTo(stop);
  }

  @Test
  void replyWithoutAReasonThatIsKnownHasBrokenOff() {
    for (String reason : new String[] {null, "insufficient_system_resource"}) {
      ModelException failure = failure(answering(200, body("Yes", null, reason)));
      assertThat(failure.retryable()).isTrue();
      assertThat(failure).hasMessageContaining("without a reason to stop that is known");
    }
  }

  @Test
  void callsThatCannotBeReadAreNoReply() {
    String typeless = call("call_1", "record", "{}").replace("\"type\":\"function\",", "");
    String body = body(null, "whole".equals(mode()) ? typeless : "", "tool_calls");
    ModelException failure = failure(answering(200, body));

    assertThat(failure.retryable()).isTrue();
    assertThat(failure).hasMessageContaining("none could be read");
  }

  abstract String mode();

  @ParameterizedTest
  @CsvSource({
    "408, true", "429, true", "500, true", "502, true", "503, true", "529, true",
    "400, false", "401, false", "403, false", "404, false", "413, false", "422, false"
  })
  void statusSaysWhetherToRetryAndTheLibraryDoesNot(int status, boolean retryable) {
    Endpoint endpoint =
        endpoint(Endpoint.answering(status, "{\"error\":{\"message\":\"said so\"}}"));

    ModelException failure = failure(at(endpoint).build());

    assertThat(failure.retryable()).isEqualTo(retryable);
    assertThat(failure.retryAfter()).isNull();
    assertThat(failure)
        .hasMessageStartingWith("the model endpoint answered " + status + ": said so");
    assertThat(endpoint.requests).hasSize(1);
  }

  @Test
  void questionThatIsTooLongIsToldFromOtherErrors() {
    String tooLong = "{\"error\":{\"message\":\"too many\",\"code\":\"context_length_exceeded\"}}";

    assertThat(failure(answering(400, tooLong)).overflow()).isTrue();
    assertThat(failure(answering(400, tooLong)).retryable()).isFalse();
    assertThat(failure(answering(400, "{\"error\":{\"message\":\"too many\"}}")).overflow())
        .isFalse();
  }

  @Test
  void retryAfterComesWithTheFailure() {
    assertThat(failure(answering(429, "{}", "Retry-After", "7")).retryAfter())
        .isEqualTo(Duration.ofSeconds(7));
    assertThat(failure(answering(400, "{}", "Retry-After", "7")).retryAfter()).isNull();
    String soon = "Tue, 24 Nov 2099 18:00:00 GMT"; // of the endpoint's own clock
    assertThat(failure(answering(503, "{}", "Retry-After", soon)).retryAfter())
        .isGreaterThan(Duration.ofDays(1));
    assertThat(failure(answering(503, "{}", "Retry-After", "later")).retryAfter()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<html>502</html>",
        "''",
        "{\"choices\":",
        "[]",
        "{}",
        "{\"choices\":[]}",
        "nonsense"
      })
  void nonsenseIsNoReply(String body) {
    ModelException failure = failure(answering(200, body));

    assertThat(failure.retryable()).isTrue();
    assertThat(failure).hasMessageMatching("(?s).{20,}");
  }

  @Test
  void tenMegabytesAreNotReadToTheEnd() {
    ModelException failure = failure(answering(200, body("x".repeat(10 << 20), null, "stop")));

    assertThat(failure.retryable()).isFalse();
    assertThat(failure).hasMessageContaining("more than 8,388,608 bytes");
  }

  @Test
  void tenMegabytesOfErrorAreNotReadToTheEnd() {
    ModelException failure = failure(answering(500, "x".repeat(10 << 20)));

    assertThat(failure.retryable()).isTrue();
    assertThat(failure.getMessage()).hasSizeLessThan(1_000);
  }

  @Test
  void silenceEndsWithTheTimeOut() {
    CountDownLatch never = new CountDownLatch(1);
    Endpoint endpoint = endpoint(new Endpoint(exchange -> await(never)));

    ModelException failure = failure(at(endpoint).timeout(Duration.ofMillis(300)).build());

    never.countDown();
    assertThat(failure.retryable()).isTrue();
    assertThat(failure).hasMessageContaining("no reply within PT0.3S");
  }

  @Test
  void silenceInTheMiddleEndsWithTheTimeOut() {
    CountDownLatch never = new CountDownLatch(1);
    Endpoint endpoint =
        endpoint(
            new Endpoint(exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write(" ".getBytes(StandardCharsets.UTF_8));
              exchange.getResponseBody().flush();
              await(never);
            }));

    ModelException failure = failure(at(endpoint).timeout(Duration.ofMillis(500)).build());

    never.countDown();
    assertThat(failure.retryable()).isTrue();
    assertThat(failure).hasMessageContaining("no reply within PT0.5S");
  }

  @Test
  void replyThatBreaksOffIsNoReply() {
    String body = body("Yes.", null, "stop");
    Endpoint endpoint =
        endpoint(
            new Endpoint(exchange -> {
              exchange.sendResponseHeaders(200, body.length() + 100);
              exchange
                  .getResponseBody()
                  .write(body.substring(0, 40).getBytes(StandardCharsets.UTF_8));
              exchange.getResponseBody().flush();
              throw new IOException("breaks off");
            }));

    assertThat(failure(at(endpoint).build()).retryable()).isTrue();
  }

  @Test
  void nobodyThereIsWorthARetry() {
    Endpoint gone = new Endpoint(exchange -> {});
    gone.close();

    assertThat(failure(at(gone).build()).retryable()).isTrue();
  }

  @Test
  void interruptBreaksTheConnectionOff() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Endpoint endpoint =
        endpoint(
            new Endpoint(exchange -> {
              arrived.countDown();
              await(never);
            }));
    ChatModel model = at(endpoint).build();
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread asker =
        Thread.ofPlatform()
            .start(() -> {
              try {
                thrown.complete(new AssertionError(model.ask(question("a"))));
              } catch (ModelException | InterruptedException e) {
                thrown.complete(e);
              }
            });
    arrived.await();
    asker.interrupt();

    assertThat(thrown.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    never.countDown();
  }

  @Test
  void conversationIsHandedBack() throws Exception {
    Endpoint endpoint = endpoint(Endpoint.answering(200, body("Yes.", null, "stop")));
    Question next =
        new Question(
            "a",
            2,
            "Act",
            "You help people.",
            List.of(
                new Question.ToolSpec(
                    "it__find_user",
                    "Finds somebody.",
                    Json.parseObject(
                        """
                        {"type":"object","required":["email"],"additionalProperties":false,
                         "properties":{"email":{"type":"string"},"n":{"maximum":0.25,
                           "description":"how many"},"who":{"$ref":"#/$defs/person"}},
                         "$defs":{"person":{"type":"object"}}}
                        """))),
            List.of(
                new Question.Said(List.of("Good morning", "", "I need a laptop")),
                new Question.Replied(
                    List.of(
                        new Reply.Opaque("anthropic", "{\"type\":\"thinking\"}"),
                        new Reply.Text("One moment."),
                        new Reply.Call("c1", "it__find_user", "{\"n\":12345678901234567890.12}"),
                        new Reply.Call("c2", "rm -rf /", "no JSON"))),
                new Question.Results(
                    List.of(
                        new Question.Result("c1", "Eve, E1", false),
                        new Question.Result("c2", " ", true))),
                new Question.Said(List.of("And be quick")),
                new Question.Replied(List.of(new Reply.Opaque("somebody-else", "{}"))),
                new Question.Said(List.of("[status]"))));

    at(endpoint).maxTokens(9000).build().ask(next);

    Endpoint.Request request = endpoint.requests.take();
    assertThat(request.line()).isEqualTo("POST /v1/chat/completions");
    assertThat(request.headers()).containsEntry("Authorization", List.of("Bearer sk-test"));
    Map<String, Object> body = Json.parseObject(request.body());
    assertThat(body).containsEntry("model", "gpt-test").containsEntry("max_tokens", 9000L);
    String noName = "no-name-" + Json.sha256("rm -rf /").substring(0, 16);
    assertThat(body.get("messages"))
        .isEqualTo(
            Json.parse(
                """
                [{"role":"system","content":"You help people."},
                 {"role":"user","content":"Good morning\\n\\nI need a laptop"},
                 {"role":"assistant","content":"One moment.","tool_calls":[
                  {"id":"c1","type":"function","function":{"name":"it__find_user",
                   "arguments":"{\\"n\\":12345678901234567890.12}"}},
                  {"id":"c2","type":"function","function":{"name":"%s",
                   "arguments":"{\\"malformed\\":\\"no JSON\\"}"}}]},
                 {"role":"tool","tool_call_id":"c1","content":"Eve, E1"},
                 {"role":"tool","tool_call_id":"c2","content":"(nothing)"},
                 {"role":"user","content":"And be quick\\n\\n[status]"}]
                """
                    .formatted(noName)));
    assertThat(body.get("tools"))
        .isEqualTo(
            Json.parse(
                """
                [{"type":"function","function":{"name":"it__find_user",
                  "description":"Finds somebody.","parameters":{"type":"object",
                  "required":["email"],"properties":{"email":{"type":"string"},
                  "n":{"maximum":0.25,"description":"how many"},
                  "who":{"$ref":"#/$defs/person"}},
                  "$defs":{"person":{"type":"object"}}}}}]
                """));
  }

  @Test
  void missingSettingsAreNamed() {
    assertThatThrownBy(() -> settings().model("m").build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "found no key for an OpenAI model, expected one; set it in `model` of interlock.yaml");
    assertThat(settings().model("m").url("http://127.0.0.1:1/v1").build()).isNotNull();
  }

  static ModelException failure(ChatModel model) {
    try {
      throw new AssertionError(model.ask(question("a")));
    } catch (ModelException e) {
      return e;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
