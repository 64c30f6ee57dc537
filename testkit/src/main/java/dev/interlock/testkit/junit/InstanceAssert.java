package dev.interlock.testkit.junit;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Refusal;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.langchain4j.JavaValues;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** What an instance should be, and what should have been done; as it was when this was made. */
public final class InstanceAssert extends AbstractAssert<InstanceAssert, Instance> {
  private final Machine machine;
  private final List<Entry> journal;
  private final List<ToolCall> calls;
  private final Asserted asserted;

  InstanceAssert(Engine.View view, List<Entry> journal, List<ToolCall> calls, Asserted asserted) {
    super(view.instance(), InstanceAssert.class);
    this.machine = view.machine();
    this.journal = journal;
    this.calls = calls;
    this.asserted = asserted;
  }

  /** It is in this state, whether it waits there, runs or has ended. */
  public InstanceAssert isIn(String state) {
    asserted.something();
    if (!actual.state().equals(state)) {
      throw failure("Expected it in %s, but %s", state, where());
    }
    return this;
  }

  /** It has this status. */
  public InstanceAssert is(Instance.Status status) {
    asserted.something();
    if (actual.status() != status) {
      throw failure("Expected it %s, but %s", status.word(), where());
    }
    return this;
  }

  /** A field has this value; {@code expected} is one of {@link JavaValues}. */
  public InstanceAssert hasFact(String field, Object expected) {
    asserted.something();
    Object found = actual.facts().get(field);
    if (!JavaValues.json(expected).equals(found)) {
      throw failure(
          "Expected the field %s to be %s, but it is %s",
          field, expected, found == null ? "unset" : found);
    }
    return this;
  }

  /** A field is unset. */
  public InstanceAssert hasNoFact(String field) {
    asserted.something();
    if (actual.facts().containsKey(field)) {
      throw failure("Expected the field %s unset, but it is %s", field, actual.facts().get(field));
    }
    return this;
  }

  /** A tool was called exactly once, with these arguments among others. */
  public InstanceAssert hasCalled(String tool, Map<String, ?> with) {
    List<ToolCall> found = calledTimes(tool, 1);
    Map<String, Object> expected = JavaValues.object(with);
    Map<String, Object> arguments = found.getFirst().arguments();
    if (!arguments.entrySet().containsAll(expected.entrySet())) {
      throw failure("Expected %s with %s, but it was called with %s", tool, expected, arguments);
    }
    return this;
  }

  /** A tool was called exactly so many times. */
  public InstanceAssert hasCalled(String tool, int times) {
    List<ToolCall> unused = calledTimes(tool, times);
    return this;
  }

  /** A tool was not called. It says something only if somebody tried. */
  public InstanceAssert hasNotCalled(String tool) {
    asserted.absent(tool);
    List<ToolCall> unused = calledTimes(tool, 0);
    return this;
  }

  private List<ToolCall> calledTimes(String tool, int times) {
    asserted.something();
    List<ToolCall> found = calls.stream().filter(call -> call.tool().equals(tool)).toList();
    if (found.size() != times) {
      throw failure(
          "Expected %d calls of %s, but there were %d; calls: %s; refused: %s",
          times, tool, found.size(), calls.stream().map(ToolCall::tool).toList(), refusals());
    }
    return found;
  }

  /**
   * A call of that tool was refused by this rule: its sentence, or a name such as {@code set to}.
   */
  public InstanceAssert hasRefused(String tool, String rule) {
    asserted.something();
    if (!refusals().contains(new Refused(tool, rule))) {
      throw failure("Expected %s refused by \"%s\"; refused: %s", tool, rule, refusals());
    }
    return this;
  }

  /** Nothing was refused. */
  public InstanceAssert hasRefusedNothing() {
    asserted.something();
    if (!refusals().isEmpty()) {
      throw failure("Expected no refusal; refused: %s", refusals());
    }
    return this;
  }

  /** A parked call or an approval waits for this role. */
  public InstanceAssert waitsFor(String role) {
    asserted.something();
    boolean parked =
        actual.parked().stream()
            .map(Parked::asks)
            .flatMap(List::stream)
            .anyMatch(ask -> ask.role().equals(role) && !ask.answered());
    var approval = actual.approval();
    if (!parked && (approval == null || !approval.role().equals(role))) {
      throw failure("Expected it to wait for %s, but nothing does; %s", role, where());
    }
    return this;
  }

  /** The user was told this text, as one of those that were said. */
  public InstanceAssert hasSaid(String text) {
    asserted.something();
    List<String> said =
        outcomes().stream()
            .filter(Outcome.Said.class::isInstance)
            .map(it -> ((Outcome.Said) it).text())
            .toList();
    if (!said.contains(text)) {
      throw failure("Expected \"%s\" to be said; said: %s", text, said);
    }
    return this;
  }

  /** A refusal as a test names it. */
  private record Refused(String tool, String rule) {
    @Override
    public String toString() {
      return "%s by \"%s\"".formatted(tool, rule);
    }
  }

  private List<Refused> refusals() {
    Map<Integer, String> tools = new LinkedHashMap<>();
    List<Refused> refused = new ArrayList<>();
    for (Outcome outcome : outcomes()) {
      if (outcome instanceof Outcome.CallProposed proposed) {
        tools.put(proposed.call(), named(machine.tools().keySet(), proposed.tool()));
      } else if (outcome instanceof Outcome.CallRefused(int call, Refusal refusal)) {
        refused.add(new Refused(tools.getOrDefault(call, ""), refusal.rule()));
      }
    }
    return refused;
  }

  /** A tool by its own name, also where the model spelled it as its provider allows. */
  static String named(Collection<String> known, String spelled) {
    return known.stream()
        .filter(name -> name.replace(".", "__").equals(spelled))
        .findFirst()
        .orElse(spelled);
  }

  private List<Outcome> outcomes() {
    return journal.stream().flatMap(entry -> entry.outcomes().stream()).toList();
  }

  private String where() {
    @Nullable Escalated escalated = actual.escalated();
    return Asserted.where(actual)
        + (escalated == null ? "" : " (%s: %s)".formatted(escalated.reason(), escalated.detail()));
  }
}
