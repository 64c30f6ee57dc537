package dev.interlock.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A place on a small disk, or on one that cannot be written: also for root, who alone may mount
 * one. A test that needs it is left out, and says so, where that cannot be.
 */
record Mounted(Path place) implements AutoCloseable {
  /** A disk in memory, of so many bytes. */
  static Mounted small(Path place, long bytes) throws IOException, InterruptedException {
    return mounted(place, "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs");
  }

  /** A file or folder as it is, which cannot be written. */
  static Mounted readOnly(Path place) throws IOException, InterruptedException {
    Mounted mounted = mounted(place, "--bind", place.toString());
    run("mount", "-o", "remount,ro,bind", place.toString());
    return mounted;
  }

  private static Mounted mounted(Path place, String... options)
      throws IOException, InterruptedException {
    String[] command = Arrays.copyOf(options, options.length + 1);
    command[options.length] = place.toString();
    String[] all = new String[command.length + 1];
    all[0] = "mount";
    System.arraycopy(command, 0, all, 1, command.length);
    run(all);
    return new Mounted(place);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    String said = "";
    int code;
    try {
      Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
      said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      code = process.waitFor();
    } catch (IOException e) {
      said = String.valueOf(e.getMessage());
      code = -1;
    }
    Assumptions.assumeTrue(code == 0, "nothing can be mounted here: " + said);
  }

  @Override
  public void close() throws IOException {
    new ProcessBuilder("umount", "-l", place.toString()).inheritIO().start().onExit().join();
  }
}
