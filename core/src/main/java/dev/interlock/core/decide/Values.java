package dev.interlock.core.decide;

import dev.interlock.core.evolve.Evidence;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
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
      return new Fit.Misfit("more than its %d items".formatted(field.max()));
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

  /** Sets a field, or adds to it if it is a list that is added to. */
  static void file(Step step, Field field, List<Object> key, Object value, String by) {
    Evidence evidence = step.evidence(by);
    boolean adds = field.many() && (field.source() != Field.Source.TOOL || field.append());
    step.emit(
        adds && value instanceof List<?> items
            ? new Outcome.FieldAppended(field.name(), key, List.copyOf(items), evidence)
            : new Outcome.FieldSet(field.name(), key, value, evidence));
    Moves.refreshTimers(step, field.name());
  }

  /** Files the facts of a tool's result, those it may fill. */
  static void file(Step step, String tool, Result result) {
    for (Result.Fact fact : result.facts()) {
      Field field = step.machine().context().get(fact.field());
      if (field != null && field.from().contains(tool)) {
        file(step, field, fact.key(), fact.value(), tool);
      }
    }
    if (!result.facts().isEmpty()) {
      People.refresh(step);
    }
  }
}
