package dev.interlock.testkit.simulate;

import dev.interlock.core.counterexample.Counterexample;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.testkit.scenario.ScenarioReport;
import dev.interlock.testkit.scenario.ScenarioRunner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
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

  /**
   * A run against a property, as a check found it.
   *
   * @param detail what is against it, and how, for people
   */
  public static SurprisingScenario of(Counterexample against, String detail) {
    List<Entry> entries = against.entries();
    Property property = against.property();
    Surprise.Kind kind = against.stopped() ? Surprise.Kind.HELD_BACK : Surprise.Kind.VIOLATED;
    Surprise surprise =
        new Surprise(kind, property.name(), detail, 1, 0, Profile.RANDOM, entries.size());
    return Recording.of(entries, surprise).scenario("interlock check");
  }

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
   * Writes it into a folder, which is made, and over no file that is there; one that has the same
   * in it already may be. What cannot be written whole is taken away again.
   *
   * @param name of the file, such as {@link #file}
   * @return the file
   * @throws FileAlreadyExistsException if another one is there
   */
  public Path write(Path folder, String name) throws IOException {
    Files.createDirectories(folder);
    Path written = write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      Path file = folder.resolve(each.getKey());
      Files.createDirectories(file.toAbsolutePath().getParent());
      var unused = write(file, each.getValue());
    }
    return written;
  }

  /** As the other one, by its own name. */
  public Path write(Path folder) throws IOException {
    return write(folder, file());
  }

  private static Path write(Path file, byte[] bytes) throws IOException {
    try {
      return Files.write(file, bytes, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
        return file;
      }
      throw e;
    } catch (IOException e) {
      Files.deleteIfExists(file); // what there was room for
      throw e;
    }
  }

  /** Plays what was written: it passes if the same comes of it. */
  public ScenarioReport play(Machine machine, Path folder) {
    return ScenarioRunner.run(
        machine, List.of(new ScenarioRunner.Source(file(), text, folder.toAbsolutePath())));
  }
}
