package dev.interlock.cli.tell;

import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Text;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.engine.Documents;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.evolve.Counters;
import dev.interlock.core.evolve.End;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Evidence;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.Machine;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One instance on one screen: where it is, what it waits for, what was done, what was refused and
 * why.
 *
 * @param journal all of its entries
 */
public record ShowScreen(View view, List<Entry> journal, Instant now, ZoneId zone, Typing typing) {
  /** The newest calls that are shown; the journal has all. */
  public static final int MAX_CALLS = 12;

  private static final int LABEL = 12;

  /** Its lines, for stdout. */
  public List<String> lines(Output output) {
    Page page = new Page(output, new ArrayList<>());
    head(page);
    List<Awaited> awaited = Awaited.of(view, now, typing);
    if (!awaited.isEmpty()) {
      page.heading("Waits for");
      awaited.forEach(it -> awaited(it, page));
    }
    written(page);
    fields(page);
    documents(page);
    calls(page);
    spent(page);
    return page.lines;
  }

  private Instance instance() {
    return view.instance();
  }

  private void head(Page page) {
    Instance instance = instance();
    Machine machine = view.machine();
    page.lines.add(
        "%s  %s  %s"
            .formatted(
                page.output.paint(Colour.BOLD, Text.oneLine(instance.id())),
                page.output.paint(Colour.CYAN, instance.state()),
                status(instance)));
    if (!machine.title().isEmpty()) {
      page.text("", machine.title(), Colour.FAINT);
    }
    page.text(
        "",
        "machine %s, version %d; caller %s; started %s%s"
            .formatted(
                machine.name(),
                machine.version(),
                instance.caller(),
                Ago.local(instance.started(), zone),
                instance.end() != null
                    ? ""
                    : "; here for " + Ago.words(Duration.between(instance.visit().entered(), now))),
        Colour.FAINT);
    started().flatMap(Narrator::despite).ifPresent(what -> page.text("", what, Colour.RED));
    @Nullable Escalated escalated = instance.escalated();
    if (escalated != null) {
      page.text(
          "",
          "%s from %s, reason %s%s%s%s"
              .formatted(
                  instance.inEscalation() || escalatedForGood(instance)
                      ? "Escalated"
                      : "Was escalated",
                  escalated.from(),
                  escalated.reason(),
                  Narrator.named(escalated),
                  escalated.detail().isEmpty() ? "" : ": " + escalated.detail(),
                  escalated.ticket() == null ? "" : "; ticket " + escalated.ticket()),
          Colour.RED);
    }
  }

  /** How it began, for whoever may read that. */
  private Optional<Occurrence.Started> started() {
    return journal.stream()
        .limit(1)
        .map(Entry::occurrence)
        .filter(Occurrence.Started.class::isInstance)
        .map(Occurrence.Started.class::cast)
        .findFirst();
  }

  private static boolean escalatedForGood(Instance instance) {
    @Nullable End end = instance.end();
    return end != null && end.status() == End.Status.ESCALATED;
  }

  private static String status(Instance instance) {
    @Nullable End end = instance.end();
    String outcome = end == null || end.outcome().isEmpty() ? "" : ", outcome " + end.outcome();
    return instance.status().word() + outcome;
  }

  private static void awaited(Awaited it, Page page) {
    page.text("  ", it.whom() + " " + it.text(), Colour.YELLOW);
    it.details().forEach((name, value) -> page.pair(name, Values.json(value), "    "));
    it.commands()
        .forEach(command -> page.lines.add("    " + page.output.paint(Colour.BOLD, command)));
  }

  private void written(Page page) {
    List<String> written = written();
    if (!written.isEmpty()) {
      page.heading("Written since");
      written.forEach(text -> page.text("  ", text, Colour.YELLOW));
    }
  }

  /**
   * What bears on what a person must decide: all since a call was parked, or what waits for an
   * answer.
   */
  private List<String> written() {
    return instance().parked().isEmpty()
        ? instance().inbox().messages().stream().map(Inbox.Message::text).toList()
        : instance().written();
  }

  private void fields(Page page) {
    Instance instance = instance();
    List<String> set =
        view.machine().context().keySet().stream()
            .filter(field -> instance.facts().containsKey(field))
            .filter(field -> instance.evidence().containsKey(field) || !empty(field))
            .toList();
    if (set.isEmpty()) {
      return;
    }
    page.heading("Fields");
    for (String field : set) {
      @Nullable Evidence evidence = instance.evidence().get(field);
      page.pair(
          field,
          Values.json(instance.facts().getOrDefault(field, ""))
              + (evidence == null
                  ? ""
                  : " (%s, %s)".formatted(evidence.by(), Ago.since(evidence.at(), now))),
          "  ");
    }
  }

  /** How to get the documents that are shown. The file's name is not whoever sent it to choose. */
  private void documents(Page page) {
    List<Document> documents = Documents.shown(view);
    if (!documents.isEmpty()) {
      page.heading("Documents");
    }
    for (Document document : documents) {
      String command = "document " + Shell.word(instance().id()) + " " + document.hash();
      page.pair(document.name(), document.mediaType(), "  ");
      page.lines.add(
          "    " + page.output.paint(Colour.BOLD, typing.command(command) + " > document"));
    }
  }

  private boolean empty(String field) {
    return switch (instance().facts().get(field)) {
      case Map<?, ?> map -> map.isEmpty();
      case List<?> list -> list.isEmpty();
      case null, default -> false;
    };
  }

  private void calls(Page page) {
    List<CallLog.Row> calls =
        CallLog.of(journal).rows().stream()
            .filter(row -> row.tool().contains(".") || no(row))
            .toList();
    if (calls.isEmpty()) {
      return;
    }
    List<CallLog.Row> newest = calls.subList(Math.max(0, calls.size() - MAX_CALLS), calls.size());
    page.heading(
        newest.size() == calls.size()
            ? "Calls"
            : "Calls, the newest %d of %d (%s has all)"
                .formatted(
                    newest.size(), calls.size(), typing.command("journal " + instance().id())));
    for (CallLog.Row row : newest) {
      page.call(row);
    }
  }

  private static boolean no(CallLog.Row row) {
    return row.how() == CallLog.How.REFUSED || row.how() == CallLog.How.WITHDRAWN;
  }

  private void spent(Page page) {
    Map<Budget, String> spent = spentOf(instance());
    List<String> parts = new ArrayList<>();
    spent.forEach((budget, used) -> {
      @Nullable Decimal limit = limit(budget);
      parts.add("%s %s%s".formatted(budget, used, limit == null ? "" : " of " + limit));
    });
    page.heading("Spent");
    page.text("  ", String.join(", ", parts), Colour.FAINT);
  }

  private @Nullable Decimal limit(Budget budget) {
    @Nullable Decimal limit = view.machine().budgets().limit(budget);
    @Nullable Decimal granted = instance().granted().get(budget);
    return limit == null || granted == null
        ? limit
        : new Decimal(limit.value().add(granted.value()));
  }

  private static Map<Budget, String> spentOf(Instance instance) {
    Counters counters = instance.spent();
    Map<Budget, String> spent = new EnumMap<>(Budget.class);
    spent.put(Budget.TURNS, "" + counters.turns());
    spent.put(Budget.TOOL_CALLS, "" + counters.toolCalls());
    spent.put(Budget.ERRORS, "" + counters.errors());
    spent.put(Budget.TOTAL_ERRORS, "" + counters.totalErrors());
    spent.put(Budget.TOKENS, "" + counters.tokens());
    if (counters.cost().signum() != 0) {
      spent.put(Budget.COST, counters.cost().toPlainString());
    }
    return spent;
  }

  /** The same as one JSON object. */
  public Map<String, Object> json() {
    Instance instance = instance();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("instance", instance.id());
    json.put("machine", view.machine().name());
    json.put("version", view.machine().version());
    json.put("identity", view.machine().identity());
    json.put("pin", view.machine().pin());
    json.put("caller", Map.of("id", instance.caller().id(), "roles", instance.caller().roles()));
    json.put("state", instance.state());
    json.put("status", instance.status().word());
    json.put("started", instance.started().toString());
    Values.put(json, "despite", started().map(Occurrence.Started::despite).orElse(null));
    json.put("since", instance.visit().entered().toString());
    json.put("seq", instance.seq());
    @Nullable End end = instance.end();
    Values.put(json, "outcome", end == null || end.outcome().isEmpty() ? null : end.outcome());
    @Nullable Escalated escalated = instance.escalated();
    if (escalated != null) {
      Map<String, Object> why = new LinkedHashMap<>();
      why.put("from", escalated.from());
      why.put("reason", escalated.reason().word());
      why.put("name", escalated.name());
      why.put("detail", escalated.detail());
      Values.put(why, "ticket", escalated.ticket());
      json.put("escalated", why);
    }
    json.put("waits", Awaited.of(view, now, typing).stream().map(ShowScreen::json).toList());
    json.put("written", written());
    json.put("fields", Values.plain(instance.facts()));
    json.put("parked", instance.parked().stream().map(ShowScreen::json).toList());
    json.put("calls", CallLog.of(journal).rows().stream().map(ShowScreen::json).toList());
    Map<String, Object> spent = new LinkedHashMap<>();
    BiConsumer<Budget, String> put = (budget, used) -> spent.put(budget.word(), Json.number(used));
    spentOf(instance).forEach(put);
    json.put("spent", spent);
    return json;
  }

  private static Map<String, Object> json(Awaited it) {
    return Map.of(
        "kind",
        it.kind().word(),
        "whom",
        it.whom(),
        "what",
        it.text(),
        "details",
        Values.plain(it.details()),
        "commands",
        it.commands());
  }

  private static Map<String, Object> json(Parked parked) {
    return Map.of(
        "call",
        (long) parked.number(),
        "tool",
        parked.call().tool(),
        "args",
        Values.plain(parked.call().args()),
        "shown",
        Values.plain(parked.shown()),
        "hash",
        parked.hash(),
        "asks",
        parked.asks().stream()
            .map(ask ->
                Map.of(
                    "role",
                    ask.role(),
                    "rules",
                    ask.rules(),
                    "answered",
                    ask.answered(),
                    "people",
                    (long) ask.quorum().people(),
                    "yes",
                    ask.yes()))
            .toList(),
        "expires",
        parked.expires().toString());
  }

  private static Map<String, Object> json(CallLog.Row row) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("call", (long) row.number());
    json.put("tool", row.tool());
    json.put("args", Values.plain(row.args()));
    json.put("how", row.how().word());
    Values.put(json, "rule", row.rule().isEmpty() ? null : row.rule());
    Values.put(json, "why", row.why().isEmpty() ? null : row.why());
    return json;
  }

  /** The lines of a screen as they are laid out. */
  private record Page(Output output, List<String> lines) {
    void heading(String text) {
      lines.add("");
      lines.add(output.paint(Colour.BOLD, text));
    }

    void text(String indent, String text, Colour colour) {
      String hang = indent;
      for (String line : Text.wrap(Text.oneLine(text), output.width() - indent.length() - 2)) {
        lines.add(hang + output.paint(colour, line));
        hang = indent + "  ";
      }
    }

    void pair(String name, String value, String indent) {
      String label = Text.oneLine(name);
      String start = indent + label + " ".repeat(Math.max(1, LABEL - label.length())) + " ";
      lines.add(
          start + Text.cut(Text.oneLine(value), Math.max(20, output.width() - start.length())));
    }

    void call(CallLog.Row row) {
      Colour colour =
          switch (row.how()) {
            case RETURNED -> Colour.GREEN;
            case PROPOSED, ACCEPTED, DISPATCHED, PARKED -> Colour.YELLOW;
            case FAILED, REFUSED, UNKNOWN, WITHDRAWN, REJECTED, EXPIRED, VOID, TAKEN_BACK ->
                Colour.RED;
          };
      String number = "  %3d  ".formatted(row.number());
      String what =
          Text.oneLine(row.tool() + (row.args().isEmpty() ? "" : " " + Values.json(row.args())));
      String how = row.how().word();
      lines.add(
          number
              + output.paint(colour, how)
              + " ".repeat(Math.max(1, 12 - how.length()))
              + Text.cut(what, Math.max(20, output.width() - number.length() - 12)));
      String why =
          row.rule().isEmpty() ? row.why() : "by \"%s\": %s".formatted(row.rule(), row.why());
      if (!why.isEmpty()) {
        String indent = " ".repeat(number.length() + 12);
        int room = Math.max(20, output.width() - indent.length());
        if (row.how() == CallLog.How.RETURNED) {
          lines.add(indent + output.paint(Colour.FAINT, Text.cut(Text.oneLine(why), room)));
        } else {
          Text.wrap(Text.oneLine(why), room).forEach(line -> lines.add(indent + line));
        }
      }
    }
  }
}
