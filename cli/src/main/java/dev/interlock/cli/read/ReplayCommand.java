package dev.interlock.cli.read;

import dev.interlock.MachineFolder;
import dev.interlock.StoreAt;
import dev.interlock.Stores;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.FolderCommand;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock replay}. */
@Command(
    name = "replay",
    header = "Decide anew what was recorded, and show where it would go another way.",
    description = {
      "Takes what occurred to each instance from its journal and decides it again: under the"
          + " machine it was started with, or under that of another folder, to try a change"
          + " against history before it ships. It asks no model, calls no tool and writes nothing."
          + " Where an instance takes another course its replay ends, because what was recorded"
          + " after that answers what would not have been asked.",
      "It fails if an instance takes another course, and, under its own machine, if anything"
          + " differs. Reads the store itself, whoever writes to it."
    },
    footer = {
      "",
      "Examples:",
      "  interlock replay",
      "  interlock replay device-1",
      "  interlock replay --under ../it-access-fixed"
    })
public final class ReplayCommand extends FolderCommand {
  @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "One instance only.")
  private @Nullable String id;

  @Option(
      names = "--under",
      paramLabel = "DIR",
      description = "Decide with the machine of that folder. Default: with each instance's own.")
  private @Nullable Path under;

  public ReplayCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    StoreAt at = storeOfRuns();
    @Nullable Machine other =
        under == null
            ? null
            : MachineFolder.read(there(program().path(under)), program().environment())
                .orThrow()
                .machine();
    List<Replayed> all = new ArrayList<>();
    List<String> erased = new ArrayList<>();
    try (Store store = Stores.read(at)) {
      Map<String, Machine> known = new HashMap<>();
      Function<String, Machine> machines =
          each ->
              known.computeIfAbsent(
                  each, pin -> MachineFolder.compiler().apply(store.machine(pin).orElseThrow()));
      for (Store.Row row : rows(store, other)) {
        if (store.key(row.instance()).isEmpty()) {
          erased.add(row.instance());
        } else {
          all.add(readable(store, row.instance(), machines, other));
        }
      }
    }
    print(all, erased);
    return all.stream().allMatch(Replayed::passed) ? ExitCode.OK : ExitCode.FAILED;
  }

  private static Path there(Path folder) {
    if (!Files.exists(folder.resolve(MachineFolder.MACHINE_FILE))) {
      throw Failure.notThere(
          "no folder %s with a %s in it".formatted(folder, MachineFolder.MACHINE_FILE),
          "a machine folder",
          "give another one with --under DIR");
    }
    return folder;
  }

  private List<Store.Row> rows(Store store, @Nullable Machine other) {
    if (id != null) {
      return List.of(
          store
              .row(id)
              .orElseThrow(
                  () -> Failure.of("no instance " + id, "one that was started", typed("list"))));
    }
    String name = other == null ? null : other.name();
    return store.rows(new Store.Filter(name, null, null, null, null, Integer.MAX_VALUE), null);
  }

  private Replayed readable(
      Store store, String instance, Function<String, Machine> machines, @Nullable Machine other) {
    try {
      return Replayed.of(store, instance, machines, other);
    } catch (RuntimeException e) { // whatever reading makes of text that no version wrote
      Failure failure =
          Failure.of(
              "the journal of %s, which cannot be read: %s".formatted(instance, e.getMessage()),
              "a whole one",
              typed("verify-journal " + instance) + " says where it is broken");
      failure.initCause(e);
      throw failure;
    }
  }

  // ---- for people

  private void print(List<Replayed> all, List<String> erased) {
    Output output = program().output();
    if (output.json()) {
      output.value(all.stream().map(Replayed::json).toList());
      return;
    }
    all.forEach(each -> each.print(output));
    erased.forEach(each ->
        output.line(
            "%s   %s  its content was erased"
                .formatted(output.paint(Colour.FAINT, "erased"), each)));
    output.line(summary(all));
  }

  private String summary(List<Replayed> all) {
    if (all.isEmpty()) {
      return "No instances.";
    }
    long parted = all.stream().filter(each -> each.report().parted() != null).count();
    long differ = all.stream().filter(each -> !each.report().same()).count() - parted;
    return "%s replayed%s: %d the same, %d on the same course with differences, %d on another course."
        .formatted(
            Text.count(all.size(), "instance", "instances"),
            under == null ? "" : " under the machine of " + under,
            all.size() - differ - parted,
            differ,
            parted);
  }
}
