package dev.interlock.agent;

import dev.interlock.core.desk.Desk;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A desk that is a folder: a readable JSON file for each ticket ({@code T-….json}) and each notice
 * ({@code N-….json}), for the owner's eyes only.
 *
 * <p>Promise: one file for each key, whole or not there, also when the process is killed at any
 * instruction. A file's name is made from its key; its content is on disk before the name appears,
 * and the name before the answer. What stands there is never written over, so people may add to it.
 */
public final class FileDesk implements Desk {
  /** The digits of an id at first; one that another key has already takes all 64. */
  private static final int ID_DIGITS = 10;

  private final Path folder;

  /** A desk in that folder, which is made when the first ticket or notice comes. */
  public FileDesk(Path folder) {
    this.folder = folder;
  }

  @Override
  public String open(Ticket ticket) {
    return file("T", ticket.key(), ticket.content(), "the ticket of " + ticket.instance());
  }

  @Override
  public void notify(Notice notice) {
    file("N", notice.key(), notice.content(), "the notice for " + notice.instance());
  }

  private synchronized String file(
      String kind, String key, Map<String, Object> content, String what) {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      String digits = Json.sha256(key);
      String id = kind + "-" + digits.substring(0, ID_DIGITS);
      if (!file(id, key, content)) {
        id = kind + "-" + digits;
        file(id, key, content);
      }
      return id;
    } catch (IOException | RuntimeException e) {
      throw new DeskException(
          "%s could not be filed in %s: %s; make the folder writable for this user"
              .formatted(what, folder, e),
          e);
    }
  }

  /** Whether the file of that id is this key's now. */
  private boolean file(String id, String key, Map<String, Object> content) throws IOException {
    Path target = folder.resolve(id + ".json");
    if (!Files.exists(target)) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("id", id);
      all.putAll(content);
      all.put("key", key);
      create(target, readable(all));
    }
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
    return belongsTo(key, Files.readString(target));
  }

  /** Names are made from keys: a file that a person made unreadable still has its own name. */
  private static boolean belongsTo(String key, String text) {
    try {
      return Objects.equals(Json.parseObject(text).getOrDefault("key", key), key);
    } catch (JsonException e) {
      return true;
    }
  }

  private void create(Path target, String text) throws IOException {
    Path draft =
        Files.createTempFile(
            folder,
            "." + target.getFileName(),
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    try {
      Files.createLink(target, draft);
    } catch (FileAlreadyExistsException e) {
      // Another process was first: the file that stands there counts.
    }
    Files.delete(draft);
  }

  /** JSON with a line for each member, in the order given. */
  static String readable(Map<String, Object> value) {
    StringBuilder out = new StringBuilder();
    write(value, "", out);
    return out.append('\n').toString();
  }

  private static void write(Object value, String indent, StringBuilder out) {
    String deeper = indent + "  ";
    switch (value) {
      case Map<?, ?> map when !map.isEmpty() -> {
        String between = "{\n";
        for (Map.Entry<?, ?> member : map.entrySet()) {
          out.append(between).append(deeper).append(Json.write(member.getKey())).append(": ");
          write(member.getValue(), deeper, out);
          between = ",\n";
        }
        out.append('\n').append(indent).append('}');
      }
      case List<?> list when !list.isEmpty() -> {
        String between = "[\n";
        for (Object item : list) {
          out.append(between).append(deeper);
          write(item, deeper, out);
          between = ",\n";
        }
        out.append('\n').append(indent).append(']');
      }
      default -> out.append(Json.write(value));
    }
  }
}
