package dev.interlock.guard;

import dev.interlock.Interlock;
import dev.interlock.Session;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Outcome.Verdict;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a machine refused or asked people about, and what it would have if it only observed, by
 * rule; read from the journals.
 *
 * @param lines the most frequent first
 * @param instances how many instances were read: the newest 10,000
 * @param unjudged calls that went out since this guard was made while their instance was over or
 *     waited for a person: only of a machine that observes
 */
public record GuardReport(List<Line> lines, int instances, long unjudged) {
  /** The most examples of one line. */
  public static final int EXAMPLES = 3;

  private static final int NEWEST = 10_000;

  /** The rule of arguments that are none. */
  private static final String ARGUMENTS = "arguments";

  /** What became of the calls. */
  public enum Kind {
    /** It was refused. */
    REFUSED("refused"),
    /** It waited for people. */
    ASKED("asked"),
    /** It went out, and would have been refused. */
    WOULD_REFUSE("would be refused"),
    /** It went out, and people would have been asked. */
    WOULD_ASK("would be asked");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /**
   * The calls of one rule.
   *
   * @param rule its sentence, or a name of Interlock's own such as {@code set to}
   * @param calls how many
   */
  public record Line(Kind kind, String rule, int calls, List<Example> examples) {}

  /** Where one of them stands: the entry of the journal in which it was judged. */
  public record Example(String instance, long seq, String tool) {}

  private record Key(Kind kind, String rule) {}

  private static final class Found {
    private final Set<String> calls = new HashSet<>();
    private final List<Example> examples = new ArrayList<>();
  }

  static GuardReport of(Interlock interlock, String machine, long unjudged) {
    Session session = interlock.as(new Principal("guard", List.of(Principal.OPERATOR)));
    Map<Key, Found> found = new LinkedHashMap<>();
    List<Store.Row> rows = session.list(new Store.Filter(machine, null, null, null, null, NEWEST));
    for (Store.Row row : rows) {
      Map<Object, String> tools = new HashMap<>();
      session.journal(row.instance(), 0).forEach(entry -> read(entry, tools, found));
    }
    List<Line> lines = new ArrayList<>();
    found.forEach((key, it) ->
        lines.add(new Line(key.kind(), key.rule(), it.calls.size(), List.copyOf(it.examples))));
    lines.sort((a, b) -> Integer.compare(b.calls(), a.calls()));
    return new GuardReport(List.copyOf(lines), rows.size(), unjudged);
  }

  private static void read(Entry entry, Map<Object, String> tools, Map<Key, Found> found) {
    for (Outcome outcome : entry.outcomes()) {
      switch (outcome) {
        case Outcome.ReplyFaulty it -> {
          for (Reply.Part part : it.reply().parts()) {
            if (part instanceof Reply.Call(var id, String tool, var arguments)) {
              tools.put(id, tool);
              add(found, Kind.REFUSED, ARGUMENTS, entry, id, tools);
            }
          }
        }
        case Outcome.CallProposed it -> tools.put(it.call(), it.tool());
        case Outcome.CallRefused it ->
            add(found, Kind.REFUSED, it.refusal().rule(), entry, it.call(), tools);
        case Outcome.Ruled it when it.verdict() == Verdict.ASKS ->
            add(found, Kind.ASKED, it.rule(), entry, it.call(), tools);
        case Outcome.Ruled it when it.verdict() == Verdict.WOULD_REFUSE ->
            add(found, Kind.WOULD_REFUSE, it.rule(), entry, it.call(), tools);
        case Outcome.Ruled it when it.verdict() == Verdict.WOULD_ASK ->
            add(found, Kind.WOULD_ASK, it.rule(), entry, it.call(), tools);
        default -> {
          // the others refuse nothing
        }
      }
    }
  }

  /**
   * A call is judged again just before it goes out: it counts once.
   *
   * @param call its number, or the id of one that was none
   */
  private static void add(
      Map<Key, Found> found,
      Kind kind,
      String rule,
      Entry entry,
      Object call,
      Map<Object, String> tools) {
    Found it = found.computeIfAbsent(new Key(kind, rule), key -> new Found());
    if (it.calls.add(entry.instance() + "/" + call) && it.examples.size() < EXAMPLES) {
      it.examples.add(new Example(entry.instance(), entry.seq(), tools.getOrDefault(call, "")));
    }
  }

  /** A line each, for people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      text.append("%,5d  %-16s  %s".formatted(line.calls(), line.kind().words, line.rule()));
      line.examples().stream()
          .limit(1)
          .forEach(it ->
              text.append("  (%s in %s, entry %d)".formatted(it.tool(), it.instance(), it.seq())));
      text.append('\n');
    }
    if (unjudged > 0) {
      text.append(
          "%,5d  not judged: the case was over or waited for a person\n".formatted(unjudged));
    }
    return text.isEmpty()
        ? "Nothing was refused in %,d instances.\n".formatted(instances)
        : text.toString();
  }
}
