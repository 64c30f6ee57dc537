package dev.interlock.local;

import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.engine.CrashPoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Whether a file has all that was ever committed to it, as far as that is noted beside it: the one
 * rule of all who open a store, or look for one. Nothing is repaired.
 */
final class Lost {
  /** So often a reader looks again, when another commit is noted meanwhile. */
  private static final int TRIES = 5;

  private Lost() {}

  /**
   * What a file has not, in a sentence, for whoever only reads it; empty if it has all, or nobody
   * knows.
   *
   * <p>An owner may be writing. What is noted was committed before, so it is in what is read after
   * that; unless it was taken out meanwhile, or another store came there. Before either happens
   * another commit is noted, and then that one is looked for.
   */
  static Optional<String> in(Path file) throws SQLException {
    List<LastCommit> noted = OwnerLock.noted(file);
    for (int i = 0; i < TRIES && !noted.isEmpty(); i++) {
      CrashPoints.pass("before-reader-looks");
      if (has(file, noted)) {
        return Optional.empty();
      }
      List<LastCommit> now = OwnerLock.noted(file);
      if (now.equals(noted)) {
        break;
      }
      noted = now;
    }
    return noted.isEmpty() ? Optional.empty() : Optional.of(sentence(file, noted));
  }

  private static boolean has(Path file, List<LastCommit> noted) throws SQLException {
    try (Sql reader = SqliteStore.connect(file, true, SqliteStore.MAX_BUSY)) {
      return found(reader, file, noted).isPresent();
    }
  }

  /** The noted one that a database has; empty also if it is an empty one. */
  static Optional<LastCommit> found(Sql sql, Path file, List<LastCommit> noted)
      throws SQLException {
    if (Schema.check(sql.connection(), file) > 0) {
      for (LastCommit each : noted) {
        if (each.in(sql)) {
          return Optional.of(each);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The noted one that a database has.
   *
   * @throws StoreException if it has none
   */
  static LastCommit require(Sql sql, Path file, List<LastCommit> noted) throws SQLException {
    return found(sql, file, noted)
        .orElseThrow(() -> new StoreException(sentence(file, noted), null));
  }

  /**
   * Whether there is no file, or an empty one, where none was lost.
   *
   * @param noted before that is asked
   * @throws StoreException if one was
   */
  static boolean isNew(Path file, List<LastCommit> noted) throws IOException {
    boolean log = filled(file, "-wal"); // first: a log comes after its database
    if (Files.exists(file) && Files.size(file) > 0) {
      return false;
    }
    if (!noted.isEmpty()) {
      throw new StoreException(sentence(file, noted), null);
    }
    if (log) { // SQLite would delete it
      throw new StoreException(
          ("found %s-wal, but nothing in %s; expected the two together, as SQLite left them: put"
                  + " them together again, or move the one away")
              .formatted(file, file.getFileName()),
          null);
    }
    return true;
  }

  /** Whether SQLite keeps something beside a database that is not in it yet. */
  static boolean filled(Path file, String suffix) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + suffix);
    return Files.exists(beside) && Files.size(beside) > 0;
  }

  private static String sentence(Path file, List<LastCommit> noted) {
    return ("found that %s does not have what was committed last (%s): its write-ahead log was"
            + " deleted, cut or damaged, rows were edited or taken out, or an older copy of it lies in"
            + " its place; expected all that was acknowledged. Put the files back as they were, or"
            + " `interlock restore` a backup; to go on without what is missing, `interlock backup`"
            + " what is there and `interlock restore --replace` that, or move all away that begins"
            + " with %s if that is nothing")
        .formatted(file, noted.getFirst(), file.getFileName());
  }
}
