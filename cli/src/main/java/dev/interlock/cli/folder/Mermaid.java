package dev.interlock.cli.folder;

import dev.interlock.cli.output.Text;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Way;
import dev.interlock.core.machine.Ways;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A machine as a state diagram in Mermaid's language, which Markdown viewers draw. */
final class Mermaid {
  private static final String ANYWHERE = "anywhere_";
  private static final String BACK = "back_";

  /** Words that Mermaid reads as its own. */
  private static final Set<String> RESERVED =
      Set.of(
          "state",
          "note",
          "end",
          "direction",
          "class",
          "classdef",
          "style",
          "click",
          "default",
          "hide",
          "scale",
          "as",
          "href",
          "root",
          "acctitle",
          "accdescr",
          ANYWHERE,
          BACK);

  /** The most characters of a label's line; the machine file has the rest. */
  private static final int LABEL = 60;

  private final Machine machine;
  private final Map<String, String> ids = new LinkedHashMap<>();
  private final List<String> lines = new ArrayList<>();

  private Mermaid(Machine machine) {
    this.machine = machine;
  }

  /** The diagram, its last line ended. */
  static String of(Machine machine) {
    return new Mermaid(machine).draw();
  }

  private String draw() {
    line("stateDiagram-v2");
    machine.states().values().forEach(this::state);
    line("  [*] --> " + id(machine.initial()));
    Map<Edge, List<String>> edges = new LinkedHashMap<>();
    Ways.of(machine)
        .forEach((way, conditions) ->
            conditions.forEach(condition ->
                edges
                    .computeIfAbsent(new Edge(source(way), target(way)), edge -> new ArrayList<>())
                    .add(label(way, condition))));
    if (edges.keySet().stream().anyMatch(edge -> edge.from().equals(ANYWHERE))) {
      line("  state \"from every state\" as " + ANYWHERE);
    }
    if (edges.keySet().stream().anyMatch(edge -> edge.to().equals(BACK))) {
      line("  state \"back to the state that was left\" as " + BACK);
    }
    edges.forEach((edge, labels) -> line("  " + edge + joined(labels)));
    line("  classDef approval stroke:#b58900,stroke-width:3px");
    line("  classDef escalation stroke:#dc322f,stroke-width:3px");
    return String.join("\n", lines) + "\n";
  }

  private record Edge(String from, String to) {
    @Override
    public String toString() {
      return from + " --> " + to;
    }
  }

  private static String joined(List<String> labels) {
    String text =
        labels.stream().filter(label -> !label.isEmpty()).collect(Collectors.joining("<br/>"));
    return text.isEmpty() ? "" : " : " + text;
  }

  private void line(String text) {
    lines.add(text);
  }

  private void state(State state) {
    String id = id(state.name());
    line("  state \"%s\" as %s".formatted(state.name(), id));
    details(state).forEach(detail -> line("  %s : %s".formatted(id, text(detail))));
    switch (state) {
      case State.Escalation escalation -> line("  class %s escalation".formatted(id));
      case State.Approval approval -> line("  class %s approval".formatted(id));
      case State.Final end -> line("  %s --> [*]".formatted(id));
      default -> {}
    }
  }

  private static List<String> details(State state) {
    return switch (state) {
      case State.Agent agent -> agent.tools();
      case State.Call call -> call.calls().stream().map(made -> "calls " + made.tool()).toList();
      case State.Approval approval -> List.of("asks " + approval.role());
      case State.Wait wait -> List.of("waits");
      case State.Choice choice -> List.of("chooses");
      case State.Escalation escalation -> List.of("opens a ticket");
      case State.Final end -> end.outcome().isEmpty() ? List.of() : List.of(end.outcome());
    };
  }

  private String source(Way way) {
    return way.from().equals(Way.ANYWHERE) ? ANYWHERE : id(way.from());
  }

  /** Where it leads: {@code back} is drawn as a place of its own, as it is no fixed state. */
  private String target(Way way) {
    return machine.states().containsKey(way.target()) ? id(way.target()) : BACK;
  }

  private static String label(Way way, String condition) {
    String cause = way.cause().equals("transition") ? "" : way.cause();
    return text(Text.cut((cause + " " + condition).strip(), LABEL));
  }

  /** A state's name, or, if Mermaid would read it as a word of its own, that and lines below it. */
  private String id(String state) {
    return ids.computeIfAbsent(
        state,
        name -> {
          String id = name;
          while (RESERVED.contains(id.toLowerCase(Locale.ROOT)) || ids.containsValue(id)) {
            id += "_";
          }
          return id;
        });
  }

  /** Without what ends a line of Mermaid's or begins a tag or a directive: it has no escapes. */
  private static String text(String raw) {
    return Text.oneLine(raw).replace(';', ',').replaceAll("<(?=[^ =])", "< ").replace("%%", "% %");
  }
}
