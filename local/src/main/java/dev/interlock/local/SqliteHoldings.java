package dev.interlock.local;

import dev.interlock.core.journal.Holdings;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.Snapshot;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.journal.StoreChain.Link;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a file holds, on a connection whose transaction has begun. */
final class SqliteHoldings implements Holdings {
  /** Those that hold something of an instance. */
  static final List<String> TABLES =
      List.of(
          "instance",
          "instance_key",
          "entry",
          "content",
          "result",
          "document",
          "snapshot",
          "mark",
          "sent_id");

  private final Sql sql;
  private final Function<SQLException, StoreException> failed;

  /**
   * @param failed what is thrown if it cannot be read
   */
  SqliteHoldings(Sql sql, Function<SQLException, StoreException> failed) {
    this.sql = sql;
    this.failed = failed;
  }

  private <T> T read(ReadConnections.Reading<T> reading) {
    try {
      return reading.read(sql);
    } catch (SQLException e) {
      throw failed.apply(e);
    }
  }

  @Override
  public Set<String> instances() {
    return read(sql -> {
      Set<String> found = new TreeSet<>();
      for (String table : TABLES) {
        found.addAll(sql.query("SELECT DISTINCT instance FROM " + table, row -> Sql.text(row, 1)));
      }
      return found;
    });
  }

  @Override
  public void hashes(Consumer<Hashed> each) {
    read(sql -> {
      EntryTable.hashes(sql, each);
      return true;
    });
  }

  @Override
  public void links(Consumer<Link> each) {
    read(sql -> {
      LinkTable.links(sql, each);
      return true;
    });
  }

  @Override
  public List<String> machines() {
    return read(BesideTables::machines);
  }

  @Override
  public Optional<PutMachine> machine(String pin) {
    return read(sql -> BesideTables.machine(sql, pin));
  }

  @Override
  public List<String> places(String instance) {
    return read(sql -> {
      List<String> found = new ArrayList<>();
      for (String table : TABLES) {
        String any = "SELECT 1 FROM %s WHERE instance = ? LIMIT 1".formatted(table);
        sql.first(any, row -> table, instance).ifPresent(found::add);
      }
      return found;
    });
  }

  @Override
  public Optional<String> pin(String instance) {
    return read(sql -> EntryTable.pin(sql, instance));
  }

  @Override
  public Optional<String> key(String instance) {
    return read(sql -> EntryTable.key(sql, instance));
  }

  @Override
  public List<SealedEntry> entries(String instance, long afterSeq, int limit) {
    return read(sql -> EntryTable.list(sql, instance, afterSeq, limit));
  }

  @Override
  public List<Long> contents(String instance) {
    return read(sql -> EntryTable.contents(sql, instance));
  }

  @Override
  public Optional<Snapshot> snapshot(String instance) {
    return read(sql -> BesideTables.snapshot(sql, instance));
  }

  @Override
  public OptionalLong newest(String instance) {
    return read(sql -> InstanceTable.newest(sql, instance));
  }

  @Override
  public Map<String, String> differences(Row expected) {
    return read(sql -> InstanceTable.differences(sql, expected));
  }

  @Override
  public List<String> results(String instance) {
    return read(sql -> BesideTables.results(sql, instance));
  }

  @Override
  public Optional<String> result(String instance, String ref) {
    return read(sql -> BesideTables.result(sql, instance, ref));
  }

  @Override
  public Map<String, Long> documents(String instance) {
    return read(sql -> BesideTables.documents(sql, instance));
  }

  @Override
  public Optional<byte[]> document(String instance, String hash) {
    return read(sql -> BesideTables.document(sql, instance, hash));
  }

  @Override
  public Map<String, String> marks(String instance) {
    return read(sql -> BesideTables.marks(sql, instance));
  }

  @Override
  public List<String> sent(String instance) {
    return read(sql -> BesideTables.sent(sql, instance));
  }
}
