package dev.interlock.core.journal;

import dev.interlock.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the entries of one instance and opens them again. An entry's free text and values of fields
 * go beside it; in their place stand their size and their HMAC-SHA256 under the instance's own key,
 * so that they can be erased and the chain of hashes still holds. Not thread-safe.
 */
public final class Sealing {
  private static final HexFormat HEX = HexFormat.of();
  private static final int KEY_BYTES = 32;

  private static final String HMAC = "HmacSHA256";
  private static final String SHA = "SHA-256";

  /** Looked for once: there is a sealing for each step. */
  private static final class Providers {
    static final Provider OF_HMAC;
    static final Provider OF_SHA;

    static {
      try {
        OF_HMAC = Mac.getInstance(HMAC).getProvider();
        OF_SHA = MessageDigest.getInstance(SHA).getProvider();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
      }
    }
  }

  /** What a place consists of: no other object of a skeleton has these members. */
  static final Set<String> PLACE_MEMBERS = Set.of(Codec.PLACE, "mac", "size");

  private final Mac mac;
  private final MessageDigest digest;

  /**
   * @param key of the instance's content, 64 hexadecimal digits
   */
  public Sealing(String key) {
    byte[] bytes = HEX.parseHex(key);
    if (bytes.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "found a key of %d bytes, expected %d".formatted(bytes.length, KEY_BYTES));
    }
    try {
      this.mac = Mac.getInstance(HMAC, Providers.OF_HMAC);
      mac.init(new SecretKeySpec(bytes, HMAC));
      this.digest = MessageDigest.getInstance(SHA, Providers.OF_SHA);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
    }
  }

  /**
   * The entry as it is stored.
   *
   * @param prev the hash of the entry before, {@link SealedEntry#NO_PREV} for the first
   */
  public SealedEntry seal(Entry entry, String prev) {
    StringBuilder contents = new StringBuilder(512).append('[');
    Map<String, String> places = new HashMap<>(); // an entry says most things twice
    String skeleton =
        JournalJson.skeleton(
            entry,
            (json, hash, out) -> {
              String place = places.get(json);
              if (place == null) {
                contents.append(places.isEmpty() ? "" : ",").append(json);
                place = place(places.size(), json);
                places.put(json, place);
              }
              out.append(place);
            });
    return new SealedEntry(
        entry.instance(),
        entry.seq(),
        skeleton,
        contents.append(']').toString(),
        prev,
        hash(prev, skeleton));
  }

  /** What stands in a content's place. */
  private String place(int index, String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return "{\"#\":"
        + index
        + ",\"mac\":\""
        + HEX.formatHex(mac.doFinal(bytes))
        + "\",\"size\":"
        + bytes.length
        + '}';
  }

  /**
   * The entry that was sealed.
   *
   * @throws JournalException if this version does not know it, or its content was erased
   */
  public static Entry open(SealedEntry entry) {
    List<?> contents =
        entry.content().isEmpty() ? List.of() : Codec.list(Json.parseStored(entry.content()));
    return JournalJson.open(entry.skeleton(), contents);
  }

  /** The HMAC of a text's UTF-8 bytes under the instance's key, as 64 hexadecimal digits. */
  public String ref(String text) {
    return HEX.formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The hash that chains a skeleton to the entry before. */
  String hash(String prev, String skeleton) {
    digest.update(prev.getBytes(StandardCharsets.UTF_8));
    return HEX.formatHex(digest.digest(skeleton.getBytes(StandardCharsets.UTF_8)));
  }

  /** Whether a content is the one that a place was made for. */
  boolean matches(Object place, Object content) {
    long index = Codec.whole(Objects.requireNonNull(Codec.object(place).get(Codec.PLACE)));
    return Json.write(place).equals(place((int) index, Json.write(content)));
  }
}
