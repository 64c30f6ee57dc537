package dev.interlock.cli.run;

import dev.interlock.EngineAt;
import dev.interlock.MachineFolder;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code interlock worker}. */
@Command(
    name = "worker",
    header = "Carry the instances of `engine: temporal` on, until Ctrl-C.",
    description = {
      "Takes work from the task queue, beside any number of other workers. Other commands talk to"
          + " the Temporal server. Ctrl-C drains: nothing new is taken, what is under way is awaited"
          + " to its time-out."
    },
    footer = {"", "Examples:", "  interlock worker", "  interlock worker -C it-access --quiet &"})
public final class WorkerCommand extends KeepingCommand {
  public WorkerCommand(Program program) {
    super(program);
  }

  @Override
  void check(MachineFolder folder) {
    if (!(folder.configuration().engine() instanceof EngineAt.Temporal)) {
      throw Failure.of(
          "`engine: local` in interlock.yaml, which has no workers",
          "`engine: temporal`",
          typed("up") + " keeps its instances going",
          ExitCode.FAILED);
    }
  }

  @Override
  Map<String, Object> up(MachineFolder folder) {
    Map<String, Object> up = new LinkedHashMap<>();
    up.put("machine", folder.machine().name());
    up.put("store", folder.configuration().store().toString());
    if (folder.configuration().engine() instanceof EngineAt.Temporal at) {
      up.put("server", at.address());
      up.put("namespace", at.namespace());
      up.put("taskQueue", at.taskQueue());
    }
    return up;
  }

  @Override
  String words(String machine, Map<String, Object> up) {
    return "A worker of %s is up: task queue %s on %s, journals in %s. Ctrl-C stops it."
        .formatted(machine, up.get("taskQueue"), up.get("server"), up.get("store"));
  }

  @Override
  String farewell() {
    return "Stopping: what is under way is awaited; other workers go on, and so does: "
        + typed("worker");
  }
}
