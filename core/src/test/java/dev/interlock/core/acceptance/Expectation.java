package dev.interlock.core.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.End;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a case expects. Keys of {@code then}:
 *
 * <pre>
 * rejected: CODE, saying: TEXT      # or
 * duplicate: true                   # or, of what is accepted,
 * outcomes: […]                     # these among the outcomes, in this order
 * without: […]                      # none of these among them
 * counts: {NAME: N}                 # so many of this
 * effects, withoutEffects           # likewise
 * note: TEXT
 * </pre>
 *
 * and in every case of the instance afterwards: {@code state}, {@code status}, {@code end}, {@code
 * facts}, {@code unset}, {@code parked}, {@code unknown}, {@code timers}, and {@code instance} for
 * any of its components.
 *
 * <p>An outcome or effect is its name, or {@code {NAME: {COMPONENT: VALUE}}}. A text that begins
 * with {@code ~} is looked for in what was found; {@code none} is nothing, or nothing in it.
 */
final class Expectation {
  private static final Set<String> KEYS =
      Set.of(
          "rejected",
          "saying",
          "duplicate",
          "outcomes",
          "without",
          "counts",
          "effects",
          "withoutEffects",
          "note",
          "state",
          "status",
          "end",
          "facts",
          "unset",
          "parked",
          "unknown",
          "timers",
          "instance");

  private final Map<String, Object> then;
  private final Journey journey;

  Expectation(Map<String, Object> then, Journey journey) {
    if (!KEYS.containsAll(then.keySet())) {
      throw new IllegalArgumentException(then.keySet() + " has a key beside " + KEYS);
    }
    this.then = then;
    this.journey = journey;
  }

  void check(Decision decision) {
    switch (decision) {
      case Decision.Accepted(var outcomes, var effects, var note) -> {
        assertThat(then.keySet())
            .as("accepted, with\n" + journey.told())
            .doesNotContain("rejected", "duplicate");
        inOrder("outcomes", outcomes);
        none("without", outcomes);
        counts(outcomes);
        inOrder("effects", effects);
        none("withoutEffects", effects);
        if (then.containsKey("note")) {
          assertThat(note).contains(text("note"));
        }
      }
      case Decision.Rejected(Rejection rejection) -> {
        assertThat(then.get("rejected"))
            .as(rejection.message() + "\n" + journey.told())
            .isEqualTo(rejection.code().name());
        assertThat(rejection.message()).contains(text("saying"));
      }
      case Decision.Duplicate() ->
          assertThat(then.get("duplicate")).as("a duplicate\n" + journey.told()).isEqualTo(true);
    }
    instance(journey.instance());
  }

  private String text(String key) {
    return (String) Objects.requireNonNull(then.get(key), key);
  }

  // ---- outcomes and effects

  private void inOrder(String key, List<?> found) {
    int from = 0;
    for (Object wanted : Cases.list(then.getOrDefault(key, List.of()))) {
      int at = from;
      while (at < found.size() && !is(wanted, found.get(at))) {
        at++;
      }
      assertThat(at)
          .as("%s: %s is not among %s\n%s", key, wanted, lines(found, from), journey.told())
          .isLessThan(found.size());
      from = at + 1;
    }
  }

  private void none(String key, List<?> found) {
    for (Object unwanted : Cases.list(then.getOrDefault(key, List.of()))) {
      assertThat(found).as(journey.told()).noneMatch(each -> is(unwanted, each));
    }
  }

  private void counts(List<?> found) {
    Cases.map(then.getOrDefault("counts", Map.of()))
        .forEach((name, count) ->
            assertThat(found.stream().filter(each -> is(name, each)).count())
                .as(name)
                .isEqualTo(count));
  }

  private static String lines(List<?> found, int from) {
    StringBuilder lines = new StringBuilder();
    found.subList(from, found.size()).forEach(each -> lines.append("\n    ").append(each));
    return lines.toString();
  }

  private static boolean is(Object wanted, Object found) {
    String name = found.getClass().getSimpleName();
    if (wanted instanceof String bare) {
      return bare.equals(name);
    }
    Map<String, Object> map = Cases.map(wanted);
    return map.containsKey(name) && matches(map.get(name), found);
  }

  /** Whether what was found is, or has at least, what is expected. */
  private static boolean matches(@Nullable Object wanted, @Nullable Object found) {
    if ("none".equals(wanted)) {
      return switch (found) {
        case null -> true;
        case String text -> text.isEmpty() || text.equals("none");
        case Collection<?> items -> items.isEmpty();
        case Map<?, ?> entries -> entries.isEmpty();
        default -> false;
      };
    }
    if (found == null) {
      return false;
    }
    return switch (wanted) {
      case Map<?, ?> members -> {
        Map<String, @Nullable Object> components = components(found);
        yield members.entrySet().stream()
            .allMatch(member ->
                components.containsKey(String.valueOf(member.getKey()))
                    && matches(member.getValue(), components.get(String.valueOf(member.getKey()))));
      }
      case List<?> items -> {
        List<?> others = found instanceof Collection<?> c ? List.copyOf(c) : List.of(found);
        boolean all = items.size() == others.size();
        for (int i = 0; all && i < items.size(); i++) {
          all = matches(items.get(i), others.get(i));
        }
        yield all;
      }
      case String text when text.startsWith("~") -> found.toString().contains(text.substring(1));
      case null -> false;
      default -> wanted.toString().equals(found.toString());
    };
  }

  private static Map<String, @Nullable Object> components(Object found) {
    Map<String, @Nullable Object> components = new LinkedHashMap<>();
    if (found instanceof Map<?, ?> map) {
      map.forEach((name, value) -> components.put(String.valueOf(name), value));
    } else if (found instanceof Record) {
      for (RecordComponent component : found.getClass().getRecordComponents()) {
        try {
          components.put(component.getName(), component.getAccessor().invoke(found));
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    return components;
  }

  // ---- the instance

  private void instance(Instance instance) {
    then("state", instance.state());
    then("status", instance.status().word());
    then("end", instance.end() == null ? "none" : end(instance.end()));
    then("facts", instance.facts());
    then("parked", instance.parked().stream().map(Parked::number).toList());
    then("unknown", instance.unknown().stream().map(Call::number).toList());
    then("timers", instance.timers().values().stream().map(Occurrences::describe).toList());
    then("instance", instance);
    for (Object field : Cases.list(then.getOrDefault("unset", List.of()))) {
      assertThat(instance.facts()).as(journey.told()).doesNotContainKey(field.toString());
    }
  }

  private static String end(End end) {
    return (end.status() + " " + end.outcome()).strip().toLowerCase(java.util.Locale.ROOT);
  }

  private void then(String key, Object found) {
    if (then.containsKey(key)) {
      assertThat(matches(then.get(key), found))
          .as(
              "%s: expected %s, found %s\n%s",
              key,
              then.get(key),
              then.get(key) instanceof Map<?, ?> map ? part(map, found) : found,
              journey.told())
          .isTrue();
    }
  }

  private static Map<String, @Nullable Object> part(Map<?, ?> wanted, Object found) {
    Map<String, @Nullable Object> components = components(found);
    components.keySet().retainAll(wanted.keySet());
    return components;
  }
}
