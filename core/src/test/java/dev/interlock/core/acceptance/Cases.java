package dev.interlock.core.acceptance;

import dev.interlock.core.json.Json;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the cases. What is wrong with a file is an exception with its place. */
final class Cases {
  /** Read where they are written: a copy of a build keeps files that were moved since. */
  private static final Path FOLDER = Path.of("src/test/resources/acceptance");

  private static final Set<String> KEYS = Set.of("name", "machine", "given", "when", "then");

  private Cases() {}

  /** All cases. */
  static Stream<Case> all() {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      List<Case> cases = new ArrayList<>();
      files
          .filter(file -> file.toString().endsWith(".yaml"))
          .map(file -> FOLDER.relativize(file).toString().replace('\\', '/'))
          .filter(file -> !file.startsWith("machines/"))
          .sorted()
          .forEach(file -> cases.addAll(of(file)));
      return cases.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Case> of(String file) {
    Map<String, Object> content = mapping(file);
    if (!content.containsKey("cases")) {
      return List.of();
    }
    Map<String, Object> setups = mapping("setups.yaml");
    List<Case> cases = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (Object item : list(content.get("cases"))) {
      Map<String, Object> each = map(item);
      String name = (String) Objects.requireNonNull(each.get("name"), file);
      if (!names.add(name) || !KEYS.containsAll(each.keySet())) {
        throw new IllegalArgumentException(
            "%s: the case \"%s\" stands twice, or has a key beside %s".formatted(file, name, KEYS));
      }
      Object named = each.getOrDefault("machine", content.get("machine"));
      String machine = (String) Objects.requireNonNull(named, name);
      Map<String, Object> shared = map(setups.getOrDefault(machine, Map.of()));
      cases.add(
          new Case(
              file.substring(0, file.length() - ".yaml".length()),
              name,
              machine,
              each.containsKey("given") ? steps(each.get("given"), shared) : null,
              map(each.get("when")),
              map(each.get("then"))));
    }
    return cases;
  }

  /** Steps in full: {@code {setup: NAME}} and {@code {repeat: N, steps: […]}} are written out. */
  private static List<Map<String, Object>> steps(
      @Nullable Object written, Map<String, Object> setups) {
    List<Map<String, Object>> steps = new ArrayList<>();
    for (Object item : list(written)) {
      Map<String, Object> step = map(item);
      if (step.containsKey("setup")) {
        Object setup = setups.get((String) step.get("setup"));
        steps.addAll(steps(Objects.requireNonNull(setup, "no setup " + step), setups));
      } else if (step.containsKey("repeat")) {
        for (long i = 0; i < (Long) Objects.requireNonNull(step.get("repeat")); i++) {
          steps.addAll(steps(step.get("steps"), setups));
        }
      } else {
        steps.add(step);
      }
    }
    return steps;
  }

  /** A file that is a mapping. */
  static Map<String, Object> mapping(String file) {
    Yaml.Parsed parsed = Yaml.read(file, text(file));
    if (!parsed.problems().isEmpty()) {
      throw new IllegalArgumentException(Diagnostic.format(parsed.problems()));
    }
    Node root = Objects.requireNonNull(parsed.root(), file);
    return map(root.value());
  }

  static String text(String file) {
    try {
      return Files.readString(FOLDER.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<?> list(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException("found " + value + ", expected a list");
  }

  static Map<String, Object> map(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return new LinkedHashMap<>(Json.object(map));
    }
    throw new IllegalArgumentException("found " + value + ", expected a mapping");
  }
}
