package dev.interlock.local;

import dev.interlock.core.journal.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;

/**
 * Commits, and says how many times the process asked the system to put a file on disk meanwhile.
 */
final class FsyncChild {
  private static final int COMMITS = 20;

  private FsyncChild() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Path counter = Path.of(args[1]);
    try (Store store = SqliteStore.open(folder.resolve("cases.db"))) {
      store.commit(List.of(new Store.Remember("warm", "up")));
      long before = count(counter);
      for (int i = 0; i < COMMITS; i++) {
        store.commit(List.of(new Store.Remember("x", "m" + i)));
      }
      System.out.println("store " + (count(counter) - before));
    }
    try (Connection lazy = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("lazy.db"));
        Statement statement = lazy.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = NORMAL");
      statement.execute("CREATE TABLE t (x)");
      long before = count(counter);
      for (int i = 0; i < COMMITS; i++) {
        statement.execute("INSERT INTO t VALUES (%d)".formatted(i));
      }
      System.out.println("lazy " + (count(counter) - before));
    }
  }

  private static long count(Path counter) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(counter)).order(ByteOrder.nativeOrder()).getLong();
  }
}
