package dev.interlock.build;

import java.util.List;
import java.util.function.Consumer;

/**
 * A type: of a field, an event's payload, or a part of an object.
 *
 * @param <K> itself
 */
public abstract class TypeKeys<K extends TypeKeys<K>> extends Keys<K> {
  TypeKeys() {}

  /** {@code string}, {@code integer}, {@code object}, …. */
  public K type(String name) {
    return put("type", name);
  }

  /** A list of it. */
  public K many(boolean many) {
    return put("many", many);
  }

  /** The only texts allowed. */
  public K enumerated(String... texts) {
    return put("enum", List.of(texts));
  }

  /** {@code date}, {@code date-time}, {@code email} or {@code uuid}. */
  public K format(String format) {
    return put("format", format);
  }

  /** RE2. */
  public K pattern(String pattern) {
    return put("pattern", pattern);
  }

  /** A property of an object. */
  public K property(String name, Consumer<PartKeys> says) {
    return named("properties", name, of(new PartKeys(), says));
  }

  /** Of an object with any names: the type of every value. */
  public K additionalProperties(Consumer<PartKeys> says) {
    return put("additionalProperties", of(new PartKeys(), says));
  }
}
