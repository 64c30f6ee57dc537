package dev.interlock.build;

import java.util.List;

/** A field of {@code context}. */
public final class FieldKeys extends TypeKeys<FieldKeys> {
  FieldKeys() {}

  @Override
  FieldKeys self() {
    return this;
  }

  /** The most entries or items. */
  public FieldKeys max(long most) {
    return put("max", most);
  }

  /** Of a document: {@code image/png}, {@code application/pdf}, …. */
  public FieldKeys mediaTypes(String... types) {
    return words("mediaTypes", types);
  }

  /** As the other one, always as a list. */
  public FieldKeys mediaTypes(List<String> types) {
    return put("mediaTypes", List.copyOf(types));
  }

  /** Of a document: the largest. */
  public FieldKeys maxBytes(long most) {
    return put("maxBytes", most);
  }

  /** Who fills it: {@code input}, {@code agent}, {@code user}, {@code tool}, …. */
  public FieldKeys source(String source) {
    return put("source", source);
  }

  /** Computed where it is read, CEL. */
  public FieldKeys is(String expression) {
    return put("is", expression);
  }

  /** Of an input: one of {@link dev.interlock.langchain4j.JavaValues}. */
  public FieldKeys defaultValue(Object value) {
    return java("default", value);
  }

  /** The tools, or the events, that fill it. */
  public FieldKeys from(String... names) {
    return words("from", names);
  }

  /** As the other one, always as a list. */
  public FieldKeys from(List<String> names) {
    return put("from", List.copyOf(names));
  }

  /** A JSON pointer into the result. */
  public FieldKeys at(String pointer) {
    return put("at", pointer);
  }

  /** Filed in place of the result, CEL over {@code args}. */
  public FieldKeys value(String expression) {
    return put("value", expression);
  }

  /** The arguments under which a result is filed. */
  public FieldKeys key(String... arguments) {
    return words("key", arguments);
  }

  /** As the other one, always as a list. */
  public FieldKeys key(List<String> arguments) {
    return put("key", List.copyOf(arguments));
  }

  /** Whether a result is added to the list. */
  public FieldKeys append(boolean append) {
    return put("append", append);
  }

  /** Whether the first result is kept. */
  public FieldKeys once(boolean once) {
    return put("once", once);
  }

  /** Whether its values are personal. */
  public FieldKeys pii(boolean pii) {
    return put("pii", pii);
  }

  /** Whether its values are shown to nobody. */
  public FieldKeys secret(boolean secret) {
    return put("secret", secret);
  }
}
