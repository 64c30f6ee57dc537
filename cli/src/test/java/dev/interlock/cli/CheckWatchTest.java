package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code check --watch} on a folder that is edited meanwhile. */
@Timeout(120)
class CheckWatchTest {
  private static final String SOUND =
      """
      machine: sound
      version: 1
      initial: Work
      states:
        Work: {goal: Work., otherwise: Done}
        Done: {type: final}
      """;

  @TempDir private Path folder;
  private Path machine;

  @BeforeEach
  void write() throws IOException {
    machine = Files.writeString(folder.resolve("machine.yaml"), SOUND);
  }

  /** As editors do: a file beside it, renamed into its place. */
  private void save(String name, String text) throws IOException {
    Path beside = Files.writeString(folder.resolve(name + "~"), text);
    Files.move(beside, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void eachChangeIsCheckedAndWhatIsThereIsTold() throws Exception {
    try (Cli.Running watch = Cli.in(folder).start("check", "--watch")) {
      watch.sees("sound version 1 loads").awaitErr("Watching " + folder + "; Ctrl-C ends it.");

      save("machine.yaml", SOUND.replace("otherwise: Done", "otherwise: Work"));
      watch.awaitErr("  machine.yaml changed.").awaitErr("[IL002]");
      save("machine.yaml", SOUND.replace("version: 1", "version: 2"));
      watch.awaitErr("  machine.yaml changed.").sees("sound version 2 loads");
      Files.writeString(machine, SOUND.substring(0, 60));
      watch.awaitErr("  machine.yaml changed.").awaitErr("machine.yaml:");
      Files.writeString(machine, SOUND.replace("version: 1", "version: 3"));
      watch.awaitErr("  machine.yaml changed.").sees("sound version 3 loads");
    }
  }

  @Test
  void fileThatIsGoneForAMomentIsToldAndWaitedFor() throws Exception {
    try (Cli.Running watch = Cli.in(folder).start("check", "--watch")) {
      watch.sees("sound version 1 loads").awaitErr("Watching");

      Files.delete(machine);
      watch
          .awaitErr("machine.yaml changed.")
          .awaitErr("no machine.yaml in " + folder)
          .awaitErr("Waiting until it can be read.");
      Files.writeString(machine, SOUND);
      watch.awaitErr("machine.yaml changed.").sees("sound version 1 loads");
    }
  }

  @Test
  void everyFileThatACheckReadsIsWatchedAndNoOther() throws Exception {
    Files.writeString(folder.resolve("interlock.yaml"), "model: {scripted: script.yaml}\n");
    Files.writeString(folder.resolve("script.yaml"), "replies: [Hello.]\n");
    try (Cli.Running watch = Cli.in(folder).start("check", "--watch")) {
      watch.sees("sound version 1 loads").awaitErr("Watching");

      Files.writeString(folder.resolve("cases.db"), "nothing that a check reads");
      save("script.yaml", "replys: [Hello.]\n");
      watch.awaitErr("  script.yaml changed.").awaitErr("script.yaml:1:1:");
      save("script.yaml", "replies: [Hello.]\n");
      watch.awaitErr("  script.yaml changed.").sees("sound version 1 loads");
      save("interlock.yaml", "modle: {scripted: script.yaml}\n");
      watch.awaitErr("  interlock.yaml changed.").awaitErr("interlock.yaml:1:1:");
      save("interlock.yaml", "model: {scripted: script.yaml}\n");
      watch.awaitErr("  interlock.yaml changed.").sees("sound version 1 loads");
      Files.createDirectory(folder.resolve("scenarios"));
      Files.writeString(folder.resolve("scenarios/one.yaml"), "scenary: one\n");
      watch.awaitErr("  scenarios/one.yaml changed.").awaitErr("scenarios/one.yaml:1:1:");
      save("tools.lock", "{");
      watch.awaitErr("  tools.lock changed.").awaitErr("tools.lock:1:1:");
      assertThat(watch.err().toString()).doesNotContain("cases.db");
    }
  }

  @Test
  void versionThatItIsComparedWithIsWatchedToo() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path before = Files.writeString(other.resolve("machine.yaml"), SOUND);
    try (Cli.Running watch = Cli.in(folder).start("check", "--watch", "--against", "other")) {
      watch.sees("Nothing differs.").awaitErr("Watching");

      Files.writeString(before, SOUND.replace("version: 1", "version: 7"));
      watch.awaitErr("  " + before + " changed.").sees("Against version 7, ");
      Files.writeString(before, "machine: [");
      watch.awaitErr("  " + before + " changed.").awaitErr("other/machine.yaml:1:");
      Files.delete(before);
      watch.awaitErr("  " + before + " changed.").awaitErr("Waiting until it can be read.");
      Files.writeString(before, SOUND.replace("version: 1", "version: 8"));
      watch.awaitErr("  " + before + " changed.").sees("Against version 8, ");
    }
  }

  @Test
  void endsWellWhenItIsToldTo() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "check",
            "--watch");
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      while (line != null && !line.startsWith("Watching")) {
        line = out.readLine();
      }
      assertThat(line).isNotNull();
      process.toHandle().destroy(); // its streams stay open

      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void folderThatIsNoneIsNotWaitedFor() throws Exception {
    Files.delete(machine);

    Cli.Run run = Cli.in(folder).run("check", "--watch");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("Found:    no machine.yaml in " + folder);
  }
}
