package dev.interlock.build;

import java.math.BigDecimal;

/** What an instance, or a visit of a state, may spend. */
public final class BudgetKeys extends Keys<BudgetKeys> {
  BudgetKeys() {}

  @Override
  BudgetKeys self() {
    return this;
  }

  /** Questions to the model. */
  public BudgetKeys turns(long most) {
    return put("turns", most);
  }

  /** Dispatched calls of tools. */
  public BudgetKeys toolCalls(long most) {
    return put("toolCalls", most);
  }

  /** Calls of one reply. */
  public BudgetKeys callsPerTurn(long most) {
    return put("callsPerTurn", most);
  }

  /** Refusals and failures in a row. */
  public BudgetKeys errors(long most) {
    return put("errors", most);
  }

  /** Refusals and failures. */
  public BudgetKeys totalErrors(long most) {
    return put("totalErrors", most);
  }

  /** Tokens of the model. */
  public BudgetKeys tokens(long most) {
    return put("tokens", most);
  }

  /** Money, by the price table. */
  public BudgetKeys cost(BigDecimal most) {
    return java("cost", most);
  }

  /** Time from the start. */
  public BudgetKeys duration(String longest) {
    return put("duration", longest);
  }

  /** Entries of a state. */
  public BudgetKeys visits(long most) {
    return put("visits", most);
  }
}
