package dev.interlock.core.counterexample;

import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Property;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What has happened in a run, as far as one property asks. A value: after the same, it is the same.
 *
 * @param happened whether that has after which the property says something, or nothing any more
 * @param with the values, as JSON, of the argument that must be the same
 * @param times how often what is counted has happened
 */
record Books(Property property, boolean happened, Set<String> with, long times) {
  /**
   * A tool that is called with arguments, a state that is entered, or somebody's yes.
   *
   * @param args none but of a tool
   * @param sure false of an answer that is neither a yes nor a no: it may be one
   */
  record Doing(String name, Map<String, Object> args, boolean sure) {
    static Doing of(String name) {
      return new Doing(name, Map.of(), true);
    }
  }

  /** Before anything has happened. */
  Books(Property property) {
    this(property, false, Set.of(), 0);
  }

  /** After a tool has returned, a state was entered, or somebody has said yes. */
  Books after(Doing doing) {
    return switch (property) {
      case Property.Before before ->
          doing.sure() && doing.name().equals(before.first()) ? first(doing) : this;
      case Property.Never never ->
          doing.name().equals(never.after()) ? new Books(property, true, with, times) : this;
      case Property.AtMost most ->
          doing.name().equals(most.of()) ? new Books(property, happened, with, times + 1) : this;
      case Property.Eventually eventually ->
          eventually.states().contains(doing.name())
              ? new Books(property, true, with, times)
              : this;
    };
  }

  private Books first(Doing doing) {
    @Nullable String same = property instanceof Property.Before before ? before.same() : null;
    @Nullable Object value = same == null ? null : doing.args().get(same);
    if (value == null) {
      return new Books(property, true, with, times);
    }
    Set<String> more = new HashSet<>(with);
    more.add(Json.write(value));
    return new Books(property, true, more, times);
  }

  /** Whether it has happened more often than it may. */
  boolean often() {
    return property instanceof Property.AtMost most && times > most.count();
  }

  /** How a call or an entry is against the property, if its condition is met; empty if not. */
  String against(Doing doing) {
    return switch (property) {
      case Property.Before before ->
          before.then().equals(doing.name()) ? against(before, doing) : "";
      case Property.Never never -> never.what().equals(doing.name()) ? against(never) : "";
      case Property.AtMost a -> "";
      case Property.Eventually e -> "";
    };
  }

  private String against(Property.Before before, Doing doing) {
    String told = "%s before %s".formatted(before.then(), before.first());
    @Nullable String same = before.same();
    if (same == null) {
      return happened ? "" : told;
    }
    @Nullable Object value = doing.args().get(same);
    return value == null || with.contains(Json.write(value))
        ? ""
        : "%s with the same %s".formatted(told, same);
  }

  private String against(Property.Never never) {
    @Nullable String after = never.after();
    if (after == null) {
      return never.what();
    }
    return happened ? "%s after %s".formatted(never.what(), after) : "";
  }

  /** What must be true of a call or an entry, or have an error, for a property to be about it. */
  static @Nullable Expression condition(Property property) {
    return switch (property) {
      case Property.Before before -> before.when();
      case Property.Never never -> never.when();
      case Property.AtMost a -> null;
      case Property.Eventually e -> null;
    };
  }
}
