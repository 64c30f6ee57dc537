package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.interlock.core.journal.Store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not as durable as promised is refused. */
class DurabilityTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("cases.db");
  }

  @ParameterizedTest
  @ValueSource(strings = {"synchronous = NORMAL", "synchronous = OFF", "journal_mode = DELETE"})
  void aConnectionThatIsLessThanFullIsRefused(String pragma) throws Exception {
    SqliteStore.open(file()).close();
    try (Sql sql = SqliteStore.connect(file(), false, SHORT)) {
      Durability.set(sql, file());
      try (Statement statement = sql.connection().createStatement()) {
        statement.execute("PRAGMA " + pragma);
      }

      assertThatThrownBy(() -> Durability.require(sql, file()))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("expected wal and 2 (FULL)")
          .hasMessageContaining("put it on a local disk");
    }
  }

  @Test
  void aWriterIsFullAndSyncsWhatADriveHoldsBack() throws Exception {
    try (Sql sql = SqliteStore.writer(create(), SHORT, true)) {
      Durability.require(sql, file());
      assertThat(Schema.number(sql.connection(), "PRAGMA fullfsync")).isEqualTo(1);
    }
  }

  private Path create() {
    SqliteStore.open(file()).close();
    return file();
  }

  /** It cannot go over to a write-ahead log then. */
  @Test
  void aFileWithoutALogThatOthersReadIsRefused() throws Exception {
    create();
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = other.createStatement()) {
      statement.execute("PRAGMA journal_mode = DELETE");
      statement.execute("BEGIN");
      statement.executeQuery("SELECT count(*) FROM mark").next();

      assertThatThrownBy(() -> SqliteStore.writer(file(), SHORT, true))
          .satisfiesAnyOf(
              e ->
                  assertThat(e)
                      .isInstanceOf(StoreException.class)
                      .hasMessageContaining("end other programs that have it open"),
              e -> assertThat(e).hasMessageContaining("SQLITE_BUSY"));
    }
    SqliteStore.open(file()).close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "fuse.sshfs",
        "fuse.rclone",
        "ceph",
        "afpfs",
        "vboxsf",
        "webdav",
        "lustre"
      })
  void aDiskOfAnotherMachineIsRefused(String type) {
    assertThatThrownBy(() -> Durability.requireDisk(file(), type))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file() + " lies on a file system of type " + type)
        .hasMessageContaining("expected a local disk: name a file on one as `store`");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "zfs", "apfs", "fuseblk", "overlay", "tmpfs", ""})
  void aDiskOfThisMachineIsTaken(String type) {
    Durability.requireDisk(file(), type);
  }

  @Test
  void aStoreInMemoryIsWarnedOf() throws Exception {
    Path shared = Path.of("/dev/shm");
    assumeTrue(
        Files.isWritable(shared) && Files.getFileStore(shared).type().equals("tmpfs"),
        "there is no memory that is a file system");
    Path memory = Files.createTempDirectory(shared, "interlock");
    List<String> warnings = new ArrayList<>();
    Handler handler = handler(warnings);
    Logger logger = Logger.getLogger(Durability.class.getName());
    logger.addHandler(handler);
    try {
      SqliteStore.open(memory.resolve("cases.db")).close();
      SqliteStore.open(memory.resolve("cases.db")).close(); // told once
      assertThat(warnings)
          .singleElement()
          .asString()
          .contains("lies in memory")
          .contains("gone when this machine stops");
    } finally {
      logger.removeHandler(handler);
      for (String suffix : List.of("", ".lock")) {
        Files.delete(memory.resolve("cases.db" + suffix));
      }
      Files.delete(memory);
    }
  }

  private static Handler handler(List<String> warnings) {
    return new Handler() {
      @Override
      public void publish(LogRecord line) {
        warnings.add(line.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  /** As a loss of power leaves it in the middle of what SQLite does without a write-ahead log. */
  @Test
  void aFileInTheMiddleOfAChangeIsPutInOrderByWhoeverWrites() throws Exception {
    Path torn = folder.resolve("torn.db");
    create();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = DELETE");
      statement.execute("PRAGMA cache_size = 1");
      statement.execute("BEGIN");
      statement.execute("DELETE FROM link");
      statement.execute("INSERT INTO document VALUES ('x', 'x', 9, zeroblob(900000))");
      Files.copy(file(), torn);
      Files.copy(folder.resolve("cases.db-journal"), folder.resolve("torn.db-journal"));
    }

    assertThatThrownBy(() -> SqliteStore.openReadOnly(torn))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("whoever opens it for writing, as `interlock up`, undoes that");
    SqliteStore.open(torn).close();
    SqliteStore.openReadOnly(torn).close();
  }

  // ---- what may not be written

  private static void refused(Path file) {
    assertThatThrownBy(() -> SqliteStore.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("expected a store that can be read and written");
  }

  @Test
  void aFileThatMayNotBeWrittenIsRefusedAndStaysSo() throws Exception {
    Files.setPosixFilePermissions(create(), PosixFilePermissions.fromString("r--------"));
    assumeTrue(!Files.isWritable(file()), "root may write everywhere");

    refused(file());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("r--------");
  }

  @Test
  void aFileOnWhichNothingCanBeWrittenIsRefused() throws Exception {
    create();
    try (Mounted mounted = Mounted.readOnly(file())) {
      refused(mounted.place());
    }
    SqliteStore.open(file()).close();
  }

  @Test
  void aFolderInWhichNothingCanBeWrittenIsRefusedAndRead() throws Exception {
    Path around = Files.createDirectory(folder.resolve("inside"));
    Path inside = around.resolve("cases.db");
    SqliteStore.open(inside).close();
    try (Mounted mounted = Mounted.readOnly(around)) {
      assertThatThrownBy(() -> SqliteStore.open(inside))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("cases.db.lock cannot be written")
          .hasMessageContaining("expected a folder that is there and writable");
      assertThat(mounted.place()).isDirectory();
    }
    SqliteStore.open(inside).close();
  }
}
