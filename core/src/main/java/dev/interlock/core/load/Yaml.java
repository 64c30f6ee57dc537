package dev.interlock.core.load;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.SpecVersion;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * YAML 1.2, core schema, with positions: {@code on} and {@code yes} are words, numbers are read
 * exactly by their text.
 *
 * <p>What makes a file mean something else than it seems to is refused: duplicate keys, anchors and
 * aliases, merge keys, tags, several documents, tabs, keys that are not text, null. Whatever the
 * text, the answer is diagnostics, never an exception.
 */
public final class Yaml {
  /** The longest text that is read, in characters. */
  public static final int MAX_LENGTH = 1 << 20;

  /** The deepest nesting of lists and mappings. */
  public static final int MAX_DEPTH = 64;

  private final Source source;
  private final Reader reader;
  private final Deque<Level> levels = new ArrayDeque<>();
  private @Nullable Node root;

  private Yaml(Source source, Reader reader) {
    this.source = source;
    this.reader = reader;
  }

  /**
   * What was read.
   *
   * @param root null if the text could not be read as a tree
   * @param problems in the order of the file; empty only if there is a root
   */
  public record Parsed(@Nullable Node root, List<Diagnostic> problems) {}

  /**
   * Reads one document of at most {@link #MAX_LENGTH} characters.
   *
   * @param file its name for diagnostics; nothing is opened
   */
  public static Parsed read(String file, String text) {
    return read(file, text, MAX_LENGTH);
  }

  /** As {@link #read(String, String)}, with a limit of its own. */
  public static Parsed read(String file, String text, int maxLength) {
    Reader reader = new Reader();
    if (text.length() > maxLength) {
      reader.report(
          new Mark(file, 1, 1),
          LoadCode.TOO_LARGE,
          "%,d characters".formatted(text.length()),
          "at most %,d".formatted(maxLength),
          "split the file, or take out what is not used");
      return new Parsed(null, reader.diagnostics());
    }
    Source source = new Source(file, text.startsWith("\uFEFF") ? text.substring(1) : text);
    if (!readable(source, reader)) {
      return new Parsed(null, reader.diagnostics());
    }
    Yaml yaml = new Yaml(source, reader);
    Node root = yaml.parse(source.withoutTabs(), maxLength);
    return new Parsed(root, reader.diagnostics());
  }

  /** Whether the characters are those of a text. Tabs are reported, and read as spaces. */
  private static boolean readable(Source source, Reader reader) {
    boolean readable = true;
    for (int i = 0; i < source.length(); i++) {
      int character = source.at(i);
      if (character == '\t') {
        reader.report(
            source.mark(i),
            LoadCode.SYNTAX,
            "a tab",
            "spaces",
            "indent with spaces; inside double quotes write \\t");
      } else if (!StreamReader.isPrintable(character)) {
        boolean half = Scalars.halfCharacter(character);
        reader.report(
            source.mark(i),
            LoadCode.CHARACTERS,
            half
                ? "half of a character (U+%04X, malformed UTF-16)".formatted(character)
                : "the control character U+%04X".formatted(character),
            "text that can be printed",
            "save the file as UTF-8; inside double quotes write \\u%04x".formatted(character));
        readable = false;
      }
    }
    return readable;
  }

  private @Nullable Node parse(String text, int maxLength) {
    LoadSettings settings =
        LoadSettings.builder()
            .setCodePointLimit(maxLength + 1)
            .setVersionFunction(version -> version)
            .build();
    try {
      Iterator<Event> events = new Parse(settings).parseString(text).iterator();
      boolean more = true;
      while (more && events.hasNext()) {
        more = take(events.next());
      }
    } catch (MarkedYamlEngineException e) {
      int index = e.getProblemMark().map(mark -> mark.getIndex()).orElse(0);
      String within = e.getContext() == null ? "" : " " + e.getContext();
      // A text of more than 1,024 characters is no key, and its colon stands where none may.
      boolean colon = String.valueOf(e.getProblem()).endsWith("but got :");
      reader.report(
          source.mark(Math.min(index, source.length())),
          LoadCode.SYNTAX,
          colon ? "a `:` that stands behind no key" : e.getProblem() + within,
          colon
              ? "each `:` behind a key of its own, of at most 1,024 characters on one line"
              : "YAML",
          colon
              ? "put text that has : in quotes"
              : "look at the indentation, and put text that has : or # or begins with a sign in quotes");
      return null;
    } catch (YamlEngineException e) {
      reader.report(source.mark(0), LoadCode.SYNTAX, String.valueOf(e.getMessage()), "YAML", null);
      return null;
    }
    if (root == null && reader.diagnostics().isEmpty()) {
      reader.report(source.mark(0), LoadCode.EMPTY, "nothing", "a mapping", null);
    }
    return root;
  }

  /** Whether to go on. */
  private boolean take(Event event) {
    return switch (event.getEventId()) {
      case StreamStart, DocumentEnd, StreamEnd, Comment -> true;
      case DocumentStart -> startDocument((DocumentStartEvent) event);
      case Alias -> {
        refuseAlias((AliasEvent) event);
        if (levels.peek() instanceof MappingLevel mapping && mapping.expectsKey) {
          mapping.skipMember();
        } else {
          put(null);
        }
        yield true;
      }
      case Scalar -> {
        ScalarEvent scalar = (ScalarEvent) event;
        refuseProperties(scalar, scalar.getTag());
        if (levels.peek() instanceof MappingLevel mapping && mapping.expectsKey) {
          mapping.startMember(scalar);
        } else {
          put(Scalars.read(scalar, source, startOf(scalar), reader));
        }
        yield true;
      }
      case SequenceStart, MappingStart -> start((CollectionStartEvent) event);
      case SequenceEnd, MappingEnd -> {
        put(levels.pop().node());
        yield true;
      }
    };
  }

  private boolean startDocument(DocumentStartEvent event) {
    if (root != null) {
      reader.report(
          mark(event),
          LoadCode.PLAIN_YAML,
          "a second document",
          "one document in a file",
          "take out the line `---`");
      return false;
    }
    Optional<SpecVersion> version = event.getSpecVersion();
    if (version.isPresent() && !(version.get().getMajor() == 1 && version.get().getMinor() == 2)) {
      reader.report(
          mark(event),
          LoadCode.PLAIN_YAML,
          "YAML " + version.get().getMajor() + "." + version.get().getMinor(),
          "YAML 1.2",
          "take out the line `%YAML`");
    }
    return true;
  }

  private boolean start(CollectionStartEvent event) {
    refuseProperties(event, event.getTag());
    if (levels.peek() instanceof MappingLevel mapping && mapping.expectsKey) {
      refuseKey(mark(event), event.getEventId() == Event.ID.MappingStart ? "a mapping" : "a list");
      return false;
    }
    if (levels.size() == MAX_DEPTH) {
      reader.report(
          mark(event),
          LoadCode.TOO_LARGE,
          "more than %d levels".formatted(MAX_DEPTH),
          "at most %d levels of lists and mappings".formatted(MAX_DEPTH),
          null);
      return false;
    }
    levels.push(
        event.getEventId() == Event.ID.MappingStart
            ? new MappingLevel(mark(event))
            : new SequenceLevel(mark(event)));
    return true;
  }

  private void put(@Nullable Node node) {
    Level level = levels.peek();
    if (level != null) {
      level.add(node);
    } else {
      root = node;
    }
  }

  private void refuseAlias(AliasEvent event) {
    reader.report(
        mark(event),
        LoadCode.PLAIN_YAML,
        "an alias",
        "the value itself",
        "write out what the alias stands for");
  }

  private void refuseProperties(NodeEvent event, Optional<String> tag) {
    if (event.getAnchor().isPresent()) {
      reader.report(
          mark(event),
          LoadCode.PLAIN_YAML,
          "the anchor `&" + event.getAnchor().get().getValue() + "`",
          "a value without anchor",
          "write the value out wherever it is used");
    }
    if (tag.isPresent()) {
      reader.report(
          mark(event),
          LoadCode.PLAIN_YAML,
          "the tag `" + tag.get() + "`",
          "a value without tag",
          "take it out");
    }
  }

  private void refuseKey(Mark mark, String found) {
    reader.report(
        mark,
        LoadCode.PLAIN_YAML,
        found + " as a key",
        "a text",
        "put the key in quotes if it is meant as text");
  }

  private Mark mark(Event event) {
    return source.mark(startOf(event));
  }

  private int startOf(Event event) {
    int index = event.getStartMark().map(mark -> mark.getIndex()).orElse(0);
    return Math.min(index, source.length());
  }

  /** A list or mapping that is being read. */
  private sealed interface Level {
    /** An item or value; null if it was refused. */
    void add(@Nullable Node node);

    Node node();
  }

  private static final class SequenceLevel implements Level {
    private final Mark mark;
    private final List<Node> items = new ArrayList<>();

    SequenceLevel(Mark mark) {
      this.mark = mark;
    }

    @Override
    public void add(@Nullable Node node) {
      if (node != null) {
        items.add(node);
      }
    }

    @Override
    public Node node() {
      return new Node.Sequence(mark, Collections.unmodifiableList(items));
    }
  }

  private final class MappingLevel implements Level {
    private final Mark mark;
    private final Map<String, Mark> seen = new HashMap<>();
    private final List<Node.Member> members = new ArrayList<>();
    private boolean expectsKey = true;
    private String key = "";
    private @Nullable Mark keyMark;

    MappingLevel(Mark mark) {
      this.mark = mark;
    }

    void startMember(ScalarEvent event) {
      expectsKey = false;
      key = event.getValue();
      keyMark = judgeKey(event) ? mark(event) : null;
    }

    void skipMember() {
      expectsKey = false;
      keyMark = null;
    }

    private boolean judgeKey(ScalarEvent event) {
      Mark place = mark(event);
      Node.Scalar scalar = Scalars.read(event, source, startOf(event), reader);
      if (scalar == null) {
        return false;
      }
      if (!(scalar.value() instanceof String)) {
        refuseKey(place, scalar.described());
        return false;
      }
      if (event.isPlain() && key.equals("<<")) {
        reader.report(
            place, LoadCode.PLAIN_YAML, "the merge key `<<`", "keys and values", "write them out");
        return false;
      }
      Mark first = seen.putIfAbsent(key, place);
      if (first != null) {
        reader.report(
            place,
            LoadCode.DUPLICATE_KEY,
            "the key `" + key + "` a second time",
            "each key once",
            "it stands first in line " + first.line());
      }
      return first == null;
    }

    @Override
    public void add(@Nullable Node node) {
      if (keyMark != null && node != null) {
        members.add(new Node.Member(keyMark, key, node));
      }
      expectsKey = true;
    }

    @Override
    public Node node() {
      return new Node.Mapping(mark, Collections.unmodifiableList(members));
    }
  }
}
