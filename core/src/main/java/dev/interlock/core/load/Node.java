package dev.interlock.core.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A piece of YAML, and where it stands. */
public sealed interface Node {
  /** Where it begins. */
  Mark mark();

  /** The plain value, in the types of {@link dev.interlock.core.json.Json}. */
  Object value();

  /** What it is, for a message: {@code the text "x"}, {@code a list}. */
  String described();

  /**
   * A single value.
   *
   * @param value a {@code String}, {@code Long}, {@code Decimal} or {@code Boolean}
   * @param text the text of the value as YAML gives it: unquoted, unfolded
   * @param plain whether it is written without quotes and not as a block
   * @param place where each character of {@code text} stands
   */
  record Scalar(Mark mark, Object value, String text, boolean plain, Place place) implements Node {
    private static final int SHOWN = 40;

    @Override
    public String described() {
      return switch (value) {
        case String word when word.length() > SHOWN ->
            "the text \"" + word.substring(0, SHOWN) + "…\"";
        case String word -> "the text \"" + word + "\"";
        case Boolean bool -> bool.toString();
        default -> "the number " + text;
      };
    }
  }

  /** A list. */
  record Sequence(Mark mark, List<Node> items) implements Node {
    @Override
    public Object value() {
      List<Object> values = new ArrayList<>();
      items.forEach(item -> values.add(item.value()));
      return Collections.unmodifiableList(values);
    }

    @Override
    public String described() {
      return "a list";
    }
  }

  /** Keys and values, in the order of the file; no key stands twice. */
  record Mapping(Mark mark, List<Member> members) implements Node {
    /** The member of that key, or null. */
    public @Nullable Member member(String key) {
      return members.stream().filter(member -> member.key().equals(key)).findFirst().orElse(null);
    }

    @Override
    public Object value() {
      Map<String, Object> values = new LinkedHashMap<>();
      members.forEach(member -> values.put(member.key(), member.node().value()));
      return Collections.unmodifiableMap(values);
    }

    @Override
    public String described() {
      return "a mapping";
    }
  }

  /**
   * A key and its value.
   *
   * @param mark where the key begins
   */
  record Member(Mark mark, String key, Node node) {}

  /** Where the characters of a scalar stand in the file. */
  interface Place {
    /**
     * The place of one character.
     *
     * @param offset into the scalar's text, in code points; its length gives the place behind it
     */
    Mark of(int offset);
  }
}
