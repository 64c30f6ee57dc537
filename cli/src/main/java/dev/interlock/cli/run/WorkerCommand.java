package dev.interlock.cli.run;

import dev.interlock.EngineAt;
import dev.interlock.MachineFolder;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.Session;
import dev.interlock.temporal.CodecEndpoint;
import dev.interlock.temporal.EncryptingCodec;
import dev.interlock.temporal.Loopback;
import dev.interlock.temporal.PayloadKeys;
import dev.interlock.temporal.TemporalEngine;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.temporal.common.WorkerDeploymentVersion;
import java.io.IOException;
import java.net.BindException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
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
    footer = {
      "",
      "Examples:",
      "  interlock worker",
      "  interlock worker -C it-access --quiet --metrics-port 9464 &"
    })
public final class WorkerCommand extends KeepingCommand {
  /** Prometheus's text. */
  private static final String FORMAT = "text/plain; version=0.0.4; charset=utf-8";

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

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description =
          "Tell what it does, in Prometheus's format, at http://127.0.0.1:PORT/metrics of this"
              + " machine.")
  private @Nullable Integer metricsPort;

  @Option(
      names = "--promote",
      description =
          "Make this worker's `buildId` the current one of its `deployment`: new instances are its,"
              + " and open ones go on with it once they rest.")
  private boolean promote;

  private @Nullable PrometheusMeterRegistry meters;

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
  Session open(MachineFolder folder) {
    @Nullable WorkerDeploymentVersion version = promote ? version(folder) : null;
    Session session = opened(folder);
    if (version != null && session.engine() instanceof TemporalEngine engine) {
      try {
        program()
            .output()
            .note(
                "Build %s of %s is the current one; %,d open instances were told to go on with it."
                    .formatted(
                        version.getBuildId(),
                        version.getDeploymentName(),
                        engine.promote(version)));
      } catch (RuntimeException e) {
        session.close();
        throw e instanceof IllegalStateException
            ? new Failure(String.valueOf(e.getMessage()), e)
            : e;
      }
    }
    return session;
  }

  private Session opened(MachineFolder folder) {
    if (metricsPort == null) {
      return super.open(folder);
    }
    PrometheusMeterRegistry made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    meters = made;
    return Session.measured(folder, program().user(), program().clock(), made);
  }

  private static WorkerDeploymentVersion version(MachineFolder folder) {
    if (folder.configuration().engine() instanceof EngineAt.Temporal at
        && at.worker().deployment() != null
        && at.worker().buildId() != null) {
      return new WorkerDeploymentVersion(at.worker().deployment(), at.worker().buildId());
    }
    throw Failure.of(
        "--promote and no `deployment` in interlock.yaml",
        "`temporal: {worker: {deployment: NAME, buildId: ID}}`",
        "write it, or leave --promote out: workers are not told apart");
  }

  @Override
  AutoCloseable beside(MachineFolder folder) throws Exception {
    Deque<AutoCloseable> open = new ArrayDeque<>();
    AutoCloseable all =
        () -> {
          while (!open.isEmpty()) {
            open.pop().close();
          }
        };
    try {
      if (codecPort != null && folder.configuration().engine() instanceof EngineAt.Temporal at) {
        open.push(codec(at, codecPort));
      }
      if (metricsPort != null) {
        open.push(metrics(metricsPort));
      }
      return all;
    } catch (IOException | RuntimeException e) {
      all.close();
      throw e;
    }
  }

  private CodecEndpoint codec(EngineAt.Temporal at, int port) throws IOException {
    if (at.encryption().isEmpty()) {
      throw Failure.of(
          "--codec-port and no `encryption` in interlock.yaml",
          "`temporal: {encryption: {ID: KEY}}`",
          "write it, or leave --codec-port out: payloads are in clear");
    }
    EncryptingCodec codec = new EncryptingCodec(new PayloadKeys(at.encryption()));
    try {
      return CodecEndpoint.open(port, codec, codecOrigin);
    } catch (BindException e) {
      throw taken("--codec-port", port);
    }
  }

  private Loopback metrics(int port) throws IOException {
    PrometheusMeterRegistry registry = Objects.requireNonNull(meters);
    try {
      return Loopback.open(
          port,
          exchange -> {
            if (exchange.getRequestURI().getPath().equals("/metrics")) {
              exchange.getResponseHeaders().set("Content-Type", FORMAT);
              Loopback.send(exchange, 200, registry.scrape());
            } else {
              Loopback.send(exchange, 404, "expected GET of /metrics");
            }
          });
    } catch (BindException e) {
      throw taken("--metrics-port", port);
    }
  }

  private static Failure taken(String option, int port) {
    return Failure.of(
        "that somebody else listens on port " + port, "a free one", "give another to " + option);
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
