package dev.interlock.cli.read;

import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Text;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What came of deciding an instance's journal anew.
 *
 * @param instance as its journal leaves it
 * @param own whether it was decided with the machine that it is of
 * @param differences every difference, oldest first, without what is private
 */
public record Replayed(
    Instance instance, Replay.Report report, boolean own, List<Compared> differences) {
  private static final int PAGE = 500;

  /** Who reads the file may see all but what is private. */
  private static final Principal OPERATOR = new Principal("replay", List.of(Principal.OPERATOR));

  /**
   * What was recorded, and what is decided now.
   *
   * @param rejection why it is not taken now, or null
   * @param was the lines in which they differ, for people
   */
  public record Compared(
      Entry recorded, Entry now, @Nullable String rejection, List<Line> was, List<Line> is) {}

  /**
   * Decides a journal anew.
   *
   * @param machines by pin
   * @param under null means what each entry is of
   */
  public static Replayed of(
      Store store, String id, Function<String, Machine> machines, @Nullable Machine under) {
    List<Entry> recorded = new ArrayList<>();
    List<SealedEntry> page;
    do {
      page = store.entries(id, recorded.size(), PAGE);
      page.forEach(sealed -> recorded.add(Sealing.open(sealed)));
    } while (!page.isEmpty());
    Replay.Report report =
        new Replay(machines, under, ref -> store.result(id, ref)).replay(id, recorded);
    List<Difference> differences = new ArrayList<>(report.others());
    if (report.parted() != null) {
      differences.add(report.parted());
    }
    Instance instance = Instance.unborn(id);
    for (Entry each : recorded) {
      instance = Evolve.evolve(instance, each);
    }
    Instance newest = instance;
    List<Compared> compared = new ArrayList<>();
    if (!differences.isEmpty()) {
      List<Entry> shown = Redaction.of(machines, newest, recorded, OPERATOR);
      differences.forEach(each -> compared.add(compared(machines, newest, recorded, shown, each)));
    }
    boolean own =
        under == null || under.identity().equals(machines.apply(newest.machine()).identity());
    return new Replayed(newest, report, own, compared);
  }

  /** Whether nothing that moves it is otherwise; under its own machine, nothing at all. */
  public boolean passed() {
    return report.parted() == null && (!own || report.same());
  }

  /**
   * @param newest as the journal leaves it: what is private of it is hidden
   * @param shown its journal, without that
   */
  private static Compared compared(
      Function<String, Machine> machines,
      Instance newest,
      List<Entry> recorded,
      List<Entry> shown,
      Difference difference) {
    Entry entry = difference.recorded();
    int before = (int) entry.seq() - 1;
    Entry decided =
        new Entry(
            entry.instance(),
            entry.seq(),
            entry.at(),
            Decide.VERSION,
            entry.occurrence(),
            difference.now());
    Entry now = Redaction.of(machines, newest, plus(recorded, decided), OPERATOR).getLast();
    List<Line> was = told(shown.subList(0, before), shown.get(before));
    List<Line> is = told(shown.subList(0, before), now);
    List<Line> gone = new ArrayList<>(was);
    gone.removeAll(is);
    is.removeAll(was);
    Rejection rejection = difference.rejection();
    return new Compared(
        shown.get(before), now, rejection == null ? null : rejection.message(), gone, is);
  }

  private static List<Entry> plus(List<Entry> entries, Entry one) {
    List<Entry> more = new ArrayList<>(entries);
    more.add(one);
    return more;
  }

  private static List<Line> told(List<Entry> before, Entry entry) {
    Narrator narrator = new Narrator();
    narrator.skip(before);
    return narrator.tell(entry);
  }

  // ---- for people

  /** Prints what came of it. */
  public void print(Output output) {
    String id = instance.id();
    String entries = Text.count(report.entries(), "entry", "entries");
    if (report.same()) {
      output.line("%s     %s  %s".formatted(output.paint(Colour.GREEN, "same"), id, entries));
      return;
    }
    if (report.parted() == null) {
      output.line(
          "%s  %s  %s, the same course; %d differ in what is recorded"
              .formatted(
                  output.paint(own ? Colour.RED : Colour.YELLOW, "differs"),
                  id,
                  entries,
                  report.others().size()));
    } else {
      output.line(
          "%s    %s  takes another course at entry %d"
              .formatted(output.paint(Colour.RED, "parts"), id, report.parted().recorded().seq()));
    }
    Compared last = differences.getLast();
    output.line("  recorded, by version " + last.recorded().version() + ":");
    recorded(last).forEach(line -> output.line("    " + line));
    output.line("  now:");
    now(last).forEach(line -> output.line("    " + line));
  }

  /** One that is not the same, in a few words. */
  public String sentence() {
    Compared last = differences.getLast();
    return "%s %s; recorded, by version %s: %s; now: %s"
        .formatted(
            instance.id(),
            report.parted() == null
                ? "takes the same course, and differs in what is recorded"
                : "takes another course at entry " + report.parted().recorded().seq(),
            last.recorded().version(),
            String.join(", ", recorded(last)),
            String.join(", ", now(last)));
  }

  private static List<String> recorded(Compared each) {
    return lines(each.was(), each.recorded(), each.now());
  }

  private static List<String> now(Compared each) {
    return each.rejection() == null
        ? lines(each.is(), each.now(), each.recorded())
        : List.of("it is not taken: " + Text.oneLine(each.rejection()));
  }

  /** What one has and the other has not; where that is nothing that people are told, its names. */
  private static List<String> lines(List<Line> lines, Entry entry, Entry other) {
    if (!lines.isEmpty()) {
      return lines.stream()
          .map(line -> Text.oneLine(line.label()) + "  " + Text.oneLine(line.text()))
          .toList();
    }
    List<Outcome> left = new ArrayList<>(entry.outcomes());
    left.removeAll(other.outcomes());
    return left.isEmpty()
        ? List.of("nothing else")
        : List.of(
            left.stream()
                .map(it -> it.getClass().getSimpleName())
                .collect(Collectors.joining(", ")));
  }

  // ---- as JSON

  /** What came of it, as JSON. */
  public Object json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("instance", instance.id());
    json.put("entries", report.entries());
    json.put("same", report.same());
    json.put("parted", report.parted() != null);
    json.put("differences", differences.stream().map(Replayed::json).toList());
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
