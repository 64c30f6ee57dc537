package dev.interlock.core.journal;

import dev.interlock.core.json.Json;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A record as an object with a member for each component, null ones left out. Of a sealed type it
 * begins with {@code "type"}, the record's simple name.
 */
final class RecordCodec implements Codec {
  static final String TYPE = "type";

  private static final MethodHandles.Lookup LOOKUP = MethodHandles.publicLookup();

  private final Class<?> type;
  private final MethodHandle constructor;
  private final int size;

  /** By name, as the canonical form wants them. */
  private final Part[] parts;

  /** What is read of a value, and where it is written. */
  private record Part(
      String name,
      int place,
      String key,
      boolean content,
      boolean primitive,
      Type type,
      @Nullable MethodHandle accessor) {
    /** The part that stands for the record's own name. */
    static Part typeName(Class<?> type) {
      return new Part(
          TYPE, -1, "\"type\":\"" + type.getSimpleName() + "\"", false, false, type, null);
    }
  }

  /**
   * @param sealed the sealed type that it is one of, or null
   */
  RecordCodec(Class<?> type, @Nullable Class<?> sealed) {
    this.type = type;
    RecordComponent[] components = type.getRecordComponents();
    this.size = components.length;
    try {
      this.constructor =
          LOOKUP
              .unreflectConstructor(
                  type.getConstructor(
                      Arrays.stream(components)
                          .map(RecordComponent::getType)
                          .toArray(Class<?>[]::new)))
              .asSpreader(Object[].class, size)
              .asType(MethodType.methodType(Object.class, Object[].class));
      Part[] own = new Part[size];
      for (int i = 0; i < size; i++) {
        own[i] = part(components[i], i);
      }
      this.parts =
          Stream.concat(
                  Arrays.stream(own),
                  sealed == null ? Stream.empty() : Stream.of(Part.typeName(type)))
              .sorted(Comparator.comparing(Part::name))
              .toArray(Part[]::new);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(type.getName() + " is not a public record", e);
    }
    if (sealed != null && Arrays.stream(components).anyMatch(c -> c.getName().equals(TYPE))) {
      throw new IllegalArgumentException(
          type.getName() + " has a component called type: the journal needs that name");
    }
  }

  private static Part part(RecordComponent component, int place) throws IllegalAccessException {
    String name = component.getName();
    return new Part(
        name,
        place,
        Json.write(name) + ":",
        component.isAnnotationPresent(Content.class),
        component.getType().isPrimitive(),
        component.getGenericType(),
        LOOKUP
            .unreflect(component.getAccessor())
            .asType(MethodType.methodType(Object.class, Object.class)));
  }

  @Override
  public void write(Object value, Out out) {
    StringBuilder text = out.text();
    text.append('{');
    boolean more = false;
    for (Part part : parts) {
      MethodHandle accessor = part.accessor();
      Object member = accessor == null ? null : get(accessor, value);
      if (accessor != null && member == null) {
        continue;
      }
      if (more) {
        text.append(',');
      }
      more = true;
      text.append(part.key());
      if (member != null) {
        write(part, member, out);
      }
    }
    text.append('}');
  }

  private static void write(Part part, Object member, Out out) {
    Codec codec = Codecs.of(part.type());
    ContentSink sink = out.sink();
    if (part.content() && sink != null) {
      StringBuilder beside = new StringBuilder();
      codec.write(member, out.inPlace(beside));
      sink.put(beside.toString(), out.text());
    } else {
      codec.write(member, out);
    }
  }

  private static @Nullable Object get(MethodHandle accessor, Object value) {
    try {
      return accessor.invokeExact(value);
    } catch (Throwable e) { // an accessor of a record throws nothing of its own
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Object read(Object json, In in) {
    Map<String, Object> members = Codec.object(json);
    @Nullable Object[] values = new @Nullable Object[size];
    for (Part part : parts) {
      if (part.accessor() == null) {
        continue;
      }
      Object member = members.get(part.name());
      if (member == null) {
        if (part.primitive()) {
          throw new JournalException(
              "found no member \"%s\", which a %s has"
                  .formatted(part.name(), type.getSimpleName()));
        }
        continue;
      }
      List<?> contents = in.contents();
      Codec codec = Codecs.of(part.type());
      values[part.place()] =
          part.content() && contents != null
              ? codec.read(beside(member, contents), In.IN_PLACE)
              : codec.read(member, in);
    }
    try {
      return constructor.invokeExact(values);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) { // a constructor of a record declares none
      throw new IllegalStateException(e);
    }
  }

  private static Object beside(Object place, List<?> contents) {
    long index = Codec.whole(Codec.object(place).getOrDefault(PLACE, ""));
    if (index < 0 || index >= contents.size()) {
      throw new JournalException(
          "found content no. %d of %d: it was erased".formatted(index, contents.size()));
    }
    return contents.get((int) index);
  }
}
