package dev.interlock.outside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A project outside this build: a folder of its own, a local repository of its own, no parent of
 * ours. It gets Interlock from a repository that holds what this build made, and all else from the
 * build's own local repository, or from where the machine's settings say.
 */
final class Outside {
  private static final String VERSION = property("interlock.version");
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** The folders of what an application can depend on, with the name of what each makes. */
  private static final List<List<String>> MODULES =
      List.of(
          List.of("core", "interlock-core"),
          List.of("engine", "interlock-engine"),
          List.of("local", "interlock-local"),
          List.of("agent", "interlock-agent"),
          List.of("anthropic", "interlock-anthropic"),
          List.of("langchain4j", "interlock-langchain4j"),
          List.of("front-door", "interlock"),
          List.of("spring-boot-starter", "interlock-spring-boot-starter"));

  private final Path folder;

  Outside(Path folder) {
    this.folder = folder;
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }

  /** A file of the build. */
  static String source(String path) {
    try {
      return Files.readString(ROOT.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file of the project. */
  Outside with(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, text);
    return this;
  }

  /**
   * Runs Maven there.
   *
   * @return what it printed
   */
  String maven(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("mvn", "-B", "-ntp", "-q", "-Dstyle.color=never"));
    command.addAll(List.of("-gs", Homes.SETTINGS.toString()));
    command.add("-Dmaven.repo.local=" + Homes.LOCAL);
    command.addAll(List.of(arguments));
    Path printed = folder.resolve("printed.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MAVEN_OPTS", "--enable-native-access=ALL-UNNAMED");
    Process process = builder.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("Maven did not end:\n" + Files.readString(printed));
    }
    String text = Files.readString(printed);
    if (process.exitValue() != 0) {
      throw new AssertionError("Maven failed:\n" + text);
    }
    return text;
  }

  /** The repositories of all projects of this run: what was made now, and an empty one to fill. */
  private static final class Homes {
    static final Path MADE;
    static final Path LOCAL;
    static final Path SETTINGS;

    static {
      try {
        Path target = Path.of("target").toAbsolutePath();
        Path all = Files.createTempDirectory(target, "repositories-");
        MADE = all.resolve("made");
        LOCAL = all.resolve("local");
        SETTINGS = all.resolve("settings.xml");
        publish(MADE);
        Files.writeString(SETTINGS, settings(MADE));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(all)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void delete(Path folder) {
      try (Stream<Path> files = Files.walk(folder)) {
        files
            .sorted(Comparator.reverseOrder())
            .forEach(file -> {
              boolean unused = file.toFile().delete();
            });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** As `deploy` would, into a folder. */
  private static void publish(Path repository) throws IOException {
    copy(ROOT.resolve("pom.xml"), place(repository, "interlock-parent", "pom"));
    copy(ROOT.resolve("bom/pom.xml"), place(repository, "interlock-bom", "pom"));
    for (List<String> module : MODULES) {
      Path from = ROOT.resolve(module.getFirst());
      String name = module.getLast();
      copy(from.resolve("pom.xml"), place(repository, name, "pom"));
      copy(
          from.resolve("target/%s-%s.jar".formatted(name, VERSION)),
          place(repository, name, "jar"));
    }
  }

  private static Path place(Path repository, String artifact, String extension) {
    return repository.resolve(
        "dev/interlock/%1$s/%2$s/%1$s-%2$s.%3$s".formatted(artifact, VERSION, extension));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(Objects.requireNonNull(to.getParent()));
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String settings(Path made) {
    StringBuilder repositories = new StringBuilder();
    Stream.of("repository", "pluginRepository")
        .forEach(kind ->
            repositories
                .append("<%s>".formatted(kind.replace("ory", "ories")))
                .append(repository(kind, "made", made))
                .append(repository(kind, "fetched", Path.of(property("interlock.repository"))))
                .append("</%s>".formatted(kind.replace("ory", "ories"))));
    return """
    <settings>
      <profiles><profile><id>outside</id>%s</profile></profiles>
      <activeProfiles><activeProfile>outside</activeProfile></activeProfiles>
    </settings>
    """
        .formatted(repositories);
  }

  private static String repository(String kind, String id, Path folder) {
    return """
    <%1$s><id>%2$s</id><url>%3$s</url>
      <snapshots><enabled>%4$s</enabled></snapshots></%1$s>
    """
        .formatted(kind, id, folder.toUri(), id.equals("made"));
  }
}
