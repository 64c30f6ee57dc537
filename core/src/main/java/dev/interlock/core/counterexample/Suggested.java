package dev.interlock.core.counterexample;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.interlock.core.counterexample.Route.Leg;
import dev.interlock.core.counterexample.Route.Wanted;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Values that may lead along a route. */
final class Suggested {
  /** The most values of one field or argument. */
  private static final int MOST = 4;

  /** The most combinations of what a tool answers, or an event carries. */
  private static final int MOST_ANSWERS = 12;

  /** Where the texts of a route have not the form that a field asks for. */
  private static final List<Object> TEXTS =
      List.of(
          "A-1",
          "A1",
          "1",
          "12.50",
          "ana@example.com",
          "2026-01-05",
          "2026-01-05T09:00:00Z",
          "DE89370400440532013000",
          "123e4567-e89b-12d3-a456-426614174000");

  /** One of each media type, by how it begins. */
  static final List<Attachment> DOCUMENTS =
      Stream.of("%PDF-", "GIF89a", "\u00ff\u00d8\u00ff", "\u0089PNG\r\n\u001a\n", "RIFF0000WEBP")
          .map(beginning -> Attachment.of("document", beginning.getBytes(ISO_8859_1)))
          .toList();

  private final Machine machine;
  private final Route route;

  Suggested(Machine machine, Route route) {
    this.machine = machine;
    this.route = route;
  }

  /** Whoever the instance may act for. */
  List<Principal> callers(Leg first) {
    Wanted ids = first.values().getOrDefault(Route.CALLER_ID, Wanted.ANY);
    Wanted roles = first.values().getOrDefault(Route.CALLER_ROLES, Wanted.ANY);
    List<Principal> callers = new ArrayList<>();
    for (Object id : ids.values().isEmpty() ? List.<Object>of("caller") : ids.values()) {
      for (Object some : roles.values().isEmpty() ? List.<Object>of(List.of()) : roles.values()) {
        List<String> names = new ArrayList<>();
        if (some instanceof List<?> list) {
          list.forEach(role -> names.add(String.valueOf(role)));
        }
        if (!id.toString().isEmpty() && callers.size() < MOST) {
          callers.add(new Principal(id.toString(), List.copyOf(names)));
        }
      }
    }
    return callers;
  }

  // ---- fields

  /** What a field may be filled with on the way out of a state, or that it is not. */
  List<Optional<Object>> options(Field field, @Nullable Object now, Leg leg) {
    List<Optional<Object>> options = new ArrayList<>(values(field, leg));
    boolean goesOn = wanted(field, leg).has(isEmpty(now) ? null : now);
    options.add(goesOn ? 0 : options.size(), Optional.empty());
    return options;
  }

  /** What a field may be filled with on the way out of a state. */
  List<Optional<Object>> values(Field field, Leg leg) {
    return fitting(field.entryType(), wanted(field, leg).values());
  }

  private static Wanted wanted(Field field, Leg leg) {
    return leg.values().getOrDefault(field.name(), Wanted.ANY);
  }

  /** The documents that a field may be sent, those that it keeps a list of one each. */
  static List<Optional<Object>> documents(Field field) {
    return DOCUMENTS.stream()
        .map(it -> it.document().value())
        .filter(it -> field.type().fit(it) instanceof Type.Fit.Fits)
        .<Optional<Object>>map(it -> Optional.of(List.of(it)))
        .limit(1)
        .toList();
  }

  /** How many fields are as they must be when the state of a leg is left. */
  long right(Instance it, Leg leg) {
    return leg.values().entrySet().stream()
        .filter(wanted -> {
          @Nullable Object now = it.facts().get(wanted.getKey());
          return wanted.getValue().has(isEmpty(now) ? null : now);
        })
        .count();
  }

  private static boolean isEmpty(@Nullable Object value) {
    return value == null
        || (value instanceof Collection<?> items && items.isEmpty())
        || (value instanceof Map<?, ?> entries && entries.isEmpty());
  }

  private static List<Optional<Object>> fitting(Type type, Collection<Object> values) {
    List<Optional<Object>> fitting = fitting(type, values.stream());
    if (type instanceof Type.Struct || type instanceof Type.ListOf(Type.Struct s)) {
      List<Object> whole = new ArrayList<>();
      fitting.forEach(some -> whole.add(Formed.whole(type, some.orElse(null))));
      whole.add(Formed.whole(type, null));
      Set<Optional<Object>> all = new LinkedHashSet<>(fitting(type, whole.stream()));
      all.addAll(fitting);
      fitting = List.copyOf(all);
    }
    return fitting.isEmpty()
        ? fitting(type, Stream.concat(TEXTS.stream(), Formed.value(type.schema()).stream()))
        : fitting;
  }

  private static List<Optional<Object>> fitting(Type type, Stream<Object> values) {
    List<Optional<Object>> fitting =
        values
            .filter(value -> type.fit(value) instanceof Type.Fit.Fits)
            .<Optional<Object>>map(Optional::of)
            .toList();
    return fitting.size() <= MOST
        ? fitting
        : Stream.concat( // the last ones of objects have most members
                fitting.stream().limit(MOST - 1L), fitting.stream().skip(fitting.size() - 1L))
            .toList();
  }

  /** What somebody types who types every text that may count. */
  String typed(Leg leg) {
    if (!machine.listens()) {
      return "hello";
    }
    Set<String> texts = new TreeSet<>();
    leg.values().values().forEach(wanted -> wanted.values().forEach(it -> texts(it, texts)));
    for (Tool tool : machine.tools().values()) {
      route
          .arguments()
          .getOrDefault(tool.name(), Map.of())
          .forEach(
              (name, wanted) -> fitting(tool, name, wanted).forEach(value -> texts(value, texts)));
    }
    texts.removeIf(String::isBlank);
    return String.join(" ", texts);
  }

  private static void texts(Object value, Set<String> texts) {
    switch (value) {
      case List<?> list -> list.forEach(item -> texts(Objects.requireNonNull(item), texts));
      case Map<?, ?> map ->
          map.values().forEach(item -> texts(Objects.requireNonNull(item), texts));
      default -> texts.add(value.toString());
    }
  }

  // ---- calls

  /** The arguments that a tool may be called with, as far as the machine does not fill them. */
  Choices arguments(Tool tool) {
    Choices choices = new Choices();
    Map<String, Object> schema = tool.locked().inputSchema();
    List<?> required = schema.get("required") instanceof List<?> list ? list : List.of();
    route
        .arguments()
        .getOrDefault(tool.name(), Map.of())
        .forEach((name, wanted) -> {
          List<Optional<Object>> options = new ArrayList<>();
          fitting(tool, name, wanted).forEach(value -> options.add(Optional.of(value)));
          if (!required.contains(name)) {
            options.add(Optional.empty());
          }
          choices.add(name, options);
        });
    return choices;
  }

  private static List<Object> fitting(Tool tool, String name, Wanted wanted) {
    List<Object> fitting =
        wanted.values().stream().filter(value -> fits(tool, name, value)).toList();
    Map<?, ?> schema =
        tool.locked().inputSchema().get("properties") instanceof Map<?, ?> properties
                && properties.get(name) instanceof Map<?, ?> own
            ? own
            : Map.of();
    return fitting.isEmpty()
        ? Stream.concat(TEXTS.stream(), Formed.value(schema).stream())
            .filter(value -> fits(tool, name, value))
            .limit(MOST)
            .toList()
        : fitting;
  }

  /** Whether nothing is said against one argument, whatever is said of those that are not there. */
  private static boolean fits(Tool tool, String name, Object value) {
    Set<String> without = new LinkedHashSet<>(tool.locked().arguments().problems(Map.of()));
    return without.containsAll(tool.locked().arguments().problems(Map.of(name, value)));
  }

  /** What a tool may answer to a call. */
  List<Object> answers(Call call, Instance it, Leg leg) {
    Choices parts = new Choices();
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Tools tools
          && tools.from().contains(call.tool())
          && tools.value() == null) {
        parts.add(field.name(), entries(field, tools, call, it, leg));
      }
    }
    List<Object> answers = new ArrayList<>();
    for (Map<String, Object> values : parts.first(MOST_ANSWERS)) {
      answers.add(whole(values));
    }
    return answers;
  }

  private List<Optional<Object>> entries(
      Field field, Source.Tools tools, Call call, Instance it, Leg leg) {
    Set<Object> entries = new LinkedHashSet<>();
    List<Object> wanted = wanted(field, leg).values();
    wanted.forEach(sample -> under(sample, tools.key(), call, true).ifPresent(entries::add));
    wanted.forEach(sample -> under(sample, tools.key(), call, false).ifPresent(entries::add));
    @Nullable Object now = it.facts().get(field.name());
    if (now != null && !tools.append()) {
      under(now, tools.key(), call, true).ifPresent(entries::add);
    }
    return fitting(field.entryType(), entries);
  }

  /** What a value of a keyed field has under the key of a call, or under any. */
  private static Optional<Object> under(Object value, List<ArgRef> key, Call call, boolean itsOwn) {
    @Nullable Object entry = value;
    for (ArgRef argument : key) {
      if (!(entry instanceof Map<?, ?> map) || map.isEmpty()) {
        return Optional.empty();
      }
      entry =
          itsOwn
              ? map.get(String.valueOf(argument.of(call.args())))
              : map.values().iterator().next();
    }
    return Optional.ofNullable(entry);
  }

  /** What holds these values where fields look for them. */
  private Object whole(Map<String, Object> values) {
    Map<String, Object> parts = new LinkedHashMap<>();
    for (Map.Entry<String, Object> each : values.entrySet()) {
      String at =
          switch (machine.field(each.getKey()).source()) {
            case Source.Tools tools -> tools.at();
            case Source.Event event -> event.at();
            default -> "";
          };
      if (at.isEmpty() && !(each.getValue() instanceof Map)) {
        return each.getValue();
      }
      Json.put(parts, at, each.getValue());
    }
    return parts;
  }

  /** What an engine makes of an answer. */
  Result result(Call call, Object answer) {
    String text = Json.write(answer);
    return Projection.project(machine, call, "answer", text, text);
  }

  // ---- events

  /** What an event may carry. */
  List<Object> payloads(EventType type, Instance it, Leg leg) {
    Choices parts = new Choices();
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Event event && event.from().contains(type.name())) {
        parts.add(field.name(), options(field, it.facts().get(field.name()), leg));
      }
    }
    List<Object> payloads = new ArrayList<>();
    for (Map<String, Object> values : parts.first(MOST_ANSWERS)) {
      payloads.add(whole(values));
    }
    return payloads;
  }
}
