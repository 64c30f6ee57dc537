package dev.interlock.core.difference;

import static dev.interlock.core.difference.Difference.EVERYWHERE;

import dev.interlock.core.difference.Difference.Changes;
import dev.interlock.core.difference.Difference.Kind;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.Tool;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What differs between two versions of a machine that is not of one state. */
final class MachineChanges {
  private final Machine old;
  private final Machine now;
  private final Changes changes;

  MachineChanges(Machine old, Machine now, Changes changes) {
    this.old = old;
    this.now = now;
    this.changes = changes;
  }

  void compare() {
    if (old.observes() != now.observes()) {
      add(
          now.observes() ? Kind.ALLOWED : Kind.REFUSED,
          now.observes()
              ? "it only observes: what it would refuse or ask goes out"
              : "it judges, and no longer only observes");
    }
    both(old.tools(), now.tools(), this::tool);
    both(old.context(), now.context(), this::field);
    each(old.context(), now.context(), name -> add(Kind.BESIDE, "the field " + name + " is gone"));
    each(now.context(), old.context(), name -> add(Kind.BESIDE, "the field " + name + " is new"));
    events();
    constants();
    budgets(changes, EVERYWHERE, old.budgets(), now.budgets());
    properties();
    changes.differs(
        Kind.OTHERWISE,
        EVERYWHERE,
        old.initial(),
        now.initial(),
        "it begins in %s, not in %s".formatted(now.initial(), old.initial()));
    changes.differs(
        Kind.BESIDE,
        EVERYWHERE,
        old.history(),
        now.history(),
        "conversations are summed up otherwise");
  }

  private void add(Kind kind, String what) {
    changes.add(kind, EVERYWHERE, what);
  }

  private static <T> void both(Map<String, T> old, Map<String, T> now, BiConsumer<T, T> compare) {
    old.forEach((name, was) -> {
      T is = now.get(name);
      if (is != null) {
        compare.accept(was, is);
      }
    });
  }

  /** Those of the one that are not in the other. */
  private static void each(Map<String, ?> of, Map<String, ?> without, Consumer<String> to) {
    of.keySet().stream().filter(name -> !without.containsKey(name)).forEach(to);
  }

  static Set<String> minus(Collection<String> of, Collection<String> without) {
    Set<String> left = new LinkedHashSet<>(of);
    left.removeAll(without);
    return left;
  }

  /** Says which items are new and which are gone, if any. */
  static void lists(
      Collection<String> old,
      Collection<String> now,
      Consumer<String> more,
      Consumer<String> less) {
    Set<String> added = minus(now, old);
    Set<String> gone = minus(old, now);
    if (!added.isEmpty()) {
      more.accept(String.join(", ", added));
    }
    if (!gone.isEmpty()) {
      less.accept(String.join(", ", gone));
    }
  }

  static @Nullable String source(@Nullable Expression expression) {
    return expression == null ? null : expression.source();
  }

  static Map<String, String> sources(Map<String, Expression> expressions) {
    Map<String, String> sources = new LinkedHashMap<>();
    expressions.forEach((name, expression) -> sources.put(name, expression.source()));
    return sources;
  }

  // ---- tools

  private void tool(Tool was, Tool is) {
    String name = is.name();
    changes.differs(
        Kind.OTHERWISE,
        EVERYWHERE,
        was.locked().hash(),
        is.locked().hash(),
        "%s is another tool: its description or schema is".formatted(name));
    changes.differs(
        Kind.OTHERWISE,
        EVERYWHERE,
        was.effect(),
        is.effect(),
        "%s is of effect %s, not %s".formatted(name, is.effect().word(), was.effect().word()));
    lists(
        was.set().keySet(),
        is.set().keySet(),
        args -> add(Kind.REFUSED, "the machine fills %s of %s".formatted(args, name)),
        args ->
            add(
                Kind.ALLOWED,
                "the model chooses %s of %s, which the machine filled".formatted(args, name)));
    Map<String, String> before = sources(was.set());
    sources(is.set())
        .forEach((arg, source) -> {
          String other = before.get(arg);
          if (other != null && !other.equals(source)) {
            add(
                Kind.OTHERWISE,
                "%s of %s is filled with %s, not with %s".formatted(arg, name, source, other));
          }
        });
    lists(
        was.labels().stream().map(label -> label.word()).toList(),
        is.labels().stream().map(label -> label.word()).toList(),
        labels -> add(Kind.REFUSED, "%s is labelled %s".formatted(name, labels)),
        labels -> add(Kind.ALLOWED, "%s is not labelled %s any more".formatted(name, labels)));
    lists(
        was.forgets(),
        is.forgets(),
        fields -> add(Kind.REFUSED, "%s makes %s stale".formatted(name, fields)),
        fields ->
            add(
                Kind.ALLOWED,
                "%s leaves %s as they are, which it made stale".formatted(name, fields)));
    lists(
        was.secret(),
        is.secret(),
        args -> add(Kind.BESIDE, "%s of %s is hidden".formatted(args, name)),
        args -> add(Kind.ALLOWED, "%s of %s is shown, which was secret".formatted(args, name)));
    probe(name, was.probe(), is.probe());
    changes.differs(
        Kind.BESIDE,
        EVERYWHERE,
        List.of(was.timeout(), was.retry()),
        List.of(is.timeout(), is.retry()),
        "%s has another time-out, or is tried otherwise".formatted(name));
  }

  private void probe(String tool, Tool.@Nullable Probe was, Tool.@Nullable Probe is) {
    changes.differs(
        Kind.OTHERWISE,
        EVERYWHERE,
        was == null ? null : List.of(was.call(), sources(was.with()), was.happened().source()),
        is == null ? null : List.of(is.call(), sources(is.with()), is.happened().source()),
        "an unknown outcome of %s is settled otherwise: %s"
            .formatted(
                tool, is == null ? "by a person" : is.call() + ", " + is.happened().source()));
  }

  // ---- fields

  private void field(Field was, Field is) {
    String name = is.name();
    Source source = is.source();
    if (!was.source().word().equals(source.word())) {
      add(
          Kind.OTHERWISE,
          "%s is filled from source %s, not %s"
              .formatted(name, source.word(), was.source().word()));
    } else {
      source(name, was.source(), source);
    }
    changes.differs(
        Kind.OTHERWISE,
        EVERYWHERE,
        List.of(was.type(), was.many()),
        List.of(is.type(), is.many()),
        "%s is of another type".formatted(name));
    if (is.max() != was.max()) {
      add(
          is.max() > was.max() ? Kind.ALLOWED : Kind.REFUSED,
          "%s holds at most %d, not %d".formatted(name, is.max(), was.max()));
    }
    if (is.privacy() != was.privacy()) {
      add(
          is.privacy().compareTo(was.privacy()) < 0 ? Kind.ALLOWED : Kind.REFUSED,
          is.privacy() == Field.Privacy.OPEN
              ? "%s is shown to everybody who sees the instance".formatted(name)
              : "%s is %s".formatted(name, is.privacy() == Field.Privacy.PII ? "pii" : "secret"));
    }
  }

  private void source(String name, Source was, Source is) {
    switch (is) {
      case Source.Tools tools when was instanceof Source.Tools before -> {
        lists(
            before.from(),
            tools.from(),
            more -> add(Kind.ALLOWED, "%s fills %s".formatted(more, name)),
            less -> add(Kind.REFUSED, "%s does not fill %s any more".formatted(less, name)));
        changes.differs(
            Kind.OTHERWISE,
            EVERYWHERE,
            List.of(before.at(), before.key(), before.append(), before.once(), value(before)),
            List.of(tools.at(), tools.key(), tools.append(), tools.once(), value(tools)),
            "%s is filed otherwise from results (at, value, key, append or once)".formatted(name));
      }
      case Source.Event event when was instanceof Source.Event before -> {
        lists(
            before.from(),
            event.from(),
            more -> add(Kind.ALLOWED, "the event %s fills %s".formatted(more, name)),
            less ->
                add(Kind.REFUSED, "the event %s does not fill %s any more".formatted(less, name)));
        changes.differs(
            Kind.OTHERWISE,
            EVERYWHERE,
            before.at(),
            event.at(),
            "%s is another part of the event".formatted(name));
      }
      case Source.Derived derived when was instanceof Source.Derived before ->
          changes.differs(
              Kind.OTHERWISE,
              EVERYWHERE,
              before.is().source(),
              derived.is().source(),
              "%s is %s, not %s".formatted(name, derived.is().source(), before.is().source()));
      case Source.Input input when was instanceof Source.Input before ->
          changes.differs(
              Kind.OTHERWISE,
              EVERYWHERE,
              before.standard(),
              input.standard(),
              "the input %s has another default".formatted(name));
      default -> {} // nothing more is said of it
    }
  }

  private static String value(Source.Tools tools) {
    return Objects.requireNonNullElse(source(tools.value()), "");
  }

  // ---- the rest

  private void events() {
    each(
        now.events(),
        old.events(),
        name -> add(Kind.ALLOWED, "the event %s may be sent by %s".formatted(name, by(now, name))));
    each(
        old.events(),
        now.events(),
        name -> add(Kind.REFUSED, "the event %s is gone".formatted(name)));
    both(
        old.events(),
        now.events(),
        (was, is) -> {
          lists(
              was.by(),
              is.by(),
              more -> add(Kind.ALLOWED, "%s may send the event %s".formatted(more, is.name())),
              less ->
                  add(
                      Kind.REFUSED,
                      "%s may not send the event %s any more".formatted(less, is.name())));
          changes.differs(
              Kind.OTHERWISE,
              EVERYWHERE,
              was.payload(),
              is.payload(),
              "the event %s carries another payload".formatted(is.name()));
          changes.differs(
              Kind.BESIDE,
              EVERYWHERE,
              was.keep(),
              is.keep(),
              "the event %s is %s".formatted(is.name(), is.keep() ? "kept" : "not kept any more"));
        });
  }

  private static String by(Machine machine, String name) {
    EventType type = Objects.requireNonNull(machine.events().get(name));
    return type.by().isEmpty() ? "operators" : String.join(", ", type.by());
  }

  private void constants() {
    now.constants()
        .forEach((name, value) -> {
          Object was = old.constants().get(name);
          if (was != null && !was.equals(value)) {
            add(
                Kind.OTHERWISE,
                "the constant %s is %s, not %s"
                    .formatted(name, Json.write(value), Json.write(was)));
          }
        });
  }

  /** Budgets of the machine, or of one state. */
  static void budgets(Changes changes, String where, Budgets old, Budgets now) {
    for (Budget budget : Budget.values()) {
      Decimal was = old.limit(budget);
      Decimal is = now.limit(budget);
      if (Objects.equals(was, is)) {
        continue;
      }
      boolean more = is == null || (was != null && is.compareTo(was) > 0);
      changes.add(
          more ? Kind.ALLOWED : Kind.REFUSED,
          where,
          "the budget %s is %s, not %s".formatted(budget, amount(budget, is), amount(budget, was)));
    }
  }

  private static String amount(Budget budget, @Nullable Decimal amount) {
    return amount == null
        ? "unlimited"
        : budget == Budget.DURATION
            ? Duration.ofSeconds(amount.value().longValue()).toString()
            : amount.toString();
  }

  private void properties() {
    Map<String, Property> before = named(old);
    Map<String, Property> after = named(now);
    each(after, before, name -> add(Kind.REFUSED, "the property \"%s\" must hold".formatted(name)));
    each(
        before,
        after,
        name -> add(Kind.ALLOWED, "the property \"%s\" need not hold any more".formatted(name)));
    both(
        before,
        after,
        (was, is) ->
            changes.differs(
                Kind.OTHERWISE,
                EVERYWHERE,
                said(was),
                said(is),
                "the property \"%s\" says something else".formatted(is.name())));
  }

  /** What a property says, its expressions as they are written: they are equal to none. */
  private static List<Object> said(Property property) {
    List<Object> said = new ArrayList<>(List.of(property.getClass()));
    for (RecordComponent part : property.getClass().getRecordComponents()) {
      try {
        Object value = part.getAccessor().invoke(property);
        said.add(
            value instanceof Expression expression ? expression.source() : String.valueOf(value));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return said;
  }

  private static Map<String, Property> named(Machine machine) {
    Map<String, Property> named = new LinkedHashMap<>();
    machine.properties().forEach(property -> named.put(property.name(), property));
    return named;
  }
}
