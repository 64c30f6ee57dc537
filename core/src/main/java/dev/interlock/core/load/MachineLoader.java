package dev.interlock.core.load;

import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Anywhere;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From the text of a machine file to a machine, or to everything that is wrong with it. */
public final class MachineLoader {
  /** Of the canonical form; part of each machine's identity. */
  static final long FORMAT = 1;

  private static final String LOCK_HINT = "run `interlock lock`, or mend the name";

  private final Reader reader = new Reader();
  private final ToolLock lock;

  private MachineLoader(ToolLock lock) {
    this.lock = lock;
  }

  /**
   * What came of loading.
   *
   * @param machine null if anything is wrong
   * @param diagnostics all that is, in the order of the file
   */
  public record Loaded(@Nullable Machine machine, List<Diagnostic> diagnostics) {}

  /**
   * Loads a machine. Never throws on any text.
   *
   * @param file its name for diagnostics; nothing is opened
   * @param lock the tools it may name
   */
  public static Loaded load(String file, String text, ToolLock lock) {
    Yaml.Parsed parsed = Yaml.read(file, text);
    if (!parsed.problems().isEmpty() || parsed.root() == null) {
      return new Loaded(null, parsed.problems());
    }
    MachineLoader loader = new MachineLoader(lock);
    Machine machine = loader.machine(parsed.root());
    List<Diagnostic> diagnostics = loader.reader.diagnostics();
    return new Loaded(diagnostics.isEmpty() ? machine : null, diagnostics);
  }

  private @Nullable Machine machine(Node root) {
    MappingReader keys = reader.mapping(root, "the machine");
    if (keys == null) {
      return null;
    }
    keys.notYet("properties", "history");
    Node.Scalar name = keys.needWord("machine");
    if (name != null && !name.text().matches("[a-z0-9][a-z0-9-]{0,62}")) {
      reader.report(
          name.mark(), "name", name.described(), "small letters, digits and -, at most 63", null);
    }
    Long version = keys.whole("version", 0);
    if (version == null && !keys.has("version")) {
      keys.need("version");
    }
    Map<String, Object> constants = constants(keys);
    Names names = names(keys);
    FieldReader fieldReader = new FieldReader(reader, names);
    Map<String, Field> fields = fields(keys, fieldReader);
    Guards guards = new Guards(reader, names, fields, constants);
    values(keys, fields, guards);
    Map<String, Tool> tools = tools(keys, names, guards);
    Map<String, EventType> events = events(keys, fieldReader);
    List<Rule> rules = rules(keys, names, fieldReader, guards, constants);
    StateReader stateReader = new StateReader(reader, names, fields, guards);
    Budgets budgets = stateReader.all(stateReader.budgets(keys.mapping("budgets")));
    Map<String, State> states = new LinkedHashMap<>();
    for (Node.Member member : keys.members("states")) {
      State state = stateReader.state(member);
      if (state != null) {
        states.put(member.key(), state);
      }
    }
    Anywhere anywhere = stateReader.anywhere(keys.mapping("anywhere"), states);
    Node.Scalar initial = keys.needWord("initial");
    if (initial != null) {
      names.check(initial, "state", names.states());
    }
    String title = keys.text("title", "");
    keys.need("states");
    keys.done();
    if (reader.count() > 0 || name == null || version == null || initial == null) {
      return null;
    }
    return new Machine(
        Json.hash(Map.of("format", FORMAT, "machine", root.value())),
        name.text(),
        version,
        title,
        constants,
        tools,
        fields,
        events,
        rules,
        budgets,
        initial.text(),
        states,
        anywhere);
  }

  private static Map<String, Object> constants(MappingReader keys) {
    Map<String, Object> constants = new LinkedHashMap<>();
    keys.members("constants").forEach(c -> constants.put(c.key(), c.node().value()));
    return constants;
  }

  /** Every name that is declared somewhere, before any use of one is looked at. */
  private Names names(MappingReader keys) {
    Map<String, LockedTool> locked = new LinkedHashMap<>();
    Map<String, EffectClass> effects = new LinkedHashMap<>();
    for (Node.Member member : keys.members("tools")) {
      String tool = member.key();
      if (!ToolNames.valid(tool) || ToolNames.RESERVED.contains(tool)) {
        reader.report(member.mark(), "tool-name", "the tool `" + tool + "`", ToolNames.FORM, null);
      } else if (lock.tools().get(tool) == null) {
        reader.report(
            member.mark(),
            "not-locked",
            "the tool `" + tool + "`, which tools.lock does not have",
            lock.tools().isEmpty()
                ? "a tool that is locked: none is"
                : "one of " + Reader.list(lock.tools().keySet()),
            LOCK_HINT);
      } else {
        locked.put(tool, Objects.requireNonNull(lock.tools().get(tool)));
        effect(member, effects);
      }
    }
    List<String> spelled = locked.keySet().stream().map(ToolNames::spelled).toList();
    for (String twice : StateReader.doubled(spelled)) {
      reader.report(
          keys.mark(),
          "tool-collision",
          "two tools that models spell `" + twice + "`",
          "one",
          null);
    }
    return new Names(
        reader,
        locked,
        effects,
        declared(keys, "context"),
        declared(keys, "states"),
        declared(keys, "events"));
  }

  private void effect(Node.Member member, Map<String, EffectClass> effects) {
    Node.Member found =
        member.node() instanceof Node.Mapping mapping ? mapping.member("effect") : null;
    if (found != null && found.node() instanceof Node.Scalar word) {
      for (EffectClass effect : EffectClass.values()) {
        if (effect.word().equals(word.text())) {
          effects.put(member.key(), effect);
        }
      }
    }
  }

  private static Set<String> declared(MappingReader keys, String key) {
    Set<String> names = new LinkedHashSet<>();
    Node.Member member = keys.node().member(key);
    if (member != null && member.node() instanceof Node.Mapping mapping) {
      mapping.members().forEach(m -> names.add(m.key()));
    }
    return names;
  }

  private Map<String, Field> fields(MappingReader keys, FieldReader fieldReader) {
    Map<String, Field> fields = new LinkedHashMap<>();
    for (Node.Member member : keys.members("context")) {
      Field field = fieldReader.field(member);
      if (field != null) {
        fields.put(field.name(), field);
      }
    }
    return fields;
  }

  private void values(MappingReader keys, Map<String, Field> fields, Guards guards) {
    for (Node.Member member : keys.members("context")) {
      Field field = fields.get(member.key());
      Node.Member value =
          member.node() instanceof Node.Mapping mapping ? mapping.member("value") : null;
      if (field == null || value == null) {
        continue;
      }
      Node.Scalar text = reader.word(value.node(), "`value` of a field, CEL");
      Expression expression = text == null ? null : guards.value(text, field);
      if (expression != null) {
        fields.put(field.name(), FieldReader.with(field, expression));
      }
    }
  }

  private Map<String, Tool> tools(MappingReader keys, Names names, Guards guards) {
    Map<String, Tool> tools = new LinkedHashMap<>();
    for (Node.Member member : keys.members("tools")) {
      LockedTool locked = names.tools().get(member.key());
      MappingReader tool = reader.mapping(member.node(), "the tool " + member.key());
      if (tool == null || locked == null) {
        continue;
      }
      tool.notYet("forgets", "secret", "label");
      Node.Scalar effect = tool.needWord("effect");
      if (effect != null && !names.effects().containsKey(member.key())) {
        reader.unknown(
            effect.mark(),
            "unknown-effect",
            "effect",
            effect.text(),
            List.of("read", "idempotent", "write"));
      }
      Map<String, Expression> set = guards.arguments(tool.members("set"), member.key());
      Duration timeout = tool.duration("timeout", Tool.DEFAULT_TIMEOUT);
      Tool.Retry retry = retry(tool.mapping("retry"));
      Tool.Probe probe = probe(tool.mapping("probe"), member.key(), names, guards);
      tool.done();
      tools.put(
          member.key(),
          new Tool(
              member.key(),
              ToolNames.spelled(member.key()),
              names.effects().getOrDefault(member.key(), EffectClass.WRITE),
              timeout,
              retry,
              set,
              probe,
              locked));
    }
    return tools;
  }

  private Tool.Retry retry(@Nullable MappingReader keys) {
    if (keys == null) {
      return Tool.Retry.DEFAULT;
    }
    Long attempts = keys.whole("attempts", 1);
    Duration backoff = keys.duration("backoff", Tool.Retry.DEFAULT.backoff());
    keys.done();
    int most = attempts == null ? Tool.Retry.DEFAULT.attempts() : (int) Math.min(attempts, 100);
    return new Tool.Retry(most, backoff);
  }

  private Tool.@Nullable Probe probe(
      @Nullable MappingReader keys, String of, Names names, Guards guards) {
    if (keys == null) {
      return null;
    }
    Node.Scalar call = keys.needWord("call");
    boolean known = call != null && names.check(call, "tool", names.tools().keySet());
    if (known && call != null && names.effects().get(call.text()) != EffectClass.READ) {
      reader.report(
          call.mark(), "probe-effect", "`" + call.text() + "`", "a tool of effect read", null);
    }
    Map<String, Expression> with =
        known && call != null
            ? guards.probeArguments(keys.members("with"), call.text(), of)
            : Map.of();
    keys.take("with");
    Expression happened = guards.happened(keys.needWord("happened"), of);
    keys.done();
    return call == null || happened == null ? null : new Tool.Probe(call.text(), with, happened);
  }

  private Map<String, EventType> events(MappingReader keys, FieldReader fieldReader) {
    Map<String, EventType> events = new LinkedHashMap<>();
    for (Node.Member member : keys.members("events")) {
      String what = "the event " + member.key();
      MappingReader event = reader.mapping(member.node(), what);
      if (event != null) {
        List<String> by = event.words("by").stream().map(Node.Scalar::text).toList();
        Type payload = event.has("type") ? fieldReader.type(event, what) : null;
        boolean keep = event.bool("keep", false);
        event.done();
        events.put(member.key(), new EventType(member.key(), by, payload, keep));
      }
    }
    return events;
  }

  private List<Rule> rules(
      MappingReader keys,
      Names names,
      FieldReader fieldReader,
      Guards guards,
      Map<String, Object> constants) {
    RuleReader ruleReader = new RuleReader(reader, names, fieldReader, guards, constants);
    List<Rule> rules = new ArrayList<>();
    for (Node node : keys.list("rules")) {
      Rule rule = ruleReader.rule(node);
      if (rule != null) {
        rules.add(rule);
      }
    }
    for (String twice : StateReader.doubled(rules.stream().map(Rule::sentence).toList())) {
      reader.report(
          keys.mark(), "rule-name", "two rules \"" + twice + "\"", "a sentence for each", null);
    }
    return rules;
  }
}
