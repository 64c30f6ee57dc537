package dev.interlock.core.machine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may fill a field, and how. */
public sealed interface Source {
  /** As the machine file says it. */
  String word();

  /**
   * Whoever starts the instance; fixed from then on.
   *
   * @param standard the default, or null
   */
  record Input(@Nullable Object standard) implements Source {
    @Override
    public String word() {
      return "input";
    }
  }

  /** The model, by {@code record}, in states that list the field. */
  record Agent() implements Source {
    @Override
    public String word() {
      return "agent";
    }
  }

  /** The caller: by a form, or in words that the model records and that were said. */
  record User() implements Source {
    @Override
    public String word() {
      return "user";
    }
  }

  /**
   * Successful results of tools.
   *
   * @param from the tools
   * @param at a JSON pointer into the result; empty means the whole
   * @param value over {@code args}: filed in place of the result, or null
   * @param key the arguments under which a result is filed; empty if the field is not keyed
   * @param append whether a result is added to the list instead of replacing it
   * @param once whether the first result is kept, of each key
   */
  record Tools(
      List<String> from,
      String at,
      @Nullable Expression value,
      List<ArgRef> key,
      boolean append,
      boolean once)
      implements Source {
    @Override
    public String word() {
      return "tool";
    }
  }

  /** The form of an approval's answer. */
  record Human() implements Source {
    @Override
    public String word() {
      return "human";
    }
  }

  /**
   * The payload of an event, once a state takes it.
   *
   * @param from the events
   * @param at a JSON pointer into the payload; empty means the whole
   */
  record Event(List<String> from, String at) implements Source {
    @Override
    public String word() {
      return "event";
    }
  }

  /** Nobody: it is computed where it is read, and never stored. */
  record Derived(Expression is) implements Source {
    @Override
    public String word() {
      return "is";
    }
  }
}
