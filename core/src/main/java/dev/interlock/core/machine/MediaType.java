package dev.interlock.core.machine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The media types that a document may have: those that its first bytes tell. That shows what it
 * begins as, not that the rest of it is well-formed.
 */
public enum MediaType {
  /** PNG (W3C), section 5.2. */
  PNG("image/png", List.of("png"), at(0, "\u0089PNG\r\n\u001a\n")),
  /** JPEG (ITU-T T.81), annex B: the markers SOI and the first byte of the next. */
  JPEG("image/jpeg", List.of("jpg", "jpeg"), at(0, "\u00ff\u00d8\u00ff")),
  GIF("image/gif", List.of("gif"), at(0, "GIF8")),
  /** RIFF with the form type WEBP; between them stands the length. */
  WEBP("image/webp", List.of("webp"), at(0, "RIFF"), at(8, "WEBP")),
  /** ISO 32000-1, 7.5.2; at the very beginning, though some readers look further. */
  PDF("application/pdf", List.of("pdf"), at(0, "%PDF-"));

  private final String word;

  @SuppressWarnings("ImmutableEnumChecker") // of List.of
  private final List<String> endings;

  @SuppressWarnings("ImmutableEnumChecker") // of List.of
  private final List<Magic> magic;

  private record Magic(int offset, String bytes) {
    boolean in(byte[] document) {
      byte[] wanted = bytes.getBytes(StandardCharsets.ISO_8859_1);
      int end = offset + wanted.length;
      return document.length >= end
          && Arrays.equals(document, offset, end, wanted, 0, wanted.length);
    }
  }

  private static Magic at(int offset, String bytes) {
    return new Magic(offset, bytes);
  }

  MediaType(String word, List<String> endings, Magic... magic) {
    this.word = word;
    this.endings = endings;
    this.magic = List.of(magic);
  }

  /** As the machine file says it: {@code image/png}. */
  public String word() {
    return word;
  }

  /** The type that a word means. */
  public static Optional<MediaType> of(String word) {
    return Arrays.stream(values()).filter(type -> type.word.equals(word)).findFirst();
  }

  /** The type that bytes are of. */
  public static Optional<MediaType> of(byte[] document) {
    return Arrays.stream(values())
        .filter(type -> type.magic.stream().allMatch(magic -> magic.in(document)))
        .findFirst();
  }

  /** The type that a file name claims by its ending. */
  static Optional<MediaType> claimed(String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(type -> name.contains(".") && type.endings.contains(ending))
        .findFirst();
  }
}
