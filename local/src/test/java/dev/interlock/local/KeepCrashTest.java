package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.testkit.ContractMachine;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backup, restore, purge and erase are killed with SIGKILL at each of their steps. */
class KeepCrashTest {
  private static final int KILLED = 137;

  @TempDir private static Path made;
  @TempDir private Path folder;
  private KeptStore kept = new KeptStore(Path.of("cases.db"));
  private Path backup = Path.of("backup.db");

  @BeforeAll
  static void make() {
    KeptStore.make(made.resolve("cases.db"));
  }

  @BeforeEach
  void copy() throws Exception {
    kept = new KeptStore(folder.resolve("cases.db"));
    backup = folder.resolve("backup.db");
    Files.copy(made.resolve("cases.db"), kept.file());
  }

  private Process start(List<String> before, String crash, String what) throws Exception {
    List<String> command = new ArrayList<>(before);
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Dorg.sqlite.tmpdir=" + made,
            "--enable-native-access=ALL-UNNAMED",
            "-Dinterlock.crash=" + crash,
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            KeepChild.class.getName(),
            what,
            kept.file().toString(),
            backup.toString()));
    return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  private void killAt(String point, String what) throws Exception {
    Process process = start(List.of(), point + ":1", what);
    try (BufferedReader err =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      String line = err.readLine();
      while (line != null && line.startsWith("WARNING")) {
        line = err.readLine();
      }
      assertThat(line).isEqualTo("crash-point " + point);
      process.destroyForcibly();
      assertThat(process.waitFor()).isEqualTo(KILLED);
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "before-new-file-is-synced, false",
    "before-new-file-has-its-name, false",
    "after-new-file-has-its-name, true"
  })
  void aBackupThatIsKilledIsWholeOrNotThere(String point, boolean there) throws Exception {
    killAt(point, "backup");

    assertThat(Files.exists(backup)).isEqualTo(there);
    if (there) {
      assertThat(KeptStore.faults(backup)).isEmpty();
    }
    assertThat(folder.resolve("backup.db.part")).exists(); // which the next one names
    assertThat(kept.faults()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "before-restored-is-checked",
        "before-old-is-aside",
        "before-restored-is-in-place",
        "restored-is-in-place",
        "after-restored-is-in-place"
      })
  void aReplacementThatIsKilledLeavesTheOldOneOrTheNewOne(String point) throws Exception {
    Backup.write(kept.file(), backup);
    kept.converse(List.of("since"));

    killAt(point, "replace");

    assertThat(kept.instances().contains("since")).isEqualTo(point.startsWith("before"));
    assertThat(kept.faults()).isEmpty();
    anOlderCopyIsRefused();
    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      assertThat(engine.get(KeptStore.OPERATOR, "waiting")).isPresent();
    }
    Restore.Restored again =
        Restore.of(
            backup,
            kept.file(),
            new Restore.Options(true, false),
            KeptStore::compile,
            Instant.now());
    assertThat(kept.instances()).doesNotContain("since");
    assertThat(kept.faults()).isEmpty();
    assertThat(again.aside()).isNotNull();
    assertThat(kept.files()).doesNotContain("cases.db.restoring");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "before-restored-is-checked",
        "before-restored-is-in-place",
        "restored-is-in-place",
        "after-restored-is-in-place"
      })
  void aRestoreThatIsKilledLeavesNothingOrTheNewOne(String point) throws Exception {
    Backup.write(kept.file(), backup);
    Files.delete(kept.file());

    killAt(point, "restore");

    assertThat(Files.exists(kept.file())).isEqualTo(!point.startsWith("before"));
    if (Files.exists(kept.file())) {
      anOlderCopyIsRefused();
    } else {
      Restore.of(
          backup,
          kept.file(),
          new Restore.Options(false, false),
          KeptStore::compile,
          Instant.now());
    }
    assertThat(kept.instances()).containsExactly("ended", "other", "waiting");
    assertThat(kept.faults()).isEmpty();
  }

  /** The backup itself, which knows neither what came after it nor that it was restored. */
  private void anOlderCopyIsRefused() throws Exception {
    Path away = folder.resolve("away");
    Files.move(kept.file(), away);
    Files.copy(backup, kept.file());
    assertThatThrownBy(() -> SqliteStore.open(kept.file()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("does not have what was committed last");
    Files.move(away, kept.file(), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Nobody has opened the store between the two. */
  @ParameterizedTest
  @ValueSource(strings = {"before-restored-is-in-place", "restored-is-in-place"})
  void aSecondReplacementThatIsKilledLeavesWhatTheFirstLeft(String point) throws Exception {
    Backup.write(kept.file(), backup);
    kept.converse(List.of("since"));
    killAt(point, "replace");

    killAt("before-restored-is-in-place", "replace");

    assertThat(kept.instances().contains("since")).isEqualTo(point.startsWith("before"));
    assertThat(kept.faults()).isEmpty();
    assertThat(OwnerLock.noted(kept.file())).hasSize(2);
    SqliteStore.open(kept.file()).close();
    assertThat(OwnerLock.noted(kept.file())).hasSize(1);
    anOlderCopyIsRefused();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mid-purge", "before-purge-is-compacted"})
  void aPurgeThatIsKilledTakesWholeInstances(String point) throws Exception {
    killAt(point, "purge");

    assertThat(kept.faults()).isEmpty();
    assertThat(kept.instances()).hasSize(point.startsWith("mid") ? 3 : 1);
    Purge.endedBefore(
        kept.file(), Instant.parse("2100-01-01T00:00:00Z"), new Purge.By("ana", Instant.EPOCH));
    assertThat(kept.instances()).containsExactly("waiting");
    assertThat(kept.faults()).isEmpty();
    assertThat(kept.holds(KeptStore.word("ended"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mid-erase", "before-erase-is-compacted"})
  void anEraseThatIsKilledIsDoneAgain(String point) throws Exception {
    killAt(point, "erase");

    assertThat(kept.faults()).isEmpty();
    Erasure.of(kept.file(), Set.of("ended"));
    assertThat(kept.faults()).isEmpty();
    assertThat(kept.holds(KeptStore.word("ended"))).isFalse();
  }

  /** What it says where no file may grow beyond 4 MiB: as on a disk that is full then. */
  private String withoutRoom(String what) throws Exception {
    Process child = start(List.of("sh", "-c", "ulimit -f 8192; exec \"$@\"", "sh"), "", what);
    return new String(child.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** A document that no entry names. */
  private static void grow(Path store) throws Exception {
    new KeptStore(store).sql("INSERT INTO document VALUES ('waiting', 'x', 9, zeroblob(9000000))");
  }

  @Test
  void aBackupThatFindsNoRoomLeavesNothing() throws Exception {
    grow(kept.file());

    assertThat(withoutRoom("backup")).contains("refused: cannot copy ");
    assertThat(kept.files()).doesNotContain("backup.db", "backup.db.part");
  }

  @Test
  void aRestoreThatFindsNoRoomLeavesTheOldOne() throws Exception {
    Backup.write(kept.file(), backup);
    grow(backup);
    List<String> before = kept.files();

    assertThat(withoutRoom("replace")).contains("refused: cannot copy ");
    assertThat(kept.files()).isEqualTo(before);
    assertThat(kept.faults()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"purge", "erase"})
  void whoFindsNoRoomToWriteTheFileAnewSaysThatItIsToBeDoneAgain(String what) throws Exception {
    grow(kept.file());

    assertThat(withoutRoom(what)).contains("run the command again");
    kept.sql("DELETE FROM document WHERE hash = 'x'");
    assertThat(kept.faults()).isEmpty();
    assertThat(kept.column("SELECT DISTINCT instance FROM content")).doesNotContain("ended");
    if (what.equals("purge")) {
      Purge.endedBefore(
          kept.file(), Instant.parse("2100-01-01T00:00:00Z"), new Purge.By("ana", Instant.EPOCH));
    } else {
      Erasure.of(kept.file(), Set.of("ended"));
    }
    assertThat(kept.holds(KeptStore.word("ended"))).isFalse();
    assertThat(kept.faults()).isEmpty();
  }
}
