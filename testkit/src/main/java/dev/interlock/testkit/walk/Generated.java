package dev.interlock.testkit.walk;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import java.util.Random;

/**
 * A machine that nobody wrote: drawn from a seed out of the whole format, as the text of a file and
 * its locked tools, and loaded as any other. It makes no sense, but it means something: a walk
 * finds what no example happened to say.
 *
 * @param seed the same seed draws the same machine
 * @param text of {@code machine.yaml}
 * @param drawn how many texts were drawn until one loaded
 */
public record Generated(long seed, String text, ToolLock lock, Machine machine, int drawn) {
  /** How often a machine is drawn again that the loader refuses. */
  public static final int MAX_DRAWN = 5;

  /**
   * Draws a machine.
   *
   * @throws IllegalStateException if none of {@link #MAX_DRAWN} texts loads; it shows the last one
   */
  public static Generated of(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    String last = "";
    for (int drawn = 1; drawn <= MAX_DRAWN; drawn++) {
      MachineText text = new MachineText(random);
      ToolLock lock =
          ToolLock.lock(
                  "tools.lock",
                  text.tools().stream()
                      .map(tool -> new Offered(tool.name(), tool.name(), tool.schema(), false))
                      .toList())
              .lock();
      String written = text.write();
      MachineLoader.Loaded loaded = MachineLoader.load("machine.yaml", written, lock);
      if (loaded.machine() != null) {
        return new Generated(seed, written, lock, loaded.machine(), drawn);
      }
      last = loaded.diagnostics() + "\n" + written;
    }
    throw new IllegalStateException(
        "seed %d drew no machine that loads, %d times: %s".formatted(seed, MAX_DRAWN, last));
  }
}
