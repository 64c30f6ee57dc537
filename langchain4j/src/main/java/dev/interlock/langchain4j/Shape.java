package dev.interlock.langchain4j;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Java type of a parameter: its JSON Schema, and the way from JSON to a value of it. Exact: no
 * value is rounded, and one that does not fit is refused.
 *
 * @param schema JSON Schema, in the types of {@link dev.interlock.core.json.Json}
 * @param reading from a value of {@link dev.interlock.core.json.Json}
 * @param absent what stands for a member that is not there; null if {@code needed}
 * @param needed whether it must be there
 */
record Shape(Map<String, Object> schema, Reading reading, @Nullable Object absent, boolean needed) {
  Shape(Map<String, Object> schema, Reading reading) {
    this(schema, reading, null, true);
  }

  /** From JSON to Java. */
  interface Reading {
    /**
     * The value.
     *
     * @throws Misfit if it is of another type, or out of range
     */
    Object read(Object json);
  }

  /** A value that does not fit its type. */
  static final class Misfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Misfit(String message) {
      super(message);
    }
  }

  /** The same, where absence is a value of its own. */
  Shape orElse(@Nullable Object value) {
    return new Shape(schema, reading, value, false);
  }

  /** The value of a member, which may be absent. */
  @Nullable Object read(String name, @Nullable Object json) {
    if (json == null) {
      if (needed) {
        throw new Misfit("`%s` is missing".formatted(name));
      }
      return absent;
    }
    try {
      return reading.read(json);
    } catch (Misfit e) {
      throw new Misfit("`%s`: %s".formatted(name, e.getMessage()));
    }
  }
}
