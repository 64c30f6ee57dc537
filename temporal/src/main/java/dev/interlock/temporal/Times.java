package dev.interlock.temporal;

import dev.interlock.core.decide.Occurrence;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;

/** The time of what arrives from outside, whose own clocks do not count. */
final class Times {
  /** Stands where the workflow puts its own time. */
  static final Instant NONE = Instant.EPOCH;

  private Times() {}

  /** The same occurrence at another time. */
  @SuppressWarnings("unchecked") // the record it is made of again
  static <T extends Occurrence> T at(T occurrence, Instant at) {
    RecordComponent[] parts = occurrence.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[parts.length];
    Object[] values = new Object[parts.length];
    try {
      for (int i = 0; i < parts.length; i++) {
        types[i] = parts[i].getType();
        values[i] =
            parts[i].getName().equals("at") ? at : parts[i].getAccessor().invoke(occurrence);
      }
      return (T) occurrence.getClass().getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
