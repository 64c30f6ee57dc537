package dev.interlock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SkimTest {
  private static Skim skim(String json) throws IOException {
    return Skim.of(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void idIsFoundWhereverItStands() throws IOException {
    assertThat(skim("{\"jsonrpc\":\"2.0\", \"id\" : \"a-1\" ,\"result\":{}}").id())
        .isEqualTo("a-1");
    assertThat(skim("{\"result\":{\"id\":\"x\",\"a\":[{\"id\":\"y\"}]},\"id\":\"a-1\"}").id())
        .isEqualTo("a-1");
    assertThat(skim("{\"result\":{\"text\":\"\\\"id\\\":\\\"z\\\" } ] {\"},\"id\":7}").id())
        .isEqualTo("7");
    assertThat(skim("{\"result\":{\"id\":\"x\"}}").id()).isNull();
    assertThat(skim("no message {{{ [[[ \"").id()).isNull();
  }

  @Test
  void failureIsWhatTheToolOrTheServerSays() throws IOException {
    assertThat(skim("{\"id\":\"1\",\"result\":{\"isError\":true,\"content\":[]}}").failed())
        .isTrue();
    assertThat(skim("{\"result\":{\"content\":[],\"isError\": true },\"id\":\"1\"}").failed())
        .isTrue();
    assertThat(skim("{\"id\":\"1\",\"error\":{\"code\":-1,\"message\":\"m\"}}").failed()).isTrue();
    assertThat(skim("{\"id\":\"1\",\"error\":null,\"result\":{\"isError\":false}}").failed())
        .isFalse();
    assertThat(
            skim("{\"id\":\"1\",\"result\":{\"structuredContent\":{\"isError\":true}}}").failed())
        .isFalse();
    assertThat(
            skim("{\"id\":\"1\",\"result\":{\"content\":[{\"text\":\"\\\"isError\\\":true\"}]}}")
                .failed())
        .isFalse();
  }
}
