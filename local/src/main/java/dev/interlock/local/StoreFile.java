package dev.interlock.local;

import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The file of a store by its one name. The lock, the note of the last commit, the socket and
 * SQLite's own files lie beside it and are named after it, so that whoever comes by another name of
 * the file would find none of them.
 */
final class StoreFile {
  /** What a store that was replaced is called: a second name of the file while that is done. */
  static final String REPLACED = ".replaced-";

  private StoreFile() {}

  /**
   * The real path of a store that is there, or may come there. Nothing is opened or changed.
   *
   * @throws StoreException if it is no file, has several names, or one that SQLite's driver takes
   *     for something else
   */
  static Path of(Path named) {
    Path file = named.toAbsolutePath();
    if (file.toString().contains("?")) {
      throw new StoreException(
          "found a ? in %s, which SQLite's driver reads as the end of a name, expected none: name it without"
              .formatted(file),
          null);
    }
    try {
      return Files.exists(file) ? there(file) : free(file);
    } catch (IOException e) {
      throw DiskErrors.of("cannot look at " + file, e);
    }
  }

  private static Path there(Path file) throws IOException {
    Path real = file.toRealPath();
    if (!Files.isRegularFile(real)) {
      throw new StoreException(
          "found that %s is no regular file, expected the file of a store: name another one"
              .formatted(real),
          null);
    }
    if (names(real) > 1) {
      throw new StoreException(
          ("found that %s has a second name, a hard link, expected one: who opens it by the other"
                  + " does not see what is written by this one; remove one of the two")
              .formatted(real),
          null);
    }
    return real;
  }

  private static Path free(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      throw new StoreException(
          "found that %s is a link that leads nowhere, expected the file of a store, or nothing: remove the link, or put the file where it leads"
              .formatted(file),
          null);
    }
    Path folder = Objects.requireNonNull(file.getParent(), "an absolute path has a folder");
    return Files.exists(folder)
        ? folder.toRealPath().resolve(file.getFileName())
        : file.normalize();
  }

  /**
   * How many names a file has, but for those that a restore gives to what it replaces, and one that
   * a backup has until it is done.
   */
  private static int names(Path file) throws IOException {
    int names;
    try {
      names = (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return 1; // a system that does not tell
    }
    if (names == 1) {
      return 1;
    }
    Object key = Files.readAttributes(file, "unix:fileKey").get("fileKey");
    Path folder = Objects.requireNonNull(file.getParent(), "a real path has a folder");
    try (Stream<Path> beside = Files.list(folder)) {
      for (Path other : beside.filter(it -> given(it, file)).toList()) {
        if (Objects.equals(key, Files.readAttributes(other, "unix:fileKey").get("fileKey"))) {
          names--;
        }
      }
    }
    return names;
  }

  private static boolean given(Path other, Path file) {
    String name = other.getFileName().toString();
    String own = file.getFileName().toString();
    return name.startsWith(own + REPLACED) || name.equals(own + NewFile.PART);
  }
}
