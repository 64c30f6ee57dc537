package dev.interlock.core.load;

import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Rule;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code rules}. */
final class RuleReader {
  private final Reader reader;
  private final Names names;
  private final FieldReader fields;
  private final Guards guards;
  private final Map<String, Object> constants;

  RuleReader(
      Reader reader,
      Names names,
      FieldReader fields,
      Guards guards,
      Map<String, Object> constants) {
    this.reader = reader;
    this.names = names;
    this.fields = fields;
    this.guards = guards;
    this.constants = constants;
  }

  @Nullable Rule rule(Node node) {
    MappingReader keys = reader.mapping(node, "a rule");
    if (keys == null) {
      return null;
    }
    keys.notYet("people", "notFrom", "except");
    Node.Scalar sentence = keys.needWord("rule");
    keys.need("for");
    List<String> tools = names.selected(keys.words("for"));
    Set<String> in = new LinkedHashSet<>(names.all(keys.words("in"), "state", names.states()));
    Expression when = guards.rule(keys.word("when"), tools);
    Rule.AtMost atMost = atMost(keys, tools);
    Rule.Ask ask = ask(keys, tools);
    String say = keys.text("say");
    keys.done();
    if (!keys.has("when") && !keys.has("atMost") && !keys.has("ask")) {
      reader.report(
          keys.mark(), "empty-rule", "a rule without a condition", "when, atMost or ask", null);
    }
    return sentence == null
        ? null
        : new Rule(sentence.text(), Set.copyOf(tools), in, say, when, atMost, ask);
  }

  private Rule.@Nullable AtMost atMost(MappingReader keys, List<String> tools) {
    Node node = keys.take("atMost");
    List<Node.Scalar> per = keys.words("per");
    if (node == null) {
      if (!per.isEmpty()) {
        reader.report(
            per.getFirst().mark(), "key-of-rule", "`per`", "it only beside `atMost`", null);
      }
      return null;
    }
    Long count = null;
    if (node instanceof Node.Scalar scalar && scalar.text().startsWith("constants.")) {
      String name = scalar.text().substring("constants.".length());
      if (constants.get(name) instanceof Long constant && constant >= 0) {
        count = constant;
      } else if (names.check(scalar.mark(), name, "constant", constants.keySet())) {
        reader.report(scalar.mark(), "type", "`" + scalar.text() + "`", "a whole number", null);
      }
    } else {
      count = reader.whole(node, "`atMost` of a rule", 0);
    }
    return count == null ? null : new Rule.AtMost(count, fields.refs(per, tools));
  }

  private Rule.@Nullable Ask ask(MappingReader keys, List<String> tools) {
    String role = keys.text("ask");
    List<String> shows = names.all(keys.words("shows"), "field", names.fields());
    Duration expires = keys.duration("expires", Rule.Ask.DEFAULT_EXPIRES);
    Expression unless = guards.rule(keys.word("unless"), tools);
    if (role != null) {
      return new Rule.Ask(role, shows, expires, unless);
    }
    for (String key : List.of("shows", "expires", "unless")) {
      Node node = keys.take(key);
      if (node != null) {
        reader.report(node.mark(), "key-of-rule", "`" + key + "`", "it only beside `ask`", null);
      }
    }
    return null;
  }
}
