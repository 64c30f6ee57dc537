package dev.interlock.core.load;

import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Loads {@code properties}. */
final class PropertyLoader {
  private final Draft draft;
  private final Reader reader;

  PropertyLoader(Draft draft) {
    this.draft = draft;
    this.reader = draft.reader;
  }

  /**
   * The properties.
   *
   * @param rules whose sentences no property may have: refusals name both
   * @param initial the first state, which nothing comes before
   */
  List<Property> load(List<Node> items, List<Rule> rules, String initial) {
    List<Property> properties = new ArrayList<>();
    Set<String> names = new HashSet<>();
    rules.forEach(rule -> names.add(rule.sentence()));
    for (Node item : items) {
      MappingReader keys = reader.mapping(item, "a property");
      Property property = keys == null ? null : property(keys, initial);
      if (property == null) {
        continue;
      }
      properties.add(property);
      if (!names.add(property.name())) {
        reader.report(
            item.mark(),
            "duplicate-name",
            "the property \"" + property.name() + "\", a name that another one or a rule has",
            "a name of its own for each property",
            "refusals and the journal name them by it");
      }
    }
    return List.copyOf(properties);
  }

  private @Nullable Property property(MappingReader keys, String initial) {
    String name = keys.needText("name");
    List<Node.Scalar> before = keys.words("before");
    List<Node.Scalar> eventually = keys.words("eventually");
    keys.done();
    if (keys.has("before") == keys.has("eventually")) {
      reader.report(
          keys.mark(),
          "property",
          "a property with both or neither",
          "one of `before` and `eventually`",
          null);
      return null;
    }
    if (keys.has("eventually")) {
      List<String> states = draft.stateNames(eventually);
      return name == null ? null : new Property.Eventually(name, states);
    }
    return before(name, keys, before, initial);
  }

  private @Nullable Property before(
      @Nullable String name, MappingReader keys, List<Node.Scalar> pair, String initial) {
    Set<String> known = new TreeSet<>(draft.tools.keySet());
    known.addAll(draft.states);
    List<String> both = draft.names(pair, "unknown-name", "tool or state", known);
    if (pair.size() != 2) {
      reader.report(
          keys.mark(),
          "property",
          "%d names in `before`".formatted(pair.size()),
          "two: what comes first, and what comes after it",
          null);
      return null;
    }
    String then = pair.get(1).text();
    if (then.equals(initial)) {
      reader.report(
          pair.get(1).mark(),
          "property",
          "`" + then + "`, the initial state, after something else",
          "a tool, or a state that is entered later",
          null);
    }
    return name == null || both.size() != 2
        ? null
        : new Property.Before(name, both.get(0), both.get(1));
  }
}
