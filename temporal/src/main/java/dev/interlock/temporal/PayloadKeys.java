package dev.interlock.temporal;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys that payloads are encrypted with, by id. The first is written with; all are read with.
 * To rotate: add a new one as the last wherever there are keys, then put it first, and take the old
 * one out once no history needs it any more.
 */
public final class PayloadKeys {
  /** The length of a key, in bytes: AES-256. */
  public static final int BYTES = 32;

  private final Map<String, SecretKey> keys;

  /**
   * Takes keys as text.
   *
   * @param keys base64 of {@link #BYTES} bytes, by id, the one that is written with first
   * @throws IllegalArgumentException if there is none, or one is not that; no key is quoted
   */
  public PayloadKeys(Map<String, String> keys) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("found no key, expected at least one");
    }
    this.keys = new LinkedHashMap<>();
    keys.forEach((id, text) -> this.keys.put(id, key(id, text)));
  }

  private static SecretKey key(String id, String text) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "found that the key %s is not base64 of %d bytes, expected that: make one with `openssl rand -base64 %d`"
              .formatted(id, BYTES, BYTES));
    }
    return new SecretKeySpec(bytes, "AES");
  }

  /** The id of the key that is written with. */
  String current() {
    return keys.keySet().iterator().next();
  }

  /**
   * The key of that id.
   *
   * @throws IllegalArgumentException if there is none
   */
  SecretKey key(String id) {
    SecretKey key = keys.get(id);
    if (key == null) {
      List<String> known = new ArrayList<>(keys.keySet());
      throw new IllegalArgumentException(
          "found a payload under the key %s, expected one of %s: add that key"
              .formatted(id, known));
    }
    return key;
  }

  /** A new key, as text. */
  public static String make() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Without the keys. */
  @Override
  public String toString() {
    return "PayloadKeys" + keys.keySet();
  }
}
