package dev.interlock.local;

import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that only their owner may read. */
final class PrivateFiles {
  /** 0600. */
  static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

  static final FileAttribute<Set<PosixFilePermission>> ATTRIBUTES =
      PosixFilePermissions.asFileAttribute(OWNER_ONLY);

  private PrivateFiles() {}
}
