package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest {
  @TempDir Path folder;
  private Path file = Path.of("cases.db");

  @BeforeEach
  void nameFile() {
    file = folder.resolve("cases.db");
  }

  private void sql(String... statements) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void secondOwnerIsToldWhoTheFirstIs() {
    try (Store first = SqliteStore.open(file)) {
      assertThatThrownBy(() -> SqliteStore.open(file))
          .isInstanceOf(OwnedElsewhereException.class)
          .hasMessage(
              "found that process %d owns %s, expected no other owner: talk to it through its"
                      .formatted(ProcessHandle.current().pid(), file)
                  + " socket, or stop it first");
      assertThat(first.row("x")).isEmpty();
    }
    SqliteStore.open(file).close();
  }

  @Test
  void filesArePrivateAlsoThoseThatWereLeftOpenToOthers() throws Exception {
    try (Store store = SqliteStore.open(file);
        Store reader = SqliteStore.openReadOnly(file)) {
      store.commit(List.of(new Store.Remember("x", "m1")));
      assertThat(reader.seen("x", "m1")).isTrue();
      permissions("rw-------");
      Path crashed = Files.createDirectory(folder.resolve("crashed"));
      for (String suffix : List.of("", "-wal", "-shm", ".lock")) {
        Path copy = crashed.resolve("cases.db" + suffix);
        Files.copy(folder.resolve("cases.db" + suffix), copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-rw-rw-"));
      }
    }
    folder = folder.resolve("crashed");
    try (Store store = SqliteStore.open(folder.resolve("cases.db"))) {
      assertThat(store.seen("x", "m1")).isTrue();
      permissions("rw-------");
    }
  }

  private void permissions(String expected) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files)
          .hasSizeGreaterThanOrEqualTo(4) // the database, its log, its index, the lock
          .allSatisfy(each ->
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                  .as(each.toString())
                  .isEqualTo(expected));
    }
  }

  @Test
  void folderThatMayNotBeWrittenIsNamed() throws Exception {
    SqliteStore.open(file).close();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(folder), "root may write everywhere");
      assertThatThrownBy(() -> SqliteStore.open(file.resolveSibling("new.db")))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("new.db.lock cannot be written")
          .hasMessageContaining("expected a folder that is there and writable");
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** As on a full disk: SQLite itself rolls back, and the driver does not know. */
  @Test
  void groupAfterOneThatSqliteRolledBackIsWholeAgain() throws Exception {
    try (Store store = SqliteStore.open(file)) {
      sql(
          "CREATE TRIGGER full BEFORE INSERT ON sent_id WHEN NEW.id = 'full' BEGIN"
              + " SELECT RAISE(ROLLBACK, 'disk is full'); END");
      store.commit(List.of(new Store.Create("a", "pin", "key")));
      assertThatThrownBy(() ->
              store.commit(
                  List.of(
                      new Store.PutResult("a", "one", "x"),
                      new Store.Remember("a", "full"),
                      new Store.PutResult("a", "two", "x"))))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("disk is full");
      sql("DROP TRIGGER full");
      assertThatThrownBy(() ->
              store.commit(
                  List.of(
                      new Store.PutResult("a", "three", "x"),
                      new Store.Create("a", "pin", "another key"))))
          .isInstanceOf(StoreException.class);
      store.commit(List.of(new Store.PutResult("a", "four", "x")));

      assertThat(store.result("a", "one")).isEmpty();
      assertThat(store.result("a", "three")).isEmpty();
      assertThat(store.result("a", "four")).contains("x");
    }
  }

  @Test
  void databaseOfAnotherProgramIsRefused() throws Exception {
    sql("CREATE TABLE theirs (x)");

    assertThatThrownBy(() -> SqliteStore.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is a database of another program, expected one of Interlock");
    sql("SELECT * FROM theirs"); // as it was
  }

  @Test
  void fileThatIsNoDatabaseIsRefused() throws Exception {
    Files.writeString(file, "just some notes, long enough to be taken for a header. ".repeat(40));

    assertThatThrownBy(() -> SqliteStore.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot open the store " + file)
        .hasMessageContaining("found that it is no database (SQLITE_NOTADB), expected the file of")
        .hasMessageContaining("`interlock restore` the newest backup");
    assertThat(Files.readString(file)).startsWith("just some notes");
  }

  @Test
  void newerSchemaIsRefused() throws Exception {
    SqliteStore.open(file).close();
    sql("PRAGMA user_version = 99");

    assertThatThrownBy(() -> SqliteStore.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("found schema 99")
        .hasMessageContaining("a newer Interlock wrote it");
  }

  @Test
  void folderThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> SqliteStore.open(folder.resolve("no/such/cases.db")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no/such/cases.db.lock cannot be written");
  }

  @Test
  void failedOpeningLetsGoOfTheLock() throws Exception {
    sql("CREATE TABLE theirs (x)");
    assertThatThrownBy(() -> SqliteStore.open(file)).isInstanceOf(StoreException.class);
    Files.delete(file);

    SqliteStore.open(file).close();
  }

  @Test
  void readerSeesWhatTheOwnerCommits() {
    try (Store owner = SqliteStore.open(file);
        Store reader = SqliteStore.openReadOnly(file)) {
      owner.commit(List.of(new Store.Remember("x", "m1")));

      assertThat(reader.seen("x", "m1")).isTrue();
      assertThatThrownBy(() -> reader.commit(List.of(new Store.Remember("x", "m2"))))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("open for reading only");
    }
  }

  @Test
  void readerNeedsNoOwner() {
    try (Store owner = SqliteStore.open(file)) {
      owner.commit(List.of(new Store.Remember("x", "m1")));
    }
    try (Store reader = SqliteStore.openReadOnly(file)) {
      assertThat(reader.seen("x", "m1")).isTrue();
    }
  }

  @Test
  void readerOfNothingIsToldSo() {
    assertThatThrownBy(() -> SqliteStore.openReadOnly(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("found no file");
    assertThat(file).doesNotExist();
  }

  @Test
  void closedStoreSaysSo() {
    Store store = SqliteStore.open(file);
    store.close();

    assertThatThrownBy(() -> store.row("x"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> store.commit(List.of(new Store.Remember("x", "m1"))))
        .isInstanceOf(StoreException.class);
  }
}
