package dev.interlock.testkit.scenario;

import dev.interlock.core.load.Mark;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One key of {@code expect}. */
sealed interface Expectation {
  /** Where it stands. */
  Mark mark();

  record InState(Mark mark, String state) implements Expectation {}

  /** A word of {@link dev.interlock.core.evolve.Instance.Status}. */
  record HasStatus(Mark mark, String status) implements Expectation {}

  /** A role that must decide, {@code user}, {@code model} or {@code ticket}. */
  record WaitsFor(Mark mark, String whom) implements Expectation {}

  /** A part of what was said since the last {@code expect}. */
  record Said(Mark mark, String part) implements Expectation {}

  record HasField(Mark mark, String field, Object value) implements Expectation {}

  record Unset(Mark mark, String field) implements Expectation {}

  /** All calls dispatched since the last {@code expect}, in order. */
  record Calls(Mark mark, List<String> tools) implements Expectation {}

  /** All refusals since the last {@code expect}, in order. */
  record Refused(Mark mark, List<Refusal> refusals) implements Expectation {}

  /** A refusal; null means any. */
  record Refusal(Mark mark, @Nullable String tool, @Nullable String rule) {}

  /** What the newest escalation says of itself, by {@code from}, {@code reason}, {@code name}. */
  record EscalatedWith(Mark mark, Map<String, String> parts) implements Expectation {}

  record Outcome(Mark mark, String outcome) implements Expectation {}

  /** Dispatched at no time in the scenario. */
  record NotCalled(Mark mark, String tool) implements Expectation {}

  /** Appears nowhere: in no prompt, message, argument, ticket, notice or entry. */
  record NoCanary(Mark mark, String text) implements Expectation {}
}
