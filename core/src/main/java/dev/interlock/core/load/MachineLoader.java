package dev.interlock.core.load;

import dev.interlock.core.machine.Anywhere;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.History;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Over;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * From the text of {@code machine.yaml} to a {@link Machine}, or to everything that is wrong with
 * it. Pure: nothing is opened, and no text makes it throw.
 */
public final class MachineLoader {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  private final Draft draft;
  private final Reader reader;

  private MachineLoader(Draft draft) {
    this.draft = draft;
    this.reader = draft.reader;
  }

  /**
   * What was loaded.
   *
   * @param machine null if there is any diagnostic
   * @param diagnostics in the order of the file
   */
  public record Loaded(@Nullable Machine machine, List<Diagnostic> diagnostics) {}

  /**
   * Loads a machine.
   *
   * @param file its name for diagnostics; nothing is opened
   * @param text at most {@link Yaml#MAX_LENGTH} characters
   * @param lock the tools that may be declared
   */
  public static Loaded load(String file, String text, ToolLock lock) {
    Yaml.Parsed parsed = Yaml.read(file, text);
    Node root = parsed.root();
    if (root == null || !parsed.problems().isEmpty()) {
      return new Loaded(null, parsed.problems());
    }
    Reader reader = new Reader();
    MappingReader keys = reader.mapping(root, "a machine");
    Machine machine = keys == null ? null : new MachineLoader(new Draft(reader, lock)).load(keys);
    return reader.count() > 0
        ? new Loaded(null, reader.diagnostics())
        : new Loaded(machine, List.of());
  }

  private @Nullable Machine load(MappingReader keys) {
    Node.Scalar name = keys.needWord("machine");
    if (name != null && !NAME.matcher(name.text()).matches()) {
      reader.report(
          name.mark(),
          LoadCode.NAME,
          "the machine name `" + name.text() + "`",
          "small letters, digits and -, at most 63",
          "rename it");
    }
    keys.need("version");
    Long version = keys.whole("version", 1);
    String title = keys.text("title", name == null ? "" : name.text());
    boolean observes = keys.bool("observe", false);
    constants(keys.members("constants"));

    List<Node.Member> toolMembers = keys.members("tools");
    ToolLoader toolLoader = new ToolLoader(draft);
    toolLoader.declare(toolMembers);
    FieldLoader fieldLoader = new FieldLoader(draft);
    events(keys.members("events"), new TypeLoader(reader));
    fieldLoader.load(keys.members("context"));
    keys.need("states");
    List<Node.Member> stateMembers = keys.members("states");
    WayLoader ways = new WayLoader(draft);
    StateLoader stateLoader = new StateLoader(draft, ways);
    stateLoader.declare(stateMembers);

    Map<String, Tool> tools = toolLoader.load(toolMembers);
    List<Rule> rules = new RuleLoader(draft).load(keys.list("rules"));
    Budgets budgets = ways.withDefaults(ways.budgets(keys.members("budgets")));
    Target initial = initial(keys.need("initial"), ways);
    Anywhere anywhere = anywhere(keys.mapping("anywhere"), ways);
    Map<String, State> states =
        stateLoader.load(stateMembers, tools, rules, !anywhere.on().isEmpty());
    List<Property> properties =
        new PropertyLoader(
                draft,
                rules,
                states.values(),
                initial instanceof Target.To(String first) ? first : "")
            .load(keys.list("properties"), rules);
    History history = keys.has("history") ? history(keys.mapping("history")) : null;
    keys.done();
    return name == null || !(initial instanceof Target.To(String first))
        ? null
        : new Machine(
            Identity.of(keys.node()),
            name.text(),
            version == null ? 1 : version,
            title,
            Collections.unmodifiableMap(draft.constants),
            Collections.unmodifiableMap(tools),
            Collections.unmodifiableMap(draft.fields),
            Collections.unmodifiableMap(draft.eventTypes),
            rules,
            budgets,
            first,
            Collections.unmodifiableMap(states),
            anywhere,
            listens(),
            properties,
            observes,
            history);
  }

  private @Nullable History history(@Nullable MappingReader keys) {
    if (keys == null) {
      return null;
    }
    keys.need("window");
    Long window =
        within(
            keys,
            "window",
            History.MIN_WINDOW,
            History.MAX_WINDOW,
            "give what the model reads, less what it may write");
    Long keep =
        keys.has("keep")
            ? within(keys, "keep", 1, History.MAX_KEEP, "give a few turns")
            : Long.valueOf(History.KEEP);
    keys.done();
    return window == null || keep == null ? null : new History(window, keep.intValue());
  }

  private @Nullable Long within(
      MappingReader keys, String key, long least, long most, String mend) {
    Node node = keys.take(key);
    Long number = keys.whole(key, Long.MIN_VALUE);
    if (node == null || number == null || (number >= least && number <= most)) {
      return number;
    }
    reader.report(
        node.mark(),
        LoadCode.RANGE,
        "`%s` %d".formatted(key, number),
        "%,d to %,d".formatted(least, most),
        mend);
    return null;
  }

  private boolean listens() {
    return draft.called.contains(Vocabulary.SAID)
        || draft.fields.values().stream().anyMatch(f -> f.source() instanceof Source.User);
  }

  private void constants(List<Node.Member> members) {
    for (Node.Member member : members) {
      if (draft.validName(member.mark(), "constant", member.key())) {
        draft.constants.put(member.key(), member.node().value());
      }
    }
  }

  private @Nullable Target initial(@Nullable Node node, WayLoader ways) {
    Target initial = ways.target(node, "`initial`");
    if (node != null && initial instanceof Target.Back) {
      reader.report(node.mark(), LoadCode.MISPLACED, "`back`", "a state to begin in", null);
    }
    return initial;
  }

  private Anywhere anywhere(@Nullable MappingReader keys, WayLoader ways) {
    if (keys == null) {
      return new Anywhere(Map.of(), Over.NONE);
    }
    Map<String, Target> on = ways.events(keys.members("on"));
    Over over = ways.over(keys.members("over"), null);
    keys.done();
    return new Anywhere(on, over);
  }

  private void events(List<Node.Member> members, TypeLoader types) {
    for (Node.Member member : members) {
      draft.events.add(member.key());
      draft.validWord(member.mark(), "event", member.key());
      MappingReader keys = reader.mapping(member.node(), "the event `" + member.key() + "`");
      if (keys == null) {
        continue;
      }
      List<String> by = new ArrayList<>();
      for (Node.Scalar role : keys.words("by")) {
        if (draft.validWord(role.mark(), "role", role.text())) {
          by.add(role.text());
        }
      }
      boolean keep = keys.bool("keep", false);
      Type payload = keys.has("type") ? payload(keys, types) : null;
      keys.done();
      draft.eventTypes.put(
          member.key(), new EventType(member.key(), List.copyOf(by), payload, keep));
    }
  }

  private static @Nullable Type payload(MappingReader keys, TypeLoader types) {
    boolean many = keys.bool("many", false);
    Type type = types.ofPart(keys);
    return type != null && many ? new Type.ListOf(type) : type;
  }
}
