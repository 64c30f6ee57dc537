package dev.interlock.build;

import java.util.List;
import java.util.function.Consumer;

/** A state. */
public final class StateKeys extends Keys<StateKeys> {
  StateKeys() {}

  @Override
  StateKeys self() {
    return this;
  }

  /** {@code agent}, if it is not said, {@code call}, {@code approval}, {@code final}, …. */
  public StateKeys type(String type) {
    return put("type", type);
  }

  /** Guidance to the model. */
  public StateKeys goal(String text) {
    return put("goal", text);
  }

  /** Guidance to the model. */
  public StateKeys forbid(String... texts) {
    return put("forbid", List.of(texts));
  }

  /** The tools that may be called here. */
  public StateKeys tools(String... selector) {
    return words("tools", selector);
  }

  /** As the other one, always as a list. */
  public StateKeys tools(List<String> selector) {
    return put("tools", List.copyOf(selector));
  }

  /** Less these tools. */
  public StateKeys except(String... selector) {
    return words("except", selector);
  }

  /** As the other one, always as a list. */
  public StateKeys except(List<String> selector) {
    return put("except", List.copyOf(selector));
  }

  /** The fields that may be recorded here. */
  public StateKeys record(String... fields) {
    return put("record", List.of(fields));
  }

  /** A way out, without condition. */
  public StateKeys transition(String target) {
    return transition(target, way -> {});
  }

  /** A way out. */
  public StateKeys transition(String target, Consumer<WayKeys> says) {
    return item("transitions", of(new WayKeys().put("target", target), says));
  }

  /** Taken at the end of a turn without calls. */
  public StateKeys otherwise(String target) {
    return put("otherwise", target);
  }

  /** Whether transitions are looked at on entry. */
  public StateKeys skip(boolean skip) {
    return put("skip", skip);
  }

  /** Whether text that comes with calls is not said. */
  public StateKeys quiet(boolean quiet) {
    return put("quiet", quiet);
  }

  /** Whether the user is not waited for. */
  public StateKeys autonomous(boolean autonomous) {
    return put("autonomous", autonomous);
  }

  /** Fields unset at entry. */
  public StateKeys clears(String... fields) {
    return put("clears", List.of(fields));
  }

  /** A text for the user at entry. */
  public StateKeys say(String text) {
    return put("say", text);
  }

  /** Where an event leads; of a call state also {@code ok} and {@code failed}. */
  public StateKeys on(String event, String target) {
    return named("on", event, target);
  }

  /** Where it leads after that time from entry. */
  public StateKeys after(String time, String target) {
    return named("after", time, target);
  }

  /** Timers as a list, {@code in} or {@code at}. */
  public StateKeys timers(Consumer<Timers> says) {
    Timers timers = new Timers();
    says.accept(timers);
    return put("after", timers.said.get("after") == null ? List.of() : timers.said.get("after"));
  }

  /** Where it leads when the user is silent for that time. */
  public StateKeys idle(String time, String target) {
    return named("idle", time, target);
  }

  /** Of one visit. */
  public StateKeys budgets(Consumer<BudgetKeys> says) {
    return put("budgets", of(new BudgetKeys(), says));
  }

  /** Where a reason to escalate leads; {@code default} for all others. */
  public StateKeys over(String reason, String target) {
    return named("over", reason, target);
  }

  /** Of a call state: the tool. */
  public StateKeys call(String tool) {
    return put("call", tool);
  }

  /** Of a call state: an argument, CEL. */
  public StateKeys with(String argument, String expression) {
    return named("with", argument, expression);
  }

  /** Of a call state: one of several reads. */
  public StateKeys calls(String read, Consumer<CallKeys> says) {
    return item("calls", of(new CallKeys().put("call", read), says));
  }

  /** As the other one, without arguments. */
  public StateKeys calls(String read) {
    return item("calls", read);
  }

  /** Of an approval: who decides. */
  public StateKeys role(String role) {
    return put("role", role);
  }

  /** Of an approval: the fields they see. */
  public StateKeys shows(String... fields) {
    return put("shows", List.of(fields));
  }

  /** Of an approval: one of the answers. */
  public StateKeys answer(String word, String target) {
    return answer(word, target, answer -> {});
  }

  /** Of an approval: one of the answers. */
  public StateKeys answer(String word, String target, Consumer<AnswerKeys> says) {
    return named("answers", word, of(new AnswerKeys().put("target", target), says));
  }

  /** Of an approval: how many different persons. */
  public StateKeys people(int number) {
    return put("people", (long) number);
  }

  /** As the other one, CEL. */
  public StateKeys people(String expression) {
    return put("people", expression);
  }

  /** Of an approval: who is not asked. */
  public StateKeys notFrom(String... whom) {
    return put("notFrom", List.of(whom));
  }

  /** Of an escalation: where the ticket goes. */
  public StateKeys desk(String name) {
    return put("desk", name);
  }

  /** Of an escalation: the fields in the ticket. */
  public StateKeys bundle(String... fields) {
    return put("bundle", List.of(fields));
  }

  /** Of an escalation: the states it may be sent back to. */
  public StateKeys resume(String... states) {
    return put("resume", List.of(states));
  }

  /** Of an end. */
  public StateKeys outcome(String name) {
    return put("outcome", name);
  }

  /** What a way out requires. */
  public static final class WayKeys extends Keys<WayKeys> {
    WayKeys() {}

    @Override
    WayKeys self() {
      return this;
    }

    /** Fields that must be set. */
    public WayKeys requires(String... fields) {
      return put("requires", List.of(fields));
    }

    /** What must be true, CEL. */
    public WayKeys guard(String guard) {
      return put("guard", guard);
    }

    /** Fields that are unset. */
    public WayKeys clears(String... fields) {
      return put("clears", List.of(fields));
    }
  }

  /** An answer of an approval. */
  public static final class AnswerKeys extends Keys<AnswerKeys> {
    AnswerKeys() {}

    @Override
    AnswerKeys self() {
      return this;
    }

    /** Fields that come with it. */
    public AnswerKeys fills(String... fields) {
      return put("fills", List.of(fields));
    }

    /** Fields that are unset. */
    public AnswerKeys clears(String... fields) {
      return put("clears", List.of(fields));
    }
  }

  /** One of several reads. */
  public static final class CallKeys extends Keys<CallKeys> {
    CallKeys() {}

    @Override
    CallKeys self() {
      return this;
    }

    /** An argument, CEL. */
    public CallKeys with(String argument, String expression) {
      return named("with", argument, expression);
    }
  }

  /** Timers of a state. */
  public static final class Timers extends Keys<Timers> {
    Timers() {}

    @Override
    Timers self() {
      return this;
    }

    /** After that time from entry. */
    public Timers in(String time, String target) {
      return item("after", MachineBuilder.ordered("in", time, "target", target));
    }

    /** At a time, CEL. */
    public Timers at(String time, String target) {
      return item("after", MachineBuilder.ordered("at", time, "target", target));
    }
  }
}
