package dev.interlock.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A file of lines that outlives whoever writes it. */
final class Witness {
  private final Path file;
  private final FileChannel channel;

  Witness(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Appends a line in one write, which a kill does not tear, and waits until it is on disk. */
  synchronized void append(String line) throws IOException {
    channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    channel.force(false);
  }

  List<String> lines() throws IOException {
    return Files.readAllLines(file);
  }
}
