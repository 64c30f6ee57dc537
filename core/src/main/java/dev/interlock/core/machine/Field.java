package dev.interlock.core.machine;

import java.util.List;

/**
 * A typed piece of context.
 *
 * @param type of one value; of one entry if the field is keyed, of one item if it is {@code many}
 * @param many whether it holds a list
 * @param max the most entries or items
 * @param privacy who is shown its values
 */
public record Field(String name, Type type, Source source, boolean many, int max, Privacy privacy) {

  /** Who is shown the values of a field, from everybody to nobody. */
  public enum Privacy {
    /** Everybody who sees the instance. */
    OPEN,
    /** The model, the caller, and people whom the machine shows it: {@code pii}. */
    PII,
    /** Nobody: guards read it, and tools are given it. */
    SECRET
  }

  public static final int DEFAULT_MAX = 1_000;

  /** The tools whose results fill it; empty if its source is another. */
  public List<String> from() {
    return source instanceof Source.Tools tools ? tools.from() : List.of();
  }

  /** The arguments under which a result is filed; empty if it is not keyed. */
  public List<ArgRef> key() {
    return source instanceof Source.Tools tools ? tools.key() : List.of();
  }

  public boolean keyed() {
    return !key().isEmpty();
  }

  /** Whether a result is added to the list instead of replacing it. */
  public boolean append() {
    return source instanceof Source.Tools tools && tools.append();
  }

  /** A field that everybody sees. */
  public Field(String name, Type type, Source source, boolean many, int max) {
    this(name, type, source, many, max, Privacy.OPEN);
  }

  /** What stands in place of a value that is not shown. */
  public String instead() {
    return Hidden.instead(name);
  }

  /** Whether it is the caller's to fill, and no typed text can say its value. */
  public boolean byFormOnly() {
    return source instanceof Source.User
        && switch (type) {
          case Type.Text text -> !text.options().isEmpty();
          case Type.Time time -> time.kind() != Type.Time.Kind.DATE;
          case Type.Whole t -> false;
          case Type.Exact t -> false;
          case Type.Bool t -> true;
          case Type.Struct t -> true;
          case Type.MapOf t -> true;
          case Type.ListOf t -> true;
          case Type.Opaque t -> true;
          case Type.Document t -> true;
        };
  }

  /** The type of the whole field where it is not keyed, of an entry where it is. */
  public Type entryType() {
    return many ? new Type.ListOf(type) : type;
  }
}
