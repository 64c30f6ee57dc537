package dev.interlock.cli.act;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.ActingCommand;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock resume}. */
@Command(
    name = "resume",
    header = "Send an escalated instance back to work.",
    description = {
      "Errors in a row start at zero again. A budget that is spent must be granted more by name."
    },
    footer = {
      "",
      "Examples:",
      "  interlock resume device-1 Act",
      "  interlock resume device-1 Act --grant turns=10 --grant duration=P1D"
    })
public final class ResumeCommand extends ActingCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Parameters(index = "1", paramLabel = "STATE", description = "Where it goes on.")
  private String state = "";

  @Option(
      names = "--grant",
      paramLabel = "BUDGET=MORE",
      description = "More of a budget: a number, for duration an ISO 8601 duration.")
  private List<String> grants = new ArrayList<>();

  public ResumeCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    Map<Budget, Decimal> granted = new EnumMap<>(Budget.class);
    Given.pairs("--grant", "BUDGET=MORE", grants)
        .forEach((name, more) -> granted.put(budget(name), amount(name, more)));
    return act(
        readConfiguration(),
        "Resumed in " + state + ":",
        (session, by) -> session.engine().resume(by, instance, state, granted));
  }

  private static Budget budget(String name) {
    return Budget.of(name)
        .orElseThrow(() ->
            Failure.of(
                "the budget \"" + name + "\"",
                "one of "
                    + Arrays.stream(Budget.values())
                        .map(Budget::word)
                        .collect(Collectors.joining(", ")),
                "--grant turns=10",
                ExitCode.USAGE));
  }

  private static Decimal amount(String name, String more) {
    try {
      return name.equals(Budget.DURATION.word())
          ? Decimal.of(Duration.parse(more).toSeconds())
          : Decimal.of(more);
    } catch (NumberFormatException | DateTimeException e) {
      throw Failure.of(
          "\"" + more + "\" of " + name,
          name.equals(Budget.DURATION.word()) ? "an ISO 8601 duration" : "a number",
          "--grant turns=10 --grant duration=P1D",
          ExitCode.USAGE);
    }
  }
}
