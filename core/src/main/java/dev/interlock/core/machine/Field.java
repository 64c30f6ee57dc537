package dev.interlock.core.machine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A typed piece of context.
 *
 * @param type of one value; of one entry if the field is keyed, of one item if it is {@code many}
 * @param from the tools whose results fill it, if its source is {@code TOOL}
 * @param at a JSON pointer into the result; empty means the whole
 * @param value over {@code args}: filed in place of the result, or null
 * @param key the arguments under which a result is filed; empty if the field is not keyed
 * @param many whether it holds a list
 * @param append whether a result is added to the list instead of replacing it
 * @param max the most entries or items
 * @param standard the default of an {@code INPUT}, or null
 */
public record Field(
    String name,
    Type type,
    Source source,
    List<String> from,
    String at,
    @Nullable Expression value,
    List<ArgRef> key,
    boolean many,
    boolean append,
    int max,
    @Nullable Object standard) {

  public static final int DEFAULT_MAX = 1_000;

  /** Who may fill a field. */
  public enum Source {
    INPUT("input"),
    AGENT("agent"),
    TOOL("tool"),
    HUMAN("human");

    private final String word;

    Source(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  public boolean keyed() {
    return !key.isEmpty();
  }
}
