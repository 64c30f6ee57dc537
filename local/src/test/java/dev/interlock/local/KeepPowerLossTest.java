package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.local.DiskTrace.Step;
import dev.interlock.local.LossyDisk.Lie;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power goes at many moments of a backup, a restore, a purge and an erase, as in {@link
 * PowerLossTest}; once one has said that it is done, it is.
 */
class KeepPowerLossTest {
  private static final int IMAGES = Integer.getInteger("interlock.power.images", 30);
  private static final long SEED = Long.getLong("interlock.power.seed", System.nanoTime());

  @TempDir private static Path made;
  @TempDir private Path folder;
  private KeptStore kept = new KeptStore(Path.of("cases.db"));

  /** What must hold of the files that are left. */
  private interface Promise {
    void check(KeptStore left, boolean done) throws Exception;
  }

  @BeforeAll
  static void make() {
    System.out.println("power loss of backups and restores, seed " + SEED);
    KeptStore.make(made.resolve("cases.db"));
  }

  @BeforeEach
  void copy() throws Exception {
    kept = new KeptStore(Files.createDirectory(folder.resolve("store")).resolve("cases.db"));
    for (String name : List.of("cases.db", "cases.db.lock")) {
      Files.copy(made.resolve(name), kept.file().resolveSibling(name));
    }
  }

  private static Path backup(KeptStore store) {
    return store.file().resolveSibling("backup.db");
  }

  private void lose(String what, Lie lie, Promise promise) throws Exception {
    Path store = Objects.requireNonNull(kept.file().getParent());
    DiskTrace trace = new DiskTrace(folder);
    LossyDisk disk = LossyDisk.of(store, lie);
    ProcessBuilder builder =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dorg.sqlite.tmpdir=" + folder,
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            KeepChild.class.getName(),
            what,
            kept.file().toString(),
            backup(kept).toString());
    trace.follow(builder, store);
    Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("done");
    lose(trace.steps(), disk, promise);
  }

  private void lose(List<Step> steps, LossyDisk disk, Promise promise) throws Exception {
    Random random = new Random(SEED);
    int[] images = new int[steps.size()];
    for (int i = 0; i < IMAGES; i++) {
      images[random.nextInt(steps.size())]++;
    }
    images[steps.size() - 1] += IMAGES / 4;
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Step.Renamed || steps.get(i) instanceof Step.Linked) {
        images[i] += IMAGES; // what else of the names is there yet?
      }
      disk.take(steps.get(i));
      for (int image = 0; image < images[i]; image++) {
        Path place = Files.createTempDirectory(folder, "image");
        for (Map.Entry<String, byte[]> file : disk.left(random).entrySet()) {
          Files.write(place.resolve(file.getKey()), file.getValue());
        }
        KeptStore left = new KeptStore(place.resolve("cases.db"));
        try {
          if (Files.exists(left.file())) {
            SqliteStore.open(left.file()).close(); // takes up what SQLite was in the middle of
          }
          promise.check(left, i == steps.size() - 1);
        } catch (Exception | AssertionError e) {
          throw new AssertionError("after step %d of %d: %s".formatted(i, steps.size(), e), e);
        }
      }
    }
  }

  private static boolean has(Path store, String instance) throws Exception {
    return new KeptStore(store).instances().contains(instance);
  }

  private static void backupIsWhole(KeptStore left, boolean done) throws Exception {
    assertThat(left.faults()).isEmpty();
    if (done || Files.exists(backup(left))) {
      assertThat(KeptStore.faults(backup(left))).isEmpty();
      assertThat(new KeptStore(backup(left)).instances()).hasSize(3);
    }
  }

  @Test
  void aBackupWithItsNameIsWhole() throws Exception {
    lose("backup", Lie.NONE, KeepPowerLossTest::backupIsWhole);
  }

  /** The test itself. */
  @Test
  void aBackupThatWasNotSyncedIsFoundOut() {
    assertThatThrownBy(() -> lose("backup", Lie.FILES, KeepPowerLossTest::backupIsWhole))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("after step");
  }

  @Test
  void aReplacementLeavesTheOldOneOrTheNewOneAndKeepsTheOld() throws Exception {
    Backup.write(kept.file(), backup(kept));
    kept.converse(List.of("since"));

    lose(
        "replace",
        Lie.NONE,
        (left, done) -> {
          assertThat(left.faults()).isEmpty();
          assertThat(left.instances()).contains("ended", "waiting");
          boolean old = has(left.file(), "since");
          assertThat(old && done).isFalse();
          if (!old) {
            Path aside = aside(left);
            assertThat(KeptStore.faults(aside)).isEmpty();
            assertThat(has(aside, "since")).isTrue();
          }
        });
  }

  private static Path aside(KeptStore left) throws IOException {
    try (Stream<Path> files = Files.list(left.file().getParent())) {
      return files
          .filter(file -> file.getFileName().toString().contains(".replaced-"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void aRestoreLeavesNothingOrTheNewOne() throws Exception {
    Backup.write(kept.file(), backup(kept));
    Files.delete(kept.file());

    lose(
        "restore",
        Lie.NONE,
        (left, done) -> {
          assertThat(Files.exists(left.file()) || !done).isTrue();
          if (Files.exists(left.file())) {
            assertThat(left.faults()).isEmpty();
            assertThat(left.instances()).containsExactly("ended", "other", "waiting");
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"purge", "erase"})
  void whatIsTakenOutIsGoneOnceItIsDone(String what) throws Exception {
    lose(
        what,
        Lie.NONE,
        (left, done) -> {
          assertThat(left.faults()).isEmpty();
          Set<String> there = Set.copyOf(left.instances());
          assertThat(there).isSubsetOf("ended", "other", "waiting").contains("waiting");
          if (done) {
            assertThat(left.holds(KeptStore.word("ended"))).isFalse();
            assertThat(there.contains("ended")).isEqualTo(what.equals("erase"));
          }
        });
  }
}
