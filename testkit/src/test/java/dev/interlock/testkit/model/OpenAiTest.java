package dev.interlock.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.Reply;
import dev.interlock.langchain4j.model.OpenAi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Against a stub that speaks OpenAI's Chat Completions as published, replies whole. */
class OpenAiTest extends OpenAiContract {
  @Override
  OpenAi settings() {
    return OpenAi.builder().streaming(false);
  }

  @Override
  String mode() {
    return "whole";
  }

  @Override
  String body(@Nullable String text, @Nullable String calls, @Nullable String reason) {
    return """
    {"id":"c-1","object":"chat.completion","created":1,"model":"gpt-test-1","choices":[\
    {"index":0,"message":{"role":"assistant","content":%s%s},"finish_reason":%s}],%s}\
    """
        .formatted(
            text == null ? "null" : Json.write(text),
            calls == null ? "" : ",\"tool_calls\":[" + calls + "]",
            reason == null ? "null" : Json.write(reason),
            USAGE);
  }

  @Test
  void refusalIsDeclined() throws Exception {
    String body =
        body(null, null, "stop").replace("\"content\":null", "\"refusal\":\"I will not.\"");

    assertThat(answering(200, body).ask(question("a")).stop()).isEqualTo(Reply.Stop.DECLINED);
  }
}
