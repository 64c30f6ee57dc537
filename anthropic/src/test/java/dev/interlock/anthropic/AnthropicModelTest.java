package dev.interlock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.core.http.Headers;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.ChatModelContract;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a stub that speaks the wire format as published: docs.claude.com, Messages API. */
class AnthropicModelTest extends ChatModelContract {
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private Stub stub(Stub stub) {
    open.add(stub);
    return stub;
  }

  private AnthropicModel model(AnthropicModel.Builder builder) {
    AnthropicModel model = builder.build();
    open.add(model);
    return model;
  }

  private AnthropicModel answering(int status, String json, String... headers) {
    return model(stub(Stub.answering(status, json, headers)).model());
  }

  private static String message(String content, String stop) {
    return """
    {"id":"msg_1","type":"message","role":"assistant","model":"claude-test-1","content":%s,\
    "stop_reason":"%s","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":5}}\
    """
        .formatted(content, stop);
  }

  // The contract

  @Override
  protected ChatModel greeting() {
    return answering(200, message("[{\"type\":\"text\",\"text\":\"Good morning.\"}]", "end_turn"));
  }

  @Override
  protected ChatModel calling() {
    return answering(
        200,
        message(
            """
            [{"type":"text","text":"One moment."},\
            {"type":"tool_use","id":"toolu_1","name":"it__find_user","input":%s},\
            {"type":"text","text":"And another."},\
            {"type":"tool_use","id":"toolu_2","name":"record","input":{}}]\
            """
                .formatted(Json.write(ARGUMENTS)),
            "tool_use"));
  }

  @Override
  protected ChatModel failing() {
    return answering(
        400,
        """
        {"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: too large"}}
        """);
  }

  @Override
  protected String findUser() {
    return "it__find_user";
  }

  // Replies

  @Test
  void thinkingIsKeptInItsPlaceAndNumbersByTheirText() throws Exception {
    Reply reply = answering(200, resource("reply-thinking.json")).ask(question("a"));

    assertThat(reply.model()).isEqualTo("claude-test-1-20260101");
    assertThat(reply.usage().input()).isEqualTo(21 + 188_086 + 4_000);
    assertThat(reply.usage().output()).isEqualTo(393);
    assertThat(reply.parts())
        .extracting(part -> part.getClass().getSimpleName())
        .containsExactly("Opaque", "Text", "Call", "Opaque", "Text", "Call");
    assertThat(((Reply.Call) reply.parts().get(2)).arguments())
        .isEqualTo(
            "{\"email\":\"eve@example.com\",\"count\":9007199254740993,"
                + "\"price\":12345678901234567890.12,\"none\":null}");
  }

  @Test
  void costIsExactByTheTablePerMillionTokens() {
    Price price =
        new Price(new BigDecimal("3.00"), new BigDecimal("15.00"), new BigDecimal("0.30"));

    assertThat(price.of(1_000_001, 10, 1)).isEqualByComparingTo("3.000021");
    assertThat(price.of(0, 0, 0)).isEqualTo(BigDecimal.ZERO);
  }

  @Test
  void replyCostsWhatItsTokensCost() throws Exception {
    Price price = new Price(BigDecimal.ONE, BigDecimal.TEN, new BigDecimal("0.1"));
    Stub stub = stub(Stub.answering(200, resource("reply-thinking.json")));

    Reply reply = model(stub.model().price(price)).ask(question("a"));

    // 21 + 188,086 read, 4,000 of the cache, 393 written
    assertThat(reply.usage().cost()).isEqualByComparingTo("0.192437");
  }

  @ParameterizedTest
  @CsvSource({
    "end_turn, END",
    "stop_sequence, END",
    "tool_use, CALLS",
    "max_tokens, LENGTH",
    "model_context_window_exceeded, LENGTH",
    "pause_turn, LENGTH",
    "refusal, DECLINED",
    "not_known_yet, END"
  })
  void stopReasonIsTaken(String reason, Reply.Stop stop) throws Exception {
    assertThat(answering(200, message("[]", reason)).ask(question("a")).stop()).isEqualTo(stop);
  }

  // Requests

  @Test
  void firstQuestionIsWrittenAsPublished() throws Exception {
    Stub stub = stub(Stub.answering(200, message("[]", "end_turn")));
    model(stub.model()).ask(question("a"));

    Stub.Request request = stub.requests.take();
    assertThat(request.line()).isEqualTo("POST /v1/messages");
    assertThat(request.headers())
        .containsEntry("Authorization", List.of("Bearer sk-ant-api03-test"))
        .containsEntry("Anthropic-version", List.of("2026-10-21"))
        .containsEntry("Content-type", List.of("application/json"));
    assertGolden("request-first.json", request.body());
  }

  @Test
  void conversationIsHandedBackInOrderAndUnchanged() throws Exception {
    Stub stub = stub(Stub.answering(200, resource("reply-thinking.json")));
    AnthropicModel model = model(stub.model().maxTokens(9000).thinking(true));
    Reply reply = model.ask(question("a"));
    stub.requests.take();
    List<Reply.Part> parts = new ArrayList<>(reply.parts());
    parts.add(new Reply.Opaque("somebody-else", "{\"type\":\"reasoning\"}"));
    parts.add(new Reply.Text(" "));
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
                    Map.of(
                        "type", "object",
                        "properties", Map.of("email", Map.of("type", "string")),
                        "required", List.of("email"))),
                new Question.ToolSpec(
                    "record",
                    "Files a value.",
                    Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of("n", Map.of("maximum", Decimal.of("0.1")))))),
            List.of(
                new Question.Said(List.of("Good morning", "I need a laptop")),
                new Question.Replied(parts),
                new Question.Results(
                    List.of(
                        new Question.Result("toolu_01A", "Eve, E1", false),
                        new Question.Result("toolu_01B", "no such field", true))),
                new Question.Said(List.of("And be quick", "")),
                new Question.Replied(List.of(new Reply.Opaque("somebody-else", "{}"))),
                new Question.Said(List.of("[status]"))));

    model.ask(next);

    assertGolden("request-next.json", stub.requests.take().body());
  }

  @Test
  void documentsAreSentAsImagesAndPdfs() throws Exception {
    Stub stub = stub(Stub.answering(200, message("[]", "end_turn")));
    Attachment png = Attachment.of("car.png", bytes("\u0089PNG\r\n\u001a\n", 12));
    Attachment pdf = Attachment.of("bill.pdf", bytes("%PDF-1.7", 9));
    Question.Said said = new Question.Said(List.of("look", "[status]"), List.of(png, pdf));
    model(stub.model()).ask(new Question("a", 1, "S", "", List.of(), List.of(said)));

    Map<String, Object> body = Json.parseObject(stub.requests.take().body());
    Map<?, ?> user =
        (Map<?, ?>) ((List<?>) Objects.requireNonNull(body.get("messages"))).getFirst();
    assertThat(user.get("content"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .startsWith(block("image", "image/png", png), block("document", "application/pdf", pdf))
        .hasSize(4);
  }

  private static byte[] bytes(String begins, int size) {
    return Arrays.copyOf(begins.getBytes(StandardCharsets.ISO_8859_1), size);
  }

  private static Map<String, Object> block(String type, String mediaType, Attachment document) {
    return Map.of(
        "type",
        type,
        "source",
        Map.of(
            "type",
            "base64",
            "media_type",
            mediaType,
            "data",
            Base64.getEncoder().encodeToString(document.bytes())));
  }

  @Test
  void documentsThatTheServiceWouldNotTakeAreNotSeen() {
    AnthropicModel model = AnthropicModel.builder().model("m").key("k").build();
    try (model) {
      assertThat(model.sees(document("image/png", AnthropicModel.MAX_IMAGE))).isTrue();
      assertThat(model.sees(document("image/jpeg", AnthropicModel.MAX_IMAGE + 1))).isFalse();
      assertThat(model.sees(document("application/pdf", Document.MAX_BYTES))).isTrue();
      assertThat(model.sees(document(Document.UNKNOWN, 1))).isFalse();
    }
  }

  private static Document document(String mediaType, long size) {
    return new Document("x", mediaType, size, "0".repeat(64));
  }

  @Test
  void toolsAndSystemThatAreEmptyAreLeftOut() throws Exception {
    Stub stub = stub(Stub.answering(200, message("[]", "end_turn")));
    Question bare =
        new Question("a", 1, "S", "", List.of(), List.of(new Question.Said(List.of("x"))));
    model(stub.model()).ask(bare);

    assertThat(Json.parseObject(stub.requests.take().body()))
        .containsOnlyKeys("max_tokens", "messages", "model");
  }

  // Bad input

  @ParameterizedTest
  @CsvSource({
    "408, true", "429, true", "500, true", "502, true", "503, true", "529, true",
    "400, false", "401, false", "403, false", "404, false", "413, false", "422, false"
  })
  void statusSaysWhetherToRetryAndTheSdkDoesNot(int status, boolean retryable) {
    Stub stub =
        stub(
            Stub.answering(
                status,
                "{\"type\":\"error\",\"error\":{\"type\":\"x_error\",\"message\":\"said so\"}}"));

    ModelException failure = failure(model(stub.model()));

    assertThat(failure.retryable()).isEqualTo(retryable);
    assertThat(failure.retryAfter()).isNull();
    assertThat(failure).hasMessageStartingWith("the model endpoint answered " + status + ": ");
    assertThat(failure).hasMessageContaining("said so");
    assertThat(stub.requests).hasSize(1);
  }

  @Test
  void questionThatIsTooLongIsToldFromOtherErrors() {
    String error =
        "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":%s}}";

    ModelException tooLong =
        failure(
            answering(
                400, error.formatted("\"prompt is too long: 200251 tokens > 200000 maximum\"")));

    assertThat(tooLong.overflow()).isTrue();
    assertThat(tooLong.retryable()).isFalse();
    assertThat(tooLong).hasMessageContaining("prompt is too long");
    assertThat(failure(answering(400, error.formatted("\"no messages\""))).overflow()).isFalse();
  }

  private static ModelException failure(ChatModel model) {
    try {
      throw new AssertionError(model.ask(question("a")));
    } catch (ModelException e) {
      return e;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7                             | PT7S",
        "0.5                           | PT0.5S",
        "Tue, 24 Nov 2026 18:02:00 GMT | PT2M",
        "Tue, 24 Nov 2026 17:00:00 GMT |",
        "soon                          |",
        "-1                            |"
      })
  void retryAfterIsReadAsSecondsOrDate(String header, @Nullable Duration wait) {
    Headers headers =
        Headers.builder()
            .put("Retry-After", header)
            .put("Date", "Tue, 24 Nov 2026 18:00:00 GMT")
            .build();

    assertThat(Failures.retryAfter(headers)).isEqualTo(wait);
  }

  @Test
  void retryAfterComesWithTheFailure() {
    assertThat(failure(answering(429, "{}", "Retry-After", "7")).retryAfter())
        .isEqualTo(Duration.ofSeconds(7));
    assertThat(failure(answering(400, "{}", "Retry-After", "7")).retryAfter()).isNull();
  }

  static Stream<String> nonsense() {
    return Stream.of(
        "<html>502</html>", "", "{\"content\":", "[]", "{}", "{\"content\":[]}", "{}}");
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.MethodSource("nonsense")
  void nonsenseIsNoReply(String body) {
    ModelException failure = failure(answering(200, body));

    assertThat(failure.retryable()).isTrue();
    assertThat(failure)
        .hasMessage(
            "the model endpoint answered with \"%s\", expected a message; look at its `url`"
                .formatted(body));
  }

  @Test
  void tenMegabytesAreNotReadToTheEnd() {
    String text = "x".repeat(10 << 20);
    ModelException failure =
        failure(
            answering(200, message("[{\"type\":\"text\",\"text\":\"" + text + "\"}]", "end_turn")));

    assertThat(failure.retryable()).isFalse();
    assertThat(failure)
        .hasMessageContaining("more than 8,388,608 bytes (AnthropicModel.MAX_REPLY)");
  }

  @Test
  void tenMegabytesOfErrorAreNotReadToTheEnd() {
    ModelException failure = failure(answering(500, "x".repeat(10 << 20)));

    assertThat(failure.retryable()).isTrue();
    assertThat(failure).hasMessageStartingWith("the model endpoint answered 500: ");
    assertThat(failure.getMessage()).hasSizeLessThan(1_000);
  }

  @Test
  void silenceEndsWithTheTimeOut() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Stub stub = stub(new Stub(exchange -> await(never)));

    ModelException failure = failure(model(stub.model().timeout(Duration.ofMillis(300))));

    never.countDown();
    assertThat(failure.retryable()).isTrue();
    assertThat(failure).hasMessageContaining("no reply within PT0.3S");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void replyThatBreaksOffIsNoReply() {
    Stub stub =
        stub(
            new Stub(exchange -> {
              exchange.sendResponseHeaders(200, 1_000);
              exchange.getResponseBody().write("{\"content\":[".getBytes(StandardCharsets.UTF_8));
              exchange.getResponseBody().flush();
              throw new IOException("breaks off");
            }));

    assertThat(failure(model(stub.model())).retryable()).isTrue();
  }

  @Test
  void connectionThatIsResetIsWorthARetry() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> {
        try (Socket socket = server.accept()) {
          socket.getInputStream().read();
          socket.setSoLinger(true, 0);
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      });
      String url = "http://127.0.0.1:" + server.getLocalPort();
      ModelException failure =
          failure(model(AnthropicModel.builder().model("m").key("k").url(url)));

      assertThat(failure.retryable()).isTrue();
    }
  }

  @Test
  void interruptBreaksTheConnectionOff() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Stub stub =
        stub(
            new Stub(exchange -> {
              arrived.countDown();
              await(never);
            }));
    AnthropicModel model = model(stub.model());
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

    assertThat(thrown.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    never.countDown();
  }

  @Test
  void missingSettingsAreNamed() {
    assertThatThrownBy(() -> AnthropicModel.builder().model("m").build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "found no key for Anthropic's model, expected one;"
                + " set it in `model` of interlock.yaml");
  }

  /** The golden file has the body's every character but for white space between tokens. */
  private static void assertGolden(String name, String body) throws IOException {
    assertThat(body).isEqualTo(Trees.read(resource(name)).toString());
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = AnthropicModelTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
