package dev.interlock.cli.act;

import dev.interlock.DocumentFile;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Documents of a command line. */
public final class Attached {
  private Attached() {}

  /** Of words {@code FIELD=PATH}; the same field may stand in several. */
  public static Map<String, List<Attachment>> read(List<String> words) {
    Map<String, List<Attachment>> documents = new LinkedHashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw Failure.of(
            "`--attach " + word + "`",
            "FIELD=PATH",
            "write for example --attach photo=car.png",
            ExitCode.USAGE);
      }
      documents
          .computeIfAbsent(word.substring(0, equals), field -> new ArrayList<>())
          .add(read(word.substring(equals + 1)));
    }
    return documents;
  }

  /** The document that a file holds. */
  public static Attachment read(String path) {
    try {
      return DocumentFile.read(Path.of(path));
    } catch (IOException | InvalidPathException e) {
      throw Failure.of(
          "that " + e.getMessage(),
          "a file of at most %,d bytes that can be read".formatted(Document.MAX_BYTES),
          "look at its path, and what it is",
          ExitCode.USAGE);
    }
  }
}
