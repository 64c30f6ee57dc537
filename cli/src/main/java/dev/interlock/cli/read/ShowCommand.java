package dev.interlock.cli.read;

import dev.interlock.Configuration;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.InstanceCommand;
import dev.interlock.cli.session.Reads;
import dev.interlock.cli.tell.PromptScreen;
import dev.interlock.cli.tell.ShowScreen;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.prompt.Asked;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock show}. */
@Command(
    name = "show",
    header = "One instance on one screen.",
    description = {
      "Where it is, what it waits for and what to type, what was done, what was refused and why.",
      "With --prompt, what the model was asked at an entry of its journal, word for word."
    },
    footer = {
      "",
      "Examples:",
      "  interlock show device-1",
      "  interlock show device-1 --json",
      "  interlock show device-1 --prompt 7"
    })
public final class ShowCommand extends InstanceCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Option(
      names = "--prompt",
      paramLabel = "SEQ",
      description = "What the model was asked at that entry: a question, or for a summary.")
  private @Nullable Long prompt;

  public ShowCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    Configuration configuration = readConfiguration();
    Output output = program().output();
    return reading(
        configuration,
        reads -> {
          View view = found(reads, instance);
          if (prompt != null) {
            prompt(output, reads, prompt);
            return ExitCode.OK;
          }
          ShowScreen screen =
              new ShowScreen(
                  view,
                  reads.journal(instance, 0),
                  program().clock().instant(),
                  ZoneId.systemDefault(),
                  typing(configuration));
          if (output.json()) {
            output.value(screen.json());
          } else {
            screen.lines(output).forEach(output::line);
          }
          return ExitCode.OK;
        });
  }

  private void prompt(Output output, Reads reads, long seq) {
    PromptScreen screen =
        new PromptScreen(reads.prompt(instance, seq).orElseThrow(() -> nothingAsked(reads, seq)));
    if (output.json()) {
      output.value(screen.json());
    } else {
      screen.lines(output).forEach(output::line);
    }
  }

  private Failure nothingAsked(Reads reads, long seq) {
    List<Entry> entries = reads.journal(instance, 0);
    if (entries.isEmpty()) {
      return journalNotFor(instance);
    }
    String asked =
        entries.stream()
            .filter(Asked::asks)
            .map(entry -> String.valueOf(entry.seq()))
            .collect(Collectors.joining(", "));
    return Failure.of(
        "no question to the model at entry %d of %s".formatted(seq, instance),
        asked.isEmpty() ? "none: it was asked nothing" : "one of " + asked,
        typed("journal " + instance) + " shows the entries",
        ExitCode.FAILED);
  }
}
