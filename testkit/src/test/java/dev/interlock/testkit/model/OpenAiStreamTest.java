package dev.interlock.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import dev.interlock.langchain4j.model.OpenAi;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Against a stub that speaks OpenAI's Chat Completions as published, replies as a stream. */
class OpenAiStreamTest extends OpenAiContract {
  @Override
  OpenAi settings() {
    return OpenAi.builder();
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Override
  String mode() {
    return "stream";
  }

  @Override
  String body(@Nullable String text, @Nullable String calls, @Nullable String reason) {
    StringBuilder all = new StringBuilder();
    if (text != null) {
      int half = text.length() / 2;
      all.append(chunk("\"content\":" + Json.write(text.substring(0, half)), "null"));
      all.append(chunk("\"content\":" + Json.write(text.substring(half)), "null"));
    }
    if (calls != null) {
      all.append(chunk("\"tool_calls\":[" + calls + "]", "null"));
    }
    all.append(chunk("", reason == null ? "null" : Json.write(reason)));
    all.append("data: {\"model\":\"gpt-test-1\",\"choices\":[],%s}\n\n".formatted(USAGE));
    return all.append("data: [DONE]\n\n").toString();
  }

  private static String chunk(String delta, String reason) {
    return """
    data: {"id":"c-1","model":"gpt-test-1","choices":[{"index":0,"delta":{%s},\
    "finish_reason":%s}]}

    """
        .formatted(delta, reason);
  }

  @Test
  void textIsToldInPieces() throws Exception {
    List<String> told = new ArrayList<>();
    greeting().ask(question("a"), told::add);

    assertThat(told).containsExactly("Good m", "orning.");
  }

  @Test
  void streamThatEndsInTheMiddleIsNoReply() {
    String whole = body("Good morning.", null, "stop");

    assertThat(failure(answering(200, whole.substring(0, whole.indexOf("stop")))).retryable())
        .isTrue();
  }

  @Test
  void errorInTheMiddleIsNoReply() {
    String body =
        chunk("\"content\":\"Good\"", "null")
            + "data: {\"error\":{\"message\":\"overloaded\"}}\n\n";

    assertThat(failure(answering(200, body)).retryable()).isTrue();
  }
}
