package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.journal.Store.PutMark;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.engine.CrashPoints;
import dev.interlock.engine.verify.Verification;
import dev.interlock.testkit.ContractMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that has lost what was committed last is refused, and left as it is. */
class LostCommitTest {
  private static final long SEED = Long.getLong("interlock.lost.seed", System.nanoTime());
  private static final int FRAME = 24 + 4_096;
  private static final int HEAD = 32;

  /** Bytes of a database without tables. */
  private static final int EMPTY = 4_096;

  @TempDir private Path folder;
  private int copies;

  private Path file() {
    return folder.resolve("cases.db");
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static void mark(Store store, String key) {
    store.commit(List.of(new PutMark("x", key, Mark.DISPATCHED, Instant.EPOCH)));
  }

  /** The files as a SIGKILL at this moment leaves them. */
  private Path killed(Path file) throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy" + copies++)).resolve("cases.db");
    for (String suffix : List.of("", "-wal", "-shm", ".lock")) {
      Files.copy(beside(file, suffix), beside(copy, suffix));
    }
    return copy;
  }

  /** An open store with two marks in its log. */
  private Path killed() throws IOException {
    try (SqliteStore store = SqliteStore.open(file())) {
      mark(store, "one");
      mark(store, "two");
      return killed(file());
    }
  }

  private static void refused(Path file, String what) {
    assertThatThrownBy(() -> SqliteStore.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("does not have what was committed last (" + what + ")")
        .hasMessageContaining("Put the files back as they were")
        .satisfies(refusal -> readersAreTold(file, String.valueOf(refusal.getMessage())));
  }

  private static void readersAreTold(Path file, String refusal) {
    assertThatThrownBy(() -> SqliteStore.openReadOnly(file))
        .isInstanceOf(StoreException.class)
        .hasMessage(refusal);
    if (file.toFile().length() == 0) {
      assertThatThrownBy(() -> SqliteStore.isThere(file)).hasMessage(refusal);
      return;
    }
    if (file.toFile().length() == EMPTY) { // all of it was in the log
      assertThatThrownBy(() -> SqliteStore.openToVerify(file)).hasMessage(refusal);
      return;
    }
    try (SqliteStore store = SqliteStore.openToVerify(file)) {
      assertThat(store.lost()).contains(refusal);
      assertThat(new Verification(store, KeptStore::compile).faults())
          .extracting(Fault::what)
          .contains(refusal);
    }
  }

  @Test
  void aStoreThatWasKilledOpens() throws Exception {
    Path file = killed();

    try (SqliteStore reader = SqliteStore.openReadOnly(file)) {
      assertThat(reader.lost()).isEmpty();
    }
    try (SqliteStore store = SqliteStore.open(file)) {
      assertThat(store.mark("x", "two")).contains(Mark.DISPATCHED);
    }
    SqliteStore.open(file).close();
  }

  /** What a reader has seen noted is taken out, or replaced, before it looks for it. */
  @ParameterizedTest
  @ValueSource(strings = {"purge", "erase", "replace"})
  void aReaderMissesNothingThatWasTakenOutMeanwhile(String what) throws Exception {
    KeptStore kept = new KeptStore(file());
    Path backup = backup(kept);
    kept.converse(List.of("second"));
    AtomicBoolean first = new AtomicBoolean(true);
    CrashPoints.seenBy((point, call) -> {
      if (point.equals("before-reader-looks") && first.getAndSet(false)) {
        KeepChild.main(new String[] {what, file().toString(), backup.toString(), "second"});
      }
    });
    try {
      SqliteStore.openReadOnly(file()).close();
    } finally {
      CrashPoints.seenBy(null);
    }
    assertThat(first).isFalse();
    assertThat(kept.instances().contains("second")).isEqualTo(what.equals("erase"));
  }

  @Test
  void aReaderBesideARestoreFindsTheOneStoreOrTheOther() throws Exception {
    KeptStore kept = new KeptStore(file());
    Path backup = backup(kept);
    kept.converse(List.of("second"));
    List<String> seen = new ArrayList<>();
    CrashPoints.seenBy((point, call) -> {
      if (point.endsWith("restored-is-in-place")) {
        try (SqliteStore reader = SqliteStore.openReadOnly(file())) {
          seen.add(point + " " + reader.row("second").isPresent());
        }
      }
    });
    try {
      Restore.of(
          backup, file(), new Restore.Options(true, false), KeptStore::compile, Instant.EPOCH);
    } finally {
      CrashPoints.seenBy(null);
    }
    assertThat(seen)
        .containsExactly(
            "before-restored-is-in-place true",
            "restored-is-in-place false",
            "after-restored-is-in-place false");
  }

  @Test
  void aStoreThatNeverWasIsNotMissed() {
    assertThat(SqliteStore.isThere(file())).isFalse();
    SqliteStore.open(file()).close();
    assertThat(SqliteStore.isThere(file())).isTrue();
  }

  @Test
  void aLogThatIsNotThereIsMissed() throws Exception {
    Path file = killed();
    Files.delete(beside(file, "-wal"));

    refused(file, "mark two of x");
  }

  @Test
  void whatWasDecidedLastIsMissed() throws Exception {
    KeptStore kept = new KeptStore(file());
    Path copy;
    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      engine.start(KeptStore.ANA, "contract", "first", null, Map.of());
      copy = killed(file());
    }
    Files.delete(beside(copy, "-wal"));

    refused(copy, "entry 1 of first");
  }

  /** It is not repaired, either: what is left of the log may be of use. */
  @Test
  void aLogThatWasCutOrDamagedIsMissedAndStays() throws Exception {
    System.out.println("lost commits, seed " + SEED);
    Random random = new Random(SEED);
    for (int i = 0; i < 40; i++) {
      Path file = i == 0 ? killed() : killed(folder.resolve("copy0/cases.db"));
      Path log = beside(file, "-wal");
      byte[] bytes = Files.readAllBytes(log);
      int end = end(bytes);
      if (i % 2 == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(end));
      } else {
        bytes[random.nextInt(end)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(log, bytes);

      if (whole(file)) { // it was a bit that nobody reads
        continue;
      }
      refused(file, "mark two of x");
      assertThat(Files.readAllBytes(log)).isEqualTo(bytes);
    }
  }

  private static boolean whole(Path file) {
    try (SqliteStore store = SqliteStore.openReadOnly(file)) {
      return store.mark("x", "two").isPresent();
    } catch (StoreException e) {
      return false;
    }
  }

  /** Where the frames of the last commit end. */
  private static int end(byte[] log) {
    int frames = (log.length - HEAD) / FRAME;
    return HEAD + frames * FRAME;
  }

  @Test
  void anOlderCopyInItsPlaceIsMissed() throws Exception {
    Path backup = folder.resolve("backup.db");
    try (SqliteStore store = SqliteStore.open(file())) {
      mark(store, "one");
      Backup.write(file(), backup);
      mark(store, "two");
    }
    Files.delete(file());
    Files.copy(backup, file());

    refused(file(), "mark two of x");
  }

  /** Of a store with one conversation. */
  private Path backup(KeptStore kept) throws Exception {
    kept.converse(List.of("first"));
    Path backup = folder.resolve("backup.db");
    Backup.write(file(), backup);
    return backup;
  }

  /** Whatever is taken out of a store, what is older than it is refused in its place. */
  @Test
  void anOlderCopyIsMissedAlsoAfterAPurgeAndAnErasure() throws Exception {
    KeptStore kept = new KeptStore(file());
    Path older = backup(kept);
    kept.converse(List.of("second"));

    for (boolean purges : List.of(false, true)) {
      assertThatThrownBy(() -> Erasure.of(file(), Set.of("nobody")))
          .isInstanceOf(StoreException.class);
      Purge.endedBefore(
          file(), purges ? Instant.MAX : Instant.MIN, new Purge.By("ana", Instant.EPOCH));
      Path newer = folder.resolve("newer-" + purges + ".db");
      Backup.write(file(), newer);
      Files.copy(older, file(), StandardCopyOption.REPLACE_EXISTING);

      assertThatThrownBy(() -> SqliteStore.open(file()))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("does not have what was committed last");
      Files.copy(newer, file(), StandardCopyOption.REPLACE_EXISTING);
      SqliteStore.open(file()).close();
    }
  }

  @Test
  void aTriggerInABackupIsRefused() throws Exception {
    Path backup = backup(new KeptStore(file()));
    new KeptStore(backup).sql("CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM mark; END");

    Restore.Options options = new Restore.Options(true, false);
    assertThatThrownBy(() -> Restore.of(backup, file(), options, KeptStore::compile, Instant.EPOCH))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("found a trigger or a view");
    assertThatThrownBy(() -> SqliteStore.open(backup)).hasMessageContaining("a trigger or a view");
    assertThatThrownBy(() -> SqliteStore.openReadOnly(backup))
        .hasMessageContaining("a trigger or a view");
  }

  @Test
  void aStoreThatIsNotThereIsMissed() throws Exception {
    killed();
    Files.delete(file());
    refused(file(), "mark two of x");

    Files.createFile(file());
    refused(file(), "mark two of x");
  }

  /** SQLite would delete the log of an empty file. */
  @Test
  void aLogBesideNothingIsNotDeleted() throws Exception {
    Path file = killed();
    Files.delete(file);
    Files.delete(beside(file, ".lock"));

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> SqliteStore.open(file))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("cases.db-wal, but nothing in cases.db")
          .hasMessageContaining("put them together again")
          .satisfies(refusal -> readersAreTold(file, String.valueOf(refusal.getMessage())));
      assertThat(beside(file, "-wal")).isNotEmptyFile();
      Files.deleteIfExists(file);
      Files.createFile(file);
    }
  }

  /** As its error says. */
  @Test
  void aBackupOfWhatIsThereGoesOnOnceItIsRestored() throws Exception {
    SqliteStore.open(file()).close();
    Path file = killed();
    Files.delete(beside(file, "-wal"));
    refused(file, "mark two of x");
    Path backup = folder.resolve("backup.db");

    Backup.write(file, backup);
    Restore.of(backup, file, new Restore.Options(true, false), KeptStore::compile, Instant.now());

    try (SqliteStore store = SqliteStore.open(file)) {
      assertThat(store.mark("x", "two")).isEmpty();
    }
  }

  /** It is in the file then, and there is no log. */
  @Test
  void aStoreThatAnotherProgramOpenedMeanwhileOpens() throws Exception {
    Path file = killed();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      assertThat(Schema.number(connection, "SELECT count(*) FROM mark")).isEqualTo(2);
    }
    assertThat(beside(file, "-wal")).doesNotExist();

    SqliteStore.open(file).close();
  }

  /** After a loss of power it may be anything. */
  @Test
  void aNoteThatIsNotWholeIsNone() throws Exception {
    Path file = killed();
    byte[] note = Files.readAllBytes(beside(file, ".lock"));
    note[note.length / 2] ^= 1;
    Files.write(beside(file, ".lock"), note);
    Files.delete(beside(file, "-wal"));

    SqliteStore.open(file).close();
  }

  @Test
  void whoSharesAStoreMissesItToo() throws Exception {
    Path file;
    try (SqliteStore one = SqliteStore.open(file())) {
      mark(one, "nought");
    }
    try (SqliteStore one = SqliteStore.openShared(file());
        SqliteStore two = SqliteStore.openShared(file())) {
      mark(one, "one");
      mark(two, "two");
      file = killed(file());
    }
    SqliteStore.openShared(killed(file)).close();
    Files.delete(beside(file, "-wal"));

    assertThatThrownBy(() -> SqliteStore.openShared(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("mark two of x");
  }
}
