package dev.interlock.testkit.simulate;

import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.scenario.ScenarioReport;
import dev.interlock.testkit.scenario.ScenarioRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run that shows a surprise, as {@code interlock test} plays it.
 *
 * @param files that come with messages, by their path beside it
 * @param sayable whether a scenario can say all that happened: no reply that was cut off, no
 *     malformed arguments
 */
public record SurprisingScenario(
    Surprise surprise, String text, Map<String, byte[]> files, boolean sayable) {

  private static final int MAX_NAME = 60;

  /** What the file is called. */
  public String file() {
    String name =
        (surprise.kind().word() + "-" + surprise.what())
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-");
    String cut = name.substring(0, Math.min(name.length(), MAX_NAME));
    return cut.replaceAll("^-|-$", "") + ".yaml";
  }

  /**
   * Writes it into a folder, which is made.
   *
   * @return its file
   */
  public Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      Path file = folder.resolve(each.getKey());
      Files.createDirectories(folder.resolve(each.getKey()).toAbsolutePath().getParent());
      Files.write(file, each.getValue());
    }
    return Files.writeString(folder.resolve(file()), text);
  }

  /** Plays what was written: it passes if the same comes of it. */
  public ScenarioReport play(Machine machine, Path folder) {
    return ScenarioRunner.run(
        machine, List.of(new ScenarioRunner.Source(file(), text, folder.toAbsolutePath())));
  }
}
