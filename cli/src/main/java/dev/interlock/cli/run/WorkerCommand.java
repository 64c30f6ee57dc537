package dev.interlock.cli.run;

import dev.interlock.EngineAt;
import dev.interlock.MachineFolder;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.temporal.CodecEndpoint;
import dev.interlock.temporal.EncryptingCodec;
import dev.interlock.temporal.PayloadKeys;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
  @Option(
      names = "--codec-port",
      paramLabel = "PORT",
      description =
          "Decode payloads for Temporal's UI on this port of this machine. Whoever may ask it reads"
              + " everything. Needs `encryption` in interlock.yaml.")
  private @Nullable Integer codecPort;

  @Option(
      names = "--codec-origin",
      paramLabel = "URL",
      description = "The UI that may ask it. Default: ${DEFAULT-VALUE}.")
  private String codecOrigin = "http://127.0.0.1:8233";

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
  AutoCloseable beside(MachineFolder folder) throws IOException {
    Integer port = codecPort;
    if (port == null || !(folder.configuration().engine() instanceof EngineAt.Temporal at)) {
      return () -> {};
    }
    if (at.encryption().isEmpty()) {
      throw Failure.of(
          "--codec-port and no `encryption` in interlock.yaml",
          "`temporal: {encryption: {ID: KEY}}`",
          "write it, or leave --codec-port out: payloads are in clear");
    }
    EncryptingCodec codec = new EncryptingCodec(new PayloadKeys(at.encryption()));
    return CodecEndpoint.open(port, codec, codecOrigin);
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
