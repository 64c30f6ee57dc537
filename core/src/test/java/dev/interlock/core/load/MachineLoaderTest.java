package dev.interlock.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped machines load. */
class MachineLoaderTest {
  @ParameterizedTest
  @ValueSource(strings = {"it-access", "agentic"})
  void shippedMachineLoads(String name) throws IOException {
    Path folder = Path.of("..", "examples", name);
    ToolLock.Read lock =
        ToolLock.read("tools.lock", Files.readString(folder.resolve("tools.lock")));
    assertThat(lock.diagnostics()).isEmpty();
    MachineLoader.Loaded loaded =
        MachineLoader.load(
            "machine.yaml", Files.readString(folder.resolve("machine.yaml")), lock.lock());
    assertThat(Diagnostic.format(loaded.diagnostics())).isEmpty();
    assertThat(loaded.machine()).isNotNull();
  }
}
