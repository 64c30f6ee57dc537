package dev.interlock.examples.itaccess;

import io.modelcontextprotocol.json.McpJsonDefaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What reached this server, as an append-only file of JSON lines: a witness that does not depend on
 * whoever called. Each line is on disk before the call goes on. Thread-safe.
 */
final class Arrivals implements AutoCloseable {
  /** How far a call has come. */
  enum Stage {
    /** It has been read; nothing is done yet. */
    ARRIVED,
    /** What it asks for has been done and committed; it is not answered yet. */
    DONE,
    /** It failed; nothing was done. */
    FAILED
  }

  private final FileChannel channel;
  private final Clock clock;

  Arrivals(Path file, Clock clock) throws IOException {
    this.channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    this.clock = clock;
  }

  synchronized void note(Stage stage, String tool, Meta meta) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("at", clock.instant().toString());
    line.put("stage", stage.name());
    line.put("tool", tool);
    line.put("key", meta.key());
    line.put("instance", meta.instance());
    line.put("caller", meta.caller());
    try {
      String json = McpJsonDefaults.getMapper().writeValueAsString(line) + "\n";
      ByteBuffer bytes = ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
