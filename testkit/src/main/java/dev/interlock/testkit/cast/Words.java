package dev.interlock.testkit.cast;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an adversary would say that has read the machine and sees the instance: texts and numbers
 * that stand in its expressions, and those that its facts hold, by the names they stand beside. It
 * is a guess at what means something, never wrong: a walk may say anything.
 */
public final class Words {
  private static final Pattern TEXT = Pattern.compile("'([^'\\n]*)'|\"([^\"\\n]*)\"");
  private static final Pattern NUMBER = Pattern.compile("(?<![\\w.'\"])[0-9]+(?:\\.[0-9]+)?");

  /** A name that is compared with a literal or a list of them. */
  private static final Pattern LITERAL =
      Pattern.compile("(\\w+)\\]?\\)?\\s*(?:==|!=|in)\\s*(\\[[^\\]]*\\]|'[^']*'|\"[^\"]*\")");

  /** Two names that are compared with each other. */
  private static final Pattern NAMES =
      Pattern.compile(
          "(?<![\\w.])([\\w.]*?)(\\w+)\\s*(?:==|!=|<=|>=|<|>|\\bin\\b)\\s*(?:\\w+\\.)*([a-z_]\\w*)");

  private static final Pattern SAID = Pattern.compile("said\\((?:\\w+\\.)*(\\w+)\\)");

  /** The most numbers of which differences are made. */
  private static final int MAX_NUMBERS = 12;

  private final Machine machine;
  private final Map<String, Set<String>> compared = new TreeMap<>();
  private final Map<String, Set<String>> alike = new TreeMap<>();
  private final Set<String> typed = new LinkedHashSet<>();
  private final Set<String> literals = new LinkedHashSet<>();
  private final Set<Decimal> numbers = new LinkedHashSet<>();
  private final Map<String, com.google.re2j.Pattern> patterns = new ConcurrentHashMap<>();

  /** Of what the machine says. */
  public Words(Machine machine) {
    this.machine = machine;
    machine.constants().values().forEach(this::constant);
    expressions(machine).forEach(expression -> read(expression.source()));
    machine
        .context()
        .values()
        .forEach(field -> {
          for (ArgRef key : field.key()) {
            alike(key.path().getLast(), field.name());
          }
          if (field.source() instanceof Source.User) {
            typed.addAll(stems(field.name()));
          }
        });
  }

  private void constant(Object value) {
    switch (value) {
      case Long whole -> numbers.add(Decimal.of(whole));
      case Decimal exact -> numbers.add(exact);
      case String text -> literals.add(text);
      default -> {}
    }
  }

  private void read(String source) {
    TEXT.matcher(source).results().map(Words::text).forEach(literals::add);
    NUMBER.matcher(source).results().forEach(found -> numbers.add(Decimal.of(found.group())));
    LITERAL
        .matcher(source)
        .results()
        .forEach(found ->
            TEXT.matcher(found.group(2))
                .results()
                .map(Words::text)
                .forEach(text -> add(compared, found.group(1), text)));
    NAMES.matcher(source).results().forEach(found -> alike(found.group(2), found.group(3)));
    SAID.matcher(source).results().forEach(found -> typed.addAll(stems(found.group(1))));
  }

  private static String text(MatchResult found) {
    return Objects.requireNonNullElse(
        found.group(1), Objects.requireNonNullElse(found.group(2), ""));
  }

  private void alike(String one, String other) {
    stems(other).forEach(stem -> add(alike, one, stem));
    stems(one).forEach(stem -> add(alike, other, stem));
  }

  private static void add(Map<String, Set<String>> by, String name, String what) {
    stems(name).forEach(stem -> by.computeIfAbsent(stem, s -> new LinkedHashSet<>()).add(what));
  }

  /** The words of a name that tell what it is about: {@code order} of {@code order_id}. */
  private static List<String> stems(String name) {
    List<String> stems = new ArrayList<>();
    for (String part : name.split("_", -1)) {
      if (!part.isEmpty() && !part.equals("id")) {
        stems.add(
            part.length() > 2 && part.endsWith("s") ? part.substring(0, part.length() - 1) : part);
      }
    }
    return stems.isEmpty() ? List.of(name) : stems;
  }

  /** What is known at this moment. */
  public Known of(Instance instance) {
    return new Known(instance);
  }

  /** What is known of one instance. */
  public final class Known {
    private final Map<String, Set<String>> byName = new TreeMap<>();
    private final Set<String> said = new LinkedHashSet<>();
    private final Set<Decimal> found = new LinkedHashSet<>();
    private final Map<String, List<String>> beside = new HashMap<>();
    private @Nullable List<String> all;
    private @Nullable List<Decimal> between;

    private Known(Instance instance) {
      instance
          .facts()
          .forEach((name, value) -> {
            Field field = machine.context().get(name);
            if (field != null) {
              entries(field, field.key().size(), value);
            }
          });
      instance
          .typed()
          .forEach(message -> said.addAll(List.of(message.text().strip().split("\\s+"))));
    }

    /** A pattern of the machine's schemas, compiled once. */
    com.google.re2j.Pattern pattern(String text) {
      return patterns.computeIfAbsent(text, com.google.re2j.Pattern::compile);
    }

    private void entries(Field field, int keys, @Nullable Object value) {
      if (keys > 0 && value instanceof Map<?, ?> map) {
        Json.object(map)
            .forEach((key, entry) -> {
              add(byName, field.name(), key);
              ArgRef ref = field.key().get(field.key().size() - keys);
              add(byName, ref.path().getLast(), key);
              entries(field, keys - 1, entry);
            });
      } else {
        value(field.name(), field.many() ? new Type.ListOf(field.type()) : field.type(), value);
      }
    }

    private void value(String name, @Nullable Type type, @Nullable Object value) {
      switch (value) {
        case String text -> add(byName, name, text);
        case Long whole -> found.add(Decimal.of(whole));
        case Decimal exact -> found.add(exact);
        case List<?> list ->
            list.forEach(
                item -> value(name, type instanceof Type.ListOf(Type items) ? items : null, item));
        case Map<?, ?> map ->
            Json.object(map)
                .forEach((key, of) -> {
                  if (type instanceof Type.Struct(Map<String, Type> properties)) {
                    value(key, properties.get(key), of);
                  } else {
                    add(byName, name, key);
                    value(name, type instanceof Type.MapOf(Type values) ? values : null, of);
                  }
                });
        case null, default -> {}
      }
    }

    /** Texts that stand, or are compared, beside a name; maybe none. */
    public List<String> texts(String name) {
      return beside.computeIfAbsent(name, this::gathered);
    }

    private List<String> gathered(String name) {
      Set<String> texts = new LinkedHashSet<>();
      for (String stem : stems(name)) {
        texts.addAll(compared.getOrDefault(stem, Set.of()));
        texts.addAll(byName.getOrDefault(stem, Set.of()));
        for (String other : alike.getOrDefault(stem, Set.of())) {
          texts.addAll(byName.getOrDefault(other, Set.of()));
        }
        if (typed.contains(stem)) {
          texts.addAll(said);
        }
      }
      return List.copyOf(texts);
    }

    /** Any text that means something. */
    List<String> texts() {
      if (all == null) {
        Set<String> texts = new LinkedHashSet<>(literals);
        byName.values().forEach(texts::addAll);
        all = List.copyOf(texts);
      }
      return all;
    }

    /** Numbers that mean something, and what lies between those that were found. */
    List<Decimal> numbers() {
      if (between == null) {
        between = computed();
      }
      return between;
    }

    private List<Decimal> computed() {
      Set<Decimal> all = new LinkedHashSet<>(numbers);
      List<Decimal> some = found.stream().limit(MAX_NUMBERS).toList();
      all.addAll(some);
      for (Decimal one : some) {
        for (Decimal other : some) {
          BigDecimal difference = one.value().subtract(other.value());
          if (difference.precision() <= 30) {
            all.add(new Decimal(difference));
          }
        }
      }
      return List.copyOf(all);
    }
  }

  // ---- where expressions stand

  private static Stream<Expression> expressions(Machine machine) {
    List<@Nullable Expression> all = new ArrayList<>();
    for (Rule rule : machine.rules()) {
      all.add(rule.when());
      if (rule.ask() != null) {
        all.add(rule.ask().unless());
        all.add(rule.ask().people());
      }
    }
    for (Tool tool : machine.tools().values()) {
      all.addAll(tool.set().values());
      if (tool.probe() != null) {
        all.add(tool.probe().happened());
      }
    }
    for (Field field : machine.context().values()) {
      switch (field.source()) {
        case Source.Derived(Expression is) -> all.add(is);
        case Source.Tools tools -> all.add(tools.value());
        default -> {}
      }
    }
    machine.states().values().forEach(state -> all.addAll(expressions(state)));
    return all.stream().filter(Objects::nonNull).map(Objects::requireNonNull);
  }

  private static List<@Nullable Expression> expressions(State state) {
    List<@Nullable Expression> all = new ArrayList<>();
    for (TimerRule rule : state.frame().after()) {
      if (rule instanceof TimerRule.At at) {
        all.add(at.at());
      }
    }
    switch (state) {
      case State.Agent agent ->
          agent.transitions().stream().map(Transition::guard).forEach(all::add);
      case State.Choice choice ->
          choice.transitions().stream().map(Transition::guard).forEach(all::add);
      case State.Call call -> call.calls().forEach(made -> all.addAll(made.with().values()));
      case State.Approval approval -> all.add(approval.people());
      case State.Wait wait -> {}
      case State.Escalation escalation -> {}
      case State.Final end -> {}
    }
    return all;
  }
}
