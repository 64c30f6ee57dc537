package dev.interlock.cli.folder;

import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.DiagnosticCode;
import dev.interlock.core.load.Mark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What was found in SARIF 2.1.0, which editors and code scanning read. */
final class Sarif {
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  private Sarif() {}

  /**
   * One log of one run.
   *
   * @param against another version, or null
   * @param version of the program
   */
  static Map<String, Object> of(FolderCheck check, @Nullable Against against, String version) {
    Set<DiagnosticCode> rules = new LinkedHashSet<>();
    List<Object> results = new ArrayList<>();
    Stream.of(check.errors(), check.warnings(), check.notes())
        .flatMap(List::stream)
        .map(Diagnostic::code)
        .forEach(rules::add);
    check.errors().forEach(it -> results.add(result(it, "error")));
    check.warnings().forEach(it -> results.add(result(it, "warning")));
    check.notes().forEach(it -> results.add(result(it, "note")));
    if (against != null && check.folder() != null) {
      for (Against.Told told : against.told(check.folder().places())) {
        rules.add(told.code());
        results.add(result(told.code(), "note", told.sentence(), told.mark()));
      }
    }
    Map<String, Object> driver = new LinkedHashMap<>();
    driver.put("name", "interlock check");
    driver.put("semanticVersion", version);
    driver.put("rules", rules.stream().map(Sarif::rule).toList());
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("tool", Map.of("driver", driver));
    run.put("columnKind", "unicodeCodePoints");
    run.put("results", results);
    Map<String, Object> log = new LinkedHashMap<>();
    log.put("$schema", SCHEMA);
    log.put("version", "2.1.0");
    log.put("runs", List.of(run));
    return log;
  }

  private static Object rule(DiagnosticCode code) {
    String says = code.says().substring(0, 1).toUpperCase(Locale.ROOT) + code.says().substring(1);
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("id", code.id());
    rule.put("shortDescription", text(says));
    rule.put("fullDescription", text(says + "."));
    rule.put("help", text("%s: %s. More in docs/VERIFY.md.".formatted(code.id(), code.says())));
    return rule;
  }

  private static Map<String, Object> result(Diagnostic found, String level) {
    String mend = found.hint() == null ? "" : " To mend: " + found.hint() + ".";
    Map<String, Object> result =
        result(
            found.code(),
            level,
            "Found %s, expected %s.%s".formatted(found.found(), found.expected(), mend),
            found.mark());
    if (!found.run().isEmpty()) {
      List<Object> steps = new ArrayList<>();
      for (String step : found.run()) {
        Map<String, Object> place = new LinkedHashMap<>(location(found.mark()));
        place.put("message", text(step));
        steps.add(Map.of("location", place));
      }
      result.put("codeFlows", List.of(Map.of("threadFlows", List.of(Map.of("locations", steps)))));
    }
    return result;
  }

  private static Map<String, Object> result(
      DiagnosticCode code, String level, String message, Mark mark) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("ruleId", code.id());
    result.put("level", level);
    result.put("message", text(message));
    result.put("locations", List.of(location(mark)));
    return result;
  }

  private static Map<String, Object> text(String text) {
    return Map.of("text", text);
  }

  private static Map<String, Object> location(Mark mark) {
    Map<String, Object> region = new LinkedHashMap<>();
    region.put("startLine", (long) mark.line());
    region.put("startColumn", (long) mark.column());
    Map<String, Object> physical = new LinkedHashMap<>();
    physical.put("artifactLocation", Map.of("uri", mark.file()));
    physical.put("region", region);
    Map<String, Object> location = new LinkedHashMap<>();
    location.put("physicalLocation", physical);
    return location;
  }
}
