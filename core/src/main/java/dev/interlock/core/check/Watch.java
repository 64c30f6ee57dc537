package dev.interlock.core.check;

import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of a run the properties turn on: each is an automaton whose state is what has happened.
 *
 * @param properties those that are watched
 * @param key of a property of the same argument, the value that is followed; null if none is
 */
record Watch(List<Property> properties, @Nullable Key key) {
  /**
   * A value that stands for all that an argument may have.
   *
   * @param argument of both tools of the property
   */
  record Key(Property.Before property, String argument, Object value) {
    /** The first of the two, with that value. */
    String first() {
      return property.first() + " " + argument;
    }
  }

  /** All that are followed together: those that neither count nor compare arguments. */
  static Watch together(Machine machine) {
    return new Watch(
        machine.properties().stream()
            .filter(it ->
                it instanceof Property.Never
                    || (it instanceof Property.Before before && before.same() == null))
            .toList(),
        null);
  }

  /** One by itself, with those that keep a run from what it does. */
  static Watch of(Machine machine, Property property, @Nullable Key key) {
    List<Property> watched = new ArrayList<>(List.of(property));
    machine.properties().stream().filter(Watch::monitored).forEach(watched::add);
    return new Watch(List.copyOf(watched), key);
  }

  /** Whether a run is kept from what is against a property. */
  static boolean monitored(Property property) {
    return property instanceof Property.Before before && before.monitored();
  }

  /** Whether it matters that something has happened. */
  private boolean matters(String what) {
    return properties.stream()
        .anyMatch(it ->
            switch (it) {
              case Property.Before before -> first(before).equals(what);
              case Property.Never never -> what.equals(never.after());
              case Property.AtMost most -> most.of().equals(what);
              case Property.Eventually e -> false;
            });
  }

  /** What has happened, once something has; what is counted, as often as matters. */
  Set<String> after(Set<String> happened, String what) {
    if (!matters(what)) {
      return happened;
    }
    Set<String> more = new HashSet<>(happened);
    if (!more.add(what)) {
      for (Property property : properties) {
        if (property instanceof Property.AtMost most && most.of().equals(what)) {
          more.add(what + " " + (times(most, happened) + 1));
        }
      }
    }
    return more.equals(happened) ? happened : Set.copyOf(more);
  }

  private String first(Property.Before before) {
    return key != null && before.equals(key.property()) ? key.first() : before.first();
  }

  private static long times(Property.AtMost most, Set<String> happened) {
    long times = happened.contains(most.of()) ? 1 : 0;
    while (times > 0 && times <= most.count() && happened.contains(most.of() + " " + (times + 1))) {
      times++;
    }
    return times;
  }

  /** Those that a tool's call or a state's entry may be against, whatever their conditions say. */
  List<Property> against(String doing, Set<String> happened) {
    List<Property> against = new ArrayList<>();
    for (Property property : properties) {
      boolean breaks =
          switch (property) {
            case Property.Before before ->
                before.then().equals(doing) && !happened.contains(first(before));
            case Property.Never never ->
                never.what().equals(doing)
                    && (never.after() == null || happened.contains(never.after()));
            case Property.AtMost most ->
                most.of().equals(doing) && times(most, happened) >= most.count();
            case Property.Eventually e -> false;
          };
      if (breaks) {
        against.add(property);
      }
    }
    return against;
  }

  /** What must be true of a call or an entry for a property to be about it; null means nothing. */
  static @Nullable Expression condition(Property property) {
    return switch (property) {
      case Property.Before before -> before.when();
      case Property.Never never -> never.when();
      case Property.AtMost a -> null;
      case Property.Eventually e -> null;
    };
  }

  /** The conditions on calls of a tool, and the argument that is followed. */
  Map<Property, Expression> conditions(String tool) {
    Map<Property, Expression> conditions = new LinkedHashMap<>();
    for (Property property : properties) {
      @Nullable Expression when = condition(property);
      boolean of =
          switch (property) {
            case Property.Before before -> before.then().equals(tool);
            case Property.Never never -> never.what().equals(tool);
            case Property.AtMost a -> false;
            case Property.Eventually e -> false;
          };
      if (when != null && of) {
        conditions.put(property, when);
      }
    }
    return conditions;
  }

  /** The argument whose value is followed in calls of a tool; null if none is. */
  @Nullable Key key(String tool) {
    return key != null
            && (key.property().first().equals(tool) || key.property().then().equals(tool))
        ? key
        : null;
  }
}
