package dev.interlock.build;

import java.util.List;

/** A condition on calls. */
public final class RuleKeys extends Keys<RuleKeys> {
  RuleKeys() {}

  @Override
  RuleKeys self() {
    return this;
  }

  /** {@code for}: the tools. */
  public RuleKeys appliesTo(String... selector) {
    return words("for", selector);
  }

  /** As the other one, always as a list. */
  public RuleKeys appliesTo(List<String> selector) {
    return put("for", List.copyOf(selector));
  }

  /** Less these tools. */
  public RuleKeys except(String... selector) {
    return words("except", selector);
  }

  /** As the other one, always as a list. */
  public RuleKeys except(List<String> selector) {
    return put("except", List.copyOf(selector));
  }

  /** The states; all, if it is not said. */
  public RuleKeys in(String... states) {
    return put("in", List.of(states));
  }

  /** What the model is told when it refuses. */
  public RuleKeys say(String text) {
    return put("say", text);
  }

  /** False, unset or an error refuses, CEL. */
  public RuleKeys when(String guard) {
    return put("when", guard);
  }

  /** So many dispatched calls. */
  public RuleKeys atMost(long most) {
    return put("atMost", most);
  }

  /** As many as a constant says: {@code constants.NAME}. */
  public RuleKeys atMost(String constant) {
    return put("atMost", constant);
  }

  /** Counted for each value of these arguments apart. */
  public RuleKeys per(String... arguments) {
    return words("per", arguments);
  }

  /** As the other one, always as a list. */
  public RuleKeys per(List<String> arguments) {
    return put("per", List.copyOf(arguments));
  }

  /** A role, or {@code user}, that must say yes. */
  public RuleKeys ask(String whom) {
    return put("ask", whom);
  }

  /** How many different persons. */
  public RuleKeys people(int number) {
    return put("people", (long) number);
  }

  /** As the other one, CEL. */
  public RuleKeys people(String expression) {
    return put("people", expression);
  }

  /** Who is not asked. */
  public RuleKeys notFrom(String... whom) {
    return put("notFrom", List.of(whom));
  }

  /** Fields that are shown beside the call. */
  public RuleKeys shows(String... fields) {
    return put("shows", List.of(fields));
  }

  /** How long it may wait. */
  public RuleKeys expires(String after) {
    return put("expires", after);
  }

  /** True excuses the call, CEL. */
  public RuleKeys unless(String guard) {
    return put("unless", guard);
  }
}
