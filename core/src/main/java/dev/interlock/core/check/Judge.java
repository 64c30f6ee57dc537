package dev.interlock.core.check;

import dev.interlock.core.check.Explorer.Node;
import dev.interlock.core.check.Trials.Part;
import dev.interlock.core.check.Trials.Truth;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Tool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Judges calls as the machine does, for all samples at once. */
final class Judge {
  private final Machine machine;
  private final Space space;
  private final Trials trials;
  private final Explored explored;

  Judge(Machine machine, Space space, Trials trials, Explored explored) {
    this.machine = machine;
    this.space = space;
    this.trials = trials;
    this.explored = explored;
  }

  /**
   * Fields with which a call may go out.
   *
   * @param asks whom it asks first
   * @param sure false if that is not known for certain
   */
  record Allowed(Box box, Set<String> asks, boolean sure) {
    Allowed in(Part part) {
      return new Allowed(part.box(), asks, sure && part.sure());
    }

    Allowed asking(String role) {
      Set<String> more = new TreeSet<>(asks);
      more.add(role);
      return new Allowed(box, more, sure);
    }

    String step(Tool tool) {
      return tool.name() + (asks.isEmpty() ? "" : ", after a yes of " + String.join(", ", asks));
    }
  }

  /**
   * With which fields a call may go out from a place.
   *
   * @param with what the machine fills beside the tool's {@code set}
   */
  List<Allowed> judge(Node node, Tool tool, Map<String, Expression> with) {
    String state = node.place.visit().state();
    List<Rule> rules =
        machine.rules().stream().filter(rule -> rule.appliesTo(tool.name(), state)).toList();
    Map<String, Expression> filled = new LinkedHashMap<>(with);
    filled.putAll(tool.set());
    Setting setting = Setting.of(space, node.place.labels(), tool, filled, judges(rules));
    List<Allowed> allowed = List.of(new Allowed(setting.widened(node.box), Set.of(), true));
    for (Expression each : filled.values()) {
      allowed =
          parted(
              allowed,
              box -> trials.computable(each, box, setting),
              (before, part) -> part.truth() == Truth.TRUE ? before.in(part) : null);
    }
    for (Rule rule : rules) {
      allowed = permitted(rule, tool, allowed, setting);
    }
    for (Rule rule : rules) {
      allowed = rule.ask() == null ? allowed : asked(rule.ask(), allowed, setting);
    }
    return gathered(allowed, setting);
  }

  private static List<Expression> judges(List<Rule> rules) {
    return rules.stream()
        .flatMap(rule -> Stream.of(rule.when(), rule.ask() == null ? null : rule.ask().unless()))
        .<Expression>mapMulti((each, next) -> {
          if (each != null) {
            next.accept(each);
          }
        })
        .toList();
  }

  private List<Allowed> permitted(Rule rule, Tool tool, List<Allowed> allowed, Setting setting) {
    @Nullable Expression when = rule.when();
    return when == null
        ? allowed
        : parted(
            allowed,
            box -> trials.split(when, box, setting),
            (before, part) -> {
              explored.when(rule, tool.name(), part.truth(), part.sure());
              return part.truth() == Truth.TRUE ? before.in(part) : null;
            });
  }

  /** Without arguments, and what asks the same people together. */
  private static List<Allowed> gathered(List<Allowed> allowed, Setting setting) {
    Map<Set<String>, List<Allowed>> byAsks = new LinkedHashMap<>();
    allowed.forEach(each -> byAsks.computeIfAbsent(each.asks(), a -> new ArrayList<>()).add(each));
    List<Allowed> gathered = new ArrayList<>();
    byAsks.forEach((asks, all) -> {
      boolean sure = all.stream().allMatch(Allowed::sure);
      Box.merged(all.stream().map(each -> setting.narrowed(each.box())).toList())
          .forEach(box -> gathered.add(new Allowed(box, asks, sure)));
    });
    return gathered;
  }

  private List<Allowed> asked(Rule.Ask ask, List<Allowed> allowed, Setting setting) {
    @Nullable Expression unless = ask.unless();
    if (unless == null) {
      return allowed.stream().map(each -> each.asking(ask.role())).toList();
    }
    return parted(
        allowed,
        box -> trials.split(unless, box, setting),
        (before, part) -> {
          Allowed same = before.in(part);
          return part.truth() == Truth.TRUE ? same : same.asking(ask.role());
        });
  }

  private interface Parting {
    List<Part> part(Box box);
  }

  private interface Keeping {
    @Nullable Allowed keep(Allowed before, Part part);
  }

  private static List<Allowed> parted(List<Allowed> allowed, Parting parting, Keeping keeping) {
    List<Allowed> kept = new ArrayList<>();
    for (Allowed each : allowed) {
      for (Part part : parting.part(each.box())) {
        @Nullable Allowed keep = keeping.keep(each, part);
        if (keep != null) {
          kept.add(keep);
        }
      }
    }
    return kept;
  }
}
