package dev.interlock.testkit.brute;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/**
 * The text of a tiny machine, as a tree of maps and lists: what is left of it when a branch is cut
 * off is a machine too, if it loads.
 *
 * @param machine as in {@code machine.yaml}
 * @param schemas of the arguments of its tools
 */
public record Tiny(Map<String, Object> machine, Map<String, Object> schemas) {
  /** Draws the text of a machine; the same seed draws the same one. */
  public static Tiny of(long seed) {
    return new TinyText(new Random(seed * 0x9E3779B97F4A7C15L + 0xD1B54A32D192ED03L)).draw();
  }

  /** The machine, if the text is one. */
  public Optional<Machine> load() {
    return Optional.ofNullable(loaded().machine());
  }

  /** The machine, or why the text is none. */
  public MachineLoader.Loaded loaded() {
    List<Offered> tools = new ArrayList<>();
    schemas.forEach((tool, schema) -> {
      if (schema instanceof Map<?, ?> map) {
        tools.add(new Offered(tool, tool, Json.object(map), false));
      }
    });
    ToolLock lock = ToolLock.lock("tools.lock", tools).lock();
    return MachineLoader.load("machine.yaml", Json.write(machine), lock);
  }

  /**
   * What is left when branch after branch is cut off, as long as something still holds of it.
   *
   * @param still asked of texts that load
   */
  public Tiny shrunk(Predicate<Tiny> still) {
    Tiny best = this;
    boolean shorter = true;
    while (shorter) {
      shorter = false;
      for (List<Object> branch : best.branches()) {
        Tiny cut = best.without(branch);
        if (cut.load().isPresent() && still.test(cut)) {
          best = cut;
          shorter = true;
          break;
        }
      }
    }
    return best;
  }

  /** Where branches begin, the thick ones first. */
  private List<List<Object>> branches() {
    List<List<Object>> found = new ArrayList<>();
    branches(List.of("machine"), machine, found);
    schemas.keySet().forEach(tool -> found.add(List.of("schemas", tool)));
    found.sort((one, other) -> Integer.compare(one.size(), other.size()));
    return found;
  }

  private static void branches(List<Object> at, Object tree, List<List<Object>> found) {
    switch (tree) {
      case Map<?, ?> map ->
          map.forEach((key, below) -> {
            List<Object> there = then(at, key);
            if (!key.equals("at")) { // without it a result would have to be another one
              found.add(there);
            }
            branches(there, below, found);
          });
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          List<Object> there = then(at, i);
          found.add(there);
          branches(there, list.get(i), found);
        }
      }
      default -> {}
    }
  }

  private static List<Object> then(List<Object> at, Object step) {
    List<Object> there = new ArrayList<>(at);
    there.add(step);
    return there;
  }

  private Tiny without(List<Object> branch) {
    List<Object> path = branch.subList(1, branch.size());
    return branch.getFirst().equals("machine")
        ? new Tiny(Json.object((Map<?, ?>) without(machine, path)), schemas)
        : new Tiny(machine, Json.object((Map<?, ?>) without(schemas, path)));
  }

  private static Object without(Object tree, List<Object> path) {
    boolean here = path.size() == 1;
    if (tree instanceof List<?> list) {
      List<Object> fewer = new ArrayList<>(list);
      int index = (Integer) path.getFirst();
      Object below = fewer.remove(index);
      if (!here) {
        fewer.add(index, without(below, path.subList(1, path.size())));
      }
      return fewer;
    }
    Map<String, Object> fewer = new LinkedHashMap<>(Json.object((Map<?, ?>) tree));
    String key = String.valueOf(path.getFirst());
    if (here) {
      fewer.remove(key);
    } else {
      fewer.computeIfPresent(key, (name, below) -> without(below, path.subList(1, path.size())));
    }
    return fewer;
  }

  /** As a file, a line for each state, field, tool and rule. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    machine.forEach((key, value) -> {
      if (value instanceof Map<?, ?> map && !key.equals("anywhere")) {
        text.append(key).append(":\n");
        map.forEach((name, below) -> line(text, "  " + name + ": ", below));
      } else if (value instanceof List<?> list) {
        text.append(key).append(":\n");
        list.forEach(item -> line(text, "  - ", item));
      } else {
        line(text, key + ": ", value);
      }
    });
    schemas.forEach((tool, schema) -> line(text, "# arguments of " + tool + ": ", schema));
    return text.toString();
  }

  private static void line(StringBuilder text, String begin, Object value) {
    text.append(begin).append(flow(value)).append('\n');
  }

  private static String flow(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(it -> it.getKey() + ": " + flow(it.getValue()))
              .collect(java.util.stream.Collectors.joining(", ", "{", "}"));
      case List<?> list ->
          list.stream()
              .map(Tiny::flow)
              .collect(java.util.stream.Collectors.joining(", ", "[", "]"));
      case String word when word.matches("[A-Za-z][A-Za-z0-9_.]*") -> word;
      default -> Json.write(value);
    };
  }
}
