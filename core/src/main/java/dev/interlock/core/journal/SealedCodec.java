package dev.interlock.core.journal;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One of the records of a sealed type, told apart by its simple name. */
final class SealedCodec implements Codec {
  private final Class<?> root;
  private final Map<Class<?>, RecordCodec> byType = new LinkedHashMap<>();
  private final Map<String, RecordCodec> byName = new LinkedHashMap<>();

  SealedCodec(Class<?> root) {
    this.root = root;
    add(root);
  }

  private void add(Class<?> sealed) {
    for (Class<?> permitted : sealed.getPermittedSubclasses()) {
      if (permitted.isSealed()) {
        add(permitted);
      } else if (byType.get(permitted) == null) {
        RecordCodec codec = new RecordCodec(permitted, true);
        byType.put(permitted, codec);
        if (byName.put(permitted.getSimpleName(), codec) != null) {
          throw new IllegalArgumentException(
              root.getName() + " has two records called " + permitted.getSimpleName());
        }
      }
    }
  }

  @Override
  public void write(Object value, Out out) {
    RecordCodec codec = byType.get(value.getClass());
    if (codec == null) {
      throw new IllegalArgumentException(value.getClass().getName());
    }
    codec.write(value, out);
  }

  @Override
  public Object read(Object json, In in) {
    Object name = Codec.object(json).getOrDefault(RecordCodec.TYPE, "");
    RecordCodec codec = name instanceof String text ? byName.get(text) : null;
    if (codec == null) {
      throw new JournalException(
          "found the %s \"%s\", which this version does not know: a newer one wrote it"
              .formatted(root.getSimpleName().toLowerCase(Locale.ROOT), name));
    }
    return codec.read(json, in);
  }
}
