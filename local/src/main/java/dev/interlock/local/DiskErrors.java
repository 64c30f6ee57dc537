package dev.interlock.local;

import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.stream.Stream;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * What errors of SQLite and of the file system mean to people. They become messages here and
 * nowhere else, so that each says what was found, what was expected and how to mend it.
 */
final class DiskErrors {
  /** SQLite's codes have further ones above these bits, of the same kind. */
  private static final int KIND = 0xff;

  private static final Words FULL =
      new Words("no room left on its disk", "free space", "make room there, then try again");
  private static final Words READ_ONLY =
      new Words(
          "that it may only be read",
          "a file and a folder that this user may write",
          "look at their rights, and how their disk is mounted");
  private static final Words DAMAGED =
      new Words(
          "that it is damaged",
          "a whole file",
          "keep it aside, and `interlock restore` the newest backup");

  private DiskErrors() {}

  private record Words(String found, String expected, String mend) {
    Words code(SQLiteErrorCode code) {
      return new Words("%s (%s)".formatted(found, code.name()), expected, mend);
    }
  }

  /**
   * An error with all three parts.
   *
   * @param what could not be done: {@code cannot write to FILE}
   * @param e a {@link SQLException} or an {@link IOException}
   */
  static StoreException of(String what, Exception e) {
    Words words = words(e);
    return new StoreException(
        "%s: found %s, expected %s: %s"
            .formatted(what, words.found(), words.expected(), words.mend()),
        e);
  }

  /** What was found, for a message that says the rest itself. */
  static String found(Exception e) {
    return words(e).found();
  }

  /** Whether somebody else holds the database. */
  static boolean busy(SQLException e) {
    SQLiteErrorCode kind = kind(e);
    return kind == SQLiteErrorCode.SQLITE_BUSY || kind == SQLiteErrorCode.SQLITE_LOCKED;
  }

  private static Words words(Exception e) {
    return e instanceof SQLException known ? words(known) : ofFile(e);
  }

  /** Its code without what is further said by it. */
  static SQLiteErrorCode kind(SQLException e) {
    return SQLiteErrorCode.getErrorCode(e.getErrorCode() & KIND);
  }

  private static Words words(SQLException e) {
    SQLiteErrorCode kind = kind(e);
    SQLiteErrorCode code = e instanceof SQLiteException known ? known.getResultCode() : kind;
    if (code == SQLiteErrorCode.SQLITE_READONLY_ROLLBACK) {
      return new Words(
              "what somebody who was killed had begun to write",
              "a file that nobody is in the middle of",
              "whoever opens it for writing, as `interlock up`, undoes that")
          .code(code);
    }
    return switch (kind) {
      case SQLITE_FULL -> FULL.code(code);
      case SQLITE_READONLY -> READ_ONLY.code(code);
      case SQLITE_CORRUPT -> DAMAGED.code(code);
      case SQLITE_IOERR ->
          new Words(
                  "that its disk does not read or write",
                  "a disk that does",
                  "look at the disk and at what the system has logged of it, then try again")
              .code(code);
      case SQLITE_NOTADB ->
          new Words(
                  "that it is no database",
                  "the file of a store",
                  "name another one; if it was one, it is damaged: `interlock restore` the newest"
                      + " backup")
              .code(code);
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new Words(
                  "that another process holds it",
                  "that it lets go soon",
                  "try again, or end the programs that have it open")
              .code(code);
      case SQLITE_CANTOPEN ->
          new Words(
                  "that it, or a file of SQLite's beside it, cannot be opened",
                  "a file in a folder that is there, which this user may read and write",
                  "look at its path and the rights, and how many files may be open")
              .code(code);
      default ->
          new Words(
              "\"%s\"".formatted(e.getMessage()),
              "that SQLite does it",
              "`interlock verify-journal` says whether the file is whole; if it is, report this");
    };
  }

  private static Words ofFile(Exception e) {
    String why = String.valueOf(e.getMessage());
    String lower = why.toLowerCase(Locale.ROOT);
    if (e instanceof NoSuchFileException) {
      return new Words("no folder for it", "one", "make the folder, or name another place");
    }
    if (e instanceof AccessDeniedException || lower.contains("read-only file system")) {
      return READ_ONLY;
    }
    if (Stream.of("no space left", "quota exceeded").anyMatch(lower::contains)) {
      return FULL;
    }
    return new Words(
        "\"%s\"".formatted(why),
        "that the disk does it",
        "look at the disk, its free space and the rights, then try again");
  }
}
