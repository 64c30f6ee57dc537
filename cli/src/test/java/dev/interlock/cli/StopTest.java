package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that are told to stop, as by Ctrl-C, each in a process of its own. */
class StopTest {
  @TempDir private Path here;

  @Test
  void runSaysHowItGoesOn() throws Exception {
    assertThat(stopped("state     Choose", "run", "--id", "case-1"))
        .contains("Stopping; case-1 goes on where it was with: interlock run --id case-1");
  }

  @Test
  void upSaysWhatHappens() throws Exception {
    assertThat(stopped("is up", "up"))
        .contains(
            "Stopping: writes in flight are awaited; all instances go on where they were with:"
                + " interlock up");
  }

  /** What a command writes after it has been told to stop, once it had written something. */
  private List<String> stopped(String once, String... words) throws IOException {
    Path rooms = FastServer.rooms(here);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(Arrays.asList(words));
    Process process =
        new ProcessBuilder(command).directory(rooms.toFile()).redirectErrorStream(true).start();
    try (BufferedReader out = process.inputReader()) {
      List<String> seen = new ArrayList<>();
      String line = out.readLine();
      while (line != null && !line.contains(once)) {
        seen.add(line);
        line = out.readLine();
      }
      assertThat(line).as("%s", seen).isNotNull();
      process.toHandle().destroy(); // its streams stay open
      return out.lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }
}
