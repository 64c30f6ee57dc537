package dev.interlock.cli.folder;

import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Table;
import dev.interlock.core.bounds.Bound;
import dev.interlock.core.bounds.Bounds;
import dev.interlock.core.json.Decimal;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bounds for people: tables in which each number says by a note what bounds it. */
final class BoundsTable {
  private final Bounds bounds;
  private final Output output;
  private final List<String> notes = new ArrayList<>();

  private BoundsTable(Bounds bounds, Output output) {
    this.bounds = bounds;
    this.output = output;
  }

  static void print(Bounds bounds, Output output) {
    new BoundsTable(bounds, output).print();
  }

  private void print() {
    boolean costs = bounds.total().cost().most() != null;
    Table states =
        costs
            ? new Table("STATE", "VISITS", "TURNS", "CALLS", "WRITES", "TOKENS", "COST", "A VISIT")
            : new Table("STATE", "VISITS", "TURNS", "CALLS", "WRITES", "TOKENS", "A VISIT");
    for (Bounds.OfState it : bounds.states()) {
      row(
          states,
          costs,
          it.state(),
          count(it.visits()),
          new Bound[] {it.turns(), it.calls(), it.writes(), it.tokens(), it.cost()},
          time(it.time()));
    }
    Bounds.Total all = bounds.total();
    row(
        states,
        costs,
        "in all",
        "",
        new Bound[] {all.turns(), all.calls(), all.writes(), all.tokens(), all.cost()},
        time(all.time()));
    heading("The most that a run takes, what operators do aside");
    states.print(output);
    output.line("In escalations: " + time(all.escalated()) + ".");
    if (!bounds.tools().isEmpty()) {
      Table tools = new Table("TOOL", "EFFECT", "CALLS", "HAPPENED", "TRIES");
      bounds
          .tools()
          .forEach(it ->
              tools.row(
                  it.tool(),
                  it.effect().name().toLowerCase(Locale.ROOT),
                  count(it.calls()),
                  count(it.happened()),
                  String.valueOf(it.attempts())));
      heading("Of each tool");
      tools.print(output);
    }
    output.line("");
    for (int i = 0; i < notes.size(); i++) {
      output.line(output.paint(Colour.FAINT, "[%d] %s".formatted(i + 1, notes.get(i))));
    }
  }

  private void heading(String text) {
    output.line("");
    output.line(output.paint(Colour.BOLD, text + ":"));
  }

  private void row(
      Table table, boolean costs, String name, String visits, Bound[] of, String time) {
    List<String> cells = new ArrayList<>(List.of(name, visits));
    for (int i = 0; i < (costs ? of.length : of.length - 1); i++) {
      cells.add(count(of[i]));
    }
    cells.add(time);
    table.row(cells.toArray(String[]::new));
  }

  private String count(Bound bound) {
    return cell(bound, bound.most() == null ? "" : number(bound.most()));
  }

  private static String number(Decimal most) {
    BigDecimal value = most.value();
    return value.stripTrailingZeros().scale() > 0
        ? most.toString()
        : "%,d".formatted(value.toBigInteger());
  }

  private String time(Bound bound) {
    return cell(bound, bound.most() == null ? "" : words(bound.most()));
  }

  /** Nothing needs no note. */
  private String cell(Bound bound, String text) {
    Decimal most = bound.most();
    return most != null && most.value().signum() == 0
        ? "0"
        : (most == null ? "no end" : text) + " [" + note(bound.by()) + "]";
  }

  private int note(String by) {
    if (!notes.contains(by)) {
      notes.add(by);
    }
    return notes.indexOf(by) + 1;
  }

  /** Seconds in all the units that they have: {@code 1 h 30 min}. */
  private static String words(Decimal seconds) {
    Map<String, Long> units = new LinkedHashMap<>();
    units.put("d", 86_400L);
    units.put("h", 3_600L);
    units.put("min", 60L);
    units.put("s", 1L);
    List<String> words = new ArrayList<>();
    BigDecimal rest = seconds.value();
    for (Map.Entry<String, Long> unit : units.entrySet()) {
      BigDecimal[] parts = rest.divideAndRemainder(BigDecimal.valueOf(unit.getValue()));
      if (parts[0].signum() > 0) {
        words.add(parts[0].toBigInteger() + " " + unit.getKey());
      }
      rest = parts[1];
    }
    return String.join(" ", words);
  }

  // ---- for programs

  static Map<String, Object> json(Bounds bounds) {
    Map<String, Object> states = new LinkedHashMap<>();
    for (Bounds.OfState it : bounds.states()) {
      states.put(
          it.state(),
          json(
              "visits", it.visits(),
              "turns", it.turns(),
              "calls", it.calls(),
              "writes", it.writes(),
              "tokens", it.tokens(),
              "cost", it.cost(),
              "seconds", it.time()));
    }
    Map<String, Object> tools = new LinkedHashMap<>();
    for (Bounds.OfTool it : bounds.tools()) {
      Map<String, Object> tool = json("calls", it.calls(), "happened", it.happened());
      tool.put("attempts", (long) it.attempts());
      tools.put(it.tool(), tool);
    }
    Bounds.Total all = bounds.total();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("states", states);
    json.put("tools", tools);
    json.put(
        "total",
        json(
            "turns", all.turns(),
            "calls", all.calls(),
            "writes", all.writes(),
            "tokens", all.tokens(),
            "cost", all.cost(),
            "seconds", all.time(),
            "secondsEscalated", all.escalated()));
    return json;
  }

  private static Map<String, Object> json(Object... namesAndBounds) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (int i = 0; i < namesAndBounds.length; i += 2) {
      Bound bound = (Bound) namesAndBounds[i + 1];
      Map<String, Object> one = new LinkedHashMap<>();
      @Nullable Decimal most = bound.most();
      if (most != null) {
        one.put("most", most);
      }
      one.put("by", bound.by());
      json.put((String) namesAndBounds[i], one);
    }
    return json;
  }
}
