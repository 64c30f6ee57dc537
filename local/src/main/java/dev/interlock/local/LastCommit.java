package dev.interlock.local;

import dev.interlock.core.journal.Store.Append;
import dev.interlock.core.journal.Store.Claim;
import dev.interlock.core.journal.Store.PutMark;
import dev.interlock.core.journal.Store.Write;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * What was committed last, noted beside the database after each commit: a database that does not
 * have it has lost something, and SQLite does not see that. A write-ahead log that is deleted, cut
 * or damaged is to it a shorter one, and an older copy of the file is as good as any.
 *
 * <p>The note is never synced, so a commit costs no more time on the disk. That is enough: a
 * process that is killed leaves it, and after a loss of power it is an older one, or not to be
 * read, while what was committed is there.
 */
record LastCommit(String kind, String instance, String name, String hash) {
  /** Of a note in bytes. */
  static final int SIZE = 512;

  private static final String ENTRY = "entry";
  private static final String MARK = "mark";
  private static final String LINK = "link";

  /** Of what a group writes, the last thing that can be looked for. */
  static Optional<LastCommit> of(List<Write> writes) {
    for (Write write : writes.reversed()) {
      switch (write) {
        case Append(var entry) -> {
          return Optional.of(
              new LastCommit(ENTRY, entry.instance(), String.valueOf(entry.seq()), entry.hash()));
        }
        case PutMark mark -> {
          return Optional.of(of(mark));
        }
        case Claim claim -> {
          return Optional.of(of(claim.mark()));
        }
        default -> {} // it comes with an entry, or can be made again
      }
    }
    return Optional.empty();
  }

  /**
   * The newest link of the store's chain, which stays whatever is taken out of it; empty if there
   * is none.
   */
  static Optional<LastCommit> link(Sql sql) throws SQLException {
    String store = LinkTable.store(sql);
    return store.isEmpty()
        ? Optional.empty()
        : LinkTable.newest(sql)
            .map(link -> new LastCommit(LINK, store, String.valueOf(link.position()), link.hash()));
  }

  private static LastCommit of(PutMark mark) {
    return new LastCommit(MARK, mark.instance(), mark.key(), "");
  }

  /** What stands in a note; empty if it is none, or not a whole one. */
  static Optional<LastCommit> read(byte[] note) {
    String[] parts = new String(note, StandardCharsets.UTF_8).split("\n", 2)[0].split(" ", -1);
    if (parts.length < 4) {
      return Optional.empty();
    }
    LastCommit read =
        new LastCommit(parts[0], parts[1], parts[2], parts.length > 4 ? parts[3] : "");
    return parts[parts.length - 1].equals(sum(read.text())) ? Optional.of(read) : Optional.empty();
  }

  /** Empty if it is too long to be noted: then an older note stays, and holds. */
  Optional<byte[]> write() {
    String text = text();
    byte[] bytes = (text + sum(text) + "\n").getBytes(StandardCharsets.UTF_8);
    return bytes.length > SIZE ? Optional.empty() : Optional.of(Arrays.copyOf(bytes, SIZE));
  }

  @Override
  public String toString() {
    return "%s %s of %s".formatted(kind, name, instance);
  }

  private String text() {
    return kind + " " + instance + " " + name + " " + (hash.isEmpty() ? "" : hash + " ");
  }

  private static String sum(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(sum.getValue());
  }

  /**
   * Whether the database has it. An instance that is damaged is not meant: it has a row that goes
   * so far, and its journal is missed by whoever reads it.
   */
  boolean in(Sql sql) throws SQLException {
    if (kind.equals(MARK)) {
      return BesideTables.mark(sql, instance, name).isPresent();
    }
    if (kind.equals(LINK)) {
      return LinkTable.hash(sql, Long.parseLong(name)).filter(hash::equals).isPresent();
    }
    long seq = Long.parseLong(name);
    Optional<String> found =
        sql.first(
            "SELECT coalesce(hash, '') FROM entry WHERE instance = ? AND seq = ?",
            row -> Sql.text(row, 1),
            instance,
            seq);
    return found.isPresent()
        ? found.get().equals(hash)
        : InstanceTable.get(sql, instance).filter(row -> row.seq() >= seq).isPresent();
  }
}
