package dev.interlock.core.load;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Loads {@code context}. */
final class FieldLoader {
  private static final List<String> SOURCES =
      List.of("input", "agent", "user", "tool", "human", "event");

  private final Draft draft;
  private final Reader reader;
  private final TypeLoader types;

  FieldLoader(Draft draft) {
    this.draft = draft;
    this.reader = draft.reader;
    this.types = new TypeLoader(draft.reader);
  }

  void load(List<Node.Member> members) {
    Map<String, Node.Scalar> derived = new LinkedHashMap<>();
    for (Node.Member member : members) {
      draft.declaredFields.add(member.key());
      MappingReader keys =
          draft.validName(member.mark(), "field", member.key())
              ? reader.mapping(member.node(), "the field `" + member.key() + "`")
              : null;
      if (keys != null) {
        load(member.key(), keys, derived);
      }
    }
    new DerivedFields(draft).load(derived);
    Map<String, Field> inOrder = new LinkedHashMap<>();
    for (Node.Member member : members) {
      Field field = draft.fields.get(member.key());
      if (field != null) {
        inOrder.put(member.key(), field);
      }
    }
    draft.fields.clear();
    draft.fields.putAll(inOrder);
  }

  /**
   * Loads a field, but for the expression of a derived one, which may read fields that stand below.
   */
  private void load(String name, MappingReader keys, Map<String, Node.Scalar> derived) {
    int before = reader.count();
    boolean many = keys.bool("many", false);
    Type type = types.ofField(keys);
    Node.Scalar is = keys.scalar("is");
    Long max = keys.whole("max", 1);
    Field.Privacy privacy = privacy(keys);
    Source source = is != null ? null : source(keys, type, many);
    if (type instanceof Type.Document) {
      sentByTheCaller(keys, is != null, source);
    }
    if (is != null) {
      for (String key : FILLED) {
        if (keys.node().member(key) != null) {
          keys.take(key);
          types.needless(keys, key, "a field without `is`");
        }
      }
    }
    keys.done();
    boolean keyed = source instanceof Source.Tools tools && !tools.key().isEmpty();
    if (max != null && !many && !keyed) {
      types.needless(keys, "max", "a keyed or `many` field");
    }
    if (max != null && max > Field.DEFAULT_MAX) {
      reader.report(
          keys.mark(), LoadCode.RANGE, "`max` " + max, "at most " + Field.DEFAULT_MAX, null);
    }
    if (type == null || reader.count() > before) {
      return;
    }
    int most = max == null ? Field.DEFAULT_MAX : max.intValue();
    if (is != null) {
      draft.derivedPrivacy.put(name, privacy);
      draft.derivedTypes.put(name, many ? new Type.ListOf(type) : type);
      derived.put(name, is);
    } else if (source != null) {
      draft.fields.put(name, new Field(name, type, source, many, most, privacy));
    }
  }

  /** Keys that say who fills a field; one that is derived has none of them. */
  private static final List<String> FILLED =
      List.of("source", "from", "at", "value", "key", "append", "once", "default");

  private static Field.Privacy privacy(MappingReader keys) {
    boolean pii = keys.bool("pii", false);
    boolean secret = keys.bool("secret", false);
    return secret ? Field.Privacy.SECRET : pii ? Field.Privacy.PII : Field.Privacy.OPEN;
  }

  /** The bytes of a document come with a message, and from nowhere else. */
  private void sentByTheCaller(MappingReader keys, boolean derived, @Nullable Source source) {
    if (derived || (source != null && !(source instanceof Source.User))) {
      Node.Member member = keys.node().member(derived ? "is" : "source");
      reader.report(
          member == null ? keys.mark() : member.mark(),
          LoadCode.FIELD_SOURCE,
          "a document that " + (derived ? "is derived" : "the caller does not send"),
          "documents of source `user` only",
          null);
    }
  }

  private @Nullable Source source(MappingReader keys, @Nullable Type type, boolean many) {
    Node.Scalar word = keys.needWord("source");
    Node.Member standard = keys.node().member("default");
    keys.take("default");
    String source = word == null ? "" : word.text();
    if (word != null && !SOURCES.contains(source)) {
      reader.unknown(word.mark(), LoadCode.UNKNOWN_WORD, "source", source, SOURCES);
    }
    if (standard != null && SOURCES.contains(source) && !source.equals("input")) {
      types.needless(keys, "default", "a field of source `input`");
    }
    Object value = standard == null || type == null ? null : standard(standard, type, many);
    Source.Tools tools = tools(keys, source, type, many);
    return switch (source) {
      case "input" -> new Source.Input(value);
      case "agent" -> new Source.Agent();
      case "user" -> new Source.User();
      case "human" -> new Source.Human();
      case "tool" -> tools;
      case "event" -> event(keys, type, many);
      default -> null;
    };
  }

  private @Nullable Object standard(Node.Member standard, Type type, boolean many) {
    Type whole = many ? new Type.ListOf(type) : type;
    return switch (whole.fit(standard.node().value())) {
      case Type.Fit.Fits(Object value) -> value;
      case Type.Fit.Misfit(String why) -> {
        String[] parts = why.split(", expected ", 2);
        reader.report(
            standard.node().mark(),
            LoadCode.OTHER_TYPE,
            "a default that does not fit: " + parts[0].replaceFirst("^found ", ""),
            parts.length == 2 ? parts[1] : "a value of the field's type",
            null);
        yield null;
      }
    };
  }

  // ---- what fills it

  private Source.Tools tools(MappingReader keys, String source, @Nullable Type type, boolean many) {
    boolean tool = source.equals("tool");
    List<String> from =
        source.equals("event")
            ? List.of()
            : draft.names(keys.words("from"), LoadCode.UNKNOWN_NAME, "tool", draft.tools.keySet());
    String at = keys.text("at", "");
    Node.Scalar valueNode = keys.scalar("value");
    List<Node.Scalar> keyWords = keys.words("key");
    boolean append = keys.bool("append", false);
    boolean once = keys.bool("once", false);
    if (!tool) {
      misplaced(keys, source);
      return new Source.Tools(List.of(), "", null, List.of(), false, false);
    }
    keys.need("from");
    pointer(keys, at);
    if (keys.has("at") && keys.has("value")) {
      types.needless(keys, "value", "a field without `at`");
    }
    if (append && !many) {
      types.needless(keys, "append", "a `many` field");
    }
    if (append && once) {
      types.needless(keys, "once", "a field without `append`");
    }
    boolean locked = !from.isEmpty() && from.stream().allMatch(draft.lock.tools()::containsKey);
    Expression value = null;
    if (valueNode != null && locked && type != null) {
      CelType one = draft.types.of("value", type);
      CelType expected = many && !append ? ListType.create(one) : one;
      value = GuardCompiler.of(reader, draft.filed(from), valueNode, expected);
    }
    List<ArgRef> key = new ArrayList<>();
    for (Node.Scalar word : keyWords) {
      ArgRef reference = new Arguing(draft).reference(word, locked ? from : List.of());
      if (reference != null) {
        key.add(reference);
        keyable(word, reference, from);
      }
    }
    return new Source.Tools(from, at, value, List.copyOf(key), append, once);
  }

  private void misplaced(MappingReader keys, String source) {
    boolean event = source.equals("event");
    for (String key : List.of("from", "at", "value", "key", "append", "once")) {
      boolean taken = event && (key.equals("from") || key.equals("at"));
      if (SOURCES.contains(source) && keys.has(key) && !taken) {
        boolean both = key.equals("from") || key.equals("at");
        types.needless(keys, key, "a field of source `tool`" + (both ? " or `event`" : ""));
      }
    }
  }

  private void pointer(MappingReader keys, String at) {
    if (!at.isEmpty() && !at.startsWith("/")) {
      reader.report(
          keys.mark(), LoadCode.FORM, "`at` \"" + at + "\"", "a JSON pointer such as /id", null);
    }
  }

  /** Every part of the payload that it may be filled with has the field's type. */
  private Source event(MappingReader keys, @Nullable Type type, boolean many) {
    keys.need("from");
    String at = keys.text("at", "");
    pointer(keys, at);
    List<Node.Scalar> words = keys.words("from");
    List<String> from = draft.names(words, LoadCode.UNKNOWN_NAME, "event", draft.events);
    for (Node.Scalar word : words) {
      EventType event = draft.eventTypes.get(word.text());
      if (event == null || type == null) {
        continue; // which was reported
      }
      Type payload = event.payload();
      Type part = payload == null ? null : payload.at(at);
      Type whole = many ? new Type.ListOf(type) : type;
      if (part == null || !whole.takes(part)) {
        String found =
            payload == null
                ? "which carries no payload"
                : part == null
                    ? "whose payload declares nothing at \"" + at + "\""
                    : "whose payload is of another type there";
        reader.report(
            word.mark(),
            LoadCode.OTHER_TYPE,
            "the event `%s`, %s".formatted(word.text(), found),
            "an event that carries a value of the field's type",
            null);
      }
    }
    return new Source.Event(from, at);
  }

  private void keyable(Node.Scalar word, ArgRef reference, List<String> from) {
    for (String tool : from) {
      if (!draft.schemas(tool).containsKey(reference.path().get(0))) {
        continue; // which was reported
      }
      CelType type = draft.argument(tool, reference.path().get(0));
      boolean simple =
          type.equals(SimpleType.STRING)
              || type.equals(SimpleType.INT)
              || type.equals(SimpleType.BOOL)
              || reference.path().size() > 1;
      if (!simple) {
        reader.report(
            word.mark(),
            LoadCode.OTHER_TYPE,
            "`" + reference + "` of `" + tool + "`, of type " + Types.name(type),
            "a key of type string, integer or boolean",
            null);
      }
    }
  }
}
