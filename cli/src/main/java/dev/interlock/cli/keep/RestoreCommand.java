package dev.interlock.cli.keep;

import dev.interlock.MachineFolder;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Table;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Program;
import dev.interlock.local.Restore;
import dev.interlock.local.Restore.Open;
import dev.interlock.local.Restore.Restored;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock restore}. */
@Command(
    name = "restore",
    header = "Put the store back from a backup.",
    description = {
      "Checks the backup first, as `interlock verify-journal` does. What happened after it is not"
          + " known to what is restored: messages that were acknowledged since are gone, and an"
          + " instance that goes on may write what it wrote since once more. A write that was under"
          + " way in the backup is not sent again: its outcome is unknown, and its probe or a person"
          + " settles it. Lists what had not ended, to be looked at before `interlock up`."
    },
    footer = {
      "",
      "Examples:",
      "  interlock restore /backups/cases-2026-01-31.db",
      "  interlock restore /backups/cases-2026-01-31.db --replace"
    })
public final class RestoreCommand extends StoreCommand {
  @Parameters(index = "0", paramLabel = "FILE", description = "The backup. It stays.")
  private Path file = Path.of("");

  @Option(
      names = "--replace",
      description = "Keep a store that is there aside. Default: there must be none.")
  private boolean replace;

  @Option(
      names = "--damaged",
      description =
          "Take a backup that is not whole, too. What is wrong is listed; instances that cannot be"
              + " read do not go on.")
  private boolean damaged;

  public RestoreCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    Path from = program().path(file);
    Restored restored =
        owning(store ->
            Restore.of(
                from,
                store,
                new Restore.Options(replace, damaged),
                MachineFolder.compiler(),
                program().clock().instant()));
    if (program().output().json()) {
      program().output().value(json(restored));
    } else {
      tell(program().output(), from, restored);
    }
    return ExitCode.OK;
  }

  private void tell(Output output, Path from, Restored restored) {
    output.line(
        "%s %s from %s%s."
            .formatted(
                output.paint(Colour.BOLD, "Restored"),
                Text.count(restored.instances(), "instance", "instances"),
                from,
                restored.newest() == null ? "" : ", which ends at " + restored.newest()));
    if (restored.aside() != null) {
      output.line("The store that was there is now " + restored.aside() + ".");
    }
    restored.faults().forEach(fault -> output.note("Not whole: " + fault));
    if (restored.open().isEmpty()) {
      return;
    }
    output.line("");
    output.line(
        "These had not ended. What they did after that, and writes they sent, this store does not"
            + " know:");
    Table table = new Table("INSTANCE", "STATE", "STATUS", "WRITES");
    restored
        .open()
        .forEach(open ->
            table.row(
                open.row().instance(), open.row().state(), open.row().status(), writes(open)));
    table.print(output);
    output.note(
        "Before `interlock up`: see what their tools did since, and end what must not go on: "
            + typed("cancel ID"));
  }

  private static String writes(Open open) {
    if (!open.writes()) {
      return "its machine has none";
    }
    String held =
        open.held().isEmpty()
            ? ""
            : String.join(", ", open.held()) + " was under way: unknown, not sent again; ";
    return held
        + (open.ahead().isEmpty()
            ? "may be sent again if it goes on"
            : String.join(", ", open.ahead()) + " is ahead: sent again if it goes on");
  }

  private static Map<String, Object> json(Restored restored) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("instances", restored.instances());
    if (restored.newest() != null) {
      json.put("newest", restored.newest().toString());
    }
    json.put("faults", restored.faults().stream().<Object>map(String::valueOf).toList());
    if (restored.aside() != null) {
      json.put("aside", restored.aside().toString());
    }
    json.put("open", restored.open().stream().<Object>map(RestoreCommand::json).toList());
    return json;
  }

  private static Map<String, Object> json(Open open) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("instance", open.row().instance());
    json.put("machine", open.row().machineName());
    json.put("state", open.row().state());
    json.put("status", open.row().status());
    json.put("writes", open.writes());
    json.put("held", open.held());
    json.put("ahead", open.ahead());
    return json;
  }
}
