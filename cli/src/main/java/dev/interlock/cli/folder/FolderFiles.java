package dev.interlock.cli.folder;

import dev.interlock.Configuration;
import dev.interlock.MachineFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder that a check reads, as they are on disk at one moment. They are looked at
 * again and again rather than waited for: so it holds for every editor and every file system, also
 * for folders that go away and come back.
 *
 * @param stamps by name, also of those that are not there
 */
record FolderFiles(Map<String, Stamp> stamps) {
  /** How often is looked, and how long files must rest before they are read. */
  private static final Duration PAUSE = Duration.ofMillis(150);

  private static final Stamp GONE = new Stamp(FileTime.fromMillis(0), -1, null);

  /** What changes when a file is written, or another takes its place. */
  record Stamp(FileTime written, long size, @Nullable Object file) {}

  /** As they are now. */
  static FolderFiles now(Path folder) {
    return now(
        folder, List.of(MachineFolder.MACHINE_FILE, Configuration.FILE, MachineFolder.LOCK_FILE));
  }

  private static FolderFiles now(Path folder, Collection<String> known) {
    Set<String> names = new TreeSet<>(known);
    try (Stream<Path> files = Files.list(folder.resolve(MachineFolder.SCENARIOS))) {
      files.forEach(it -> names.add(folder.relativize(it).toString()));
    } catch (IOException e) {
      // it has none, or is not there now
    }
    Map<String, Stamp> stamps = new TreeMap<>();
    names.forEach(name -> stamps.put(name, stamp(folder.resolve(name))));
    return new FolderFiles(stamps);
  }

  private static Stamp stamp(Path path) {
    try {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      return new Stamp(file.lastModifiedTime(), file.size(), file.fileKey());
    } catch (IOException e) {
      return GONE;
    }
  }

  /** These, and others that turned out to be read too. */
  FolderFiles with(Path folder, Collection<String> names) {
    Map<String, Stamp> all = new TreeMap<>(stamps);
    names.forEach(name -> all.computeIfAbsent(name, it -> stamp(folder.resolve(it))));
    return new FolderFiles(all);
  }

  /** Waits until they are others than these, and rest: an editor writes a file in several steps. */
  FolderFiles changed(Path folder) throws InterruptedException {
    FolderFiles last = this;
    while (true) {
      Thread.sleep(PAUSE);
      FolderFiles now = now(folder, stamps.keySet());
      if (!now.equals(this) && now.equals(last)) {
        return now;
      }
      last = now;
    }
  }

  /** The names of those that are not as they were. */
  List<String> unlike(FolderFiles before) {
    return stamps.keySet().stream()
        .filter(name -> !Objects.equals(stamps.get(name), before.stamps.get(name)))
        .toList();
  }
}
