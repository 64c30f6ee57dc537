package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** An instance on Temporal is migrated from the command line. */
@EnabledIfEnvironmentVariable(named = OnRealServer.TEMPORAL, matches = ".+")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RealServerMigrateTest {
  @TempDir private Path here;

  /** The worker was started with the machine of before, and finds the other in the store. */
  @Test
  @SuppressWarnings("try") // the worker is only held open
  void instanceGoesOnUnderTheEditedMachineWithWorkersOfBefore() {
    Path folder = FastServer.rooms(here);
    OnRealServer rooms = OnRealServer.of(folder).inAFile();
    try (Cli.Running worker = rooms.worker("-q")) {
      rooms.run("start", "--id", "case-1", "--as", "ana", "A room").ok();
      OnRealServer.edit(
          folder.resolve("machine.yaml"),
          text ->
              text.replace(
                  "  - rule: the person agrees",
                  "  - {rule: not for ana, for: [rooms.book], when: caller.id != 'ana'}\n"
                      + "  - rule: the person agrees"));

      assertThat(rooms.run("check", "--against", "../rooms").out()).contains("Nothing differs.");
      rooms.run("migrate", "case-1", "--dry-run").ok();
      rooms.run("migrate", "case-1").ok();
      rooms.run("send", "case-1", "Yes, oak", "--as", "ana").ok();

      assertThat(rooms.run("journal", "case-1", "--story").ok().out())
          .containsPattern("migrate +to machine [0-9a-f]{12}, by ")
          .containsPattern("refused.*not for ana");
    }
    assertThat(rooms.run("verify-journal").ok().out()).endsWith("1 journal checked, all whole.\n");
    assertThat(rooms.run("replay").ok().out()).contains("1 the same");
  }
}
