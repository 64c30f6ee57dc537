package dev.interlock.core.check;

import dev.interlock.core.counterexample.Route;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Comparisons;
import dev.interlock.core.machine.Comparisons.Link;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Facts;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Path;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Sure;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Type;
import dev.interlock.core.machine.Typed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a machine: its stored fields and who the caller is, each with the samples that
 * stand for its values.
 */
final class Space {
  static final String CALLER_ID = Route.CALLER_ID;
  static final String CALLER_ROLES = Route.CALLER_ROLES;

  private final Machine machine;
  private final Universe universe;
  private final List<String> names = new ArrayList<>();
  private final List<Samples> samples = new ArrayList<>();
  private final Map<String, Integer> indexes = new HashMap<>();
  private final Map<String, Map<String, Samples>> arguments = new HashMap<>();
  private final IdentityHashMap<Expression, Boolean> exact = new IdentityHashMap<>();
  private final IdentityHashMap<Expression, Comparisons> comparisons = new IdentityHashMap<>();
  private final IdentityHashMap<Expression, List<Integer>> variables = new IdentityHashMap<>();

  Space(Machine machine) {
    this.machine = machine;
    this.universe = new Universe(machine.constants());
    collect();
    machine.context().values().forEach(this::options);
    machine.tools().values().forEach(tool -> options("args", tool.locked().inputSchema()));
    for (Field field : machine.context().values()) {
      if (!(field.source() instanceof Source.Derived)) {
        add(field.name(), Samples.of(field, universe));
      }
    }
    add(CALLER_ID, caller(CALLER_ID, Type.Text.ANY));
    add(CALLER_ROLES, caller(CALLER_ROLES, new Type.ListOf(Type.Text.ANY)));
  }

  private Samples caller(String name, Type type) {
    Field field = new Field(name, type, new Source.Input(null), false, Field.DEFAULT_MAX);
    Samples of = Samples.of(name, field, universe);
    return new Samples(of.values().subList(1, of.values().size()), of.exact());
  }

  private void add(String name, Samples of) {
    indexes.put(name, names.size());
    names.add(name);
    samples.add(of);
  }

  // ---- what is asked

  private void collect() {
    machine.context().values().forEach(this::collect);
    machine.tools().values().forEach(tool -> tool.set().forEach(this::filled));
    for (Rule rule : machine.rules()) {
      take(rule.when());
      if (rule.ask() != null) {
        take(rule.ask().unless());
        take(rule.ask().people());
      }
    }
    for (Property property : machine.properties()) {
      switch (property) {
        case Property.Before before -> {
          take(before.when());
          if (before.same() != null) { // one call's is told apart from another's
            universe.add(linked(Path.of("args", before.same()), Path.of("call", before.same())));
          }
        }
        case Property.Never never -> take(never.when());
        case Property.AtMost a -> {}
        case Property.Eventually e -> {}
      }
    }
    for (State state : machine.states().values()) {
      switch (state) {
        case State.Agent agent -> agent.transitions().forEach(this::collect);
        case State.Choice choice -> choice.transitions().forEach(this::collect);
        case State.Call call -> call.calls().forEach(made -> made.with().forEach(this::filled));
        case State.Approval approval -> take(approval.people());
        case State.Wait w -> {}
        case State.Escalation e -> {}
        case State.Final f -> {}
      }
    }
  }

  private void collect(Field field) {
    Path path = Path.of(Path.CONTEXT, field.name());
    if (field.source() instanceof Source.Derived(Expression is)) {
      take(is);
    }
    for (ArgRef key : field.key()) {
      path = path.then(new Path.Step.Entry(argument(key)));
    }
    if (field.keyed()) {
      universe.add(linked(path, path)); // its keys are values of arguments
    }
  }

  private void collect(Transition transition) {
    take(transition.guard());
    for (String name : transition.requires()) {
      Path path = Path.of(Path.CONTEXT, name);
      universe.add(linked(path, path));
      if (machine.field(name).entryType() instanceof Type.Text) {
        universe.add(path, "");
      }
    }
  }

  /** An argument that the machine fills: what is asked of it is asked of what it is filled with. */
  private void filled(String argument, Expression with) {
    take(with);
    Comparisons asked = comparisons(with);
    if (asked.reads().isEmpty()) {
      constant(with).ifPresent(value -> universe.add(Path.of("args", argument), value));
    } else if (asked.exact() && asked.reads().size() == 1) {
      universe.add(linked(Path.of("args", argument), asked.reads().iterator().next()));
    }
  }

  private Optional<Object> constant(Expression expression) {
    Scope nothing =
        new Scope(
            new Facts(Map.of(), Map.of()),
            new Principal(""),
            machine.constants(),
            Map::of,
            Instant.EPOCH,
            Typed.NOTHING,
            Map.of());
    return expression.evaluate(nothing) instanceof Evaluation.Value(Object value)
        ? Optional.of(value)
        : Optional.empty();
  }

  private static Comparisons linked(Path one, Path other) {
    return new Comparisons(
        Set.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Set.of(new Link(one, other)),
        Set.of(),
        Sure.NOTHING,
        Sure.NOTHING,
        List.of(),
        true);
  }

  private void options(Field field) {
    String place = Path.of(Path.CONTEXT, field.name()).place() + "[]".repeat(field.key().size());
    options(field.many() ? place + "[*]" : place, field.type());
  }

  private void options(String place, Type type) {
    switch (type) {
      case Type.Text text -> universe.options(place, text.options());
      case Type.Struct(Map<String, Type> properties) ->
          properties.forEach((name, inner) -> options(place + "." + name, inner));
      case Type.ListOf(Type items) -> options(place + "[*]", items);
      case Type.MapOf(Type values) -> options(place + "[]", values);
      case Type.Bool t -> {}
      case Type.Whole t -> {}
      case Type.Exact t -> {}
      case Type.Time t -> {}
      case Type.Opaque t -> {}
      case Type.Document t -> {}
    }
  }

  private void options(String place, Map<?, ?> schema) {
    if (schema.get("enum") instanceof List<?> options) {
      universe.options(place, options);
    }
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      properties.forEach((name, inner) -> {
        if (inner instanceof Map<?, ?> below) {
          options(place + "." + name, below);
        }
      });
    }
  }

  /** What an expression compares. */
  Comparisons comparisons(Expression expression) {
    return comparisons.computeIfAbsent(expression, Expression::comparisons);
  }

  private void take(@Nullable Expression expression) {
    if (expression != null) {
      universe.add(comparisons(expression));
    }
  }

  static Path argument(ArgRef argument) {
    return Path.of("args", argument.path().toArray(String[]::new));
  }

  // ---- the variables

  int size() {
    return names.size();
  }

  /** The variable of a stored field, or of the caller. */
  int index(String name) {
    return Objects.requireNonNull(indexes.get(name), name);
  }

  String name(int variable) {
    return names.get(variable);
  }

  Samples samples(int variable) {
    return samples.get(variable);
  }

  /** A value that a variable may have in a box, for a message: {@code priority = "low"}. */
  String shown(int variable, Box box) {
    int first = Long.numberOfTrailingZeros(box.mask(variable));
    @Nullable Object value = samples.get(variable).values().get(first);
    return value == null ? name(variable) + " not set" : name(variable) + " = " + Json.write(value);
  }

  /** All samples of a variable. */
  long all(int variable) {
    int count = samples.get(variable).values().size();
    return count == Long.SIZE ? -1L : (1L << count) - 1;
  }

  /** What a field has once it is filled: a list or a map may be filled with nothing. */
  long filled(int variable) {
    @Nullable Object first = samples.get(variable).values().getFirst();
    return first == null ? all(variable) & ~1L : all(variable);
  }

  /** Whatever may be anywhere. */
  Box everything() {
    long[] masks = new long[size()];
    for (int i = 0; i < masks.length; i++) {
      masks[i] = all(i);
    }
    return new Box(masks);
  }

  /** The samples of a keyed field that have an entry under a key. */
  long under(int variable, String key) {
    long under = 0;
    List<@Nullable Object> values = samples.get(variable).values();
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) instanceof Map<?, ?> map && map.containsKey(key)) {
        under |= 1L << i;
      }
    }
    return under;
  }

  /** What may be there when an instance starts. */
  Box start() {
    long[] masks = new long[size()];
    for (int i = 0; i < masks.length; i++) {
      @Nullable Field field = machine.context().get(names.get(i));
      masks[i] = field == null ? all(i) : field.source() instanceof Source.Input ? filled(i) : 1L;
    }
    return new Box(masks);
  }

  /** The stored fields that an expression reads, also by way of derived ones, and the caller. */
  List<Integer> variables(Expression expression) {
    return variables.computeIfAbsent(expression, this::read);
  }

  private List<Integer> read(Expression expression) {
    List<Integer> found = new ArrayList<>();
    eachRead(
        expression,
        (name, path) -> {
          Integer index = indexes.get(name);
          if (index != null && !found.contains(index)) {
            found.add(index);
          }
        });
    return found;
  }

  private void eachRead(Expression expression, BiConsumer<String, Path> take) {
    for (Path path : comparisons(expression).reads()) {
      if (path.root().equals("caller")) {
        take.accept(path.place().startsWith(CALLER_ROLES) ? CALLER_ROLES : CALLER_ID, path);
      }
    }
    for (String name : expression.reads()) {
      if (machine.field(name).source() instanceof Source.Derived(Expression is)) {
        eachRead(is, take);
      }
      take.accept(name, Path.of(Path.CONTEXT, name));
    }
  }

  /** The samples of an argument that whoever calls a tool chooses. */
  Samples argument(Tool tool, String name) {
    return arguments
        .computeIfAbsent(tool.name(), t -> new HashMap<>())
        .computeIfAbsent(name, n -> Samples.of(new ArgRef(List.of(n)), tool.locked(), universe));
  }

  /** The arguments that an expression reads, by name. */
  Set<String> arguments(Expression expression) {
    Set<String> found = new LinkedHashSet<>();
    for (Path path : comparisons(expression).reads()) {
      if (path.root().equals("args")
          && !path.steps().isEmpty()
          && path.steps().getFirst() instanceof Path.Step.Member(String name)) {
        found.add(name);
      }
    }
    return found;
  }

  /** Whether an expression comes out for the samples in every way that it does for all values. */
  boolean exact(Expression expression) {
    Boolean known = exact.get(expression);
    if (known == null) {
      known = computeExact(expression);
      exact.put(expression, known);
    }
    return known;
  }

  private boolean computeExact(Expression expression) {
    Comparisons asked = comparisons(expression);
    if (!asked.exact()) {
      return false;
    }
    for (Path path : asked.reads()) {
      boolean known =
          switch (path.root()) {
            case Path.CONTEXT -> exact(machine.field(path.field()));
            case "caller", "constants", "args" -> true;
            case "run" -> path.place().startsWith("run.labels");
            default -> false;
          };
      if (!known) {
        return false;
      }
    }
    return variables(expression).stream().allMatch(variable -> samples.get(variable).exact());
  }

  /** Of a derived field only its truth is followed: what it is compared with is not. */
  private boolean exact(Field field) {
    return !(field.source() instanceof Source.Derived(Expression is))
        || (field.type() instanceof Type.Bool && exact(is));
  }

  // ---- what becomes of fields

  /** The same, without these fields. */
  Box clear(Box box, Collection<String> fields) {
    Box cleared = box;
    for (String name : fields) {
      cleared = cleared.with(index(name), 1L);
    }
    return cleared;
  }

  /** A field that somebody may have filled meanwhile, or not. */
  Box maybe(Box box, String field) {
    int variable = index(field);
    return box.with(variable, box.mask(variable) | filled(variable));
  }

  /** A field that somebody has filled. */
  Box filled(Box box, String field) {
    int variable = index(field);
    return box.with(variable, filled(variable));
  }
}
