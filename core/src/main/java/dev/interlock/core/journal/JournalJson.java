package dev.interlock.core.journal;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Entries, instances and rows as JSON with their content in place, and back, exactly. */
public final class JournalJson {
  private static final Codec ENTRY = Codecs.of(Entry.class);
  private static final Codec INSTANCE = Codecs.of(Instance.class);
  private static final Codec ROW = Codecs.of(Store.Row.class);

  private JournalJson() {}

  /** An entry in canonical form. */
  public static String write(Entry entry) {
    return text(ENTRY, entry, false);
  }

  /** An instance; its maps keep their order. */
  public static String write(Instance instance) {
    return text(INSTANCE, instance, true);
  }

  /** A row in canonical form. */
  public static String write(Store.Row row) {
    return text(ROW, row, false);
  }

  /**
   * Whatever else consists of what entries consist of; its maps keep their order.
   *
   * @param type a record, or a sealed interface of records
   */
  public static String write(Class<?> type, Object value) {
    return text(Codecs.of(type), value, true);
  }

  /**
   * What was written as that type.
   *
   * @throws JournalException if this version does not know it
   */
  public static <T> T read(Class<T> type, String json) {
    return type.cast(Codecs.of(type).read(Json.parseStored(json), Codec.In.IN_PLACE));
  }

  private static String text(Codec codec, Object value, boolean ordered) {
    StringBuilder text = new StringBuilder(1_024);
    codec.write(value, new Codec.Out(text, null, ordered));
    return text.toString();
  }

  /**
   * The entry that was written.
   *
   * @throws JournalException if this version does not know it
   */
  public static Entry entry(String json) {
    return (Entry) ENTRY.read(Json.parseStored(json), Codec.In.IN_PLACE);
  }

  /**
   * The instance that was written.
   *
   * @throws JournalException if this version does not know it
   */
  public static Instance instance(String json) {
    return (Instance) INSTANCE.read(Json.parseStored(json), Codec.In.IN_PLACE);
  }

  /**
   * The row that was written.
   *
   * @throws JournalException if this version does not know it
   */
  public static Store.Row row(String json) {
    return (Store.Row) ROW.read(Json.parseStored(json), Codec.In.IN_PLACE);
  }

  /** An entry with other content: what each free text and value of a field is made into. */
  public static Entry withContent(Entry entry, UnaryOperator<Object> change) {
    return (Entry) withContent(ENTRY, entry, change);
  }

  /** As {@link #withContent(Entry, UnaryOperator)}, of an instance. */
  public static Instance withContent(Instance instance, UnaryOperator<Object> change) {
    return (Instance) withContent(INSTANCE, instance, change);
  }

  private static Object withContent(Codec codec, Object value, UnaryOperator<Object> change) {
    List<Object> contents = new ArrayList<>();
    StringBuilder skeleton = new StringBuilder(1_024);
    ContentSink sink =
        (json, hash, out) -> {
          out.append("{\"#\":").append(contents.size()).append('}');
          Object content = Json.parseStored(json);
          contents.add(hash ? content : change.apply(content));
        };
    codec.write(value, new Codec.Out(skeleton, sink, true));
    return codec.read(Json.parseStored(skeleton.toString()), new Codec.In(contents));
  }

  /** The skeleton of a sealed entry, and the list of contents beside it. */
  static Entry open(String skeleton, List<?> contents) {
    return (Entry) ENTRY.read(Json.parseStored(skeleton), new Codec.In(contents));
  }

  /** Writes an entry's skeleton; what is content goes to the sink. */
  static String skeleton(Entry entry, ContentSink sink) {
    StringBuilder text = new StringBuilder(1_024);
    ENTRY.write(entry, new Codec.Out(text, sink, false));
    return text.toString();
  }
}
