package dev.interlock.core.check;

import dev.interlock.core.bounds.Bounds;
import dev.interlock.core.counterexample.Counterexample;
import dev.interlock.core.counterexample.Route;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which properties hold of every run, and a run against each of the others. */
final class PropertyCheck {
  private static final Against CUT =
      new Against(List.of("…: the machine is too large to look at all of it"), null);

  /** The most that is counted of what a run does. */
  private static final int MAX_COUNTED = 30;

  private static final Against UNCOUNTED =
      new Against(List.of("…: it is not counted further than " + MAX_COUNTED), null);

  private final Ground ground;
  private final Machine machine;
  private final List<String> proven = new ArrayList<>();
  private final List<String> provenWithoutOperators = new ArrayList<>();
  private final List<Property.Before> unproven = new ArrayList<>();
  private final List<Counterexample> violated = new ArrayList<>();
  private final Counterexample.Patience patience = new Counterexample.Patience();
  private final List<Finding> findings = new ArrayList<>();

  /**
   * A run against a property.
   *
   * @param route null if there may be one, which was not looked for to the end
   */
  private record Against(List<String> trace, @Nullable Route route) {}

  private PropertyCheck(Ground ground) {
    this.ground = ground;
    this.machine = ground.machine();
  }

  static PropertyCheck of(Ground ground) {
    PropertyCheck check = new PropertyCheck(ground);
    check.all();
    return check;
  }

  /** The names of those that hold of every run. */
  List<String> proven() {
    return List.copyOf(proven);
  }

  /** The names of those that hold as long as operators do nothing. */
  List<String> provenWithoutOperators() {
    return List.copyOf(provenWithoutOperators);
  }

  /** Those that are monitored, and not proven. */
  List<Property.Before> unproven() {
    return List.copyOf(unproven);
  }

  /** A run against each of those that {@code decide} lets a run go against. */
  List<Counterexample> violated() {
    return List.copyOf(violated);
  }

  List<Finding> findings() {
    return findings;
  }

  private void all() {
    List<Property.Before> monitored = Watch.monitored(machine);
    monitored.stream().filter(it -> !property(it, without(monitored, it))).forEach(unproven::add);
    machine.properties().stream()
        .filter(it -> !(it instanceof Property.Before before && before.monitored()))
        .forEach(it -> property(it, unproven));
  }

  private static List<Property.Before> without(List<Property.Before> all, Property.Before one) {
    return all.stream().filter(it -> !it.equals(one)).toList();
  }

  /**
   * Whether a property holds of every run.
   *
   * @param loose monitored ones that may keep a run from something, or not
   */
  private boolean property(Property property, List<Property.Before> loose) {
    if (against(property, loose, true).isEmpty()) {
      proven.add(property.name());
      return true;
    }
    Optional<Against> withoutOperators = against(property, loose, false);
    if (withoutOperators.isEmpty()) {
      provenWithoutOperators.add(property.name());
      return false;
    }
    against(property, withoutOperators.get());
    return false;
  }

  private void against(Property property, Against run) {
    @Nullable Counterexample shown =
        run.route() == null
            ? null
            : Counterexample.find(machine, property, run.route(), patience).orElse(null);
    if (shown != null) {
      violated.add(shown);
    }
    boolean stops = Counterexample.stops(machine, property);
    Code code = shown == null || stops || machine.observes() ? Code.NOT_PROVEN : Code.VIOLATED;
    findings.add(
        new Finding(
            code,
            List.of("properties", String.valueOf(machine.properties().indexOf(property))),
            "that the property \"%s\" is %s: a run %s %s%s"
                .formatted(
                    property.name(),
                    code == Code.VIOLATED ? "violated" : "not proven",
                    shown == null ? "may" : "can",
                    what(property),
                    stops ? ", where only this property stops it" : ""),
            "that it holds of every run",
            shown == null
                ? "look at the run, which may not be possible as it is, and close its way"
                : "look at the run, and close its way",
            run.trace()));
  }

  private static String what(Property property) {
    return switch (property) {
      case Property.Before before ->
          "come to %s before %s%s"
              .formatted(
                  before.then(),
                  before.first(),
                  before.same() == null ? "" : " with the same " + before.same());
      case Property.Never never ->
          "come to %s%s"
              .formatted(never.what(), never.after() == null ? "" : " after " + never.after());
      case Property.AtMost most ->
          "come to %s more than %s".formatted(most.of(), times(most.count()));
      case Property.Eventually eventually ->
          "rest elsewhere than in " + String.join(", ", eventually.states());
    };
  }

  private static String times(long count) {
    return count == 1 ? "once" : "%d times".formatted(count);
  }

  /** A run against a property, as far as is looked; empty if there is none. */
  private Optional<Against> against(
      Property property, List<Property.Before> loose, boolean operators) {
    if (property instanceof Property.AtMost most) {
      if (bounded(most) || (!operators && isWithin(most))) {
        return Optional.empty();
      }
      if (most.count() > MAX_COUNTED) {
        return Optional.of(UNCOUNTED);
      }
    }
    List<Watch.@Nullable Key> keys = new ArrayList<>();
    if (property instanceof Property.Before before && before.same() != null) {
      keys.addAll(keys(before, before.same()));
    } else {
      keys.add(null);
    }
    for (Watch.@Nullable Key key : keys) {
      Explorer.Verdict verdict = Explorer.against(ground, property, key, loose, operators);
      if (verdict.run().isPresent()) {
        return verdict.run().map(run -> new Against(run.trace(), run.route()));
      }
      if (!verdict.whole()) {
        return Optional.of(CUT);
      }
    }
    return Optional.empty();
  }

  /** Whether no run comes to something more often, by the ways and limits of the machine alone. */
  private boolean isWithin(Property.AtMost most) {
    if (machine.observes()) {
      return false;
    }
    Bounds bounds = Bounds.of(machine);
    return Stream.concat(
            bounds.tools().stream()
                .filter(it -> it.tool().equals(most.of()))
                .map(Bounds.OfTool::happened),
            bounds.states().stream()
                .filter(it -> it.state().equals(most.of()))
                .map(Bounds.OfState::visits))
        .anyMatch(
            bound -> bound.most() != null && bound.most().compareTo(Decimal.of(most.count())) <= 0);
  }

  /** The values that stand for all that the argument of a property may have. */
  private List<Watch.Key> keys(Property.Before before, String argument) {
    Set<Object> values = new LinkedHashSet<>();
    for (String tool : List.of(before.first(), before.then())) {
      ground.space().argument(machine.tool(tool), argument).values().stream()
          .<Object>mapMulti((value, next) -> {
            if (value != null) {
              next.accept(value);
            }
          })
          .forEach(values::add);
    }
    return values.stream().map(value -> new Watch.Key(argument, value)).toList();
  }

  /** Whether a rule sees to it that something is not called more often. */
  private boolean bounded(Property.AtMost most) {
    return machine.rules().stream()
        .anyMatch(rule ->
            rule.atMost() != null
                && rule.atMost().per().isEmpty()
                && rule.atMost().count() <= most.count()
                && rule.in().isEmpty()
                && rule.tools().contains(most.of())
                && !machine.observes());
  }
}
