package dev.interlock.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files with what is wrong in them: {@code machines/NAME.yaml} or {@code .lock} and the diagnostics
 * it gives, word by word, in {@code NAME.errors}. A check is added by adding a pair.
 */
class FixturesTest {
  private static final Path FOLDER = Path.of("src/test/resources/machines");
  private static final Path SOURCES = Path.of("src/main/java/dev/interlock/core/load");

  /** Where a code stands in the sources. */
  private static final Pattern CODE = Pattern.compile("\\bLoadCode\\.([A-Z_]+)");

  private static List<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  static Stream<String> fixtures() throws IOException {
    return Stream.concat(files(FOLDER, ".yaml").stream(), files(FOLDER, ".lock").stream())
        .map(file -> file.getFileName().toString());
  }

  private static String errors(String name) {
    return name.replaceFirst("\\.[a-z]+$", ".errors");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Diagnostic> diagnostics(String name) {
    String text = read(FOLDER.resolve(name));
    return name.endsWith(".lock")
        ? ToolLock.read(name, text).diagnostics()
        : MachineLoader.load(name, text, Locks.IT).diagnostics();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void fileGivesItsErrors(String name) throws IOException {
    Path expected = FOLDER.resolve(errors(name));
    String found = Diagnostic.format(diagnostics(name));
    if (Boolean.getBoolean("fixtures.write") && !found.isEmpty()) {
      Files.writeString(expected, found + "\n");
    }

    assertThat(found).isEqualTo(Files.exists(expected) ? read(expected).strip() : "");
  }

  @Test
  void everyCodeHasItsPair() throws IOException {
    Set<String> codes = new TreeSet<>();
    for (Path source : files(SOURCES, ".java")) {
      Matcher matcher = CODE.matcher(read(source));
      while (matcher.find()) {
        codes.add(LoadCode.valueOf(matcher.group(1)).id());
      }
    }
    Set<String> paired = new TreeSet<>();
    for (String name : fixtures().toList()) {
      diagnostics(name).forEach(it -> paired.add(it.code().id()));
    }

    assertThat(codes).hasSizeGreaterThan(25);
    assertThat(paired).containsAll(codes);
  }
}
