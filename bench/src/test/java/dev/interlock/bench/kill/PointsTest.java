package dev.interlock.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.machine.EffectClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The named points are those of the sources: a new one cannot be forgotten. */
class PointsTest {
  private static final Pattern PASSED = Pattern.compile("CrashPoints\\.pass\\(\"([^\"]+)\"");
  private static final Pattern STEP =
      Pattern.compile("case Occurrence\\.\\w+ \\w+ -> \"(\\w+)\";|points\\.add\\(\"(\\w+)\"\\)");
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void everyPointOfTheSourcesIsPassedByAKill() throws IOException {
    Path tests = ROOT.resolve("local/src/test/java/dev/interlock/local");
    String elsewhere =
        Files.readString(tests.resolve("KeepCrashTest.java"))
            + Files.readString(tests.resolve("LostCommitTest.java"));
    Set<String> expected = new TreeSet<>();
    for (String name : found("local/src/main", PASSED)) {
      switch (name) {
        case "before-commit-of-", "after-commit-of-" ->
            found("local/src/main", STEP).forEach(step -> expected.add(name + step));
        case "before-send-of-", "after-send-of-" ->
            Stream.of(EffectClass.values()).forEach(each -> expected.add(name + each.word()));
        default -> expected.add(name);
      }
    }
    expected.removeIf(
        name -> elsewhere.contains("\"" + name + "\"") || elsewhere.contains(name + ","));

    assertThat(found("engine/src/main", PASSED)).isEmpty();
    assertThat(expected).hasSizeGreaterThan(20);
    assertThat(Plan.POINTS.stream().filter(point -> !ofTools(point)))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Those that the tools of the kills pass themselves. */
  private static boolean ofTools(String point) {
    return point.startsWith("during-") || point.startsWith("after-effect-of-");
  }

  private static List<String> found(String sources, Pattern pattern) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(ROOT.resolve(sources))) {
      files = all.filter(file -> file.toString().endsWith(".java")).toList();
    }
    List<String> names = new ArrayList<>();
    for (Path file : files) {
      for (MatchResult match : pattern.matcher(Files.readString(file)).results().toList()) {
        names.add(match.group(1) != null ? match.group(1) : match.group(2));
      }
    }
    return names;
  }
}
