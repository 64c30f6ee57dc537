package dev.interlock.core.check;

import dev.interlock.core.check.Explorer.Node;
import dev.interlock.core.check.Trials.Part;
import dev.interlock.core.check.Trials.Truth;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Tool;
import java.util.ArrayList;
import java.util.HashMap;
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
  private final Watch watch;
  private final Map<Kind, Bench> benches = new HashMap<>();

  /** What calls have in common that are judged alike. */
  private record Kind(String state, String tool, Map<String, Expression> with, Set<Label> labels) {}

  /** By what calls of one kind are judged. */
  private record Bench(
      List<Rule> rules, @Nullable Expression condition, Watch.@Nullable Key key, Setting setting) {}

  Judge(Machine machine, Space space, Trials trials, Explored explored, Watch watch) {
    this.watch = watch;
    this.machine = machine;
    this.space = space;
    this.trials = trials;
    this.explored = explored;
  }

  /**
   * Fields with which a call may go out.
   *
   * @param asks whom it asks first
   * @param about whether it may meet the condition of the property that is looked at
   * @param same whether the argument that is followed has the value that is; null if that is not
   *     known
   */
  record Allowed(Box box, Set<String> asks, boolean about, @Nullable Boolean same) {
    /** Of which nothing is asked. */
    static Allowed anyhow(Box box) {
      return new Allowed(box, Set.of(), false, null);
    }

    Allowed in(Part part) {
      return new Allowed(part.box(), asks, about, same);
    }

    Allowed asking(String role) {
      Set<String> more = new TreeSet<>(asks);
      more.add(role);
      return new Allowed(box, more, about, same);
    }

    Allowed following(Box some, boolean isSame) {
      return new Allowed(some, asks, about, isSame);
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
    Kind kind = new Kind(node.place.visit().state(), tool.name(), with, node.place.labels());
    Bench bench = benches.computeIfAbsent(kind, it -> bench(it, tool));
    Setting setting = bench.setting();
    List<Allowed> allowed = List.of(Allowed.anyhow(setting.widened(node.box)));
    for (Expression each : setting.filled().values()) {
      allowed =
          parted(
              allowed,
              box -> trials.computable(each, box, setting),
              (before, part) -> part.truth() == Truth.TRUE ? before.in(part) : null);
    }
    for (Rule rule : bench.rules()) {
      allowed = permitted(rule, tool, allowed, setting);
    }
    for (Rule rule : bench.rules()) {
      allowed = rule.ask() == null ? allowed : asked(rule.ask(), allowed, setting);
    }
    allowed = followed(allowed, bench.key(), setting);
    return gathered(allowed, bench.condition(), setting);
  }

  private Bench bench(Kind kind, Tool tool) {
    List<Rule> rules =
        machine.rules().stream().filter(rule -> rule.appliesTo(kind.tool(), kind.state())).toList();
    Map<String, Expression> filled = new LinkedHashMap<>(kind.with());
    filled.putAll(tool.set());
    @Nullable Expression condition = watch.condition(kind.tool());
    List<Expression> judges = new ArrayList<>(judges(rules));
    if (condition != null) {
      judges.add(condition);
    }
    Watch.@Nullable Key key = watch.key(kind.tool());
    List<String> followed = key == null ? List.of() : List.of(key.argument());
    Setting setting = Setting.of(space, kind.labels(), tool, filled, judges, followed);
    return new Bench(rules, condition, key, setting);
  }

  /** Parted by whether the argument that is followed has the value that is. */
  private static List<Allowed> followed(
      List<Allowed> allowed, Watch.@Nullable Key key, Setting setting) {
    if (key == null || !setting.arguments().contains(key.argument())) {
      return allowed;
    }
    int variable = setting.variable(key.argument());
    int sample = setting.samples(variable).values().indexOf(key.value());
    long same = sample < 0 ? 0 : 1L << sample;
    List<Allowed> parted = new ArrayList<>();
    for (Allowed each : allowed) {
      long mask = each.box().mask(variable);
      if ((mask & same) != 0) {
        parted.add(each.following(each.box().with(variable, same), true));
      }
      if ((mask & ~same) != 0) {
        parted.add(each.following(each.box().with(variable, mask & ~same), false));
      }
    }
    return parted;
  }

  /** Whether one of these may meet a condition. */
  private boolean meets(List<Allowed> allowed, @Nullable Expression condition, Setting setting) {
    return condition != null
        && allowed.stream()
            .flatMap(each -> trials.split(condition, each.box(), setting).stream())
            .anyMatch(part -> part.truth() != Truth.FALSE);
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

  /** What is alike but for fields and arguments. */
  private record Alike(Set<String> asks, @Nullable Boolean same) {}

  /** Without arguments, and what asks the same people together. */
  private List<Allowed> gathered(
      List<Allowed> allowed, @Nullable Expression condition, Setting setting) {
    Map<Alike, List<Allowed>> alike = new LinkedHashMap<>();
    allowed.forEach(each ->
        alike
            .computeIfAbsent(new Alike(each.asks(), each.same()), a -> new ArrayList<>())
            .add(each));
    List<Allowed> gathered = new ArrayList<>();
    alike.forEach((like, all) -> {
      boolean about = meets(all, condition, setting);
      Box.merged(all.stream().map(each -> setting.narrowed(each.box())).toList())
          .forEach(box -> gathered.add(new Allowed(box, like.asks(), about, like.same())));
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
