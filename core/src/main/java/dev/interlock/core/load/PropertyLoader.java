package dev.interlock.core.load;

import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Loads {@code properties}. */
final class PropertyLoader {
  private static final List<String> KINDS = List.of("before", "never", "atMost", "eventually");

  /** What may stand beside one. */
  private static final List<String> BESIDE = List.of("same", "if", "after", "of");

  private final Draft draft;
  private final Reader reader;
  private final String initial;
  private final Set<String> doings = new TreeSet<>();
  private final Set<String> happenings;

  /**
   * @param rules whose roles may say yes
   * @param states whose roles may too
   * @param initial the first state, which nothing comes before
   */
  PropertyLoader(Draft draft, List<Rule> rules, Collection<State> states, String initial) {
    this.draft = draft;
    this.reader = draft.reader;
    this.initial = initial;
    doings.addAll(draft.tools.keySet());
    doings.addAll(draft.states);
    happenings = new TreeSet<>(doings);
    for (Rule rule : rules) {
      if (rule.ask() != null) {
        happenings.add(Property.yes(rule.ask().role()));
      }
    }
    for (State state : states) {
      if (state instanceof State.Approval approval) {
        happenings.add(Property.yes(approval.role()));
      }
    }
  }

  /**
   * The properties.
   *
   * @param rules whose sentences no property may have: refusals name both
   */
  List<Property> load(List<Node> items, List<Rule> rules) {
    List<Property> properties = new ArrayList<>();
    Set<String> names = new HashSet<>();
    rules.forEach(rule -> names.add(rule.sentence()));
    for (Node item : items) {
      MappingReader keys = reader.mapping(item, "a property");
      Property property = keys == null ? null : property(keys);
      if (property == null) {
        continue;
      }
      properties.add(property);
      if (!names.add(property.name())) {
        reader.report(
            item.mark(),
            LoadCode.DUPLICATE_NAME,
            "the property \"" + property.name() + "\", a name that another one or a rule has",
            "a name of its own for each property",
            "refusals and the journal name them by it");
      }
    }
    return List.copyOf(properties);
  }

  private @Nullable Property property(MappingReader keys) {
    String name = keys.needText("name");
    List<String> kinds = KINDS.stream().filter(keys::has).toList();
    if (kinds.size() != 1) {
      BESIDE.forEach(keys::has);
      keys.done();
      reader.report(
          keys.mark(),
          LoadCode.INCOMPLETE,
          kinds.isEmpty() ? "a property that says nothing" : "a property with " + and(kinds),
          "one of `before`, `never`, `atMost` and `eventually`",
          null);
      return null;
    }
    Property property =
        switch (kinds.getFirst()) {
          case "before" -> before(name, keys);
          case "never" -> never(name, keys);
          case "atMost" -> atMost(name, keys);
          default -> {
            List<String> states = draft.stateNames(keys.words("eventually"));
            yield name == null ? null : new Property.Eventually(name, states);
          }
        };
    keys.done();
    return property;
  }

  private static String and(List<String> kinds) {
    return String.join(" and ", kinds.stream().map(kind -> "`" + kind + "`").toList());
  }

  private @Nullable Property before(@Nullable String name, MappingReader keys) {
    List<Node.Scalar> pair = keys.words("before");
    Node.Scalar same = keys.word("same");
    if (pair.size() != 2) {
      reader.report(
          keys.mark(),
          LoadCode.INCOMPLETE,
          "%d names in `before`".formatted(pair.size()),
          "two: what comes first, and what comes after it",
          null);
      return null;
    }
    String first = named(pair.get(0), happenings);
    String then = named(pair.get(1), doings);
    if (first == null || then == null) {
      return null;
    }
    if (first.equals(then)) {
      reader.report(
          pair.get(1).mark(),
          LoadCode.DUPLICATE_NAME,
          "`" + then + "` a second time",
          "each tool or state once",
          "take it out");
      return null;
    }
    if (then.equals(initial)) {
      reader.report(
          pair.get(1).mark(),
          LoadCode.MISPLACED,
          "`" + then + "`, the initial state, after something else",
          "a tool, or a state that is entered later",
          null);
    }
    if (same != null && !both(same, first, then)) {
      return null;
    }
    Expression when = condition(keys, then);
    return name == null
        ? null
        : new Property.Before(name, first, then, same == null ? null : same.text(), when);
  }

  /** Whether both are tools that have an argument of that name. */
  private boolean both(Node.Scalar same, String first, String then) {
    for (String tool : List.of(first, then)) {
      boolean locked = draft.lock.tools().get(tool) != null;
      if (!locked && draft.tools.containsKey(tool)) {
        return false; // told elsewhere
      }
      if (!locked || !draft.schemas(tool).containsKey(same.text())) {
        reader.report(
            same.mark(),
            LoadCode.ARGUMENTS,
            "the argument `%s`, which `%s` does not have".formatted(same.text(), tool),
            "an argument of both tools",
            null);
        return false;
      }
    }
    return true;
  }

  private @Nullable Property never(@Nullable String name, MappingReader keys) {
    Node.Scalar what = keys.word("never");
    Node.Scalar after = keys.word("after");
    String doing = what == null ? null : named(what, doings);
    String first = after == null ? null : named(after, happenings);
    if (doing == null || (after != null && first == null)) {
      return null;
    }
    Expression when = condition(keys, doing);
    return name == null ? null : new Property.Never(name, doing, first, when);
  }

  private @Nullable Property atMost(@Nullable String name, MappingReader keys) {
    Node count = keys.take("atMost");
    Long most = count == null ? null : reader.whole(count, "`atMost`", 0);
    keys.need("of");
    Node.Scalar of = keys.word("of");
    String doing = of == null ? null : named(of, doings);
    return name == null || most == null || doing == null
        ? null
        : new Property.AtMost(name, most, doing);
  }

  private @Nullable String named(Node.Scalar word, Set<String> known) {
    if (known.contains(word.text())) {
      return word.text();
    }
    reader.unknown(word.mark(), LoadCode.UNKNOWN_NAME, "tool or state", word.text(), known);
    return null;
  }

  /** What must be true of a call, or of an entry, for a property to be about it. */
  private @Nullable Expression condition(MappingReader keys, String of) {
    Node.Scalar scalar = keys.scalar("if");
    if (scalar == null) {
      return null;
    }
    boolean tool = draft.tools.containsKey(of);
    if (tool && draft.lock.tools().get(of) == null) {
      return null; // told elsewhere
    }
    return GuardCompiler.guard(reader, tool ? draft.rules(List.of(of)) : draft.guards(), scalar);
  }
}
