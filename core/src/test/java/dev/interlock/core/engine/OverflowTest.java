package dev.interlock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OverflowTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "prompt is too long: 200251 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
        "{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"too many\"}}",
        "This model's maximum context length is 16384 tokens. However, you requested 122946",
        "Your input exceeds the context window of this model.",
        "the request exceeds the available context size, try increasing it",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "Input is too long for requested model."
      })
  void endpointThatSaysSoIsUnderstood(String said) {
    assertThat(Overflow.said(400, said)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "400, max_tokens is too large",
    "400, messages: text content blocks must be non-empty",
    "400, the context of the conversation is malformed",
    "401, prompt is too long",
    "429, prompt is too long: rate limit of input tokens",
    "500, context_length_exceeded"
  })
  void anythingElseIsNoOverflow(int status, String said) {
    assertThat(Overflow.said(status, said)).isFalse();
  }

  @Test
  void requestThatIsTooLargeIsOne() {
    assertThat(Overflow.said(413, "")).isTrue();
  }
}
