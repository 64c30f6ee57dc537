package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import dev.interlock.temporal.Payload.Taken;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.failure.ApplicationFailure;
import io.temporal.payload.codec.PayloadCodecException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EncryptingCodecTest {
  private static final String UI = "http://127.0.0.1:8233";

  private final String old = PayloadKeys.make();
  private final EncryptingCodec before = codec(Map.of("2026-10", old));
  private final Payload clear =
      DefaultDataConverter.newDefaultInstance()
          .toPayload(new Taken(3, "a note of Ana's"))
          .orElseThrow();

  private static EncryptingCodec codec(Map<String, String> keys) {
    return new EncryptingCodec(new PayloadKeys(keys));
  }

  @Test
  void nothingOfItIsReadableAndItComesBackAsItWas() {
    Payload sealed = before.encode(List.of(clear)).getFirst();

    assertThat(sealed.toString()).doesNotContain("Ana", "json/plain").contains("2026-10");
    assertThat(before.decode(List.of(sealed))).containsExactly(clear);
    assertThat(before.encode(List.of(clear))).as("each time another").doesNotContain(sealed);
  }

  @Test
  void keysAreRotated() {
    Map<String, String> both = new LinkedHashMap<>();
    both.put("2026-11", PayloadKeys.make());
    both.put("2026-10", old);
    EncryptingCodec after = codec(both);
    Payload sealed = before.encode(List.of(clear)).getFirst();

    assertThat(after.decode(List.of(sealed))).containsExactly(clear);
    Payload fresh = after.encode(List.of(clear)).getFirst();
    assertThat(fresh.getMetadataOrThrow("encryption-key-id").toStringUtf8()).isEqualTo("2026-11");
    assertThatThrownBy(() -> before.decode(List.of(fresh)))
        .isInstanceOf(PayloadCodecException.class)
        .hasMessageContaining("under the key 2026-11, expected one of [2026-10]");
  }

  @Test
  void whatWasChangedOrCutOffIsRefusedAndWhatIsInClearIsRead() {
    Payload sealed = before.encode(List.of(clear)).getFirst();
    byte[] bytes = sealed.getData().toByteArray();
    bytes[20] ^= 1;
    for (ByteString bad :
        List.of(ByteString.copyFrom(bytes), sealed.getData().substring(0, 5), ByteString.EMPTY)) {
      assertThatThrownBy(() -> before.decode(List.of(sealed.toBuilder().setData(bad).build())))
          .isInstanceOf(PayloadCodecException.class);
    }
    Payload other =
        sealed.toBuilder()
            .putMetadata("encryption-key-id", ByteString.copyFromUtf8("2026-09"))
            .build();
    EncryptingCodec sameKey = codec(Map.of("2026-09", old));
    assertThatThrownBy(() -> sameKey.decode(List.of(other)))
        .as("its key's id is bound to it")
        .isInstanceOf(PayloadCodecException.class);
    assertThat(before.decode(List.of(clear))).containsExactly(clear);
  }

  @Test
  void failuresSayNothingEither() {
    Failure failure =
        before
            .converter()
            .exceptionToFailure(ApplicationFailure.newFailure("Ana's pin is wrong", "rejected"));

    assertThat(failure.toString()).doesNotContain("Ana");
    assertThat(before.converter().failureToException(failure)).hasMessageContaining("Ana's pin");
  }

  @Test
  void keysThatAreNoneAreRefusedAndNotQuoted() {
    for (String bad : List.of("", "hunter22", "not base64!", "c2hvcnQ=")) {
      assertThatThrownBy(() -> codec(Map.of("k", bad)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the key k is not base64 of 32 bytes")
          .hasMessageNotContaining(bad.isEmpty() ? "\u0000" : bad);
    }
    assertThatThrownBy(() -> codec(Map.of())).isInstanceOf(IllegalArgumentException.class);
    assertThat(new PayloadKeys(Map.of("k", old)).toString()).doesNotContain(old);
  }

  @Test
  void endpointDecodesForTheUiAndForNobodyElse() throws Exception {
    String sealed =
        JsonFormat.printer()
            .print(Payloads.newBuilder().addAllPayloads(before.encode(List.of(clear))));
    try (CodecEndpoint endpoint = CodecEndpoint.open(0, before, UI)) {
      HttpResponse<String> decoded = post(endpoint, "/decode", UI, sealed);
      assertThat(decoded.statusCode()).isEqualTo(200);
      assertThat(decoded.headers().firstValue("Access-Control-Allow-Origin")).contains(UI);
      Payloads.Builder read = Payloads.newBuilder();
      JsonFormat.parser().merge(decoded.body(), read);
      assertThat(read.getPayloadsList()).containsExactly(clear);
      assertThat(post(endpoint, "/encode", UI, decoded.body()).body()).doesNotContain("json/plain");

      assertThat(post(endpoint, "/decode", "http://evil.example", sealed).statusCode())
          .isEqualTo(403);
      assertThat(post(endpoint, "/decode", UI, "no json").statusCode()).isEqualTo(400);
      assertThat(post(endpoint, "/other", UI, sealed).statusCode()).isEqualTo(404);
    }
  }

  private static HttpResponse<String> post(
      CodecEndpoint endpoint, String path, String origin, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(endpoint.address() + path))
            .header("Origin", origin)
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }
}
