package dev.interlock.cli.simulate;

import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.simulate.Profile;
import dev.interlock.testkit.simulate.SimulationReport;
import dev.interlock.testkit.simulate.SimulationReport.Spread;
import dev.interlock.testkit.simulate.Surprise;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;

/** A report for programs. */
final class SimulationJson {
  private SimulationJson() {}

  static Map<String, Object> of(
      Machine machine, SimulationReport report, Map<Surprise, Path> written) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", machine.name());
    json.put("identity", machine.identity());
    json.put("seed", report.seed());
    json.put("runs", (long) report.runs());
    json.put("profiles", report.profiles().stream().map(Profile::word).toList());
    json.put("turns", report.turns());
    json.put("questions", report.questions());
    json.put("steps", report.steps());
    json.put("rejected", report.rejected());
    Map<String, Object> ends = new LinkedHashMap<>();
    report
        .ends()
        .forEach((how, by) -> {
          Map<String, Object> of = new LinkedHashMap<>();
          by.forEach((profile, runs) -> of.put(profile.word(), runs));
          ends.put(how, of);
        });
    json.put("ends", ends);
    json.put("refusals", entries(report.refusals()));
    Map<String, Object> people = new LinkedHashMap<>();
    report
        .people()
        .forEach(
            (role, it) -> people.put(role, Map.of("asked", it.times(), "answers", it.answers())));
    json.put("people", people);
    json.put(
        "escalations",
        report.escalations().stream()
            .map(it ->
                Map.of(
                    "from", it.getKey().from(),
                    "reason", it.getKey().reason(),
                    "times", it.getValue()))
            .toList());
    coverage(report, json);
    json.put("promisesCheckedIn", report.checked());
    Map<String, Object> each = new LinkedHashMap<>();
    each.put("questions", spread(report.questionsOf(), it -> it));
    each.put("seconds", spread(report.millisOf(), it -> it / 1_000));
    each.put("tokens", spread(report.tokensOf(), it -> it));
    each.put("cost", spread(report.costOf(), it -> BigDecimal.valueOf(it, 6).toPlainString()));
    json.put("eachRun", each);
    json.put(
        "surprises", report.surprises().stream().map(it -> surprise(it, written.get(it))).toList());
    return json;
  }

  private static void coverage(SimulationReport report, Map<String, Object> json) {
    json.put("states", report.coverage().states());
    Map<String, Object> ways = new LinkedHashMap<>();
    report.coverage().ways().forEach((way, times) -> ways.put(way.toString(), times));
    json.put("ways", ways);
    Map<String, Object> rules = new LinkedHashMap<>();
    report
        .coverage()
        .rules()
        .forEach((rule, by) -> {
          Map<String, Object> said = new LinkedHashMap<>();
          by.forEach((verdict, times) -> said.put(verdict.name().toLowerCase(Locale.ROOT), times));
          rules.put(rule, said);
        });
    json.put("rules", rules);
    Map<String, Object> properties = new LinkedHashMap<>();
    report
        .properties()
        .forEach((name, it) ->
            properties.put(
                name,
                Map.of("violated", it.violated(), "heldBack", it.heldBack(), "near", it.near())));
    json.put("properties", properties);
  }

  private static Map<String, Object> entries(List<Map.Entry<String, Long>> all) {
    Map<String, Object> json = new LinkedHashMap<>();
    all.forEach(it -> json.put(it.getKey(), it.getValue()));
    return json;
  }

  private static Map<String, Object> spread(Spread spread, LongFunction<Object> as) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("median", as.apply(spread.percent(50)));
    json.put("percent95", as.apply(spread.percent(95)));
    json.put("most", as.apply(spread.percent(100)));
    return json;
  }

  private static Map<String, Object> surprise(
      Surprise it, @org.jspecify.annotations.Nullable Path file) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", it.kind().word());
    json.put("what", it.what());
    json.put("detail", it.detail());
    json.put("runs", it.runs());
    json.put("run", it.shown());
    json.put("profile", it.profile().word());
    json.put("steps", (long) it.steps());
    if (file != null) {
      json.put("scenario", file.toString());
    }
    return json;
  }
}
