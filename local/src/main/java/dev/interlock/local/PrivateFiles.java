package dev.interlock.local;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** Files that only their owner may read. */
final class PrivateFiles {
  /** 0600. */
  static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

  static final FileAttribute<Set<PosixFilePermission>> ATTRIBUTES =
      PosixFilePermissions.asFileAttribute(OWNER_ONLY);

  private PrivateFiles() {}

  /** Takes others' rights to a database away, and to what lies beside it; opens none of them. */
  static void restrict(Path database) throws IOException {
    for (String suffix : List.of("", "-wal", "-shm", ".lock")) {
      Path file = database.resolveSibling(database.getFileName() + suffix);
      if (Files.exists(file)) {
        restrictOne(file);
      }
    }
  }

  private static void restrictOne(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    try {
      if (permissions.retainAll(OWNER_ONLY)) {
        Files.setPosixFilePermissions(file, permissions);
      }
    } catch (FileSystemException e) {
      throw new IOException(
          "%s belongs to %s, only who owns it may open it for writing"
              .formatted(file, Files.getOwner(file).getName()),
          e);
    }
  }
}
