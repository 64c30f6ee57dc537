package dev.interlock.cli.demo;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.local.SocketClient;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The way to an engine in another process.
 *
 * @param self who this process is to it
 * @param connect the engine that owns a file, or empty while none does
 */
record Door(Principal self, Function<Path, Optional<Engine>> connect) {
  /** Through the socket beside the file, as the other commands go. */
  static Door ofSocket() {
    return new Door(SocketClient.SELF, file -> SocketClient.connect(file, Door::compile));
  }

  private static Machine compile(Store.PutMachine stored) {
    ToolLock lock = ToolLock.read("tools.lock", stored.lock()).lock();
    return Objects.requireNonNull(
        MachineLoader.load("machine.yaml", stored.text(), lock).machine());
  }
}
