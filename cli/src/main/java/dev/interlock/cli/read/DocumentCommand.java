package dev.interlock.cli.read;

import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.InstanceCommand;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code interlock document}. */
@Command(
    name = "document",
    header = "Write a document of an instance to stdout.",
    description = {
      "Whoever is shown a document's hash may have the document: `interlock show ID` lists them."
    },
    footer = {
      "",
      "Examples:",
      "  interlock document claim-1 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
          + " > photo.png"
    })
public final class DocumentCommand extends InstanceCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Parameters(index = "1", paramLabel = "HASH", description = "Of the document: SHA-256.")
  private String hash = "";

  public DocumentCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    Output output = program().output();
    if (!output.json() && output.terminal(Stream.OUT)) {
      throw Failure.of(
          "that stdout is a terminal",
          "a file or a pipe: what a document holds may be read as commands by a terminal",
          "add for example > document",
          ExitCode.USAGE);
    }
    return reading(
        readConfiguration(),
        reads -> {
          View view = found(reads, instance);
          @Nullable Attachment document = reads.document(view.instance().id(), hash).orElse(null);
          if (document == null) {
            throw Failure.of(
                "no document %s of %s that you may see".formatted(hash, instance),
                "the hash of one",
                typed("show " + instance) + " lists those that you may",
                ExitCode.FAILED);
          }
          if (output.json()) {
            output.value(json(document));
          } else {
            output.bytes(document.bytes());
          }
          return ExitCode.OK;
        });
  }

  private static Map<String, Object> json(Attachment attachment) {
    Document document = attachment.document();
    Map<String, Object> json = new LinkedHashMap<>(document.value());
    json.put("base64", Base64.getEncoder().encodeToString(attachment.bytes()));
    return json;
  }
}
