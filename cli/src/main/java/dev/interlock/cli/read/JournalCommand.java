package dev.interlock.cli.read;

import dev.interlock.cli.output.Output;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.InstanceCommand;
import dev.interlock.cli.session.Narration;
import dev.interlock.cli.tell.Narrator;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import java.time.ZoneId;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock journal}. */
@Command(
    name = "journal",
    header = "All that happened to an instance, as JSON: one entry a line.",
    description = {
      "An entry holds seq, at, the version that decided, what occurred and what was concluded."
    },
    footer = {
      "",
      "Examples:",
      "  interlock journal device-1",
      "  interlock journal device-1 --story",
      "  interlock journal device-1 --after 20 | jq .occurrence"
    })
public final class JournalCommand extends InstanceCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Option(names = "--after", paramLabel = "SEQ", description = "Only entries after that one.")
  private long after;

  @Option(names = "--story", description = "As a story for people, instead of JSON.")
  private boolean story;

  public JournalCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    Output output = program().output();
    return reading(
        readConfiguration(),
        reads -> {
          View view = found(reads, instance);
          List<Entry> entries = reads.journal(instance, after);
          if (entries.isEmpty() && view.instance().seq() > after) {
            throw journalNotFor(instance);
          }
          Narrator narrator = new Narrator();
          Narration narration = new Narration(output, false).timed(ZoneId.systemDefault());
          for (Entry entry : entries) {
            if (story && !output.json()) {
              narration.write(narrator.tell(entry));
            } else {
              output.line(JournalJson.write(entry));
            }
          }
          return ExitCode.OK;
        });
  }
}
