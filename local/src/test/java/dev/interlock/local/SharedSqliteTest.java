package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One file, several processes. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SharedSqliteTest {
  private static final int EACH = 500;

  @TempDir Path folder;
  private Path file = Path.of("cases.db");
  private final List<Process> children = new ArrayList<>();

  @BeforeEach
  void nameFile() {
    file = folder.resolve("cases.db");
  }

  @AfterEach
  void endChildren() throws InterruptedException {
    for (Process child : children) {
      child.destroyForcibly().waitFor();
    }
  }

  private Process child(String how, String name, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-Dorg.sqlite.tmpdir=" + folder);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            SharedChild.class.getName(),
            how,
            file.toString(),
            name,
            String.valueOf(EACH)));
    Process child = new ProcessBuilder(command).start();
    children.add(child);
    return child;
  }

  private static void go(Process child) throws IOException {
    child.getOutputStream().write('\n');
    child.getOutputStream().flush();
  }

  /** What it says next, or "" if it is at its end. */
  private static String says(BufferedReader out) throws IOException {
    String line = out.readLine();
    return line == null ? "" : line;
  }

  private static BufferedReader out(Process child) {
    return child.inputReader(StandardCharsets.UTF_8);
  }

  private static void begin(Store store) {
    store.commit(List.of(new Store.Create("a", "pin", "key")));
  }

  private static List<Long> seqs(Store store, String name) {
    return store.entries("a", 0, 10_000).stream()
        .filter(entry -> entry.content().startsWith(name + "/"))
        .map(SealedEntry::seq)
        .toList();
  }

  @Test
  void twoProcessesWriteAtOnceAndNothingIsLost() throws Exception {
    try (Store store = SqliteStore.openShared(file)) {
      begin(store);
      List<Process> both = List.of(child("share", "one"), child("share", "two"));
      for (Process child : both) {
        assertThat(says(out(child))).isEqualTo("open");
      }
      for (Process child : both) {
        go(child);
      }
      for (Process child : both) {
        assertThat(out(child).lines().toList()).hasSize(EACH);
      }

      List<SealedEntry> entries = store.entries("a", 0, 10_000);
      assertThat(entries).hasSize(2 * EACH);
      assertThat(entries.getLast().seq()).isEqualTo(2 * EACH);
      assertThat(entries).extracting(SealedEntry::content).doesNotHaveDuplicates();
      List<Long> one = seqs(store, "one");
      List<Long> two = seqs(store, "two");
      assertThat(one).hasSize(EACH);
      assertThat(one.getFirst()).isLessThan(two.getLast()); // neither waited for the other's end
      assertThat(two.getFirst()).isLessThan(one.getLast());
    }
  }

  @Test
  void killOfOneLeavesTheOtherAbleToGoOn() throws Exception {
    try (Store store = SqliteStore.openShared(file)) {
      begin(store);
      Process child = child("share", "child");
      BufferedReader out = out(child);
      assertThat(says(out)).isEqualTo("open");
      go(child);
      for (int i = 0; i < 50; i++) {
        SharedChild.append(store, "we/" + i);
      }
      assertThat(child.toHandle().destroyForcibly()).isTrue(); // what it said stays readable
      List<String> confirmed = out.lines().toList();
      for (int i = 50; i < 100; i++) {
        SharedChild.append(store, "we/" + i);
      }

      assertThat(seqs(store, "we")).hasSize(100);
      assertThat(seqs(store, "child")).hasSizeBetween(confirmed.size(), confirmed.size() + 1);
    }
    SqliteStore.open(file).close(); // nobody is left
  }

  /** It stands still while it holds SQLite's lock: others are told, and go on when it is dead. */
  @Test
  void killInTheMiddleOfACommitLeavesNothingOfIt() throws Exception {
    try (Store store = SqliteStore.openShared(file);
        Store hasty = SqliteStore.openShared(file, Duration.ofMillis(200))) {
      begin(store);
      Process child = child("share", "child", "-Dinterlock.crash=mid-commit:20");
      assertThat(says(out(child))).isEqualTo("open");
      go(child);
      BufferedReader error = child.errorReader(StandardCharsets.UTF_8);
      String line = error.readLine();
      while (line != null && !line.equals("crash-point mid-commit")) {
        line = error.readLine();
      }
      assertThat(line).isNotNull();
      assertThat(seqs(store, "child")).hasSize(19); // reading does not wait

      assertThatThrownBy(() -> hasty.commit(List.of(new Store.Remember("a", "m1"))))
          .isInstanceOf(StoreException.class)
          .hasMessage(
              "cannot write to %s: found that another process holds it (SQLITE_BUSY), expected that"
                      .formatted(file)
                  + " it lets go soon: try again, or end the programs that have it open");
      CompletableFuture<Void> patient =
          CompletableFuture.runAsync(() -> store.commit(List.of(new Store.Remember("a", "m2"))));
      child.destroyForcibly().waitFor();
      patient.get(1, TimeUnit.MINUTES);
      hasty.commit(List.of(new Store.Remember("a", "m3")));

      assertThat(seqs(store, "child")).hasSize(19);
      assertThat(store.seen("a", "m1")).isFalse();
      assertThat(store.seen("a", "m2") && store.seen("a", "m3")).isTrue();
    }
  }

  @Test
  void ownerAndSharersExcludeEachOtherInOneProcess() {
    try (Store first = SqliteStore.openShared(file)) {
      SqliteStore.openShared(file).close();
      assertThatThrownBy(() -> SqliteStore.open(file))
          .isInstanceOf(OwnedElsewhereException.class)
          .hasMessage(
              "found that process %d shares %s, perhaps with others, expected nobody else: stop them"
                      .formatted(ProcessHandle.current().pid(), file)
                  + " first");
      assertThat(first.row("x")).isEmpty();
    }
    try (Store owner = SqliteStore.open(file)) {
      assertThatThrownBy(() -> SqliteStore.openShared(file))
          .isInstanceOf(OwnedElsewhereException.class)
          .hasMessageContaining("owns " + file + ", expected no other owner");
      assertThat(owner.row("x")).isEmpty();
    }
  }

  /**
   * Also after somebody of the same process was refused, or has let go: theirs is no descriptor.
   */
  @Test
  void ownerAndSharersExcludeEachOtherAcrossProcesses() throws Exception {
    try (Store sharer = SqliteStore.openShared(file)) {
      SqliteStore.openShared(file).close();
      assertThatThrownBy(() -> SqliteStore.open(file)).isInstanceOf(OwnedElsewhereException.class);
      assertThat(says(out(child("own", "child")))).contains("shares " + file);
      assertThat(sharer.row("x")).isEmpty();
    }
    try (Store owner = SqliteStore.open(file)) {
      assertThatThrownBy(() -> SqliteStore.open(file)).isInstanceOf(OwnedElsewhereException.class);
      assertThat(says(out(child("share", "child")))).contains("owns " + file);
      assertThat(says(out(child("own", "child")))).contains("owns " + file);
      assertThat(owner.row("x")).isEmpty();
    }
    Process child = child("share", "child");
    assertThat(says(out(child))).isEqualTo("open");
    assertThatThrownBy(() -> SqliteStore.open(file))
        .isInstanceOf(OwnedElsewhereException.class)
        .hasMessageContaining("process %d shares", child.pid());
    child.destroyForcibly().waitFor();
    SqliteStore.open(file).close();
  }

  @Test
  void manyProcessesMayMakeTheFileAtOnce() throws Exception {
    List<Process> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(child("share", "child" + i));
    }
    for (Process child : all) {
      assertThat(says(out(child))).isEqualTo("open");
    }
  }

  @Test
  void sharersDoNotMigrate() throws Exception {
    SqliteStore.open(file).close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 2");
    }

    assertThatThrownBy(() -> SqliteStore.openShared(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("found schema 2 in " + file)
        .hasMessageContaining("open it once with `interlock up`");
  }

  @Test
  void closedStoreSaysSoAndWritesNothing() {
    Store store = SqliteStore.openShared(file);
    store.close();

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> store.commit(List.of(new Store.Remember("x", "m1"))))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("the store is closed");
    }
  }
}
