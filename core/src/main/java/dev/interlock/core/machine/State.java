package dev.interlock.core.machine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A state and its contract. */
public sealed interface State {
  String name();

  Frame frame();

  /** Whether it is an end, or hands the instance to a person. */
  default boolean endsOrEscalates() {
    return this instanceof Final || this instanceof Escalation;
  }

  /**
   * The model works here.
   *
   * @param goal guidance to the model, not enforced
   * @param forbid guidance to the model, not enforced
   * @param tools the tools that may be called
   * @param record the fields of source {@code agent} that the model may record
   * @param otherwise taken at the end of a turn without calls in which nothing else was
   * @param skip whether transitions are evaluated at entry too, before the model is asked
   * @param idle timers that count while the instance waits for the user and nothing is parked
   * @param quiet whether text that comes with calls is not said
   * @param autonomous whether it waits for nobody but those whom parked calls ask
   */
  record Agent(
      String name,
      String goal,
      List<String> forbid,
      Frame frame,
      List<String> tools,
      List<String> record,
      List<Transition> transitions,
      @Nullable Target otherwise,
      boolean skip,
      List<TimerRule> idle,
      boolean quiet,
      boolean autonomous)
      implements State {}

  /**
   * The machine itself calls; no model.
   *
   * @param calls one of any tool, or several reads that go out together
   * @param ok where it leads when all of them have returned
   */
  record Call(String name, Frame frame, List<Made> calls, Target ok, Target failed)
      implements State {
    /** The most calls of one state. */
    public static final int MAX_CALLS = 20;

    /** Of one tool. */
    public Call(
        String name,
        Frame frame,
        String tool,
        Map<String, Expression> with,
        Target ok,
        Target failed) {
      this(name, frame, List.of(new Made(tool, with)), ok, failed);
    }
  }

  /**
   * A call that the machine makes.
   *
   * @param with arguments, each an expression; those of the tool's {@code set} come on top
   */
  record Made(String tool, Map<String, Expression> with) {}

  /**
   * Waits for the answer of a person.
   *
   * @param shows the fields shown; changing one voids the question, and it is asked anew
   * @param people how many must give the same answer; null means one
   * @param notFrom who is not asked though they have the role: {@link Quorum}
   * @param answers by the word of the answer, in document order
   */
  record Approval(
      String name,
      Frame frame,
      String role,
      List<String> shows,
      @Nullable Expression people,
      List<String> notFrom,
      Map<String, Answer> answers)
      implements State {
    /** Answers that are a no: they are taken from whoever gives one first. */
    public static final List<String> NO = List.of("rejected", "reject");

    /** Answers that are a yes; a word that is neither may mean anything. */
    public static final List<String> YES =
        List.of(
            "approve",
            "approved",
            "accept",
            "accepted",
            "confirm",
            "confirmed",
            "grant",
            "granted",
            "release",
            "released",
            "yes");
  }

  /**
   * A fork: left as soon as it is entered, by the first transition that is open, else by {@code
   * otherwise}. No instance rests in it, and none goes {@code back} to it.
   */
  record Choice(String name, Frame frame, List<Transition> transitions, Target otherwise)
      implements State {}

  /** Waits for an event or a time; no model. */
  record Wait(String name, Frame frame) implements State {}

  /**
   * Opens a ticket and waits for a person.
   *
   * @param desk the desk's name; empty means the first
   * @param bundle the fields that go into the ticket
   * @param resume the states where a person may send it back to; none ends the instance
   */
  record Escalation(String name, String desk, Frame frame, List<String> bundle, List<String> resume)
      implements State {}

  /** The instance is completed. */
  record Final(String name, Frame frame, String outcome) implements State {}

  /**
   * One answer of an approval.
   *
   * @param fills fields of source {@code human} that the answer's form must fill
   */
  record Answer(Target target, List<String> fills, List<String> clears) {}
}
