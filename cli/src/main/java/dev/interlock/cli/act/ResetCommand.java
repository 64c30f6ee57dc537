package dev.interlock.cli.act;

import dev.interlock.Configuration;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Table;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.InstanceCommand;
import dev.interlock.cli.session.Session;
import dev.interlock.cli.tell.Shell;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Principal;
import dev.interlock.temporal.Reset;
import dev.interlock.temporal.TemporalEngine;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock reset}. */
@Command(
    name = "reset",
    header = "Have the run of an instance on Temporal decided again, from a workflow task on.",
    description = {
      "For a run that is stuck, failed or was terminated, after the worker was mended. What is"
          + " recorded stays: the new run goes on where the journal ends. Lists what would go out"
          + " again, and does nothing without --yes. No write is sent twice. To go on from an"
          + " earlier entry, use `interlock fork`."
    },
    footer = {
      "",
      "Examples:",
      "  interlock reset device-1",
      "  interlock reset device-1 --event 42 --yes"
    })
public final class ResetCommand extends InstanceCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Option(
      names = "--event",
      paramLabel = "N",
      description =
          "The completion of a workflow task, in the history of its newest run. Default: the last.")
  private @Nullable Long event;

  @Option(names = "--yes", description = "Do it. Default: only say what it would do.")
  private boolean yes;

  public ResetCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    Configuration configuration = readConfiguration();
    try (Session session = session(configuration)) {
      if (!(session.engine() instanceof TemporalEngine engine)) {
        throw Failure.of(
            "`engine: local` in interlock.yaml, which has no runs",
            "`engine: temporal`",
            typed("fork " + Shell.word(instance)) + " goes on from an earlier entry");
      }
      Principal by = speaker(configuration, session);
      Reset reset;
      try {
        reset = engine.resetOf(by, instance, event);
      } catch (IllegalArgumentException e) {
        throw new Failure(String.valueOf(e.getMessage()), e);
      }
      @Nullable String run = yes ? engine.reset(by, reset) : null;
      if (program().output().json()) {
        program().output().value(json(reset, run));
      } else {
        tell(reset, run);
      }
      return ExitCode.OK;
    }
  }

  private void tell(Reset reset, @Nullable String run) {
    Output output = program().output();
    output.line(
        "%s, run %s, from event %d of %s:"
            .formatted(
                output.paint(Colour.BOLD, instance), reset.run(), reset.event(), reset.at()));
    if (reset.question()) {
      output.line("  The question that is open is asked again.");
    }
    Table table = new Table("NO.", "TOOL", "EFFECT", "ARGUMENTS", "WHAT BECOMES OF IT");
    for (Reset.Call call : reset.calls()) {
      table.row(
          Integer.toString(call.number()),
          call.tool(),
          call.effect().word(),
          Json.write(call.args()),
          call.fate().words());
    }
    if (!table.isEmpty()) {
      table.print(output);
    }
    output.line(
        reset.sends()
            ? "What is under way goes out as said; what is recorded does not."
            : "Nothing goes out again.");
    if (run != null) {
      output.line(output.paint(Colour.BOLD, "Reset") + ": the run is now " + run + ".");
    } else {
      String which = event == null ? "" : " --event " + event;
      output.note(
          "Nothing was reset. To do it: "
              + typed("reset " + Shell.word(instance) + which + " --yes"));
    }
  }

  private static Map<String, Object> json(Reset reset, @Nullable String run) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("instance", reset.instance());
    json.put("run", reset.run());
    json.put("event", reset.event());
    json.put("at", reset.at().toString());
    json.put("asksAgain", reset.question());
    json.put("calls", reset.calls().stream().map(ResetCommand::json).toList());
    json.put("reset", run != null);
    if (run != null) {
      json.put("newRun", run);
    }
    return json;
  }

  private static Map<String, Object> json(Reset.Call call) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("call", (long) call.number());
    json.put("tool", call.tool());
    json.put("effect", call.effect().word());
    json.put("args", call.args());
    json.put("sent", call.fate().sent());
    json.put("what", call.fate().words());
    return json;
  }
}
