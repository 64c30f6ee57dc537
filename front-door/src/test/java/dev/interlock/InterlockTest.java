package dev.interlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import dev.interlock.local.OwnedElsewhereException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder is opened and works: nothing but files and this library. */
class InterlockTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Principal ANA = new Principal("ana");
  private static final Principal OWNER = Interlock.owner("owner");

  @TempDir private Path folder;

  @BeforeEach
  void write() throws Exception {
    write(
        "machine.yaml",
        """
        machine: greeting
        version: 1
        context:
          name: {type: string, source: agent}
        initial: Greet
        states:
          Greet:
            goal: Learn the person's name.
            record: [name]
            transitions: [{target: Done, requires: [name]}]
          Done: {type: final}
        """);
    write("interlock.yaml", "model: {scripted: script.yaml}\n");
    write("script.yaml", "replies: [What is your name?, [{call: record, with: {name: Ana}}]]\n");
  }

  private void write(String name, String text) throws Exception {
    Files.createDirectories(folder.resolve(name).resolveSibling("."));
    Files.writeString(folder.resolve(name), text);
  }

  private static Instance instance(Interlock interlock) {
    return interlock.engine().get(OWNER, "hello").orElseThrow().instance();
  }

  private static void send(Interlock interlock, String text) {
    assertThat(interlock.engine().send(ANA, "hello", null, text))
        .isInstanceOf(Acknowledgement.Taken.class);
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!interlock.atRest("hello")) {
      assertThat(System.nanoTime()).as("it comes to rest").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void folderIsOpenedAndGoesOnWhereItWasLeft() {
    try (Interlock interlock = Interlock.openFolder(folder)) {
      interlock.engine().start(ANA, "greeting", "hello", null, Map.of());
      send(interlock, "Hello!");

      assertThatThrownBy(() -> Interlock.openFolder(folder))
          .isInstanceOf(OwnedElsewhereException.class);
    }
    try (Interlock interlock = Interlock.openFolder(folder)) {
      send(interlock, "Ana.");

      assertThat(instance(interlock).status()).isEqualTo(Instance.Status.COMPLETED);
      assertThat(instance(interlock).facts()).containsEntry("name", "Ana");
      List<Entry> journal = interlock.engine().journal(OWNER, "hello", 0);
      assertThat(journal.getLast().seq()).isEqualTo(journal.size());
    }
  }

  @Test
  void withoutAModelQuestionsFailAndSayWhatToWrite() throws Exception {
    Files.delete(folder.resolve("interlock.yaml"));
    try (Interlock interlock = Interlock.openFolder(folder)) {
      interlock.engine().start(ANA, "greeting", "hello", null, Map.of());
      send(interlock, "Hello!");

      var escalated = Objects.requireNonNull(instance(interlock).escalated());
      assertThat(escalated.reason()).isEqualTo(Reason.MODEL);
      assertThat(escalated.detail()).contains("found no model").contains("interlock.yaml");
    }
    assertThat(folder.resolve("desk")).isDirectoryContaining("glob:**/T-*.json");
  }

  @Test
  void everythingWrongInAFolderIsReportedAtOnce() throws Exception {
    write("interlock.yaml", "modle: {scripted: script.yaml}\n");
    write("machine.yaml", "machine: greeting\nversion: 1\ninitial: Nowhere\nstates: {}\n");
    write("tools.lock", "no json");

    MachineFolder.Reading<MachineFolder> reading = MachineFolder.read(folder, Map.of());

    assertThat(reading.value()).isNull();
    assertThat(reading.problems().stream().map(problem -> problem.mark().file()).distinct())
        .containsExactly("tools.lock", "machine.yaml", "interlock.yaml");
    assertThat(reading.texts()).containsOnlyKeys("tools.lock", "machine.yaml", "interlock.yaml");
    assertThatThrownBy(() -> Interlock.openFolder(folder))
        .isInstanceOf(MachineFolderException.class)
        .hasMessageContaining("did you mean `model`?")
        .hasMessageContaining("Nowhere");
    assertThat(folder.resolve("cases.db")).doesNotExist();
  }

  @Test
  void scenariosAreReadInTheOrderOfTheirNames() throws Exception {
    write("scenarios/b.yaml", "two");
    write("scenarios/a.yaml", "one");
    write("scenarios/notes.txt", "none");

    assertThat(MachineFolder.read(folder).orThrow().scenarios())
        .containsExactly(
            Map.entry("scenarios/a.yaml", "one"), Map.entry("scenarios/b.yaml", "two"));
  }

  @Test
  void folderThatIsNoneSaysHowToMakeOne() {
    assertThatThrownBy(() -> Interlock.openFolder(folder.resolve("none")))
        .isInstanceOf(UnreadableFolderException.class)
        .hasMessageContaining("Found:    no folder")
        .hasMessageContaining("To mend:");
  }

  @Test
  void whatFailsToOpenLetsGoOfTheStore() throws Exception {
    write("script.yaml", "replis: []\n");
    assertThatThrownBy(() -> Interlock.openFolder(folder))
        .isInstanceOf(MachineFolderException.class)
        .hasMessageContaining("script.yaml:1:1");

    write("script.yaml", "replies: [Hello.]\n");
    Interlock.openFolder(folder).close();
  }
}
