package dev.interlock.core.machine;

import dev.interlock.core.json.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an instance knows of a document: the value of a field. The bytes lie in the store, by their
 * hash.
 *
 * @param name of the file, as whoever sent it calls it
 * @param mediaType by its bytes, {@link #UNKNOWN} if they tell none of {@link MediaType}
 * @param size in bytes
 * @param hash SHA-256 of the bytes, 64 hexadecimal digits
 */
public record Document(String name, String mediaType, long size, String hash) {
  /**
   * The most bytes of a document, of all that come with a message and of all that a question shows.
   */
  public static final int MAX_BYTES = 16 << 20;

  /** The most bytes of a document of a field that names no limit. */
  public static final int DEFAULT_MAX_BYTES = 5 << 20;

  /** The most documents that come with a message, and that a question shows. */
  public static final int MAX_DOCUMENTS = 10;

  /** The longest file name, in characters. */
  public static final int MAX_NAME = 200;

  /** The media type of what is none that is known. */
  public static final String UNKNOWN = "application/octet-stream";

  /**
   * No path, and nothing that a terminal would act on. A blank at either end is nobody's intention.
   */
  private static final Pattern NAME =
      Pattern.compile("(?!\\s)[^\\p{C}\\p{Zl}\\p{Zp}/\\\\]{1,%d}(?<!\\s)".formatted(MAX_NAME));

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /** Whether a file may be called so. */
  public static boolean named(String name) {
    return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }

  /** As the value of a field. */
  public Map<String, Object> value() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("name", name);
    value.put("mediaType", mediaType);
    value.put("size", size);
    value.put("hash", hash);
    return Collections.unmodifiableMap(value);
  }

  /** The document that a value stands for, if it does. */
  public static Optional<Document> of(Object value) {
    return value instanceof Map<?, ?> map
            && map.size() == 4
            && map.get("name") instanceof String name
            && map.get("mediaType") instanceof String mediaType
            && map.get("size") instanceof Long size
            && map.get("hash") instanceof String hash
            && HASH.matcher(hash).matches()
        ? Optional.of(new Document(name, mediaType, size, hash))
        : Optional.empty();
  }

  /** On one line: {@code "photo.png" (image/png, 51,234 bytes)}. */
  public String line() {
    return "%s (%s, %,d bytes)".formatted(Json.write(name), mediaType, size);
  }
}
