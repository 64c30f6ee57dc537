package dev.interlock.core.check;

import dev.interlock.core.check.Trials.Part;
import dev.interlock.core.check.Trials.Truth;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Facts that the model need not look up, where a condition of a write is true without them. */
final class Skipping {
  private final Machine machine;
  private final Explorer explorer;
  private final Influence influence;
  private final Space space;
  private final Trials trials;

  Skipping(Machine machine, Explorer explorer) {
    this.machine = machine;
    this.explorer = explorer;
    this.influence = explorer.influence();
    this.space = explorer.space();
    this.trials = explorer.trials();
  }

  /** The facts that would make a condition false, and that the model leaves where they are. */
  Set<String> of(Expression condition, Write write) {
    Set<String> skipped = new LinkedHashSet<>();
    for (String field : influence.stored(condition)) {
      if (isLeft(machine.field(field), write)
          && decides(condition, field, write)
          && goesOutWithout(field, write)) {
        skipped.add(field);
      }
    }
    return skipped;
  }

  /** Whether the model alone looks something up, by reads, and may come to a write without. */
  private boolean isLeft(Field field, Write write) {
    return !field.from().isEmpty()
        && field.from().stream().allMatch(it -> machine.tool(it).effect() == EffectClass.READ)
        && influence.presence(field.name())
        && explorer.explored().nodes(write.state().name()).stream()
            .anyMatch(node -> (node.box.mask(space.index(field.name())) & 1L) != 0);
  }

  private Setting setting(Expression expression, Write write) {
    Map<String, Expression> filled = influence.filled(write.tool(), write.state());
    return Setting.of(space, Set.of(), write.tool(), filled, List.of(expression), List.of());
  }

  private Box all(Setting setting) {
    long[] masks = new long[space.size()];
    for (int i = 0; i < masks.length; i++) {
      masks[i] = space.all(i);
    }
    return setting.widened(new Box(masks));
  }

  /** Whether a condition is true without a fact, and not with one, all else the same. */
  private boolean decides(Expression condition, String field, Write write) {
    Setting setting = setting(condition, write);
    int variable = space.index(field);
    List<Box> met = new ArrayList<>();
    List<Box> others = new ArrayList<>();
    for (Part part : trials.split(condition, all(setting), setting)) {
      if (!part.sure()) {
        return false;
      }
      (part.truth() == Truth.TRUE ? met : others).add(part.box());
    }
    return met.stream()
        .filter(one -> (one.mask(variable) & 1L) != 0)
        .anyMatch(one -> others.stream().anyMatch(other -> alike(one, other, variable)));
  }

  private static boolean alike(Box one, Box other, int but) {
    for (int i = 0; i < one.size(); i++) {
      if (i != but && (one.mask(i) & other.mask(i)) == 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether all that judges a write, and fills it, lets it out without a fact. */
  private boolean goesOutWithout(String field, Write write) {
    for (Rule rule : write.rules(machine)) {
      @Nullable Expression when = rule.when();
      if (when != null && isFalse(when, field, write)) {
        return false;
      }
    }
    return influence.filled(write.tool(), write.state()).values().stream()
        .noneMatch(with -> {
          Setting setting = setting(with, write);
          return none(trials.computable(with, without(field, setting), setting));
        });
  }

  private boolean isFalse(Expression when, String field, Write write) {
    Setting setting = setting(when, write);
    return none(trials.split(when, without(field, setting), setting));
  }

  private Box without(String field, Setting setting) {
    return all(setting).with(space.index(field), 1L);
  }

  private static boolean none(List<Part> parts) {
    return parts.stream().noneMatch(part -> part.truth() == Truth.TRUE);
  }
}
