package dev.interlock.cli.tell;

import dev.interlock.core.decide.Occurrence.Answered;
import dev.interlock.core.machine.State;
import java.util.Arrays;
import java.util.Optional;

/** The plain verbs of an answer, and the words that a machine may have for them. */
public enum Verb {
  APPROVE("approve", Answered.APPROVED),
  REJECT("reject", Answered.REJECTED);

  private final String word;
  private final String done;

  Verb(String word, String done) {
    this.word = word;
    this.done = done;
  }

  /** The command. */
  public String word() {
    return word;
  }

  /** What it says of a parked call. */
  public String answer() {
    return done;
  }

  /** What it says in an approval state: {@code approved}, or {@code approve} if it has that. */
  public String answer(State.Approval state) {
    return !state.answers().containsKey(done) && state.answers().containsKey(word) ? word : done;
  }

  /** The verb that gives an answer of an approval state, if one does. */
  static Optional<Verb> of(String answer, State.Approval state) {
    return Arrays.stream(values()).filter(verb -> verb.answer(state).equals(answer)).findFirst();
  }
}
