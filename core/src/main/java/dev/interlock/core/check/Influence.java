package dev.interlock.core.check;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Comparisons;
import dev.interlock.core.machine.Comparisons.Link;
import dev.interlock.core.machine.Comparisons.Outcome;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Path;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Sure;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Type;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which values are the model's choice: what it records, and what is looked up with arguments that
 * it chose. A fact that is read under the key of a call, and counts, are not.
 */
final class Influence {
  /** How names end of what one thing alone has. */
  private static final Pattern ID =
      Pattern.compile("(?i)(^|_)(id|email|number|key|iban|account)$|(Id|Email|Number|Key)$");

  /** What counts the calls and turns of a run. */
  private static final Pattern COUNTS =
      Pattern.compile("run\\.((state\\.)?(turns|toolCalls|errors)|turn\\.calls)");

  private final Machine machine;
  private final Space space;

  /** Of the fields that tools fill; of the others it is known by their source. */
  private final Map<String, Level> levels = new HashMap<>();

  /** Whose choice a value is, the strongest first. */
  enum Level {
    /** Nobody's: constants, counts, and the arguments of the very call that is judged. */
    NEUTRAL,
    /** Not the model's: the caller's identity, what people say, what the machine looks up. */
    FIXED,
    /** A fact, about something that the model chose. */
    LOOKED_UP,
    /** Anything that the model says. */
    CHOSEN
  }

  Influence(Machine machine, Space space) {
    this.machine = machine;
    this.space = space;
    boolean more = true;
    while (more) { // levels only rise
      more = false;
      for (Field field : machine.context().values()) {
        if (field.source() instanceof Source.Tools source) {
          Level level = filled(field, source);
          more |= level.compareTo(level(field.name())) > 0;
          levels.merge(field.name(), level, (one, other) -> one.compareTo(other) > 0 ? one : other);
        }
      }
    }
  }

  /** Whose choice the values of a stored field are. */
  Level level(String field) {
    return switch (machine.field(field).source()) {
      case Source.Agent it -> Level.CHOSEN;
      case Source.Tools it -> levels.getOrDefault(field, Level.FIXED);
      case Source.User it -> Level.FIXED;
      case Source.Human it -> Level.FIXED;
      case Source.Event it -> Level.FIXED;
      case Source.Input it -> Level.FIXED;
      case Source.Derived it -> Level.NEUTRAL;
    };
  }

  /** Whether the model chooses that a field is filled at all: it calls, or records. */
  boolean presence(String field) {
    return switch (machine.field(field).source()) {
      case Source.Tools source ->
          machine.states().values().stream()
              .anyMatch(state -> source.from().stream().anyMatch(tool -> moves(tool, state)));
      case Source.Agent it -> true;
      case Source.User it -> true;
      case Source.Human it -> false;
      case Source.Event it -> false;
      case Source.Input it -> false;
      case Source.Derived it -> false;
    };
  }

  /** Whether the model chooses that a tool is called in a state, or that it fails. */
  private boolean moves(String tool, State state) {
    return Contract.tools(state).contains(tool)
        && (state instanceof State.Agent || !ofTheModel(machine.tool(tool), state).isEmpty());
  }

  /** Whether the model chooses what calls of a state are made with, so that they may fail. */
  boolean mayFail(State.Call state) {
    return Contract.tools(state).stream().anyMatch(tool -> moves(tool, state));
  }

  /**
   * Whether an expression turns on nothing but what a run has done so far, which the model does.
   */
  boolean isOfTheRun(Expression expression) {
    Reads reads = reads(expression);
    List<Path> paths =
        space.comparisons(expression).reads().stream()
            .filter(path -> !path.root().equals("constants"))
            .toList();
    return !reads.fixed()
        && !paths.isEmpty()
        && paths.stream()
            .allMatch(path ->
                path.root().equals("run")
                    || (!path.field().isEmpty() && machine.field(path.field()).keyed()));
  }

  /** Whether a condition reads nothing but how much a run has done so far: counts, no times. */
  boolean countsTheRun(Expression condition) {
    List<Path> paths =
        space.comparisons(condition).reads().stream()
            .filter(path -> !path.root().equals("constants"))
            .toList();
    return !paths.isEmpty()
        && paths.stream().allMatch(path -> COUNTS.matcher(path.place()).matches());
  }

  /** The stored fields that an expression reads, also by way of derived ones. */
  List<String> stored(Expression expression) {
    return space.variables(expression).stream()
        .map(space::name)
        .filter(machine.context()::containsKey)
        .toList();
  }

  /** What an expression reads where nothing is called. */
  Reads reads(Expression expression) {
    return reads(expression, Map.of());
  }

  /**
   * What an expression reads, with what derived fields read.
   *
   * @param filled arguments that the machine fills
   */
  Reads reads(Expression expression, Map<String, Expression> filled) {
    Gathering gathering = new Gathering(filled);
    gathering.gather(expression);
    return new Reads(gathering.fixed, gathering.lookedUp, gathering.chosen);
  }

  /** What transitions require: as an expression that reads these fields. */
  Reads reads(Collection<String> fields) {
    return of(fields.stream().map(field -> Path.of(Path.CONTEXT, field)));
  }

  private Reads of(Stream<Path> paths) {
    Gathering gathering = new Gathering(Map.of());
    paths.forEach(gathering::take);
    return new Reads(gathering.fixed, gathering.lookedUp, gathering.chosen);
  }

  /** What a way turns on. */
  Reads reads(Transition way) {
    Reads required = reads(way.requires());
    return way.guard() == null ? required : required.and(reads(way.guard()));
  }

  /** What it turns on that none of some ways is taken: their guards. */
  Reads guards(List<Transition> ways) {
    Reads all = new Reads(false, Set.of(), Set.of());
    for (Transition way : ways) {
      all = way.guard() == null ? all : all.and(reads(way.guard()));
    }
    return all;
  }

  /** What an expression, or a part of the list or map that it makes, may come out as. */
  List<Outcome> outcomes(Expression expression) {
    return space.comparisons(expression).outcomes();
  }

  /**
   * What an outcome reads that nothing vets where it comes out so: what the caller typed, and what
   * is something that the model does not choose, or at most that, is not its choice.
   *
   * @param vetted facts that are vetted before
   */
  Reads reads(Outcome outcome, Set<String> vetted) {
    Set<String> all = new LinkedHashSet<>(vetted);
    all.addAll(vets(outcome.given(), Map.of(), vetted));
    Reads reads = of(outcome.reads().stream().filter(path -> !isTied(path, outcome.given(), all)));
    boolean tied = outcome.reads().stream().anyMatch(path -> isTied(path, outcome.given(), all));
    return new Reads(reads.fixed() || tied, reads.lookedUp(), reads.chosen()).vetted(all);
  }

  private boolean isTied(Path path, Sure given, Set<String> vetted) {
    return given.said().contains(path)
        || Stream.concat(given.equal().stream(), given.below().stream())
            .filter(link -> link.left().equals(path))
            .map(link -> of(Stream.of(link.right())).vetted(vetted))
            .anyMatch(with -> with.fixed() && with.influenced().isEmpty());
  }

  /**
   * Facts of the model's choosing that are about the same as something that it does not choose,
   * where a condition has come out one way: they have its id. Of a keyed field no entry says
   * anything of another.
   *
   * @param filled arguments that the machine fills
   * @param known facts that are vetted already
   */
  Set<String> vets(
      Expression condition, boolean truth, Map<String, Expression> filled, Set<String> known) {
    Comparisons asked = space.comparisons(condition);
    return vets(truth ? asked.whenTrue() : asked.whenFalse(), filled, known);
  }

  /** The same where this is sure of the values. */
  private Set<String> vets(Sure sure, Map<String, Expression> filled, Set<String> known) {
    Set<String> vets = new LinkedHashSet<>();
    for (Link link : sure.equal()) {
      if (!link.right().field().isEmpty()
          && !machine.field(link.right().field()).keyed()
          && isFixed(link.left(), filled, known)
          && (link.left().root().equals("caller") || isId(link.left()))) {
        vets.add(link.right().field());
      }
    }
    sure.yes().forEach(path -> vets.addAll(derived(path, true, known)));
    sure.no().forEach(path -> vets.addAll(derived(path, false, known)));
    return vets;
  }

  /** Facts that are vetted where these fields are as a way requires. */
  Set<String> vets(Collection<String> required, Set<String> known) {
    Set<String> vets = new LinkedHashSet<>();
    required.forEach(field -> vets.addAll(derived(Path.of(Path.CONTEXT, field), true, known)));
    return vets;
  }

  private boolean isFixed(Path path, Map<String, Expression> filled, Set<String> known) {
    Gathering gathering = new Gathering(filled);
    gathering.take(path);
    Reads reads = new Reads(gathering.fixed, gathering.lookedUp, gathering.chosen).vetted(known);
    return reads.fixed() && reads.influenced().isEmpty();
  }

  /** Keyed facts that are so of the very thing that a call names. */
  Set<String> vetsOfTheCall(Expression condition, Map<String, Expression> filled) {
    Set<String> vets = new LinkedHashSet<>();
    for (Link link : space.comparisons(condition).whenTrue().equal()) {
      if (isOfTheCall(link.right())
          && isFixed(link.left(), filled, Set.of())
          && (link.left().root().equals("caller") || isId(link.left()))) {
        vets.add(link.right().field());
      }
    }
    return vets;
  }

  private Set<String> derived(Path path, boolean truth, Set<String> known) {
    return !path.field().isEmpty()
            && machine.field(path.field()).type() instanceof Type.Bool
            && machine.field(path.field()).source() instanceof Source.Derived(Expression is)
        ? vets(is, truth, Map.of(), known)
        : Set.of();
  }

  /** Whether a value tells one thing from all others, by its name: {@code id}, {@code order_id}. */
  private static boolean isId(Path path) {
    return path.steps().reversed().stream()
        .filter(Path.Step.Member.class::isInstance)
        .map(Path.Step.Member.class::cast)
        .findFirst()
        .map(member -> ID.matcher(member.name()).find())
        .orElse(false);
  }

  /** Whether a condition lets an argument be only what a field says, or at most that. */
  boolean ties(Expression condition, String argument) {
    Path path = Path.of("args", argument);
    Sure sure = space.comparisons(condition).whenTrue();
    return Stream.concat(sure.equal().stream(), sure.below().stream())
        .anyMatch(link -> link.left().equals(path) && !link.right().field().isEmpty());
  }

  /**
   * Whether an argument must be given, or is a number: what may be given beside is not held to be.
   */
  boolean matters(Tool tool, String argument) {
    Map<String, Object> schema = tool.locked().inputSchema();
    boolean required = schema.get("required") instanceof List<?> names && names.contains(argument);
    boolean number =
        schema.get("properties") instanceof Map<?, ?> properties
            && properties.get(argument) instanceof Map<?, ?> of
            && List.of("number", "integer").contains(String.valueOf(of.get("type")));
    return required || number;
  }

  /**
   * Facts that are used up by what they let through: of the thing that a call names, or numbers
   * that its arguments are compared with.
   */
  Set<String> spent(Expression condition) {
    Set<String> spent = new LinkedHashSet<>();
    for (Path path : space.comparisons(condition).reads()) {
      if (isOfTheCall(path)) {
        spent.add(path.field());
      }
    }
    for (Link link : space.comparisons(condition).linked()) {
      amount(link.left(), link.right()).ifPresent(spent::add);
      amount(link.right(), link.left()).ifPresent(spent::add);
    }
    return spent;
  }

  private boolean isOfTheCall(Path path) {
    return !path.field().isEmpty()
        && machine.field(path.field()).source() instanceof Source.Tools source
        && !source.once()
        && path.keys().anyMatch(key -> key.root().equals("args"));
  }

  private Optional<String> amount(Path argument, Path fact) {
    boolean amount =
        argument.root().equals("args")
            && !fact.field().isEmpty()
            && machine.field(fact.field()).source() instanceof Source.Tools source
            && !source.once()
            && isNumber(fact);
    return amount ? Optional.of(fact.field()) : Optional.empty();
  }

  private boolean isNumber(Path fact) {
    Type type = machine.field(fact.field()).type();
    for (Path.Step step : fact.steps().subList(1, fact.steps().size())) {
      if (step instanceof Path.Step.Member(String name)
          && type instanceof Type.Struct(Map<String, Type> properties)
          && properties.get(name) != null) {
        type = properties.get(name);
      }
    }
    return type instanceof Type.Whole || type instanceof Type.Exact;
  }

  /** The fields that the machine calls a tool with, and the facts that it looks up by these. */
  Set<String> used(Tool tool) {
    Set<String> used = new HashSet<>();
    for (State state : machine.states().values()) {
      if (Contract.tools(state).contains(tool.name())) {
        filled(tool, state).values().forEach(with -> used.addAll(stored(with)));
      }
    }
    boolean more = true;
    while (more) {
      more = false;
      for (Field field : machine.context().values()) {
        more |= !field.keyed() && isOf(field, used) && used.add(field.name());
      }
    }
    return used;
  }

  /** Whether all calls that fill a fact are made with these fields alone. */
  private boolean isOf(Field field, Set<String> used) {
    return !field.from().isEmpty()
        && field.from().stream()
            .map(machine::tool)
            .allMatch(from ->
                machine.states().values().stream()
                    .filter(state -> Contract.tools(state).contains(from.name()))
                    .allMatch(state -> isOf(from, state, used)));
  }

  private boolean isOf(Tool from, State state, Set<String> used) {
    return (!(state instanceof State.Agent) || free(from).isEmpty())
        && filled(from, state).values().stream().allMatch(with -> used.containsAll(stored(with)));
  }

  // ---- what tools return

  private Level filled(Field field, Source.Tools source) {
    Level level = Level.FIXED;
    Set<String> keys = new LinkedHashSet<>();
    field.key().forEach((ArgRef key) -> keys.add(key.path().getFirst()));
    for (State state : machine.states().values()) {
      for (String name : source.from()) {
        if (Contract.tools(state).contains(name)) {
          Tool tool = machine.tool(name);
          Set<String> ofTheModel = ofTheModel(tool, state);
          if (source.value() != null && says(source.value(), ofTheModel, keys)) {
            return Level.CHOSEN;
          }
          ofTheModel.removeAll(keys);
          level = ofTheModel.isEmpty() ? level : Level.LOOKED_UP;
        }
      }
    }
    return level;
  }

  private boolean says(Expression value, Set<String> ofTheModel, Set<String> keys) {
    return space.comparisons(value).reads().stream()
        .filter(path -> path.root().equals("args") && !path.steps().isEmpty())
        .map(path -> path.steps().getFirst())
        .anyMatch(step ->
            step instanceof Path.Step.Member(String name)
                && ofTheModel.contains(name)
                && !keys.contains(name));
  }

  private Set<String> ofTheModel(Tool tool, State state) {
    return ofTheModel(tool, state, Set.of());
  }

  /**
   * The arguments of a tool that turn on what the model chooses, where it is called in a state.
   *
   * @param vetted facts that do not
   */
  Set<String> ofTheModel(Tool tool, State state, Set<String> vetted) {
    Set<String> found = new LinkedHashSet<>();
    filled(tool, state)
        .forEach((argument, with) -> {
          if (!reads(with).vetted(vetted).influenced().isEmpty()) {
            found.add(argument);
          }
        });
    if (state instanceof State.Agent) {
      free(tool).stream().filter(it -> !bound(tool, state, it, vetted)).forEach(found::add);
    }
    return found;
  }

  /** The arguments that the machine fills when a tool is called in a state. */
  Map<String, Expression> filled(Tool tool, State state) {
    Map<String, Expression> filled = new LinkedHashMap<>();
    if (state instanceof State.Call call) {
      for (State.Made made : call.calls()) {
        if (made.tool().equals(tool.name())) {
          filled.putAll(made.with());
        }
      }
    }
    filled.putAll(tool.set());
    return filled;
  }

  /** The arguments of a tool that whoever calls it chooses. */
  static List<String> free(Tool tool) {
    return tool.locked().inputSchema().get("properties") instanceof Map<?, ?> properties
        ? properties.keySet().stream()
            .map(String::valueOf)
            .filter(name -> !tool.set().containsKey(name))
            .toList()
        : List.of();
  }

  /** Whether a rule lets an argument be only what something is that the model does not choose. */
  boolean bound(Tool tool, State state, String argument) {
    return bound(tool, state, argument, Set.of());
  }

  private boolean bound(Tool tool, State state, String argument, Set<String> vetted) {
    Path path = Path.of("args", argument);
    for (Rule rule : machine.rules()) {
      if (rule.when() != null && rule.appliesTo(tool.name(), state.name())) {
        for (Link link : space.comparisons(rule.when()).whenTrue().equal()) {
          if (link.left().equals(path) && isFixed(link.right(), tool.set(), vetted)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  // ---- what is read

  private Level level(Path path, Map<String, Expression> filled) {
    Gathering gathering = new Gathering(filled);
    gathering.take(path);
    return !gathering.chosen.isEmpty()
        ? Level.CHOSEN
        : !gathering.lookedUp.isEmpty()
            ? Level.LOOKED_UP
            : gathering.fixed ? Level.FIXED : Level.NEUTRAL;
  }

  private final class Gathering {
    private final Map<String, Expression> filled;
    private final Set<String> lookedUp = new LinkedHashSet<>();
    private final Set<String> chosen = new LinkedHashSet<>();
    private boolean fixed;

    Gathering(Map<String, Expression> filled) {
      this.filled = filled;
    }

    void gather(Expression expression) {
      Comparisons asked = space.comparisons(expression);
      fixed |= !asked.said().isEmpty();
      asked.reads().stream().filter(path -> !asked.said().contains(path)).forEach(this::take);
    }

    void take(Path path) {
      switch (path.root()) {
        case "caller" -> fixed = true;
        case "args" -> {
          if (!path.steps().isEmpty()
              && path.steps().getFirst() instanceof Path.Step.Member(String name)
              && filled.get(name) != null) {
            new Gathering(Map.of()).into(this, filled.get(name));
          }
        }
        case Path.CONTEXT -> field(path);
        default -> {}
      }
    }

    private void into(Gathering other, Expression expression) {
      gather(expression);
      other.fixed |= fixed;
      other.lookedUp.addAll(lookedUp);
      other.chosen.addAll(chosen);
    }

    private void field(Path path) {
      String name = path.field();
      if (name.isEmpty()) {
        return;
      }
      Field field = machine.field(name);
      if (field.source() instanceof Source.Derived(Expression is)) {
        gather(is);
        return;
      }
      if (field.keyed() && path.keys().findAny().isEmpty()) {
        return; // which entries there are: what was looked up is counted, not believed
      }
      switch (level(name)) {
        case NEUTRAL -> {}
        case FIXED -> fixedAt(path, name);
        case LOOKED_UP -> lookedUp.add(name);
        case CHOSEN -> chosen.add(name);
      }
    }

    /** A fact, that of a thing the model names elsewhere than in the call is of its choosing. */
    private void fixedAt(Path path, String name) {
      boolean named =
          machine.field(name).keyed()
              && path.keys().anyMatch(key -> level(key, filled).compareTo(Level.FIXED) > 0);
      if (named) {
        lookedUp.add(name);
      } else {
        fixed = true;
      }
    }
  }
}
