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
import dev.interlock.cli.tell.Line;
import dev.interlock.cli.tell.Narrator;
import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Redaction;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.Replay;
import dev.interlock.core.journal.Replay.Difference;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
  private static final int PAGE = 500;

  /** Who reads the file may see all but what is private. */
  private static final Principal OPERATOR = new Principal("replay", List.of(Principal.OPERATOR));

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

  /**
   * What came of one instance.
   *
   * @param own whether it was decided with the machine that it was started with
   * @param differences every difference, oldest first, without what is private
   */
  private record Replayed(
      String id, Replay.Report report, boolean own, List<Compared> differences) {
    boolean passed() {
      return report.parted() == null && (!own || report.same());
    }
  }

  /**
   * What was recorded, and what is decided now.
   *
   * @param rejection why it is not taken now, or null
   * @param was the lines in which they differ, for people
   */
  private record Compared(
      Entry recorded, Entry now, @Nullable String rejection, List<Line> was, List<Line> is) {}

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
      Map<String, Machine> machines = new HashMap<>();
      for (Store.Row row : rows(store, other)) {
        if (store.key(row.instance()).isEmpty()) {
          erased.add(row.instance());
        } else {
          Machine own =
              machines.computeIfAbsent(
                  row.machine(),
                  pin -> MachineFolder.compiler().apply(store.machine(pin).orElseThrow()));
          all.add(readable(store, row.instance(), own, other == null ? own : other));
        }
      }
    }
    print(all, erased);
    return all.stream().allMatch(Replayed::passed) ? ExitCode.OK : ExitCode.FAILED;
  }

  private static Path there(Path folder) {
    if (!Files.exists(folder.resolve(MachineFolder.MACHINE_FILE))) {
      throw Failure.of(
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

  private Replayed readable(Store store, String instance, Machine own, Machine other) {
    try {
      return replayed(store, instance, own, other);
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

  private static Replayed replayed(Store store, String id, Machine own, Machine other) {
    List<Entry> recorded = new ArrayList<>();
    List<SealedEntry> page;
    do {
      page = store.entries(id, recorded.size(), PAGE);
      page.forEach(sealed -> recorded.add(Sealing.open(sealed)));
    } while (!page.isEmpty());
    Replay.Report report =
        new Replay(own, other, ref -> store.result(id, ref)).replay(id, recorded);
    List<Difference> differences = new ArrayList<>(report.others());
    if (report.parted() != null) {
      differences.add(report.parted());
    }
    Instance instance = Instance.unborn(id);
    for (Entry each : recorded) {
      instance = Evolve.evolve(instance, each);
    }
    Instance newest = instance;
    List<Compared> compared =
        differences.stream().map(each -> compared(own, newest, recorded, each)).toList();
    return new Replayed(id, report, own.identity().equals(other.identity()), compared);
  }

  /**
   * @param newest as the journal leaves it: what is private of it is hidden
   */
  private static Compared compared(
      Machine own, Instance newest, List<Entry> recorded, Difference difference) {
    Entry entry = difference.recorded();
    int before = (int) entry.seq() - 1;
    List<Entry> shown = new ArrayList<>(recorded.subList(0, before + 1));
    shown.add(
        new Entry(
            entry.instance(),
            entry.seq(),
            entry.at(),
            Decide.VERSION,
            entry.occurrence(),
            difference.now()));
    shown = Redaction.of(own, newest, shown, OPERATOR);
    List<Line> was = told(shown.subList(0, before), shown.get(before));
    List<Line> is = told(shown.subList(0, before), shown.get(before + 1));
    List<Line> gone = new ArrayList<>(was);
    gone.removeAll(is);
    is.removeAll(was);
    Rejection rejection = difference.rejection();
    return new Compared(
        shown.get(before),
        shown.get(before + 1),
        rejection == null ? null : rejection.message(),
        gone,
        is);
  }

  private static List<Line> told(List<Entry> before, Entry entry) {
    Narrator narrator = new Narrator();
    narrator.skip(before);
    return narrator.tell(entry);
  }

  // ---- for people

  private void print(List<Replayed> all, List<String> erased) {
    Output output = program().output();
    if (output.json()) {
      output.value(all.stream().map(ReplayCommand::json).toList());
      return;
    }
    all.forEach(each -> print(output, each));
    erased.forEach(each ->
        output.line(
            "%s   %s  its content was erased"
                .formatted(output.paint(Colour.FAINT, "erased"), each)));
    output.line(summary(all));
  }

  private static void print(Output output, Replayed each) {
    Replay.Report report = each.report();
    String entries = Text.count(report.entries(), "entry", "entries");
    if (report.same()) {
      output.line(
          "%s     %s  %s".formatted(output.paint(Colour.GREEN, "same"), each.id(), entries));
      return;
    }
    if (report.parted() == null) {
      output.line(
          "%s  %s  %s, the same course; %d differ in what is recorded"
              .formatted(
                  output.paint(each.own() ? Colour.RED : Colour.YELLOW, "differs"),
                  each.id(),
                  entries,
                  report.others().size()));
    } else {
      output.line(
          "%s    %s  takes another course at entry %d"
              .formatted(output.paint(Colour.RED, "parts"), each.id(), report.entries()));
    }
    Compared last = each.differences().getLast();
    output.line("  recorded, by version " + last.recorded().version() + ":");
    lines(output, last.was(), last.recorded(), last.now());
    output.line("  now:");
    if (last.rejection() != null) {
      output.line("    it is not taken: " + Text.oneLine(last.rejection()));
    } else {
      lines(output, last.is(), last.now(), last.recorded());
    }
  }

  /** What one has and the other has not; where that is nothing that people are told, its names. */
  private static void lines(Output output, List<Line> lines, Entry entry, Entry other) {
    lines.forEach(line ->
        output.line("    %s  %s".formatted(Text.oneLine(line.label()), Text.oneLine(line.text()))));
    if (lines.isEmpty()) {
      List<Outcome> left = new ArrayList<>(entry.outcomes());
      left.removeAll(other.outcomes());
      output.line(
          "    "
              + (left.isEmpty()
                  ? "nothing else"
                  : left.stream()
                      .map(it -> it.getClass().getSimpleName())
                      .collect(Collectors.joining(", "))));
    }
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

  // ---- as JSON

  private static Object json(Replayed each) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("instance", each.id());
    json.put("entries", each.report().entries());
    json.put("same", each.report().same());
    json.put("parted", each.report().parted() != null);
    json.put("differences", each.differences().stream().map(ReplayCommand::json).toList());
    return json;
  }

  private static Object json(Compared each) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("recorded", Json.parse(JournalJson.write(each.recorded())));
    if (each.rejection() == null) {
      json.put("now", Json.parse(JournalJson.write(each.now())));
    } else {
      json.put("rejection", each.rejection());
    }
    return json;
  }
}
