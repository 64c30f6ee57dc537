package dev.interlock.cli.run;

import dev.interlock.EngineAt;
import dev.interlock.MachineFolder;
import dev.interlock.StoreAt;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.local.SocketServer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code interlock up}. */
@Command(
    name = "up",
    header = "Own the folder's database and keep its instances going, until Ctrl-C.",
    description = {
      "Takes up what was in flight, fires timers that are due, and listens on a socket beside the"
          + " database for the other commands. Ctrl-C drains: a question to the model is abandoned"
          + " and asked again by the next owner, a write in flight is awaited to its time-out."
    },
    footer = {"", "Examples:", "  interlock up", "  interlock up -C it-access --quiet &"})
public final class UpCommand extends KeepingCommand {
  public UpCommand(Program program) {
    super(program);
  }

  @Override
  void check(MachineFolder folder) {
    if (!(folder.configuration().engine() instanceof EngineAt.Local)) {
      throw Failure.of(
          "`engine: temporal` in interlock.yaml, whose instances no single process owns",
          "`engine: local`",
          typed("worker") + " carries them, beside any number of others",
          ExitCode.FAILED);
    }
  }

  @Override
  Map<String, Object> up(MachineFolder folder) {
    Map<String, Object> up = new LinkedHashMap<>();
    up.put("machine", folder.machine().name());
    up.put("store", folder.configuration().store().toString());
    if (folder.configuration().store() instanceof StoreAt.File(Path file)) {
      up.put("socket", SocketServer.socketOf(file).toString());
    }
    return up;
  }

  @Override
  String words(String machine, Map<String, Object> up) {
    return "%s is up: %s, listening on %s. Ctrl-C stops it."
        .formatted(machine, up.get("store"), up.get("socket"));
  }

  @Override
  String farewell() {
    return "Stopping: writes in flight are awaited; all instances go on where they were with: "
        + typed("up");
  }
}
