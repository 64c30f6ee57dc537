package dev.interlock.local;

import dev.interlock.core.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import org.jspecify.annotations.Nullable;

/** Where a socket lies, found alike by the owner and by those who talk to it. */
final class SocketPlace {
  /** The longest path of a socket that every system takes, in bytes. */
  static final int MAX_PATH = 100;

  private static final int HASH_DIGITS = 32;

  private SocketPlace() {}

  /** Beside the file; in a private folder of its owner where that path would be too long. */
  static Path of(Path file) {
    Path absolute = StoreFile.of(file);
    Path beside = absolute.resolveSibling(absolute.getFileName() + ".sock");
    if (beside.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH) {
      return beside;
    }
    String hash = Json.sha256(absolute.toString()).substring(0, HASH_DIGITS);
    return Path.of(
        System.getProperty("java.io.tmpdir"), "interlock-" + owner(file), hash + ".sock");
  }

  /** The OS user that a file belongs to; whoever runs this if it is not there. */
  static String owner(Path file) {
    try {
      return Files.exists(file)
          ? Files.getOwner(file).getName()
          : System.getProperty("user.name", "");
    } catch (IOException e) {
      throw DiskErrors.of("cannot tell who owns " + file, e);
    }
  }

  /** Makes the private folder if the socket lies in it, and refuses one that is another user's. */
  static void prepare(Path file, @Nullable String group) throws IOException {
    Path folder = privateFolder(file);
    if (folder == null) {
      return;
    }
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    refuseAnothers(file);
    restrict(folder, "rwx------", "rwx--x---", group);
  }

  /** Refuses a private folder that somebody else made to be found in it. */
  static void refuseAnothers(Path file) throws IOException {
    Path folder = privateFolder(file);
    if (folder == null || !Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    String found = Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).getName();
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) || !found.equals(owner(file))) {
      throw new IOException(
          "found that %s belongs to %s, expected a folder of %s: remove it, or move %s to a shorter path"
              .formatted(folder, found, owner(file), file));
    }
  }

  private static @Nullable Path privateFolder(Path file) {
    Path socket = of(file);
    Path beside = StoreFile.of(file).getParent();
    Path folder = socket.getParent();
    return folder == null || folder.equals(beside) ? null : folder;
  }

  private static GroupPrincipal named(Path path, String group) throws IOException {
    try {
      return path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException(
          "found the `group` %s, expected one of this machine: mend it in interlock.yaml"
              .formatted(group),
          e);
    }
  }

  /** Only the owner may use it, or the owner and a group. */
  static void restrict(Path path, String owner, String withGroup, @Nullable String group)
      throws IOException {
    if (group != null) {
      Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setGroup(named(path, group));
    }
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(group == null ? owner : withGroup));
  }
}
