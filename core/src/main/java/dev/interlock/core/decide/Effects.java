package dev.interlock.core.decide;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Call.Stage;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Redaction;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Hidden;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Quorum;
import dev.interlock.core.machine.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Effects as they follow from outcomes, and from an instance that was recovered. */
public final class Effects {
  private Effects() {}

  /** The effects of one outcome that led from one instance to the next. */
  static void of(
      Machine machine, Instance before, Instance after, Outcome outcome, Consumer<Effect> out) {
    switch (outcome) {
      case Outcome.Asked(long question, List<String> messages) ->
          out.accept(new Effect.Ask(question));
      case Outcome.SummaryAsked(long question, int keep, long room) ->
          out.accept(new Effect.Ask(question));
      case Outcome.AskedAgain(long question) -> out.accept(new Effect.Ask(question));
      case Outcome.QuestionLost(long question, String why) ->
          out.accept(new Effect.AbandonQuestion(question));
      case Outcome.CallDispatched dispatched ->
          out.accept(dispatch(call(after, dispatched.call())));
      case Outcome.CallWithdrawn(int number, String why) -> {
        if (call(before, number).stage() == Stage.DISPATCHED) {
          out.accept(new Effect.AbandonCall(number));
        }
      }
      case Outcome.CallUnknown(int number, String why) -> probe(machine, call(after, number), out);
      case Outcome.CallParked(Parked parked) -> notify(machine, after, parked, out);
      case Outcome.ApprovalAsked asked -> notify(after, out);
      case Outcome.Entered entered -> {
        if (entered.escalation()) {
          ticket(machine, after, out);
        }
      }
      default -> {} // most outcomes only change the instance
    }
    if (!before.timers().equals(after.timers())) {
      timers(before.timers(), after.timers(), out);
    }
  }

  /**
   * Every effect that is still to be carried out: what an engine must take up after a crash. The
   * open question, dispatched and unknown calls, running timers, a ticket without an id, questions
   * to people.
   */
  public static List<Effect> pending(Machine machine, Instance instance) {
    List<Effect> pending = new ArrayList<>();
    if (instance.turn() != null) {
      if (instance.turn().open()) {
        pending.add(new Effect.Ask(instance.turn().question()));
      }
      for (Call call : instance.turn().calls()) {
        if (call.stage() == Stage.DISPATCHED) {
          pending.add(dispatch(call));
        } else if (call.stage() == Stage.UNKNOWN) {
          probe(machine, call, pending::add);
        }
      }
    }
    for (Timer timer : instance.timers().values()) {
      pending.add(new Effect.SetTimer(timer.id(), timer.due()));
    }
    if (instance.end() == null) {
      instance.parked().stream()
          .filter(parked -> !parked.approved())
          .forEach(parked -> notify(machine, instance, parked, pending::add));
      notify(instance, pending::add);
      Escalated escalated = instance.escalated();
      if (instance.inEscalation() && escalated != null && escalated.ticket() == null) {
        ticket(machine, instance, pending::add);
      }
    }
    return pending;
  }

  private static Call call(Instance instance, int number) {
    return Objects.requireNonNull(instance.turn()).calls().stream()
        .filter(call -> call.number() == number)
        .findFirst()
        .orElseThrow();
  }

  private static Effect dispatch(Call call) {
    return new Effect.Dispatch(
        call.number(),
        call.key(),
        call.tool(),
        call.args(),
        Objects.requireNonNull(call.deadline()));
  }

  private static void probe(Machine machine, Call call, Consumer<Effect> out) {
    if (machine.tool(call.tool()).probe() != null) {
      out.accept(new Effect.Probe(call.number(), Objects.requireNonNull(call.deadline())));
    }
  }

  private static void notify(
      Machine machine, Instance instance, Parked parked, Consumer<Effect> out) {
    Hidden secret = Redaction.hidden(machine, instance, Field.Privacy.SECRET);
    for (Parked.Ask ask : parked.asks()) {
      if (!ask.answered()) {
        out.accept(
            new Effect.Notify(
                parked.number(),
                ask.role(),
                "%s asks for %s: no. %d, %s(%s)%s"
                    .formatted(
                        instance.id(),
                        whom(ask.role(), ask.quorum()),
                        parked.number(),
                        parked.call().tool(),
                        Json.write(secret.value(parked.call().args())),
                        parked.shown().isEmpty() ? "" : " beside " + Json.write(parked.shown()))));
      }
    }
  }

  private static void notify(Instance instance, Consumer<Effect> out) {
    Approval approval = instance.approval();
    if (approval != null) {
      out.accept(
          new Effect.Notify(
              approval.number(),
              approval.role(),
              "%s asks for %s: no. %d, %s"
                  .formatted(
                      instance.id(),
                      whom(approval.role(), approval.quorum()),
                      approval.number(),
                      Json.write(approval.shown()))));
    }
  }

  /** The same however many have answered: it is told once. */
  private static String whom(String role, Quorum quorum) {
    return quorum.people() == 1 ? role : "%s, %d people".formatted(role, quorum.people());
  }

  private static void ticket(Machine machine, Instance instance, Consumer<Effect> out) {
    if (machine.state(instance.state()) instanceof State.Escalation state) {
      Escalated escalated = Objects.requireNonNull(instance.escalated());
      Hidden hidden = Redaction.hidden(machine, instance, Field.Privacy.PII);
      Map<String, Object> facts =
          Scopes.of(machine, instance, instance.visit().entered()).context();
      Map<String, Object> bundle = new LinkedHashMap<>();
      for (String name : state.bundle()) {
        Object value = facts.get(name);
        if (value != null) {
          bundle.put(name, value);
        }
      }
      out.accept(
          new Effect.OpenTicket(
              escalated.number(),
              state.desk(),
              state.name(),
              escalated.from(),
              escalated.reason().word(),
              hidden.text(
                  escalated.name()
                      + (escalated.detail().isEmpty() ? "" : ": " + escalated.detail())),
              bundle));
    }
  }

  private static void timers(
      Map<String, Timer> before, Map<String, Timer> after, Consumer<Effect> out) {
    for (String id : before.keySet()) {
      if (!after.containsKey(id)) {
        out.accept(new Effect.CancelTimer(id));
      }
    }
    after.forEach((id, timer) -> {
      if (!timer.equals(before.get(id))) {
        out.accept(new Effect.SetTimer(id, timer.due()));
      }
    });
  }

  /** Whether a read: only those go out together, and are abandoned when their turn closes. */
  static boolean read(Machine machine, String name) {
    return Contract.tool(machine, name)
        .filter(tool -> tool.effect() == dev.interlock.core.machine.EffectClass.READ)
        .isPresent();
  }
}
