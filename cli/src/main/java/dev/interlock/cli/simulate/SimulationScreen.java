package dev.interlock.cli.simulate;

import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Text;
import dev.interlock.core.decide.Outcome.Verdict;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.testkit.simulate.Profile;
import dev.interlock.testkit.simulate.Simulation;
import dev.interlock.testkit.simulate.SimulationReport;
import dev.interlock.testkit.simulate.SimulationReport.Spread;
import dev.interlock.testkit.simulate.Surprise;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** A report for people. */
final class SimulationScreen {
  /** The most lines of a list that only its first lines matter of. */
  private static final int MAX_LINES = 12;

  private static final int COLUMN = 9;

  private final Output output;
  private final Machine machine;
  private final SimulationReport report;

  SimulationScreen(Output output, Machine machine, SimulationReport report) {
    this.output = output;
    this.machine = machine;
    this.report = report;
  }

  void print(Map<Surprise, Path> written) {
    output.line(
        "%s version %d, seed %d: %s, %s, %s of virtual time."
            .formatted(
                machine.name(),
                machine.version(),
                report.seed(),
                Text.count(report.runs(), "run", "runs"),
                Text.count(report.turns(), "turn", "turns"),
                time(report.millisOf().sum())));
    ends();
    each();
    counted(
        "Refused", report.refusals().stream().map(it -> line(it.getValue(), it.getKey())).toList());
    people();
    counted(
        "Escalated",
        report.escalations().stream()
            .map(it -> line(it.getValue(), it.getKey().from() + ": " + it.getKey().reason()))
            .toList());
    coverage();
    properties();
    surprises(written);
  }

  private void heading(String text) {
    output.line("");
    output.line(output.paint(Colour.BOLD, text));
  }

  private static String line(long times, String what) {
    return "  %,9d  %s".formatted(times, Text.oneLine(what));
  }

  private void shown(String line) {
    output.line(Text.cut(line, output.width()));
  }

  // ---- how they ended

  private void ends() {
    StringBuilder head = new StringBuilder();
    report.profiles().forEach(it -> head.append(cell(it.word())));
    int width = report.ends().keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
    heading(pad("How runs ended", width + 2) + head);
    report
        .ends()
        .forEach((how, by) -> {
          StringBuilder row = new StringBuilder("  " + pad(how, width));
          for (Profile profile : report.profiles()) {
            long runs = by.getOrDefault(profile, 0L);
            row.append(cell(runs == 0 ? "-" : "%,d".formatted(runs)));
          }
          output.line(row.toString());
        });
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String cell(String text) {
    return " ".repeat(Math.max(1, COLUMN - text.length())) + text;
  }

  // ---- what one run takes

  private void each() {
    heading(row("At most, in", "half the runs", "95 of 100", "all"));
    spread("questions", report.questionsOf(), "%,d"::formatted);
    spread("time", report.millisOf(), SimulationScreen::time);
    spread("tokens", report.tokensOf(), "%,d"::formatted);
    if (report.costOf().percent(100) > 0) {
      spread("cost", report.costOf(), it -> BigDecimal.valueOf(it, 6).toPlainString());
    }
  }

  private void spread(String what, Spread spread, LongFunction<String> said) {
    output.line(
        row(
            "  " + what,
            said.apply(spread.percent(50)),
            said.apply(spread.percent(95)),
            said.apply(spread.percent(100))));
  }

  private static String row(String what, String half, String most, String all) {
    return "%-14s%16s%16s%16s".formatted(what, half, most, all);
  }

  /** A time in the two units that say most. */
  static String time(long millis) {
    Duration time = Duration.ofMillis(millis);
    if (time.toDays() > 0) {
      return "%,d d %d h".formatted(time.toDays(), time.toHoursPart());
    }
    if (time.toHours() > 0) {
      return "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
    }
    return time.toMinutes() > 0
        ? "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart())
        : "%d s".formatted(time.toSeconds());
  }

  // ---- what happened in them

  private void counted(String title, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    heading(title);
    lines.stream().limit(MAX_LINES).forEach(this::shown);
    if (lines.size() > MAX_LINES) {
      output.line(
          "             and %s; --json has all"
              .formatted(Text.count(lines.size() - MAX_LINES, "more", "more")));
    }
  }

  private void people() {
    List<String> lines = new ArrayList<>();
    report
        .people()
        .forEach((role, it) -> {
          List<String> answers = new ArrayList<>();
          it.answers().forEach((answer, times) -> answers.add("%,d %s".formatted(times, answer)));
          lines.add(
              line(
                  it.times(), role + (answers.isEmpty() ? "" : ": " + String.join(", ", answers))));
        });
    counted("People were asked", lines);
  }

  // ---- what no run came to

  private void coverage() {
    Map<String, Long> states = report.coverage().states();
    var ways = report.coverage().ways();
    heading(
        "Covered: %s, %s, %s"
            .formatted(
                covered(states.values(), "states"), covered(ways.values(), "ways"), rulesJudged()));
    states.forEach((state, times) -> {
      if (times == 0) {
        shown("  never entered: " + state);
      }
    });
    ways.forEach((way, times) -> {
      if (times == 0) {
        shown("  never taken: " + way);
      }
    });
    machine
        .rules()
        .forEach(rule -> {
          Map<Verdict, Long> by = report.coverage().rules().getOrDefault(rule.sentence(), Map.of());
          missing(rule, by).forEach(it -> shown("  never %s: %s".formatted(it, rule.sentence())));
        });
  }

  private static String covered(Collection<Long> times, String what) {
    return "%d of %d %s".formatted(times.stream().filter(it -> it > 0).count(), times.size(), what);
  }

  private String rulesJudged() {
    long judged =
        machine.rules().stream()
            .filter(rule ->
                missing(rule, report.coverage().rules().getOrDefault(rule.sentence(), Map.of()))
                    .isEmpty())
            .count();
    return "%d of %d rules".formatted(judged, machine.rules().size());
  }

  /** What a rule could have said, and never did. */
  private static List<String> missing(Rule rule, Map<Verdict, Long> by) {
    if (by.isEmpty()) {
      return List.of("judged");
    }
    List<String> missing = new ArrayList<>();
    if (rule.when() != null || rule.atMost() != null) {
      if (!by.containsKey(Verdict.REFUSES) && !by.containsKey(Verdict.WOULD_REFUSE)) {
        missing.add("refused");
      }
      if (!by.containsKey(Verdict.ALLOWS)) {
        missing.add("allowed");
      }
    }
    if (rule.ask() != null && !by.containsKey(Verdict.ASKS) && !by.containsKey(Verdict.WOULD_ASK)) {
      missing.add("asked");
    }
    if (rule.ask() != null && rule.ask().unless() != null && !by.containsKey(Verdict.EXCUSES)) {
      missing.add("excused");
    }
    return missing;
  }

  // ---- what ought to hold

  private String held(SimulationReport.Kept it) {
    if (it.violated() > 0) {
      return output.paint(
          Colour.RED, "did not hold in " + Text.count(it.violated(), "run", "runs"));
    }
    if (it.near() == 0) {
      return output.paint(Colour.YELLOW, "held (no run came near it)");
    }
    String near = " (%s came near it)".formatted(Text.count(it.near(), "run", "runs"));
    return it.heldBack() > 0
        ? "held, and nothing else held a call back in %s%s"
            .formatted(Text.count(it.heldBack(), "run", "runs"), near)
        : output.paint(Colour.GREEN, "held") + near;
  }

  private void properties() {
    if (!report.properties().isEmpty()) {
      heading("Properties");
    }
    report
        .properties()
        .forEach((name, it) -> {
          output.line("  %s: %s".formatted(name, held(it)));
        });
    output.line("");
    output.line(
        output.paint(
            Colour.FAINT,
            "The engine's promises were checked after each step of one run in %d: %s."
                .formatted(Simulation.CHECKED_OF, Text.count(report.checked(), "run", "runs"))));
  }

  private void surprises(Map<Surprise, Path> written) {
    if (report.surprises().isEmpty()) {
      output.line("No surprises.");
      return;
    }
    heading(
        output.paint(
            Colour.YELLOW, Text.count(report.surprises().size(), "surprise", "surprises")));
    for (Surprise it : report.surprises()) {
      String what = it.what().isEmpty() ? "" : ": " + Text.oneLine(it.what());
      output.line("  " + it.kind().sentence() + what);
      shown("    " + Text.oneLine(it.detail()));
      output.line(
          "    in %s; shortest: run %d, %s, %s"
              .formatted(
                  Text.count(it.runs(), "run", "runs"),
                  it.shown(),
                  it.profile().word(),
                  Text.count(it.steps(), "step", "steps")));
      Path file = written.get(it);
      if (file != null) {
        output.line("    " + file);
      }
    }
  }
}
