package dev.interlock.cli.read;

import dev.interlock.MachineFolder;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Table;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.InstanceCommand;
import dev.interlock.cli.session.Reads;
import dev.interlock.cli.tell.RowText;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Store;
import dev.interlock.core.load.Nearest;
import dev.interlock.core.machine.Machine;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code interlock list}. */
@Command(
    name = "list",
    header = "The instances, newest first.",
    description = {
      "One line each: id, machine, state, status, the state it escalated from, the reason, and"
          + " since when. A terminal is shown no empty columns. Piped, all fields are there,"
          + " separated by tabs."
    },
    footer = {
      "",
      "Examples:",
      "  interlock list",
      "  interlock list --escalated-from CollectRequirements",
      "  interlock list --status waiting --state Act",
      "  interlock list --json | jq '.[].instance'"
    })
public final class ListCommand extends InstanceCommand {
  private static final List<String> STATUSES =
      Arrays.stream(Instance.Status.values()).map(Instance.Status::word).distinct().toList();

  /** How many are shown unless told otherwise. */
  static final int DEFAULT_LIMIT = 100;

  /** Instances whose machines are looked at for a state that nothing is in. */
  private static final int MAX_SEEN = 1_000;

  @Option(names = "--machine", paramLabel = "NAME", description = "Only of that machine.")
  private @Nullable String machine;

  @Option(names = "--state", paramLabel = "STATE", description = "Only those in that state.")
  private @Nullable String state;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "Only running, waiting, escalated, completed or cancelled ones.")
  private @Nullable String status;

  @Option(
      names = "--escalated-from",
      paramLabel = "STATE",
      description = "Only those that last escalated out of that state.")
  private @Nullable String escalatedFrom;

  @Option(
      names = "--caller",
      paramLabel = "ID",
      description = "Only those that act for that person.")
  private @Nullable String caller;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many. Default: ${DEFAULT-VALUE}.")
  private int limit = DEFAULT_LIMIT;

  public ListCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    if (limit < 1) {
      throw Failure.of("--limit " + limit, "a number above nothing", "--limit 20", ExitCode.USAGE);
    }
    if (status != null && !STATUSES.contains(status)) {
      throw unknown("status", status, STATUSES, ExitCode.USAGE);
    }
    Store.Filter filter = new Store.Filter(machine, state, status, escalatedFrom, caller, limit);
    return reading(
        readConfiguration(),
        reads -> {
          List<Store.Row> rows = reads.list(filter);
          if (rows.isEmpty()) {
            known(reads);
          }
          print(rows);
          return ExitCode.OK;
        });
  }

  /** A state that was asked for and that no machine here has is a slip, not an answer. */
  private void known(Reads reads) {
    if (state == null && escalatedFrom == null) {
      return;
    }
    Set<String> states = new LinkedHashSet<>();
    @Nullable MachineFolder folder = MachineFolder.read(folder(), program().environment()).value();
    if (folder != null) {
      states.addAll(folder.machine().states().keySet());
    }
    Set<String> seen = new HashSet<>();
    for (Store.Row row : reads.list(new Store.Filter(null, null, null, null, null, MAX_SEEN))) {
      if (seen.add(row.machine())) {
        reads
            .get(row.instance())
            .ifPresent(view -> states.addAll(view.machine().states().keySet()));
      }
    }
    if (!states.isEmpty()) { // else no machine is known, and nothing is known of its states
      states.add(Machine.BUILT_IN_ESCALATION.name());
      known(state, states);
      known(escalatedFrom, states);
    }
  }

  private static void known(@Nullable String word, Set<String> states) {
    if (word != null && !states.contains(word)) {
      throw unknown("state", word, states, ExitCode.FAILED);
    }
  }

  private static Failure unknown(String kind, String word, Collection<String> known, int code) {
    @Nullable String hint = Nearest.hint(word, known);
    return Failure.of(
        "the %s `%s`".formatted(kind, word),
        "one of " + String.join(", ", known),
        hint == null ? "name one of these" : hint,
        code);
  }

  private void print(List<Store.Row> rows) {
    Output output = program().output();
    if (output.json()) {
      output.value(rows.stream().map(RowText::json).toList());
      return;
    }
    if (rows.isEmpty()) {
      output.note(nothing());
      return;
    }
    Table table =
        new Table("INSTANCE", "MACHINE", "STATE", "STATUS", "ESCALATED FROM", "REASON", "SINCE");
    boolean terminal = output.terminal(Output.Stream.OUT);
    for (Store.Row row : rows) {
      table.row(
          row.instance(),
          row.machineName(),
          row.state(),
          row.status(),
          row.escalatedFrom() == null ? "" : row.escalatedFrom(),
          row.reason() == null ? "" : row.reason(),
          terminal ? RowText.since(row, program().clock().instant()) : row.since().toString());
    }
    table.print(output);
    if (rows.size() == limit && terminal) {
      output.note(
          "Only the newest %s; --limit N shows more."
              .formatted(Text.count(limit, "instance", "instances")));
    }
  }

  private String nothing() {
    String asked =
        Stream.of(
                named("machine", machine),
                named("state", state),
                named("status", status),
                named("escalated from", escalatedFrom),
                named("caller", caller))
            .flatMap(part -> part)
            .collect(Collectors.joining(", "));
    return asked.isEmpty()
        ? "There is no instance%s. Start one: %s".formatted(seenBy(), typed("run"))
        : "There is no instance with %s%s. All of them: %s"
            .formatted(asked, seenBy(), typed("list"));
  }

  private static Stream<String> named(String name, @Nullable String value) {
    return value == null ? Stream.empty() : Stream.of(name + " " + value);
  }
}
