package dev.interlock.cli.demo;

import dev.interlock.Interlock;
import dev.interlock.MachineFolder;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.local.SocketClient;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The way to an engine in another process.
 *
 * @param command that keeps it going: {@code up} or {@code worker}
 * @param what that process is called
 * @param engine what the engine is made of
 * @param self who this process is to it
 * @param connect the engine of a folder, or empty while there is none
 */
record Door(
    String command,
    String what,
    String engine,
    Principal self,
    Function<Stage, Optional<Engine>> connect) {
  /** Through the socket beside the file, as the other commands go. */
  static Door ofSocket() {
    return new Door(
        "up",
        "engine",
        "the engine with its database file",
        SocketClient.SELF,
        stage -> SocketClient.connect(stage.cases(), Door::compile).map(it -> it));
  }

  /** Through a Temporal server, as the other commands go then. */
  static Door ofServer(Program program) {
    AtomicReference<Interlock> opened = new AtomicReference<>();
    return new Door(
        "worker",
        "worker",
        "the engine on a Temporal server, with its journals in a file",
        Interlock.owner(program.user()),
        stage ->
            Optional.of(
                opened
                    .updateAndGet(known -> known != null ? known : open(stage, program))
                    .engine()));
  }

  private static Interlock open(Stage stage, Program program) {
    try {
      return Interlock.openForNamed(
          MachineFolder.read(stage.folder(), program.environment()).orThrow(), program.clock());
    } catch (Store.StoreException e) {
      throw Failure.of(
          "no Temporal server: " + e.getMessage(),
          "one at ${TEMPORAL_ADDRESS}, or at 127.0.0.1:7233",
          "start one: `temporal server start-dev`, or scripts/temporal-server in a checkout");
    }
  }

  private static Machine compile(Store.PutMachine stored) {
    ToolLock lock = ToolLock.read("tools.lock", stored.lock()).lock();
    return Objects.requireNonNull(
        MachineLoader.load("machine.yaml", stored.text(), lock).machine());
  }
}
