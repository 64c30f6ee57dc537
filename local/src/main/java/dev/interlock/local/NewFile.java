package dev.interlock.local;

import dev.interlock.engine.CrashPoints;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.List;

/**
 * A file that is made whole, or not at all, and overwrites nothing.
 *
 * <p>Promise: once it has its name it is whole and on the disk. Whoever fails leaves nothing;
 * whoever is killed before that leaves, beside it, a file whose name ends in {@code .part}.
 */
public final class NewFile {
  /** What the file's name ends in until it is done. */
  static final String PART = ".part";

  private NewFile() {}

  /** Writes a file. */
  public interface Writing {
    /**
     * Fills it.
     *
     * @param part a file that is there, and empty
     */
    void to(Path part) throws IOException;
  }

  /**
   * Makes one that only this user may read.
   *
   * @param target a name that is free
   * @throws IOException if it is not free, or the file cannot be written; the message says what was
   *     found
   */
  public static void makePrivate(Path target, Writing writing) throws IOException {
    make(target, List.of(PrivateFiles.ATTRIBUTES), writing);
  }

  /**
   * Makes one that whoever may look into its folder may read, as far as the process lets them.
   *
   * @param target a name that is free
   * @throws IOException if it is not free, or the file cannot be written; the message says what was
   *     found
   */
  public static void make(Path target, Writing writing) throws IOException {
    make(target, List.of(), writing);
  }

  private static void make(Path target, List<FileAttribute<?>> attributes, Writing writing)
      throws IOException {
    Path part = target.resolveSibling(target.getFileName() + PART);
    requireFree(target);
    create(part, attributes);
    try {
      writing.to(part);
      CrashPoints.pass("before-new-file-is-synced");
      Synced.file(part);
      CrashPoints.pass("before-new-file-has-its-name");
      name(part, target);
      CrashPoints.pass("after-new-file-has-its-name");
      Synced.folderOf(target);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void requireFree(Path target) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(target.toString(), null, "there already");
    }
  }

  private static void create(Path part, List<FileAttribute<?>> attributes) throws IOException {
    try {
      Files.createFile(part, attributes.toArray(FileAttribute<?>[]::new));
    } catch (FileAlreadyExistsException e) {
      throw new FileAlreadyExistsException(
          part.toString(), null, "of one that was killed, to be removed, or is being made");
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(part.toString(), null, "its folder is not there");
    }
  }

  /** By a link and not by renaming, which would overwrite what came there meanwhile. */
  private static void name(Path part, Path target) throws IOException {
    try {
      Files.createLink(target, part);
    } catch (UnsupportedOperationException | IOException e) {
      requireFree(target);
      Files.move(part, target); // a disk without links, as of cameras
    }
  }
}
