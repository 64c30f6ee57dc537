package dev.interlock;

import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a document from a file. */
public final class DocumentFile {
  private DocumentFile() {}

  /**
   * The file, under its own name.
   *
   * @throws IOException if it cannot be read, is no regular file, or has more than {@link
   *     Document#MAX_BYTES}; then no more than that is read
   */
  public static Attachment read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + (Files.exists(file) ? " is no regular file" : " is not there"));
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(Document.MAX_BYTES + 1);
      if (bytes.length > Document.MAX_BYTES) {
        throw new IOException(
            "%s has %,d bytes, at most %,d are taken"
                .formatted(file, Math.max(Files.size(file), bytes.length), Document.MAX_BYTES));
      }
      Path name = file.toAbsolutePath().normalize().getFileName();
      return Attachment.of(name == null ? "" : name.toString(), bytes);
    }
  }
}
