package dev.interlock.core.machine;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A document with its bytes: what is sent, kept and shown to a model. Immutable. */
public final class Attachment {
  private final Document document;
  private final byte[] bytes;

  private Attachment(Document document, byte[] bytes) {
    this.document = document;
    this.bytes = bytes;
  }

  /**
   * A document of these bytes, which are copied. Its media type is what they say; whether it is
   * taken is the machine's to say.
   *
   * @param name of the file, without a path
   */
  public static Attachment of(String name, byte[] bytes) {
    byte[] copy = bytes.clone();
    String mediaType = MediaType.of(copy).map(MediaType::word).orElse(Document.UNKNOWN);
    return new Attachment(new Document(name, mediaType, copy.length, hash(copy)), copy);
  }

  /** SHA-256, as 64 hexadecimal digits. */
  public static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  public Document document() {
    return document;
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Attachment that && document.equals(that.document);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(document);
  }

  @Override
  public String toString() {
    return document.toString();
  }
}
