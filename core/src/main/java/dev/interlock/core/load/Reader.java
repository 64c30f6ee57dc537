package dev.interlock.core.load;

import dev.interlock.core.json.Decimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads nodes as the types that are expected, and collects everything that is wrong instead of
 * stopping at the first. What could not be read is null, and has been reported.
 */
public final class Reader {
  /** The most problems that are reported of one file. */
  public static final int MAX_PROBLEMS = 100;

  /** The longest duration. */
  public static final Duration MAX_DURATION = Duration.ofDays(36_500);

  private static final String DURATION = ", an ISO 8601 duration above nothing";
  private static final String DURATION_HINT = "for example PT30S, PT5M, PT24H or P3D";

  private final List<Diagnostic> problems = new ArrayList<>();

  /** Adds a problem; beyond {@link #MAX_PROBLEMS} they are dropped, and the last one says so. */
  public void report(
      Mark mark, DiagnosticCode code, String found, String expected, @Nullable String hint) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(new Diagnostic(mark, code, found, expected, hint));
    } else if (problems.size() == MAX_PROBLEMS) {
      problems.add(
          new Diagnostic(
              mark,
              LoadCode.TOO_LARGE,
              "more than %d problems".formatted(MAX_PROBLEMS),
              "fewer",
              "mend those above first; the rest was not listed"));
    }
  }

  /** As {@link #report}, for a name that nothing has; the hint is the nearest known one. */
  public void unknown(
      Mark mark, LoadCode code, String kind, String name, Collection<String> known) {
    report(
        mark,
        code,
        "the " + kind + " `" + name + "`",
        known.isEmpty() ? "none: no " + kind + " is declared" : "one of " + list(known),
        Nearest.hint(name, known));
  }

  /** Reports a key that the format has, but that does nothing where it stands. */
  void noEffect(MappingReader keys, String key, String where, String expected) {
    Node.Member member = keys.node().member(key);
    noEffect(member == null ? keys.mark() : member.mark(), key, where, expected);
  }

  /** As the other one, at a place. */
  void noEffect(Mark mark, String key, String where, String expected) {
    report(
        mark,
        LoadCode.NO_EFFECT,
        "`%s` of %s, where it does nothing".formatted(key, where),
        expected,
        "take it out");
  }

  /**
   * Reports a word of the format that this version does not take.
   *
   * @param mend how to do without it, after a semicolon; empty if nothing more can be said
   */
  void notYet(Mark mark, String found, String expected, String word, String mend) {
    report(
        mark,
        LoadCode.NOT_YET,
        found,
        expected,
        "not yet: `%s` belongs to the format, but is not built%s".formatted(word, mend));
  }

  /** What was reported so far, in the order of the file. */
  public List<Diagnostic> diagnostics() {
    List<Diagnostic> sorted = new ArrayList<>(problems);
    sorted.sort((a, b) -> a.mark().compareTo(b.mark()));
    return List.copyOf(sorted);
  }

  /** How many problems were reported so far. */
  public int count() {
    return problems.size();
  }

  /** A mapping, ready to be asked for its keys. */
  public @Nullable MappingReader mapping(Node node, String what) {
    if (node instanceof Node.Mapping mapping) {
      return new MappingReader(this, mapping, what);
    }
    wrongType(node, what + ", a mapping");
    return null;
  }

  /** A list's items. */
  public @Nullable List<Node> list(Node node, String what) {
    if (node instanceof Node.Sequence sequence) {
      return sequence.items();
    }
    wrongType(node, what + ", a list");
    return null;
  }

  /** A text; a number or a boolean without quotes is not one. */
  public @Nullable String text(Node node, String what) {
    if (node instanceof Node.Scalar scalar && scalar.value() instanceof String text) {
      return text;
    }
    boolean quotable = node instanceof Node.Scalar;
    report(
        node.mark(),
        LoadCode.TYPE,
        node.described(),
        what + ", a text",
        quotable ? "put it in quotes if it is meant as text" : null);
    return null;
  }

  /** A text, with the place where it stands. */
  public Node.@Nullable Scalar word(Node node, String what) {
    return text(node, what) != null && node instanceof Node.Scalar scalar ? scalar : null;
  }

  /** One text or a list of texts, with the places where they stand; those that are not are left. */
  public List<Node.Scalar> words(Node node, String what) {
    List<Node.Scalar> words = new ArrayList<>();
    List<Node> nodes = node instanceof Node.Sequence sequence ? sequence.items() : List.of(node);
    for (Node item : nodes) {
      Node.Scalar word = word(item, what);
      if (word != null) {
        words.add(word);
      }
    }
    return words;
  }

  /** A 64-bit integer of at least {@code least}. */
  public @Nullable Long whole(Node node, String what, long least) {
    if (node instanceof Node.Scalar scalar && scalar.value() instanceof Long number) {
      if (number >= least) {
        return number;
      }
      report(node.mark(), LoadCode.RANGE, node.described(), what + ", at least " + least, null);
      return null;
    }
    wrongType(node, what + ", a whole number");
    return null;
  }

  /** A number, exact. */
  public @Nullable Decimal number(Node node, String what) {
    Object value = node instanceof Node.Scalar scalar ? scalar.value() : "";
    if (value instanceof Long number) {
      return Decimal.of(number);
    }
    if (value instanceof Decimal number) {
      return number;
    }
    wrongType(node, what + ", a number");
    return null;
  }

  /** True or false. */
  public @Nullable Boolean bool(Node node, String what) {
    if (node instanceof Node.Scalar scalar && scalar.value() instanceof Boolean bool) {
      return bool;
    }
    wrongType(node, what + ", true or false");
    return null;
  }

  /** An ISO 8601 duration of days and time, longer than nothing. */
  public @Nullable Duration duration(Node node, String what) {
    String text =
        node instanceof Node.Scalar scalar && scalar.value() instanceof String t ? t : null;
    return text == null ? badDuration(node, what) : duration(node.mark(), text, what);
  }

  /** As {@link #duration(Node, String)}, of a text such as a key. */
  public @Nullable Duration duration(Mark mark, String text, String what) {
    try {
      Duration duration = Duration.parse(text);
      boolean usable = duration.isPositive() && text.startsWith("P") && !text.contains("-");
      if (usable && duration.compareTo(MAX_DURATION) <= 0) {
        return duration;
      }
    } catch (DateTimeException | ArithmeticException e) {
      // reported below, as for any other text
    }
    report(mark, LoadCode.DURATION, "the text \"" + text + "\"", what + DURATION, DURATION_HINT);
    return null;
  }

  private @Nullable Duration badDuration(Node node, String what) {
    report(node.mark(), LoadCode.DURATION, node.described(), what + DURATION, DURATION_HINT);
    return null;
  }

  private void wrongType(Node node, String expected) {
    report(node.mark(), LoadCode.TYPE, node.described(), expected, null);
  }

  /** Names for a message: the first ones, and how many more there are. */
  static String list(Collection<String> names) {
    int shown = 12;
    String first = String.join(", ", names.stream().limit(shown).toList());
    return names.size() <= shown ? first : first + " and " + (names.size() - shown) + " more";
  }
}
