package dev.interlock.core.load;

import dev.interlock.core.contract.BuiltIn;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Tool;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Loads {@code tools}: first their names and effects, then what refers to fields. */
final class ToolLoader {
  /** The most attempts of a call. */
  static final int MAX_ATTEMPTS = 100;

  private static final List<String> EFFECTS =
      Arrays.stream(EffectClass.values()).map(EffectClass::word).toList();

  private final Draft draft;
  private final Reader reader;

  ToolLoader(Draft draft) {
    this.draft = draft;
    this.reader = draft.reader;
  }

  /** Learns the names, so that anything may refer to them. */
  void declare(List<Node.Member> members) {
    Map<String, String> spelled = new HashMap<>();
    for (Node.Member member : members) {
      String name = member.key();
      if (BuiltIn.of(name).isPresent()) {
        reader.report(
            member.mark(),
            LoadCode.NAME,
            "the tool name `" + name + "`",
            "a name that is not one of the built-ins: record, recall, take_back",
            "rename it");
      } else if (!ToolNames.valid(name)) {
        reader.report(
            member.mark(), LoadCode.NAME, "the tool name `" + name + "`", ToolNames.FORM, null);
      } else if (!draft.lock.tools().containsKey(name)) {
        reader.report(
            member.mark(),
            LoadCode.NOT_LOCKED,
            "the tool `" + name + "`, which tools.lock does not have",
            "a locked tool",
            locking(name));
      }
      String other = spelled.putIfAbsent(ToolNames.spelled(name), name);
      if (other != null) {
        reader.report(
            member.mark(),
            LoadCode.NAME,
            "the tool `%s`, which models see as `%s` like `%s`"
                .formatted(name, ToolNames.spelled(name), other),
            "names that differ also with __ for a dot",
            "rename one of them");
      }
      draft.tools.put(name, effect(member));
      draft.labels.put(name, labels(member));
    }
  }

  /** Wrong ones are reported when the tool is loaded. */
  private static List<Label> labels(Node.Member member) {
    Node.Member label =
        member.node() instanceof Node.Mapping mapping ? mapping.member("label") : null;
    return switch (label == null ? null : label.node()) {
      case Node.Scalar word -> Label.of(word.text()).stream().toList();
      case Node.Sequence words ->
          words.items().stream()
              .filter(Node.Scalar.class::isInstance)
              .flatMap(word -> Label.of(((Node.Scalar) word).text()).stream())
              .distinct()
              .toList();
      case null, default -> List.of();
    };
  }

  private String locking(String name) {
    String near = Nearest.hint(name, draft.lock.tools().keySet());
    return (near == null ? "" : near + " or ") + "run `interlock lock`";
  }

  /** A wrong one is reported when the tool is loaded. */
  private static EffectClass effect(Node.Member member) {
    if (member.node() instanceof Node.Mapping mapping
        && mapping.member("effect") instanceof Node.Member(Mark m, String k, Node.Scalar word)) {
      for (EffectClass effect : EffectClass.values()) {
        if (effect.word().equals(word.text())) {
          return effect;
        }
      }
    }
    return EffectClass.WRITE;
  }

  /** Loads the tools, once fields are known. */
  Map<String, Tool> load(List<Node.Member> members) {
    Map<String, Tool> tools = new LinkedHashMap<>();
    for (Node.Member member : members) {
      MappingReader keys = reader.mapping(member.node(), "the tool `" + member.key() + "`");
      Tool tool = keys == null ? null : tool(member.key(), keys);
      if (tool != null) {
        tools.put(member.key(), tool);
      }
    }
    return tools;
  }

  /** The arguments that are named, and those that the tool's schema says are only written. */
  private Set<String> secret(String tool, List<Node.Scalar> words) {
    Map<String, Object> schemas = draft.schemas(tool);
    Set<String> secret = new TreeSet<>();
    for (Node.Scalar word : words) {
      if (!draft.lock.tools().containsKey(tool)) {
        continue; // which is reported
      }
      if (schemas.containsKey(word.text())) {
        secret.add(word.text());
      } else {
        reader.unknown(word.mark(), LoadCode.ARGUMENTS, "argument", word.text(), schemas.keySet());
      }
    }
    schemas.forEach((argument, schema) -> {
      if (schema instanceof Map<?, ?> map && Boolean.TRUE.equals(map.get("writeOnly"))) {
        secret.add(argument);
      }
    });
    return secret;
  }

  private @Nullable Tool tool(String name, MappingReader keys) {
    Node.Scalar word = keys.needWord("effect");
    if (word != null && !EFFECTS.contains(word.text())) {
      reader.unknown(word.mark(), LoadCode.UNKNOWN_WORD, "effect", word.text(), EFFECTS);
    }
    Duration timeout = keys.duration("timeout", Tool.DEFAULT_TIMEOUT);
    Tool.Retry retry = retry(keys.mapping("retry"));
    if (keys.has("retry") && word != null && word.text().equals(EffectClass.WRITE.word())) {
      reader.noEffect(keys, "retry", "a write", "it of tools that may be called again");
    }
    Map<String, Expression> set =
        new Arguing(draft).filled(keys.members("set"), name, draft.plain());
    Tool.Probe probe = probe(name, keys);
    draft.names(keys.words("label"), LoadCode.UNKNOWN_WORD, "label", Label.words());
    List<String> forgets = draft.clears(keys.words("forgets"), "`forgets`");
    Set<String> secret = secret(name, keys.words("secret"));
    keys.done();
    LockedTool locked = draft.lock.tools().get(name);
    EffectClass effect = draft.tools.get(name);
    return locked == null || effect == null
        ? null
        : new Tool(
            name,
            ToolNames.spelled(name),
            effect,
            timeout,
            retry,
            set,
            probe,
            draft.labels.getOrDefault(name, List.of()),
            forgets,
            secret,
            locked);
  }

  private Tool.Retry retry(@Nullable MappingReader keys) {
    if (keys == null) {
      return Tool.Retry.DEFAULT;
    }
    Long attempts = keys.whole("attempts", 1);
    Duration backoff = keys.duration("backoff", Tool.Retry.DEFAULT.backoff());
    keys.done();
    if (attempts != null && attempts > MAX_ATTEMPTS) {
      reader.report(
          keys.mark(), LoadCode.RANGE, "`attempts` " + attempts, "at most " + MAX_ATTEMPTS, null);
      return Tool.Retry.DEFAULT;
    }
    return new Tool.Retry(
        attempts == null ? Tool.Retry.DEFAULT.attempts() : attempts.intValue(), backoff);
  }

  private Tool.@Nullable Probe probe(String tool, MappingReader tools) {
    MappingReader keys = tools.mapping("probe");
    if (keys == null) {
      return null;
    }
    if (draft.tools.get(tool) == EffectClass.READ) {
      reader.report(
          keys.mark(),
          LoadCode.MISPLACED,
          "a probe of a read",
          "a probe of a tool whose effect is write or idempotent",
          "take it out: a read that is unknown has failed");
    }
    Node.Scalar call = keys.needWord("call");
    List<Node.Member> with = keys.members("with");
    keys.need("happened");
    Node.Scalar condition = keys.scalar("happened");
    keys.done();
    if (call == null || condition == null) {
      return null;
    }
    String asked = call.text();
    if (!draft.tools.containsKey(asked)) {
      reader.unknown(call.mark(), LoadCode.UNKNOWN_NAME, "tool", asked, draft.tools.keySet());
      return null;
    }
    if (draft.tools.get(asked) != EffectClass.READ) {
      reader.report(
          call.mark(),
          LoadCode.MISPLACED,
          "the probe `" + asked + "`",
          "a tool whose effect is read",
          null);
    }
    Map<String, Expression> filled =
        new Arguing(draft).filled(with, asked, draft.probe(tool, false));
    new Arguing(draft).complete(keys.mark(), "a probe", asked, keysOf(with));
    Expression guard = GuardCompiler.guard(reader, draft.probe(tool, true), condition);
    return guard == null ? null : new Tool.Probe(asked, filled, guard);
  }

  private static Set<String> keysOf(List<Node.Member> members) {
    return members.stream().map(Node.Member::key).collect(Collectors.toSet());
  }
}
