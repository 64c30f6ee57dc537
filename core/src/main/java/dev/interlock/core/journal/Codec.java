package dev.interlock.core.journal;

import dev.interlock.core.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values of one type as JSON and reads them again, exactly. The JSON is canonical, but for
 * the order of maps where {@link Out#ordered} asks to keep it.
 */
interface Codec {
  void write(Object value, Out out);

  /**
   * The value that was written.
   *
   * @param json as {@link Json#parse} gives it
   */
  Object read(Object json, In in);

  /**
   * Where to write.
   *
   * @param text what was written so far
   * @param sink where content goes, or null if it is written in place
   * @param ordered whether maps keep their order instead of being sorted
   */
  record Out(StringBuilder text, @Nullable ContentSink sink, boolean ordered) {
    Out inPlace(StringBuilder elsewhere) {
      return new Out(elsewhere, null, ordered);
    }
  }

  /**
   * Where to read from.
   *
   * @param contents what lies beside the entry, or null if it stands in place
   */
  record In(@Nullable List<?> contents) {
    static final In IN_PLACE = new In(null);
  }

  /** The member of the place of a content that holds its index. */
  String PLACE = "#";

  /** The text of JSON that must be one. */
  static String text(Object json) {
    if (json instanceof String text) {
      return text;
    }
    throw new JournalException("found " + shorten(json) + ", expected a text");
  }

  static long whole(Object json) {
    if (json instanceof Long number) {
      return number;
    }
    throw new JournalException("found " + shorten(json) + ", expected an integer");
  }

  static List<?> list(Object json) {
    if (json instanceof List<?> list) {
      return list;
    }
    throw new JournalException("found " + shorten(json) + ", expected a list");
  }

  static Map<String, Object> object(Object json) {
    if (json instanceof Map<?, ?> map) {
      return Json.object(map);
    }
    throw new JournalException("found " + shorten(json) + ", expected an object");
  }

  private static String shorten(Object json) {
    String text = json.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
