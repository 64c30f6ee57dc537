package dev.interlock.outside;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What README says under "In your own application" is copied to an empty folder, and runs. */
@DisabledIfSystemProperty(
    named = "interlock.offline",
    matches = "offline: true",
    disabledReason = "their own local repository is filled from the network")
class ReadmeTest {
  private static final int MOST_LINES = 30;

  @TempDir private Path folder;

  /** The block below the line that names a file. */
  private static String block(String file) {
    Matcher block =
        Pattern.compile("`" + Pattern.quote(file) + "`[^\n]*\n\n```\\w*\n(.*?)```", Pattern.DOTALL)
            .matcher(Outside.source("README.md"));
    assertThat(block.find()).as("a block of README below the name of %s", file).isTrue();
    return block.group(1);
  }

  @Test
  void readmesApplicationRunsOutsideTheBuild() throws Exception {
    String application = block("src/main/java/App.java");
    assertThat(application.lines()).hasSizeLessThanOrEqualTo(MOST_LINES);

    String printed =
        new Outside(folder)
            .with("pom.xml", block("pom.xml"))
            .with("it-access/machine.yaml", block("it-access/machine.yaml"))
            .with("src/main/java/App.java", application)
            .maven("compile", "exec:java");

    assertThat(printed).contains(block("mvn -q compile exec:java"));
    assertThat(folder.resolve("cases.db")).exists();
  }

  @Test
  void sameRunsUnderSpringBootsParentWithTheStarterAndNothingElse() throws Exception {
    String boot = "outside/src/test/resources/boot/";
    String printed =
        new Outside(folder)
            .with("pom.xml", Outside.source(boot + "pom.xml"))
            .with("it-access/machine.yaml", block("it-access/machine.yaml"))
            .with(
                "src/main/resources/application.properties",
                Outside.source(boot + "src/main/resources/application.properties"))
            .with("src/main/java/app/App.java", Outside.source(boot + "src/main/java/app/App.java"))
            .maven("compile", "exec:java");

    assertThat(printed).contains("ana@example.com: My laptop is locked.\nagent: It is unlocked.");
  }
}
