package dev.interlock.core.check;

import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Texts of a machine that look like secrets: its file is shown, copied and stored for good. */
final class SecretCheck {
  /** The shapes that well-known keys and tokens have, and addresses with a password. */
  private static final Pattern SECRET =
      Pattern.compile(
          "AKIA[0-9A-Z]{16}"
              + "|\\bsk-[A-Za-z0-9_-]{20}"
              + "|\\bgh[opsu]_[A-Za-z0-9]{30}"
              + "|\\bgithub_pat_[A-Za-z0-9_]{30}"
              + "|\\bglpat-[A-Za-z0-9_-]{20}"
              + "|\\bxox[abprs]-[A-Za-z0-9-]{10}"
              + "|\\bAIza[A-Za-z0-9_-]{35}"
              + "|\\beyJ[A-Za-z0-9_-]{10,200}\\.eyJ[A-Za-z0-9_-]{10}"
              + "|-----BEGIN [A-Z ]{0,30}PRIVATE KEY"
              + "|://[^/\\s:@]{1,64}:[^/\\s:@]{1,64}@");

  private static final Pattern NAME =
      Pattern.compile("(?i)(password|passwd|secret|token|api_?key|credential)s?$");

  private static final int LEAST = 8;

  private final List<Finding> findings = new ArrayList<>();

  private SecretCheck() {}

  /** What is found in a machine. */
  static List<Finding> of(Machine machine) {
    SecretCheck check = new SecretCheck();
    machine.constants().forEach((name, value) -> check.constant(name, value));
    for (Tool tool : machine.tools().values()) {
      tool.set()
          .forEach((argument, with) -> check.look(with, "tools", tool.name(), "set", argument));
    }
    for (int i = 0; i < machine.rules().size(); i++) {
      Rule rule = machine.rules().get(i);
      check.look(rule.when(), "rules", String.valueOf(i), "when");
      if (rule.ask() != null) {
        check.look(rule.ask().unless(), "rules", String.valueOf(i), "unless");
      }
    }
    machine.states().values().forEach(check::state);
    return check.findings;
  }

  private void state(State state) {
    look(state.frame().say(), "states", state.name(), "say");
    if (state instanceof State.Agent agent) {
      look(agent.goal(), "states", agent.name(), "goal");
      agent.forbid().forEach(text -> look(text, "states", agent.name(), "forbid"));
    }
    if (state instanceof State.Call call) {
      for (State.Made made : call.calls()) {
        for (Map.Entry<String, Expression> with : made.with().entrySet()) {
          look(with.getValue(), "states", call.name());
        }
      }
    }
  }

  private void constant(String name, Object value) {
    if (value instanceof String text) {
      if (NAME.matcher(name).find() && text.length() >= LEAST) {
        found("constants", name);
      } else {
        look(text, "constants", name);
      }
    }
  }

  private void look(@Nullable Expression expression, String... at) {
    if (expression != null) {
      look(expression.source(), at);
    }
  }

  private void look(String text, String... at) {
    if (SECRET.matcher(text).find()) {
      found(at);
    }
  }

  private void found(String... at) {
    findings.add(
        new Finding(
            Code.SECRET,
            List.of(at),
            "a text that looks like a secret",
            "none in a machine, which is shown, copied and stored with its instances",
            "let the tool's server have it, or `${NAME}` in interlock.yaml",
            List.of()));
  }
}
