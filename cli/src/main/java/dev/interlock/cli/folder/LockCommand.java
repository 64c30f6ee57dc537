package dev.interlock.cli.folder;

import dev.interlock.Locking;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Progress;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.FolderCommand;
import dev.interlock.core.engine.ToolHost.ToolHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code interlock lock}. */
@Command(
    name = "lock",
    header = "Ask the servers for the machine's tools and pin them in tools.lock.",
    description = {
      "Name, description and schema of each tool that machine.yaml names are pinned by hash. A tool"
          + " that is different later is not callable. Look at what changed before you commit it:"
          + " a description is text that the model reads. It warns where the machine takes a tool for"
          + " safer to repeat than its server hints."
    },
    footer = {
      "",
      "Examples:",
      "  interlock lock",
      "  interlock lock --check     # changes nothing; exit code 1 if something would"
    })
public final class LockCommand extends FolderCommand {
  @Option(
      names = "--check",
      description = "Write nothing; fail if the file is not what the servers say now.")
  private boolean check;

  public LockCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    Output output = program().output();
    Locking locking;
    try (Progress progress = output.progress()) {
      locking =
          Locking.ask(
              folder(),
              program().environment(),
              server -> progress.show("asking the server " + server, Duration.ZERO));
    } catch (ToolHostException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
    boolean same = locking.same();
    if (!check && !same) {
      locking.write();
    }
    if (output.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("tools", (long) locking.lock().tools().size());
      json.put("added", locking.added());
      json.put("changed", locking.changed());
      json.put("removed", locking.removed());
      json.put("written", !check && !same);
      json.put("warnings", problems(locking.doubts(), Map.of()).json());
      output.value(json);
    } else {
      print(output, "added", Colour.GREEN, locking.added());
      print(output, "changed", Colour.YELLOW, locking.changed());
      print(output, "removed", Colour.RED, locking.removed());
      output.line(summary(locking, same));
      locking.doubts().forEach(it -> aside("Warning: ", it));
    }
    return check && !same ? ExitCode.FAILED : ExitCode.OK;
  }

  private static void print(Output output, String what, Colour colour, List<String> names) {
    names.forEach(name -> output.line(output.paint(colour, "%-8s".formatted(what)) + " " + name));
  }

  private String summary(Locking locking, boolean same) {
    String tools = Text.count(locking.lock().tools().size(), "tool", "tools");
    if (same) {
      return tools + " locked; nothing changed.";
    }
    return check
        ? "tools.lock is not what the servers say now: run " + typed("lock")
        : tools + " locked in " + locking.file() + ".";
  }
}
