package dev.interlock.local;

import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * A copy of a store as it is at one moment, made while whoever owns it goes on writing: a reader in
 * WAL mode holds no writer up. SQLite writes it anew and does not copy pages, so nothing that was
 * erased or purged is in it.
 *
 * <p>Promise: that of a {@link NewFile}.
 */
public final class Backup {
  /** What SQLite puts beside a database: a copy of that name would be taken for it. */
  static final List<String> BESIDE = List.of("-wal", "-shm", "-journal");

  private Backup() {}

  /**
   * Makes one.
   *
   * @param store may be owned by anybody, or nobody
   * @param to the copy, which only this user may read; a name that is free
   * @return its size in bytes
   * @throws StoreException if the store is not there or not one, or the copy cannot be written;
   *     then there is none
   */
  public static long write(Path store, Path to) {
    Path source = StoreFile.of(store);
    Path target = to.toAbsolutePath().normalize();
    requireName(source, target);
    try {
      NewFile.makePrivate(target, part -> copy(source, part));
      return Files.size(target);
    } catch (FileAlreadyExistsException e) {
      throw new StoreException(
          "found %s, expected a name that is free, since nothing is overwritten: choose another"
              .formatted(e.getMessage()),
          e);
    } catch (IOException e) {
      throw DiskErrors.of("cannot write " + target, e);
    }
  }

  private static void requireName(Path source, Path target) {
    if (target.getFileName().toString().contains("?")) {
      throw new StoreException(
          "found a ? in %s, which SQLite's driver reads as the end of a name, expected none: name it without"
              .formatted(target),
          null);
    }
    if (target.equals(Restore.copy(source))) {
      throw new StoreException(
          "found %s, which a restore writes to, expected a name of its own: choose another"
              .formatted(target),
          null);
    }
    for (String suffix : BESIDE) {
      if (target.equals(source.resolveSibling(source.getFileName() + suffix).normalize())) {
        throw new StoreException(
            "found %s, which is SQLite's own beside the store, expected a name of its own: choose another"
                .formatted(target),
            null);
      }
    }
  }

  /**
   * Writes what a database holds at this moment into an empty file.
   *
   * @throws StoreException if it is not a store, is newer than this version, or cannot be read; or
   *     the copy cannot be written
   */
  static void copy(Path store, Path to) {
    if (!Files.isRegularFile(store)) {
      throw new StoreException(
          "found no file %s, expected the file of a store: look at its path, or start an instance first"
              .formatted(store),
          null);
    }
    try (Sql reader = SqliteStore.connect(store, true, SqliteStore.MAX_BUSY)) {
      if (Schema.check(reader.connection(), store) == 0) {
        throw new StoreException(
            "found an empty file %s, expected the file of a store: name another one"
                .formatted(store),
            null);
      }
      try (PreparedStatement copying = reader.connection().prepareStatement("VACUUM INTO ?")) {
        copying.setString(1, to.toString());
        copying.execute();
      }
    } catch (SQLException e) {
      throw DiskErrors.of("cannot copy %s to %s".formatted(store, to), e);
    }
  }
}
