package dev.interlock.bench.fire;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the servers did, by the keys of the calls, as their logs grow. Thread-safe. */
final class DoneLog {
  private static final Pattern DID = Pattern.compile("\"key\":\"([^\"]+)\",.*\"what\":\"did\"");

  private final Set<String> keys = new HashSet<>();
  private final Map<Path, Long> read = new HashMap<>();
  private final List<Path> logs;

  DoneLog(List<Path> logs) {
    this.logs = logs;
  }

  synchronized boolean done(String key) {
    try {
      for (Path log : logs) {
        more(log);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return keys.contains(key);
  }

  private void more(Path log) throws IOException {
    if (!Files.exists(log)) {
      return;
    }
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = read.getOrDefault(log, 0L);
      byte[] bytes = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      String whole = text.substring(0, text.lastIndexOf('\n') + 1);
      for (String line : whole.split("\n", -1)) {
        Matcher did = DID.matcher(line);
        if (did.find()) {
          keys.add(did.group(1));
        }
      }
      read.put(log, from + whole.getBytes(StandardCharsets.UTF_8).length);
    }
  }
}
