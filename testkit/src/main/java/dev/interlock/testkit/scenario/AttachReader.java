package dev.interlock.testkit.scenario;

import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.MappingReader;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code attach}: files beside the scenario, by field. */
final class AttachReader {
  private final Reader reader;
  private final @Nullable Path folder;

  /**
   * @param folder where they lie; null if there is none
   */
  AttachReader(Reader reader, @Nullable Path folder) {
    this.reader = reader;
    this.folder = folder;
  }

  Map<String, List<Attachment>> read(MappingReader step) {
    Map<String, List<Attachment>> documents = new LinkedHashMap<>();
    for (Node.Member member : step.members("attach")) {
      List<Attachment> files = new ArrayList<>();
      for (Node.Scalar path : reader.words(member.node(), "the files of " + member.key())) {
        Attachment file = file(path);
        if (file != null) {
          files.add(file);
        }
      }
      documents.put(member.key(), files);
    }
    return documents;
  }

  private @Nullable Attachment file(Node.Scalar path) {
    String why;
    try {
      Path base = folder == null ? null : folder.toRealPath();
      Path file = base == null ? null : base.resolve(path.text());
      if (base == null || file == null || !Files.isRegularFile(file)) {
        why = "no such file";
      } else if (!file.toRealPath().startsWith(base)) {
        why = "a file elsewhere";
      } else {
        return read(file);
      }
    } catch (IOException | InvalidPathException e) {
      why = "a file that cannot be read";
    }
    reader.report(
        path.mark(),
        LoadCode.NOT_THERE,
        why + ": " + path.text(),
        "a file beside the scenario",
        null);
    return null;
  }

  private static Attachment read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      // a byte too many is enough for the machine to reject it
      return Attachment.of(
          String.valueOf(file.getFileName()), in.readNBytes(Document.MAX_BYTES + 1));
    }
  }
}
