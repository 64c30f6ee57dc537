package dev.interlock.core.journal;

import dev.interlock.core.json.Json;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record as an object with a member for each component, null ones left out. Of a sealed type it
 * begins with {@code "type"}, the record's simple name.
 */
final class RecordCodec implements Codec {
  static final String TYPE = "type";

  private static final MethodHandles.Lookup LOOKUP = MethodHandles.publicLookup();

  private final Class<?> type;
  private final boolean sealed;

  /** Null until a record of that type is read or written: most processes need few of them. */
  private volatile @Nullable Shape shape;

  /**
   * @param parts by name, as the canonical form wants them
   */
  private record Shape(MethodHandle constructor, int size, List<Part> parts) {}

  /** What is read of a value, and where it is written. */
  private record Part(
      String name,
      int place,
      String key,
      @Nullable Content content,
      boolean primitive,
      Type type,
      @Nullable MethodHandle accessor) {
    /** The part that stands for the record's own name. */
    static Part typeName(Class<?> type) {
      return new Part(
          TYPE, -1, "\"type\":\"" + type.getSimpleName() + "\"", null, false, type, null);
    }
  }

  /**
   * @param sealed whether it is one of a sealed type
   */
  RecordCodec(Class<?> type, boolean sealed) {
    this.type = type;
    this.sealed = sealed;
    if (sealed
        && Arrays.stream(type.getRecordComponents()).anyMatch(c -> c.getName().equals(TYPE))) {
      throw new IllegalArgumentException(
          type.getName() + " has a component called type: the journal needs that name");
    }
  }

  private Shape shape() {
    Shape known = shape;
    if (known == null) {
      known = shape(type, sealed);
      shape = known;
    }
    return known;
  }

  private static Shape shape(Class<?> type, boolean sealed) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      MethodHandle constructor =
          LOOKUP
              .unreflectConstructor(type.getConstructor(types))
              .asSpreader(Object[].class, types.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
      List<Part> parts = new ArrayList<>();
      if (sealed) {
        parts.add(Part.typeName(type));
      }
      for (int i = 0; i < types.length; i++) {
        parts.add(part(components[i], i));
      }
      parts.sort(Comparator.comparing(Part::name));
      return new Shape(constructor, types.length, List.copyOf(parts));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(type.getName() + " is not a public record", e);
    }
  }

  private static Part part(RecordComponent component, int place) throws IllegalAccessException {
    String name = component.getName();
    return new Part(
        name,
        place,
        Json.write(name) + ":",
        component.getAnnotation(Content.class),
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
    for (Part part : shape().parts()) {
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
    Content content = part.content();
    if (content != null && sink != null) {
      StringBuilder beside = new StringBuilder();
      codec.write(member, out.inPlace(beside));
      sink.put(beside.toString(), content.hash(), out.text());
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
    Shape read = shape();
    @Nullable Object[] values = new @Nullable Object[read.size()];
    for (Part part : read.parts()) {
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
          part.content() != null && contents != null && !stoodInPlace(part.content(), member)
              ? codec.read(beside(member, contents), In.IN_PLACE)
              : codec.read(member, in);
    }
    try {
      return read.constructor().invokeExact(values);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) { // a constructor of a record declares none
      throw new IllegalStateException(e);
    }
  }

  /** Hashes stood in the entries of journals from before they were content. */
  private static boolean stoodInPlace(Content content, Object member) {
    return content.hash() && member instanceof String;
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
