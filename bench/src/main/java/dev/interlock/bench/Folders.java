package dev.interlock.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where files lie that are measured or looked at. */
public final class Folders {
  private Folders() {}

  /**
   * A new folder in the one that the arguments name, or in {@code .build}: on a disk, which {@code
   * /tmp} may not be.
   */
  public static Path make(String... args) throws IOException {
    Path parent = Path.of(args.length == 0 ? ".build" : args[0]);
    return Files.createTempDirectory(Files.createDirectories(parent), "bench-");
  }

  /** Deletes it with all that is in it. */
  public static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }
}
