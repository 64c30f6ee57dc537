package dev.interlock.cli.act;

import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.ActingCommand;
import dev.interlock.core.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock resolve}. */
@Command(
    name = "resolve",
    header = "Say what became of a call whose outcome is unknown.",
    description = {
      "Look it up where the tool keeps its records: what you say here is what the instance goes on"
          + " with. A result is needed if a field is filled from the tool."
    },
    footer = {
      "",
      "Examples:",
      "  interlock resolve reset-1 3 --did-not-happen",
      "  interlock resolve reset-1 3 --happened",
      "  interlock resolve order-3 5 --happened '{\"refund\": \"R-17\"}'"
    })
public final class ResolveCommand extends ActingCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Parameters(index = "1", paramLabel = "CALL", description = "The number of the call.")
  private int call;

  @ArgGroup(multiplicity = "1")
  private Verdict verdict = new Verdict();

  /** One of the two. */
  private static final class Verdict {
    @Option(
        names = "--happened",
        arity = "0..1",
        fallbackValue = "",
        paramLabel = "RESULT",
        description = "It happened; RESULT is what the tool would have answered, as JSON.")
    private @Nullable String happened;

    @Option(names = "--did-not-happen", description = "It did not happen.")
    private boolean didNotHappen;
  }

  public ResolveCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    @Nullable String given = verdict.happened;
    @Nullable String result =
        given == null || given.isEmpty() ? null : Json.write(Given.json("a result", given));
    boolean happened = !verdict.didNotHappen;
    return act(
        readConfiguration(),
        "Settled call %d (%s) of".formatted(call, happened ? "it happened" : "it did not happen"),
        (session, by) -> session.engine().resolve(by, instance, call, happened, result));
  }
}
