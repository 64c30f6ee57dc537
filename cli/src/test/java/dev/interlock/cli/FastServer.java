package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/**
 * Makes the folder that {@code new} makes start its server faster: compiled once, not each time.
 */
final class FastServer {
  private FastServer() {}

  /** A folder {@code rooms} in that one, with its server compiled. */
  static Path rooms(Path here) {
    Cli.in(here).run("new", "rooms").ok();
    Path rooms = here.resolve("rooms");
    Path configuration = rooms.resolve("interlock.yaml");
    try {
      String text = Files.readString(configuration);
      String slow = "[\"${INTERLOCK_JAVA}\", server/Rooms.java]";
      assertThat(text).contains(slow);
      Files.writeString(
          configuration,
          text.replace(
              slow,
              "[\"${INTERLOCK_JAVA}\", -Xshare:auto, -XX:TieredStopAtLevel=1, -cp, \""
                  + Compiled.CLASSES
                  + "\", Rooms]"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rooms;
  }

  private static final class Compiled {
    static final Path CLASSES = compile();

    private static Path compile() {
      try {
        Path classes = Path.of("target", "rooms-server").toAbsolutePath();
        Files.createDirectories(classes);
        Path made = Files.createTempDirectory("rooms");
        Cli.in(made).run("new", "rooms").ok();
        int code =
            ToolProvider.getSystemJavaCompiler()
                .run(
                    null,
                    null,
                    null,
                    "-d",
                    classes.toString(),
                    made.resolve("rooms/server/Rooms.java").toString());
        assertThat(code).isZero();
        return classes;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
