package dev.interlock.core.load;

import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loads {@code rules}. */
final class RuleLoader {
  private final Draft draft;
  private final Reader reader;

  /** Those that some rule asks. */
  private final Set<String> roles = new HashSet<>();

  RuleLoader(Draft draft) {
    this.draft = draft;
    this.reader = draft.reader;
  }

  List<Rule> load(List<Node> items) {
    List<Rule> rules = new ArrayList<>();
    items.forEach(this::learnRole);
    Set<String> sentences = new HashSet<>();
    for (Node item : items) {
      MappingReader keys = reader.mapping(item, "a rule");
      Rule rule = keys == null ? null : rule(keys);
      if (rule != null) {
        rules.add(rule);
        if (!sentences.add(rule.sentence())) {
          reader.report(
              item.mark(),
              LoadCode.DUPLICATE_NAME,
              "the rule \"" + rule.sentence() + "\" a second time",
              "a sentence of its own for each rule",
              "refusals and the journal name rules by it");
        }
      }
    }
    return rules;
  }

  private void learnRole(Node item) {
    if (item instanceof Node.Mapping mapping
        && mapping.member("ask") instanceof Node.Member(Mark m, String k, Node.Scalar role)) {
      roles.add(role.text());
    }
  }

  private @Nullable Rule rule(MappingReader keys) {
    String sentence = keys.needText("rule");
    keys.need("for");
    List<String> tools = Selector.expand(draft, keys, "for");
    List<String> in = draft.stateNames(keys.words("in"));
    String say = keys.text("say");
    Environment environment =
        tools.stream().allMatch(draft.lock.tools()::containsKey) && !tools.isEmpty()
            ? draft.rules(tools)
            : null;
    Expression when = guard(keys, "when", environment);
    Rule.AtMost atMost = atMost(keys, environment == null ? List.of() : tools);
    Rule.Ask ask = ask(keys, environment);
    keys.done();
    boolean refuses = keys.has("when") || keys.has("atMost");
    if (!refuses && !keys.has("ask")) {
      reader.report(
          keys.mark(),
          LoadCode.INCOMPLETE,
          "a rule that demands nothing",
          "`when`, `atMost` or `ask`",
          null);
    } else if (!refuses && keys.has("say")) {
      reader.noEffect(
          keys,
          "say",
          "a rule that only asks",
          "it beside `when` or `atMost`: it is told when they refuse");
    }
    return sentence == null
        ? null
        : new Rule(sentence, ordered(tools), ordered(in), say, when, atMost, ask);
  }

  private static Set<String> ordered(List<String> names) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(names));
  }

  private @Nullable Expression guard(
      MappingReader keys, String key, @Nullable Environment environment) {
    Node.Scalar scalar = keys.scalar(key);
    return scalar == null || environment == null
        ? null
        : GuardCompiler.guard(reader, environment, scalar);
  }

  private Rule.@Nullable AtMost atMost(MappingReader keys, List<String> tools) {
    Node node = keys.take("atMost");
    List<Node.Scalar> per = keys.words("per");
    if (node == null) {
      needs(keys, "per", "atMost");
      return null;
    }
    Long count = count(node);
    List<ArgRef> arguments = new ArrayList<>();
    for (Node.Scalar word : per) {
      ArgRef reference = new Arguing(draft).reference(word, tools);
      if (reference != null) {
        arguments.add(reference);
      }
    }
    return count == null ? null : new Rule.AtMost(count, List.copyOf(arguments));
  }

  private @Nullable Long count(Node node) {
    boolean named = node instanceof Node.Scalar scalar && scalar.text().startsWith("constants.");
    if (!named) {
      return reader.whole(node, "`atMost`", 0);
    }
    String name = ((Node.Scalar) node).text().substring("constants.".length());
    Object constant = draft.constants.get(name);
    if (constant == null) {
      reader.unknown(
          node.mark(), LoadCode.UNKNOWN_NAME, "constant", name, draft.constants.keySet());
      return null;
    }
    if (constant instanceof Long count && count >= 0) {
      return count;
    }
    reader.report(
        node.mark(),
        LoadCode.OTHER_TYPE,
        "the constant `" + name + "`, which is " + Operations.shown(constant),
        "a whole number from 0",
        null);
    return null;
  }

  private Rule.@Nullable Ask ask(MappingReader keys, @Nullable Environment environment) {
    Node.Scalar role = keys.word("ask");
    List<String> shows = draft.shown(keys.words("shows"));
    Duration expires = keys.duration("expires", Rule.Ask.DEFAULT_EXPIRES);
    Expression unless = guard(keys, "unless", environment);
    QuorumLoader quorum = new QuorumLoader(draft);
    Expression people = quorum.people(keys, environment);
    List<String> notFrom = quorum.notFrom(keys, role == null ? "" : role.text(), roles);
    if (!keys.has("ask")) {
      for (String key : List.of("shows", "expires", "unless", "people", "notFrom")) {
        needs(keys, key, "ask");
      }
    }
    if (role != null && role.text().equals(Rule.Ask.USER)) {
      for (String key : List.of("people", "notFrom")) {
        if (keys.has(key)) {
          reader.noEffect(keys, key, "a rule that asks the user", "it of rules that ask a role");
        }
      }
    }
    return role == null || !draft.validWord(role.mark(), "role", role.text())
        ? null
        : new Rule.Ask(role.text(), shows, expires, unless, people, notFrom);
  }

  private void needs(MappingReader keys, String key, String other) {
    Node.Member member = keys.node().member(key);
    if (member != null) {
      reader.report(
          member.mark(),
          LoadCode.NO_EFFECT,
          "the key `" + key + "`",
          "it only beside `" + other + "`",
          "take it out, or add `" + other + "`");
    }
  }
}
