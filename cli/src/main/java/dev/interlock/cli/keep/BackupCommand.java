package dev.interlock.cli.keep;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Program;
import dev.interlock.local.Backup;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code interlock backup}. */
@Command(
    name = "backup",
    header = "Copy the store as it is at one moment, also while an engine runs on it.",
    description = {
      "The copy is one file, whole and on the disk when the command ends, and never overwrites"
          + " another. It holds all that the store holds, private values too, and only you may read"
          + " it. The machine folder is not in it."
    },
    footer = {
      "",
      "Examples:",
      "  interlock backup /backups/cases-2026-01-31.db",
      "  interlock backup ../today.db -C my-machine"
    })
public final class BackupCommand extends StoreCommand {
  @Parameters(index = "0", paramLabel = "FILE", description = "The copy: a name that is free.")
  private Path file = Path.of("");

  public BackupCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    Path to = program().path(file);
    long size = Backup.write(file(readConfiguration()), to);
    if (program().output().json()) {
      program().output().value(Map.of("file", to.toString(), "bytes", size));
    } else {
      program().output().line("Wrote %s, %,d bytes.".formatted(to, size));
    }
    return ExitCode.OK;
  }
}
