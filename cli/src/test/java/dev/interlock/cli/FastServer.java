package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import javax.tools.ToolProvider;

/**
 * Makes the folder that {@code new} makes start its server faster: compiled once, not each time.
 */
final class FastServer {
  private static final String SLOW = "[\"${INTERLOCK_JAVA}\", server/Rooms.java]";

  private FastServer() {}

  /** A folder {@code rooms} in that one, with its server compiled. */
  static Path rooms(Path here) {
    Cli.in(here).run("new", "rooms").ok();
    return use(here.resolve("rooms"), Compiled.CLASSES);
  }

  /** As {@link #rooms}, with another server: the edited one. */
  static Path rooms(Path here, UnaryOperator<String> edit) {
    Cli.in(here).run("new", "rooms").ok();
    Path rooms = here.resolve("rooms");
    replace(rooms.resolve("server/Rooms.java"), edit);
    return use(rooms, compile(rooms, here.resolve("classes")));
  }

  private static Path use(Path rooms, Path classes) {
    String fast =
        "[\"${INTERLOCK_JAVA}\", -Xshare:auto, -XX:TieredStopAtLevel=1, -cp, \"%s\", Rooms]"
            .formatted(classes);
    replace(rooms.resolve("interlock.yaml"), text -> text.replace(SLOW, fast));
    return rooms;
  }

  private static void replace(Path file, UnaryOperator<String> edit) {
    try {
      String text = Files.readString(file);
      String edited = edit.apply(text);
      assertThat(edited).isNotEqualTo(text);
      Files.writeString(file, edited);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path compile(Path rooms, Path classes) {
    try {
      Files.createDirectories(classes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String source = rooms.resolve("server/Rooms.java").toString();
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), source);
    assertThat(code).isZero();
    return classes;
  }

  private static final class Compiled {
    static final Path CLASSES = once();

    private static Path once() {
      try {
        Path made = Files.createTempDirectory("rooms");
        Cli.in(made).run("new", "rooms").ok();
        return compile(made.resolve("rooms"), Path.of("target", "rooms-server").toAbsolutePath());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
