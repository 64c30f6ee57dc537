package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.journal.Chain;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.ScriptedTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreTest {
  private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");

  @TempDir private Path folder;
  private KeptStore kept = new KeptStore(Path.of("cases.db"));
  private Path backup = Path.of("backup.db");

  @BeforeEach
  void make() {
    kept = KeptStore.make(folder.resolve("cases.db"));
    backup = folder.resolve("backup.db");
  }

  private Restore.Restored restore(boolean replace) {
    return restore(new Restore.Options(replace, false));
  }

  private Restore.Restored restore(Restore.Options options) {
    return Restore.of(backup, kept.file(), options, KeptStore::compile, NOW);
  }

  private void refused(boolean replace, String why) throws Exception {
    List<String> before = kept.files();
    assertThatThrownBy(() -> restore(replace))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(why);
    assertThat(kept.files()).isEqualTo(before);
  }

  // ---- backups

  @Test
  void aBackupOfABusyStoreIsOfOneMoment() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(20);
    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; !enough.get(); i++) {
                  engine.start(KeptStore.ANA, "contract", "busy" + i, null, Map.of());
                  begun.countDown();
                }
              });
      begun.await();
      for (int i = 0; i < 5; i++) {
        Path to = folder.resolve("backup" + i);
        assertThat(Backup.write(kept.file(), to)).isEqualTo(Files.size(to));
        assertThat(KeptStore.faults(to)).isEmpty();
        assertThat(new KeptStore(to).instances()).contains("waiting").hasSizeGreaterThan(20);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(to)))
            .isEqualTo("rw-------");
      }
      enough.set(true);
      writer.join();
    }
    assertThat(kept.faults()).isEmpty();
  }

  @Test
  void aBackupOverwritesNothing() throws Exception {
    Files.writeString(backup, "precious");
    for (Path to : List.of(backup, folder, kept.file(), folder.resolve("cases.db-wal"))) {
      assertThatThrownBy(() -> Backup.write(kept.file(), to))
          .as("%s", to)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("expected a");
    }
    assertThat(backup).hasContent("precious");
    Files.createFile(folder.resolve("new.db.part"));
    assertThatThrownBy(() -> Backup.write(kept.file(), folder.resolve("new.db")))
        .hasMessageContaining("of one that was killed, to be removed, or is being made");
    assertThatThrownBy(() -> Backup.write(kept.file(), folder.resolve("no/such")))
        .hasMessageContaining("no folder for it, expected one: make the folder");
    assertThat(kept.files()).containsExactly("backup.db", "cases.db", "new.db.part");
  }

  @Test
  void onlyAStoreIsBackedUp() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "no database ".repeat(500));
    Path empty = Files.createFile(folder.resolve("empty"));
    for (Path store : List.of(folder.resolve("none"), folder, text, empty)) {
      assertThatThrownBy(() -> Backup.write(store, backup))
          .as("%s", store)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(store.toString());
    }
    assertThat(kept.files()).containsExactly("cases.db", "empty", "text");
  }

  @Test
  void whatWasDeletedIsNotInABackup() throws Exception {
    kept.sql("DELETE FROM content WHERE instance = 'ended'");
    kept.sql("DELETE FROM result WHERE instance = 'ended'");
    kept.sql("DELETE FROM snapshot WHERE instance = 'ended'");
    kept.sql("DELETE FROM document WHERE instance = 'ended'");
    assertThat(kept.holds(KeptStore.word("ended"))).isTrue();

    Backup.write(kept.file(), backup);

    assertThat(new KeptStore(backup).holds(KeptStore.word("ended"))).isFalse();
    assertThat(new KeptStore(backup).holds(KeptStore.word("other"))).isTrue();
  }

  // ---- restoring

  @Test
  void whatIsRestoredGoesOnAndTheOldOneIsAside() throws Exception {
    Backup.write(kept.file(), backup);
    kept.converse(List.of("since"));

    refused(false, "a store is there already");
    Restore.Restored restored = restore(true);

    assertThat(restored.instances()).isEqualTo(3);
    assertThat(restored.open())
        .extracting(open -> open.row().instance())
        .containsExactly("waiting");
    assertThat(restored.open().getFirst().writes()).isTrue();
    assertThat(kept.instances()).containsExactly("ended", "other", "waiting");
    assertThat(kept.faults()).isEmpty();
    Path aside = folder.resolve("cases.db.replaced-20300102T030405.000Z");
    assertThat(restored.aside()).isEqualTo(aside);
    assertThat(new KeptStore(aside).instances()).contains("since");
    assertThat(KeptStore.faults(aside)).isEmpty();
    kept.converse(List.of("next"));
    assertThat(kept.faults()).isEmpty();
  }

  @Test
  void theLogOfTheOldOneIsNotTakenForAPartOfTheNewOne() throws Exception {
    Backup.write(kept.file(), backup);
    Path log = folder.resolve("cases.db-wal");
    Path kept2 = folder.resolve("log");
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + kept.file());
        Statement statement = other.createStatement()) {
      statement.execute("DELETE FROM link"); // stands in the log
      Files.copy(log, kept2);
      assertThat(log).isNotEmptyFile();
    }
    Files.copy(kept2, log); // as whoever was killed leaves it

    restore(true);

    assertThat(log).doesNotExist();
    assertThat(kept.faults()).isEmpty();
    Files.delete(kept.file());
    Files.copy(kept2, log);
    refused(false, "what SQLite keeps beside a database");
  }

  @Test
  void aDamagedStoreIsReplacedUnlessItsLogWouldBeLost() throws Exception {
    Backup.write(kept.file(), backup);
    Files.writeString(kept.file(), "no database ".repeat(500));
    Path log = folder.resolve("cases.db-wal");
    Files.deleteIfExists(log); // an empty one, of whoever only reads
    Files.createDirectory(log); // which SQLite cannot read

    refused(true, "the write-ahead log");
    Files.delete(log);
    Path aside = restore(true).aside();

    assertThat(aside).isNotNull().content().startsWith("no database");
    assertThat(kept.faults()).isEmpty();
  }

  @Test
  void whatIsNoWholeBackupIsRefused() throws Exception {
    refused(true, "found no file");
    Files.writeString(backup, "no database ".repeat(500));
    refused(true, "backup.db");
    Files.writeString(backup, "");
    refused(true, "an empty file");
    Files.delete(backup);
    new KeptStore(backup).sql("CREATE TABLE theirs (a)");
    refused(true, "a database of another program");
    Files.delete(backup);
    Backup.write(kept.file(), backup);
    new KeptStore(backup).sql("PRAGMA user_version = 99");
    refused(true, "found schema 99");
    new KeptStore(backup).sql("PRAGMA user_version = " + Schema.NEWEST);
    new KeptStore(backup).sql("DELETE FROM entry WHERE instance = 'ended' AND seq = 2");
    refused(true, "is not whole");
    backup = kept.file();
    refused(true, "is the store itself");
    assertThat(kept.faults()).isEmpty();
  }

  /** A store is carried on past what cannot be read; its backup is no worse. */
  @Test
  void aDamagedBackupIsRestoredIfThatIsSaid() throws Exception {
    kept.sql("UPDATE entry SET skeleton = '?' WHERE instance = 'ended' AND seq = 2");
    kept.sql("UPDATE snapshot SET json = '?' WHERE instance = 'waiting'");
    kept.sql("UPDATE entry SET skeleton = '?' WHERE instance = 'waiting'");
    Backup.write(kept.file(), backup);

    refused(true, "with --damaged");
    Restore.Restored restored = restore(new Restore.Options(true, true));

    assertThat(restored.faults())
        .extracting(Chain.Fault::instance)
        .containsExactlyInAnyOrder("ended", "waiting");
    assertThat(restored.instances()).isEqualTo(3);
    assertThat(restored.open()).isEmpty();
    kept.converse(List.of("next"));
  }

  @Test
  void aRestoreIsNotMadeOfWhatItWritesTo() throws Exception {
    Path left = folder.resolve("cases.db.restoring");
    Backup.write(kept.file(), backup);
    Files.move(backup, left);
    backup = left;

    refused(true, "left by a restore");
    assertThat(KeptStore.faults(left)).isEmpty();
    assertThatThrownBy(() -> Backup.write(kept.file(), left))
        .hasMessageContaining("which a restore writes to");
    assertThatThrownBy(() -> Backup.write(kept.file(), folder.resolve("a?b.db")))
        .hasMessageContaining("found a ?");
  }

  @Test
  void aTruncatedBackupIsRefused() throws Exception {
    Backup.write(kept.file(), backup);
    byte[] bytes = Files.readAllBytes(backup);
    Files.write(backup, Arrays.copyOf(bytes, bytes.length / 2));

    refused(true, "backup.db");
    assertThat(kept.faults()).isEmpty();
  }

  @Test
  void whoeverHasTheStoreIsNotDisturbed() throws Exception {
    Backup.write(kept.file(), backup);
    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      assertThatThrownBy(() -> restore(true)).isInstanceOf(OwnedElsewhereException.class);
      assertThat(engine.get(KeptStore.OPERATOR, "ended")).isPresent();
    }
    try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + kept.file());
        Statement statement = reader.createStatement()) {
      statement.execute("BEGIN");
      statement.executeQuery("SELECT * FROM instance").close();
      assertThatThrownBy(() -> restore(true))
          .hasMessageContaining(
              "another process holds it (SQLITE_BUSY), expected that nobody reads it");
    }
  }

  @Test
  void aBackupOfAnOlderSchemaIsBroughtUpToDate() throws Exception {
    Backup.write(kept.file(), backup);
    KeptStore old = new KeptStore(backup);
    old.sql("DROP TABLE link");
    old.sql("DROP TABLE document");
    old.sql("DROP INDEX instance_listed");
    old.sql("CREATE INDEX instance_started ON instance (started, instance)");
    old.sql("PRAGMA user_version = 1");
    Files.delete(kept.file());

    refused(false, "is not whole: ended, entry"); // its documents are missing
    try (Connection made = DriverManager.getConnection("jdbc:sqlite:" + backup);
        Statement statement = made.createStatement()) {
      for (String table : SqliteHoldings.TABLES) {
        if (!table.equals("document")) {
          statement.execute("DELETE FROM " + table);
        }
      }
    }
    assertThat(restore(false).instances()).isZero();
    assertThat(kept.faults()).isEmpty();
  }

  // ---- writes after the backup

  /** A write whose mark is not in the backup is sent after it: it does not go out again. */
  @Test
  void aWriteThatWasUnderWayIsNotSentAgain() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    ContractMachine.World world = new ContractMachine.World();
    world
        .tools()
        .answer(
            "d.mail",
            call -> {
              arrived.countDown();
              try {
                answer.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return ScriptedTools.returned("sent");
            });
    mails(world);
    try (SqliteStore store = SqliteStore.open(kept.file());
        LocalEngine engine =
            LocalEngine.open(
                new StoreWrapper(store).without(Store.PutMark.class),
                LocalRunning.machines(),
                LocalRunning.ports(world),
                LocalRunning.settings())) {
      engine.start(KeptStore.ANA, "contract", "write", null, Map.of());
      engine.send(KeptStore.ANA, "write", "m1", "please");
      arrived.await();
      Backup.write(kept.file(), backup); // it knows that the call was accepted, and of no mark
      answer.countDown();
    }
    assertThat(new KeptStore(backup).column("SELECT key FROM mark WHERE instance = 'write'"))
        .isEmpty();

    Restore.Restored restored = restore(true);

    assertThat(restored.open())
        .filteredOn(open -> open.row().instance().equals("write"))
        .singleElement()
        .satisfies(open -> {
          assertThat(open.held()).containsExactly("d.mail");
          assertThat(open.ahead()).isEmpty();
        });
    assertThat(kept.faults()).isEmpty();
    ContractMachine.World after = new ContractMachine.World();
    mails(after);
    try (LocalEngine engine = kept.open(after)) {
      while (engine.get(KeptStore.OPERATOR, "write").orElseThrow().instance().status()
          != Status.ESCALATED) {
        after.clock().tick(Duration.ofSeconds(10));
        Thread.onSpinWait();
      }
      assertThat(after.tools().arrived("d.mail")).isEmpty();
      assertThat(engine.get(KeptStore.OPERATOR, "write").orElseThrow().instance().unknown())
          .hasSize(1);
    }
    assertThat(kept.faults()).isEmpty();
  }

  private static void mails(ContractMachine.World world) {
    world
        .model()
        .script("write", List.of(Map.of("call", "d.mail", "with", Map.of("text", "hi"))), "Sent.");
  }
}
