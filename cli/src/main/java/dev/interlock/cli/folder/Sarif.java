package dev.interlock.cli.folder;

import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.Mark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What was found in SARIF 2.1.0, which editors and code scanning read. */
final class Sarif {
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  private Sarif() {}

  /**
   * One log of one run.
   *
   * @param version of the program
   */
  static Map<String, Object> of(FolderCheck check, String version) {
    List<Object> results = new ArrayList<>();
    check.errors().forEach(it -> results.add(result(it, "error")));
    check.warnings().forEach(it -> results.add(result(it, "warning")));
    check.notes().forEach(it -> results.add(result(it, "note")));
    Map<String, Object> driver = new LinkedHashMap<>();
    driver.put("name", "interlock check");
    driver.put("semanticVersion", version);
    driver.put("rules", rules(check));
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

  private static List<Object> rules(FolderCheck check) {
    return Stream.of(check.errors(), check.warnings(), check.notes())
        .flatMap(List::stream)
        .map(Diagnostic::code)
        .distinct()
        .<Object>map(code -> Map.of("id", code))
        .toList();
  }

  private static Map<String, Object> result(Diagnostic found, String level) {
    String mend = found.hint() == null ? "" : " To mend: " + found.hint() + ".";
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("ruleId", found.code());
    result.put("level", level);
    result.put(
        "message",
        text("Found %s, expected %s.%s".formatted(found.found(), found.expected(), mend)));
    result.put("locations", List.of(location(found.mark())));
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
