package dev.interlock.core.load;

import dev.interlock.core.json.Decimal;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes the known keys of a mapping, each with its type, and reports the rest.
 *
 * <p>Ask for every key that may stand there, then call {@link #done}: a key nobody asked for is an
 * error that names the nearest known one. A key that is absent or wrong gives null, an empty list
 * or the default.
 */
public final class MappingReader {
  private final Reader reader;
  private final Node.Mapping mapping;
  private final String what;
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> notYet = new LinkedHashSet<>();

  MappingReader(Reader reader, Node.Mapping mapping, String what) {
    this.reader = reader;
    this.mapping = mapping;
    this.what = what;
  }

  /** Where the mapping begins. */
  public Mark mark() {
    return mapping.mark();
  }

  /** The mapping itself. */
  public Node.Mapping node() {
    return mapping;
  }

  /** Whether the key stands there; it becomes known. */
  public boolean has(String key) {
    return take(key) != null;
  }

  /** The value of a key, or null if it is absent. */
  public @Nullable Node take(String key) {
    known.add(key);
    Node.Member member = mapping.member(key);
    return member == null ? null : member.node();
  }

  /** The value of a key that must stand there. */
  public @Nullable Node need(String key) {
    Node node = take(key);
    if (node == null) {
      reader.report(
          mark(),
          LoadCode.MISSING_KEY,
          what + " without `" + key + "`",
          "the key `" + key + "`",
          misspelt(key));
    }
    return node;
  }

  private @Nullable String misspelt(String key) {
    List<String> others = mapping.members().stream().map(Node.Member::key).toList();
    String near = Nearest.of(key, others);
    return near == null || known.contains(near) ? null : "is `" + near + "` meant as it?";
  }

  /** A single value of any type, such as an expression: 5 and true stand for themselves. */
  public Node.@Nullable Scalar scalar(String key) {
    Node node = take(key);
    if (node == null || node instanceof Node.Scalar) {
      return (Node.Scalar) node;
    }
    reader.report(
        node.mark(), LoadCode.TYPE, node.described(), named(key) + ", an expression", null);
    return null;
  }

  /** A text. */
  public @Nullable String text(String key) {
    Node node = take(key);
    return node == null ? null : reader.text(node, named(key));
  }

  /** A text, or the default. */
  public String text(String key, String standard) {
    String text = text(key);
    return text == null ? standard : text;
  }

  /** A text that must stand there. */
  public @Nullable String needText(String key) {
    Node node = need(key);
    return node == null ? null : reader.text(node, named(key));
  }

  /** A text with the place where it stands. */
  public Node.@Nullable Scalar word(String key) {
    Node node = take(key);
    return node == null ? null : reader.word(node, named(key));
  }

  /** A text that must stand there, with its place. */
  public Node.@Nullable Scalar needWord(String key) {
    Node node = need(key);
    return node == null ? null : reader.word(node, named(key));
  }

  /** One text or a list of them. */
  public List<Node.Scalar> words(String key) {
    Node node = take(key);
    return node == null ? List.of() : reader.words(node, named(key));
  }

  /** A 64-bit integer of at least {@code least}. */
  public @Nullable Long whole(String key, long least) {
    Node node = take(key);
    return node == null ? null : reader.whole(node, named(key), least);
  }

  /** A number, exact. */
  public @Nullable Decimal number(String key) {
    Node node = take(key);
    return node == null ? null : reader.number(node, named(key));
  }

  /** True or false. */
  public @Nullable Boolean bool(String key) {
    Node node = take(key);
    return node == null ? null : reader.bool(node, named(key));
  }

  /** True or false, or the default. */
  public boolean bool(String key, boolean standard) {
    Boolean bool = bool(key);
    return bool == null ? standard : bool;
  }

  /** An ISO 8601 duration of days and time, longer than nothing. */
  public @Nullable Duration duration(String key) {
    Node node = take(key);
    return node == null ? null : reader.duration(node, named(key));
  }

  /** A duration, or the default. */
  public Duration duration(String key, Duration standard) {
    Duration duration = duration(key);
    return duration == null ? standard : duration;
  }

  /** The items of a list; empty if it is absent. */
  public List<Node> list(String key) {
    Node node = take(key);
    List<Node> items = node == null ? null : reader.list(node, named(key));
    return items == null ? List.of() : items;
  }

  /** A mapping, ready to be asked for its own keys. */
  public @Nullable MappingReader mapping(String key) {
    Node node = take(key);
    return node == null ? null : reader.mapping(node, named(key));
  }

  /** Every member of a mapping whose keys are names of the author; empty if it is absent. */
  public List<Node.Member> members(String key) {
    MappingReader members = mapping(key);
    return members == null ? List.of() : members.node().members();
  }

  /** Keys of the format that this version does not take. */
  public void notYet(String... keys) {
    notYet.addAll(List.of(keys));
  }

  /** Reports every key that nobody asked for. */
  public void done() {
    for (Node.Member member : mapping.members()) {
      String key = member.key();
      if (known.contains(key)) {
        continue;
      }
      if (notYet.contains(key)) {
        reader.notYet(
            member.mark(),
            "the key `" + key + "` of " + what,
            "a key that this version takes",
            key,
            "; take it out");
      } else {
        reader.report(
            member.mark(),
            LoadCode.UNKNOWN_KEY,
            "the key `" + key + "` in " + what,
            known.isEmpty() ? "no keys" : "one of " + Reader.list(known),
            Nearest.hint(key, known));
      }
    }
  }

  private String named(String key) {
    return "`" + key + "` of " + what;
  }
}
