package dev.interlock.core.check;

import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What properties have to do with a run: one that is looked at, by runs against it; and those that
 * keep a run from something.
 *
 * @param property whose runs are looked for, or null
 * @param key of a property of the same argument, the value that is followed; else null
 * @param followed monitored ones, of which it is known at each place whether they hold
 * @param loose monitored ones of which it is not: what would break them happens, and does not
 */
record Watch(
    @Nullable Property property,
    @Nullable Key key,
    List<Property.Before> followed,
    List<Property.Before> loose) {
  /** The most that are followed at once: each may double the places. */
  private static final int MAX_FOLLOWED = 2;

  /**
   * A value that stands for all that an argument may have.
   *
   * @param argument of both tools of the property
   */
  record Key(String argument, Object value) {}

  /** Of runs of which nothing is asked, with monitored properties that are not proven. */
  static Watch of(List<Property.Before> unproven) {
    int followed = Math.min(unproven.size(), MAX_FOLLOWED);
    return new Watch(
        null,
        null,
        List.copyOf(unproven.subList(0, followed)),
        List.copyOf(unproven.subList(followed, unproven.size())));
  }

  /** Of runs against one property. */
  static Watch of(Property property, @Nullable Key key, List<Property.Before> unproven) {
    return new Watch(property, key, List.of(), List.copyOf(unproven));
  }

  /** The properties that a machine monitors. */
  static List<Property.Before> monitored(Machine machine) {
    return machine.properties().stream()
        .filter(Property.Before.class::isInstance)
        .map(Property.Before.class::cast)
        .filter(Property.Before::monitored)
        .toList();
  }

  // ---- what has happened

  /** What has happened, once something has; what is counted, as often as matters. */
  Set<String> after(Set<String> happened, String what) {
    boolean counts = property instanceof Property.AtMost most && most.of().equals(what);
    boolean matters =
        counts
            || (property instanceof Property.Never never && what.equals(never.after()))
            || isFollowed(what);
    if (!matters) {
      return happened;
    }
    Set<String> more = new HashSet<>(happened);
    if (!more.add(what) && counts) {
      more.add(what + " " + (times(happened, what) + 1));
    }
    return more.equals(happened) ? happened : Set.copyOf(more);
  }

  private boolean isFollowed(String first) {
    for (Property.Before each : followed) { // asked of every step: no stream is made
      if (each.first().equals(first)) {
        return true;
      }
    }
    return false;
  }

  private static long times(Set<String> happened, String what) {
    long times = happened.contains(what) ? 1 : 0;
    while (times > 0 && happened.contains(what + " " + (times + 1))) {
      times++;
    }
    return times;
  }

  /**
   * Whether no run is followed in which something has happened: it cannot be against the property.
   */
  boolean avoids(String what) {
    return property instanceof Property.Before before && key == null && before.first().equals(what);
  }

  /** Whether no run is followed in which a call has returned. */
  boolean avoids(String tool, Judge.Allowed call) {
    return avoids(tool)
        || (key != null
            && property instanceof Property.Before before
            && before.first().equals(tool)
            && Boolean.TRUE.equals(call.same()));
  }

  // ---- what is against properties

  /** Whether a tool's call or a state's entry is against the property, as far as its condition. */
  boolean against(String doing, Set<String> happened) {
    return switch (property) {
      case null -> false;
      case Property.Before before -> before.then().equals(doing); // the first is avoided
      case Property.Never never ->
          never.what().equals(doing) && (never.after() == null || happened.contains(never.after()));
      case Property.AtMost most ->
          most.of().equals(doing) && times(happened, doing) >= most.count();
      case Property.Eventually e -> false;
    };
  }

  /** What must be true of a call or an entry for a property to be about it; null means nothing. */
  static @Nullable Expression condition(@Nullable Property property) {
    return switch (property) {
      case null -> null;
      case Property.Before before -> before.when();
      case Property.Never never -> never.when();
      case Property.AtMost a -> null;
      case Property.Eventually e -> null;
    };
  }

  /** The condition of the property, if it is about calls of a tool. */
  @Nullable Expression condition(String tool) {
    return against(tool, happenedBefore()) ? condition(property) : null;
  }

  private Set<String> happenedBefore() {
    return property instanceof Property.Never never && never.after() != null
        ? Set.of(never.after())
        : Set.of();
  }

  /** The argument whose value is followed in calls of a tool; null if none is. */
  @Nullable Key key(String tool) {
    return key != null
            && property instanceof Property.Before before
            && (before.first().equals(tool) || before.then().equals(tool))
        ? Objects.requireNonNull(key)
        : null;
  }

  /** Whether a property keeps a tool from being called, or a state from being entered. */
  boolean keeps(String doing, Set<String> happened) {
    for (Property.Before each : followed) {
      if (each.then().equals(doing) && !happened.contains(each.first())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a property may keep a state from being entered, or may not. */
  boolean mayKeep(String state) {
    return loose.stream().anyMatch(it -> it.then().equals(state));
  }
}
