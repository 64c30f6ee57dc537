package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A small library that is loaded into a process before all others, built with the machine's cc. */
final class Preloaded {
  private Preloaded() {}

  /** Builds it; a test that needs one is left out, and says so, where that cannot be. */
  static Path build(Path folder, String name, String source)
      throws IOException, InterruptedException {
    String os = System.getProperty("os.name");
    Assumptions.assumeTrue(os.equals("Linux"), "a library is preloaded on Linux only: " + os);
    Path text = Files.writeString(folder.resolve(name + ".c"), source);
    Path library = folder.resolve(name + ".so");
    try {
      Process compiler =
          new ProcessBuilder(
                  List.of(
                      "cc", "-shared", "-fPIC", "-o", library.toString(), text.toString(), "-ldl"))
              .inheritIO()
              .start();
      assertThat(compiler.waitFor()).isZero();
    } catch (IOException e) {
      System.out.println(name + " is not built: there is no C compiler, " + e.getMessage());
      Assumptions.abort("there is no C compiler to build " + name + " with");
    }
    return library;
  }
}
