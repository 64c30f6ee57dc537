package dev.interlock.core.decide;

import dev.interlock.core.evolve.Evidence;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.Type;
import dev.interlock.core.machine.Typed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How values come into fields. */
final class Values {
  private Values() {}

  /** What came of fitting what was sent to a field. */
  sealed interface Fit {
    /** What to set; of a {@code many} field the items to add. */
    record Fits(Object value) implements Fit {}

    record Misfit(String why) implements Fit {}
  }

  /** Fits what a model or a person sends for a whole field that is not keyed. */
  static Fit fit(Field field, @Nullable Object now, Object sent) {
    if (!field.many()) {
      return one(field.type(), sent);
    }
    if (!(sent instanceof List<?> list)) {
      return new Fit.Misfit("expected a list");
    }
    int size = now instanceof Collection<?> items ? items.size() : 0;
    if (size + list.size() > field.max()) {
      return new Fit.Misfit(tooMany(field));
    }
    List<Object> items = new ArrayList<>();
    for (Object item : list) {
      switch (one(field.type(), item)) {
        case Fit.Fits(Object value) -> items.add(value);
        case Fit.Misfit misfit -> {
          return misfit;
        }
      }
    }
    return new Fit.Fits(Collections.unmodifiableList(items));
  }

  private static Fit one(Type type, Object sent) {
    return switch (type.fit(sent)) {
      case Type.Fit.Fits(Object value) -> new Fit.Fits(value);
      case Type.Fit.Misfit(String why) -> new Fit.Misfit(why);
    };
  }

  /** Where the caller typed a value that the model records; null if nowhere. */
  static Evidence.@Nullable Said said(Step step, Field field, @Nullable Object value) {
    Typed.Place place =
        value == null || field.byFormOnly() ? null : step.scope().typed().find(value);
    return place == null
        ? null
        : new Evidence.Said(step.instance().typed().get(place.text()).id(), place.offset());
  }

  /** Sets what the model records: of a field of source {@code user}, what the caller said. */
  static void file(Step step, Field field, Object value) {
    boolean user = field.source() instanceof Source.User;
    String by = user ? step.instance().caller().toString() : "agent";
    Evidence evidence = step.evidence(by);
    file(
        step,
        field,
        List.of(),
        value,
        user
            ? new Evidence(evidence.seq(), evidence.at(), by, said(step, field, value))
            : evidence);
  }

  /** Sets a field, or adds to it if it is a list that is added to. */
  static void file(Step step, Field field, List<Object> key, Object value, String by) {
    file(step, field, key, value, step.evidence(by));
  }

  private static void file(
      Step step, Field field, List<Object> key, Object value, Evidence evidence) {
    boolean adds =
        field.many()
            && switch (field.source()) {
              case Source.Tools tools -> tools.append();
              case Source.Event event -> false;
              case Source.Input i -> true;
              case Source.Agent a -> true;
              case Source.User u -> true;
              case Source.Human h -> true;
              case Source.Derived d -> throw new IllegalArgumentException(field.name());
            };
    step.emit(
        adds && value instanceof List<?> items
            ? new Outcome.FieldAppended(field.name(), key, List.copyOf(items), evidence)
            : new Outcome.FieldSet(field.name(), key, value, evidence));
    Moves.refreshTimers(step, field.name());
  }

  /**
   * Empties the fields that a tool makes stale, and whatever was asked with their values is void.
   */
  static void forget(Step step, String tool) {
    List<String> stale =
        step.machine().tool(tool).forgets().stream()
            .filter(name -> !empty(step.instance().facts().get(name)))
            .toList();
    step.clear(stale);
    stale.forEach(name -> Moves.refreshTimers(step, name));
    if (!stale.isEmpty()) {
      People.refresh(step);
    }
  }

  /** Whether a field holds nothing: unset, or without items or entries. */
  static boolean empty(@Nullable Object value) {
    return switch (value) {
      case null -> true;
      case Collection<?> items -> items.isEmpty();
      case Map<?, ?> entries -> entries.isEmpty();
      default -> false;
    };
  }

  /** Whether it was filled before and keeps the first result. */
  private static boolean keeps(Step step, Field field, List<Object> key) {
    return field.source() instanceof Source.Tools tools
        && tools.once()
        && (key.isEmpty()
            ? step.instance().evidence().containsKey(field.name())
            : held(step.instance(), field, key) != null);
  }

  /** What a field holds under a key. */
  private static @Nullable Object held(Instance instance, Field field, List<Object> key) {
    Object held = instance.facts().get(field.name());
    for (Object part : key) {
      held = held instanceof Map<?, ?> entries ? entries.get(part) : null;
    }
    return held;
  }

  // ---- events

  /** Why fields cannot be filled with an event's payload; empty if they can. */
  static String misfit(Machine machine, String event, @Nullable Object payload) {
    for (Field field : machine.context().values()) {
      Object part = part(field, event, payload);
      if (part == null) {
        continue;
      }
      switch (field.entryType().fit(part)) {
        case Type.Fit.Fits(List<?> items) when field.many() && items.size() > field.max() -> {
          return field.name() + ": " + tooMany(field);
        }
        case Type.Fit.Fits f -> {}
        case Type.Fit.Misfit(String why) -> {
          return field.name() + ": " + why;
        }
      }
    }
    return "";
  }

  /** Fills fields with what an event that is taken brought. */
  static void file(Step step, Inbox.Event event) {
    for (Field field : step.machine().context().values()) {
      Object part = part(field, event.name(), event.payload());
      if (part != null && field.entryType().fit(part) instanceof Type.Fit.Fits(Object value)) {
        file(step, field, List.of(), value, event.by());
      }
    }
  }

  private static @Nullable Object part(Field field, String event, @Nullable Object payload) {
    return payload != null
            && field.source() instanceof Source.Event(List<String> from, String at)
            && from.contains(event)
        ? Json.at(payload, at)
        : null;
  }

  static String tooMany(Field field) {
    return "more than its %d items".formatted(field.max());
  }

  /** Why a tool's result does not fit, by itself or beside what is held; empty if it does. */
  static String misfit(Machine machine, Instance instance, String tool, Result result) {
    if (result.misfit() != null) {
      return result.misfit();
    }
    for (Result.Fact fact : result.facts()) {
      Field field = machine.context().get(fact.field());
      if (field == null || !field.append() || !field.from().contains(tool)) {
        continue;
      }
      Object held = held(instance, field, fact.key());
      int before = held instanceof Collection<?> items ? items.size() : 0;
      if (fact.value() instanceof List<?> items && before + items.size() > field.max()) {
        return field.name() + ": " + tooMany(field);
      }
    }
    return "";
  }

  /**
   * Files the facts of a tool's result, those it may fill; nothing if one does not fit.
   *
   * @return why it does not fit, or nothing
   */
  static String file(Step step, String tool, Result result) {
    String misfit = misfit(step.machine(), step.instance(), tool, result);
    if (!misfit.isEmpty()) {
      return misfit;
    }
    for (Result.Fact fact : result.facts()) {
      Field field = step.machine().context().get(fact.field());
      if (field != null && field.from().contains(tool) && !keeps(step, field, fact.key())) {
        file(step, field, fact.key(), fact.value(), tool);
      }
    }
    if (!result.facts().isEmpty()) {
      People.refresh(step);
    }
    return "";
  }
}
