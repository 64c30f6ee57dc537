package dev.interlock.cli.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.check.Code;
import dev.interlock.core.load.DiagnosticCode;
import dev.interlock.core.load.LoadCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All codes of diagnostics: each means one thing, is in the docs, and has its example. */
class CodesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath();

  /** What {@code check} does not say as an error or a warning, or what no folder alone shows. */
  private static final List<LoadCode> WITHOUT_EXAMPLE =
      List.of(
          LoadCode.OBSERVE, // said by whoever opens it
          LoadCode.UNSET_VARIABLE, // a note, by the environment
          LoadCode.NO_MODEL, // a note
          LoadCode.EFFECT_HINT, // said by `lock`, by what a server hints at
          LoadCode.UNMET, // these four by `test`
          LoadCode.STOPPED,
          LoadCode.LEFT_OPEN,
          LoadCode.INTERNAL);

  private static Stream<DiagnosticCode> all() {
    return Stream.of(Code.values(), LoadCode.values(), AgainstCode.values()).flatMap(Stream::of);
  }

  @Test
  void eachMeansOneThing() {
    assertThat(all().map(DiagnosticCode::id))
        .doesNotHaveDuplicates()
        .allMatch(it -> it.matches("IL[0-9]{3}"));
    assertThat(all().map(DiagnosticCode::says)).doesNotHaveDuplicates();
  }

  @Test
  void eachStandsInTheDocsAsItIs() throws IOException {
    String docs = Files.readString(ROOT.resolve("docs/VERIFY.md"));

    for (Code code : Code.values()) {
      String severity = code.severity().name().toLowerCase(Locale.ROOT);
      assertThat(docs).contains("| %s | %s | %s |\n".formatted(code.id(), severity, code.says()));
    }
    Stream.of(LoadCode.values(), AgainstCode.values())
        .<DiagnosticCode>flatMap(Stream::of)
        .forEach(
            code -> assertThat(docs).contains("| %s | %s |\n".formatted(code.id(), code.says())));
  }

  @Test
  void eachHasItsExample() throws IOException {
    List<String> codes =
        Stream.of(Code.values(), LoadCode.values())
            .<DiagnosticCode>flatMap(Stream::of)
            .filter(it -> !(it instanceof LoadCode code && WITHOUT_EXAMPLE.contains(code)))
            .map(DiagnosticCode::id)
            .toList();

    try (Stream<Path> folders = Files.list(ROOT.resolve("examples/broken"))) {
      assertThat(
              folders
                  .filter(Files::isDirectory)
                  .map(it -> it.getFileName().toString().substring(0, 5))
                  .distinct())
          .containsExactlyInAnyOrderElementsOf(codes);
    }
  }
}
