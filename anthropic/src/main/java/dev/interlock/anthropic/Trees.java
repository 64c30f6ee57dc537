package dev.interlock.anthropic;

import com.anthropic.core.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interlock.core.json.Json;

/** JSON as the SDK takes it, with every number as its text has it. */
final class Trees {
  static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  static {
    MAPPER
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(2 * Json.MAX_DEPTH).build());
  }

  private Trees() {}

  /**
   * Reads a text.
   *
   * @throws JsonProcessingException if it is not JSON
   */
  static JsonNode read(String json) throws JsonProcessingException {
    return MAPPER.readTree(json);
  }

  /** A value of {@link Json} as a tree. */
  static JsonNode of(Object value) {
    try {
      return read(Json.write(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("canonical JSON can be read", e);
    }
  }

  static JsonValue value(JsonNode tree) {
    return JsonValue.fromJsonNode(tree);
  }
}
