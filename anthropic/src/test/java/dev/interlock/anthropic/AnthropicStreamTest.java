package dev.interlock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.ChatModelContract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a stub that speaks the stream of the Messages API as published. */
class AnthropicStreamTest extends ChatModelContract {
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private Stub stub(int status, String body) {
    Stub stub = Stub.answering(status, body);
    open.add(stub);
    return stub;
  }

  private AnthropicModel model(Stub stub) {
    AnthropicModel model = stub.model().streaming(true).build();
    open.add(model);
    return model;
  }

  private AnthropicModel answering(String body) {
    return model(stub(200, body));
  }

  private static String event(String type, String rest) {
    return "event: %s\ndata: {\"type\":\"%s\"%s}\n\n".formatted(type, type, rest);
  }

  private static String start() {
    return event(
        "message_start",
        """
        ,"message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-test-1",\
        "content":[],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":1}}\
        """);
  }

  private static String block(int index, String begin, String... deltas) {
    StringBuilder all = new StringBuilder();
    all.append(
        event("content_block_start", ",\"index\":%d,\"content_block\":%s".formatted(index, begin)));
    for (String delta : deltas) {
      all.append(
          event("content_block_delta", ",\"index\":%d,\"delta\":%s".formatted(index, delta)));
    }
    return all.append(event("content_block_stop", ",\"index\":" + index)).toString();
  }

  private static String text(int index, String... pieces) {
    String[] deltas = new String[pieces.length];
    for (int i = 0; i < pieces.length; i++) {
      deltas[i] = "{\"type\":\"text_delta\",\"text\":%s}".formatted(Json.write(pieces[i]));
    }
    return block(index, "{\"type\":\"text\",\"text\":\"\"}", deltas);
  }

  private static String call(int index, String name, String... pieces) {
    String[] deltas = new String[pieces.length];
    for (int i = 0; i < pieces.length; i++) {
      deltas[i] =
          "{\"type\":\"input_json_delta\",\"partial_json\":%s}".formatted(Json.write(pieces[i]));
    }
    return block(
        index,
        "{\"type\":\"tool_use\",\"id\":\"toolu_%d\",\"name\":\"%s\",\"input\":{}}"
            .formatted(index, name),
        deltas);
  }

  private static String end(String reason) {
    return event("ping", "")
        + event(
            "message_delta",
            ",\"delta\":{\"stop_reason\":\"%s\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":15}"
                .formatted(reason))
        + event("message_stop", "");
  }

  @Override
  protected ChatModel greeting() {
    return answering(start() + text(0, "Good ", "morning.") + end("end_turn"));
  }

  @Override
  protected ChatModel calling() {
    String arguments = Json.write(ARGUMENTS);
    return answering(
        start()
            + text(0, "One ", "moment.")
            + call(1, "it__find_user", "", arguments.substring(0, 30), arguments.substring(30))
            + text(2, "And another.")
            + call(3, "record", "")
            + end("tool_use"));
  }

  @Override
  protected ChatModel failing() {
    return model(
        stub(400, "{\"type\":\"error\",\"error\":{\"message\":\"max_tokens: too large\"}}"));
  }

  @Override
  protected String findUser() {
    return "it__find_user";
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Test
  void streamIsAskedForAndItsUsageCounts() throws Exception {
    Stub stub = stub(200, start() + text(0, "Good ", "morning.") + end("max_tokens"));
    List<String> told = new ArrayList<>();
    Reply reply = model(stub).ask(question("a"), told::add);

    assertThat(Json.parseObject(stub.requests.take().body())).containsEntry("stream", true);
    assertThat(told).containsExactly("Good ", "morning.");
    assertThat(reply.usage().input()).isEqualTo(3);
    assertThat(reply.usage().output()).isEqualTo(15);
    assertThat(reply.stop()).isEqualTo(Reply.Stop.LENGTH);
    assertThat(reply.model()).isEqualTo("claude-test-1");
  }

  @Test
  void thinkingIsPutTogetherAndNotTold() throws Exception {
    List<String> told = new ArrayList<>();
    Reply reply =
        answering(
                start()
                    + block(
                        0,
                        "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}",
                        "{\"type\":\"thinking_delta\",\"thinking\":\"Hm\"}",
                        "{\"type\":\"thinking_delta\",\"thinking\":\"m.\"}",
                        "{\"type\":\"signature_delta\",\"signature\":\"c2ln\"}")
                    + text(1, "Yes.")
                    + end("end_turn"))
            .ask(question("a"), told::add);

    assertThat(told).containsExactly("Yes.");
    assertThat(reply.parts())
        .containsExactly(
            new Reply.Opaque(
                "anthropic",
                "{\"type\":\"thinking\",\"thinking\":\"Hmm.\",\"signature\":\"c2ln\"}"),
            new Reply.Text("Yes."));
  }

  @Test
  void argumentsThatAreNoJsonAreNoObject() throws Exception {
    Reply reply =
        answering(start() + call(0, "record", "{\"a\": ") + end("tool_use")).ask(question("a"));

    assertThat(((Reply.Call) reply.parts().getFirst()).arguments()).isEqualTo("\"{\\\"a\\\": \"");
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void streamThatEndsEarlyIsNoReply(int events) {
    String whole = start() + text(0, "Good ", "morning.") + end("end_turn");
    String[] parts = whole.split("\n\n", -1);
    StringBuilder cut = new StringBuilder();
    for (int i = 0; i < parts.length - 1 - events; i++) {
      cut.append(parts[i]).append("\n\n");
    }

    assertThatThrownBy(() -> answering(cut.toString()).ask(question("a")))
        .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.retryable()).isTrue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"<html>502</html>", "''", "data: {", "data: []", "{}"})
  void nonsenseIsNoReply(String body) {
    assertThatThrownBy(() -> answering(body).ask(question("a")))
        .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessageContaining("expected a message");
  }

  @Test
  void errorInTheMiddleIsWorthARetry() {
    String body =
        start()
            + text(0, "Good ")
            + event(
                "error", ",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}");

    assertThatThrownBy(() -> answering(body).ask(question("a")))
        .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessageContaining("Overloaded");
  }

  @Test
  void tenMegabytesAreNotReadToTheEnd() {
    String body = start() + text(0, "x".repeat(10 << 20)) + end("end_turn");

    assertThatThrownBy(() -> answering(body).ask(question("a")))
        .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.retryable()).isFalse())
        .hasMessageContaining("more than 8,388,608 bytes");
  }
}
