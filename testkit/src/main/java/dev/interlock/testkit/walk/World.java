package dev.interlock.testkit.walk;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.cast.Answers;
import dev.interlock.testkit.cast.Crowd;
import dev.interlock.testkit.cast.Foresight;
import dev.interlock.testkit.cast.Hostile;
import dev.interlock.testkit.cast.Proposals;
import dev.interlock.testkit.cast.Words;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything around an instance, and all of it hostile: a model, people, tools, an engine that is
 * late. It knows the machine and sees the instance, as an adversary with full knowledge would.
 */
final class World {
  private static final int CANDIDATES = 3;

  private final Machine machine;
  private final Words words;
  private final Crowd crowd;
  private final long seed;
  private final Map<String, Instant> timers = new TreeMap<>();
  private final Set<Effect> questions = new LinkedHashSet<>();
  private final Map<Integer, Effect.Dispatch> calls = new LinkedHashMap<>();
  private final Set<Effect> tickets = new LinkedHashSet<>();
  private Instant now = Instant.parse("2026-01-05T09:00:00Z");

  /** Every other walk is wild, the others want to get somewhere. */
  World(Machine machine, long seed) {
    this.machine = machine;
    this.words = new Words(machine);
    this.crowd = new Crowd(machine);
    this.seed = seed;
  }

  private Hostile draw(Random random, Instance instance) {
    return new Hostile(random, words.of(instance), seed % 2 == 0 ? Hostile.PATIENT : Hostile.WILD);
  }

  Occurrence start(String id) {
    Map<String, Object> input = new LinkedHashMap<>();
    Hostile draw = draw(new Random(seed), Instance.unborn(id));
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Input(Object standard)
          && (standard == null || draw.oneIn(2))) {
        input.put(field.name(), Proposals.value(draw, field));
      }
    }
    return new Occurrence.Started(id, now, Crowd.CALLER, Crowd.CALLER, input);
  }

  // ---- what is carried out

  void take(List<Effect> effects, Instance instance) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Ask ask -> questions.add(ask);
        case Effect.Dispatch dispatch -> calls.put(dispatch.call(), dispatch);
        case Effect.SetTimer(String timer, Instant due) -> timers.put(timer, due);
        case Effect.CancelTimer(String timer) -> timers.remove(timer);
        case Effect.OpenTicket ticket -> tickets.add(ticket);
        case Effect.AbandonQuestion abandoned -> {} // it may be answered all the same, too late
        case Effect.AbandonCall abandoned -> {}
        case Effect.Probe probe -> {}
        case Effect.Notify notify -> {}
      }
    }
    if (instance.end() != null) {
      timers.clear();
    }
  }

  /** What an engine that starts now must do, as far as this one remembers. */
  List<Effect> owed(Instance instance) {
    List<Effect> owed = new ArrayList<>();
    timers.forEach((id, due) -> owed.add(new Effect.SetTimer(id, due)));
    for (Effect question : questions) {
      if (question instanceof Effect.Ask(long number)
          && instance.turn() != null
          && instance.turn().open()
          && instance.turn().question() == number) {
        owed.add(question);
      }
    }
    for (Effect.Dispatch dispatch : calls.values()) {
      boolean open =
          instance.turn() != null
              && instance.turn().calls().stream()
                  .anyMatch(call ->
                      call.number() == dispatch.call() && call.stage() == Call.Stage.DISPATCHED);
      if (open) {
        owed.add(dispatch);
      }
    }
    for (Effect ticket : tickets) {
      boolean open =
          instance.end() == null
              && instance.inEscalation()
              && instance.escalated() != null
              && instance.escalated().ticket() == null
              && ticket instanceof Effect.OpenTicket one
              && one.escalation() == instance.escalated().number();
      if (open) {
        owed.add(ticket);
      }
    }
    return owed;
  }

  // ---- what happens next

  /** What occurs in one step: mostly one thing, sometimes several, sometimes nothing. */
  List<Occurrence> step(Random random, Instance instance) {
    Hostile draw = draw(random, instance);
    now = now.plusMillis(random.nextInt(5_000));
    if (draw.patient() && !draw.oneIn(4)) {
      return best(draw, instance);
    }
    List<Occurrence> occurring = new ArrayList<>();
    anything(draw, instance, occurring);
    return occurring;
  }

  /** Of some that the instance waits for, the one that leads furthest; mostly. */
  private List<Occurrence> best(Hostile draw, Instance instance) {
    Foresight foresight = new Foresight(machine, instance, now);
    List<Occurrence> best = List.of();
    int most = Integer.MIN_VALUE;
    for (int i = draw.oneIn(6) ? 1 : CANDIDATES; i > 0; i--) {
      List<Occurrence> occurring = new ArrayList<>();
      awaited(draw, instance, foresight, occurring);
      int worth = occurring.isEmpty() ? 0 : foresight.worth(occurring.getFirst());
      if (worth > most) {
        best = occurring;
        most = worth;
      }
    }
    return best;
  }

  /** What the instance waits for. */
  private void awaited(
      Hostile draw, Instance instance, Foresight foresight, List<Occurrence> occurring) {
    boolean asked = instance.turn() != null && instance.turn().open();
    if (asked) {
      occurring.add(reply(draw, instance, foresight));
    } else if (!open(instance).isEmpty()) {
      reports(draw, instance, occurring);
    } else if (instance.inEscalation()) {
      steer(draw, instance, occurring);
    } else if (instance.approval() != null || (!instance.parked().isEmpty() && !draw.oneIn(8))) {
      occurring.add(crowd.answer(draw, instance, now));
    } else if (machine.state(instance.state()) instanceof State.Wait && !draw.oneIn(4)) {
      occurring.add(crowd.event(draw, instance, now));
    } else if (draw.oneIn(12)) {
      time(draw, occurring);
    } else {
      occurring.add(crowd.message(draw, instance, now));
    }
  }

  private void anything(Hostile draw, Instance instance, List<Occurrence> occurring) {
    boolean asked = instance.turn() != null && instance.turn().open();
    int kind = draw.below(100);
    if (asked && kind < 55) {
      occurring.add(reply(draw, instance, new Foresight(machine, instance, now)));
    } else if (!asked && kind < 40 && !calls.isEmpty()) {
      reports(draw, instance, occurring);
    } else if (kind < 60 && !instance.parked().isEmpty() && !draw.oneIn(3)) {
      occurring.add(crowd.answer(draw, instance, now));
    } else if (kind < 60) {
      occurring.add(crowd.message(draw, instance, now));
    } else if (kind < 68) {
      occurring.add(crowd.event(draw, instance, now));
    } else if (kind < 80) {
      occurring.add(crowd.answer(draw, instance, now));
    } else if (kind < 88) {
      time(draw, occurring);
    } else if (kind < 96) {
      steer(draw, instance, occurring);
    } else {
      occurring.add(stray(draw, instance));
    }
  }

  private Occurrence reply(Hostile draw, Instance instance, Foresight foresight) {
    long question = instance.turn() == null ? 1 : instance.turn().question();
    if (draw.slips(25)) {
      return new Occurrence.QuestionFailed(now, question, "overloaded");
    }
    boolean summing = instance.turn() != null && instance.turn().summing();
    if (machine.history() != null && draw.slips(summing ? 12 : 4)) {
      return new Occurrence.QuestionOverflowed(now, question, 20_000, "too long");
    }
    if (summing && !draw.slips(3)) {
      List<Reply.Part> parts = List.of(new Reply.Text(draw.oneIn(4) ? " " : "They talked."));
      return new Occurrence.QuestionReplied(
          now, question, new Reply(parts, Reply.Stop.END, "m", Reply.Usage.NONE));
    }
    return new Occurrence.QuestionReplied(
        now,
        draw.slips(30) ? question + 1 : question,
        new Proposals(machine, instance, draw, foresight).reply());
  }

  // ---- tools

  /** The calls that may still be answered. */
  private List<Effect.Dispatch> open(Instance instance) {
    return calls.values().stream()
        .filter(one ->
            instance
                .liveCalls()
                .anyMatch(call ->
                    call.number() == one.call()
                        && (call.stage() == Call.Stage.DISPATCHED
                            || call.stage() == Call.Stage.UNKNOWN)))
        .toList();
  }

  private void reports(Hostile draw, Instance instance, List<Occurrence> occurring) {
    List<Effect.Dispatch> all = new ArrayList<>(calls.values());
    List<Effect.Dispatch> open = open(instance);
    Effect.Dispatch dispatch = open.isEmpty() || draw.slips(12) ? draw.any(all) : draw.any(open);
    Call call =
        instance
            .liveCalls()
            .filter(live -> live.number() == dispatch.call())
            .findFirst()
            .orElse(null);
    int number = dispatch.call();
    boolean unknown = call != null && call.stage() == Call.Stage.UNKNOWN;
    int kind = draw.any(List.of(0, 0, 0, 0, 0, 0, 1, 2, 3, unknown ? 4 : 0));
    if (kind < 4 && draw.patient() && !draw.oneIn(3)) {
      kind = 0;
    }
    occurring.add(
        switch (kind) {
          case 1 -> new Occurrence.CallFailed(now, number, "down");
          case 2 -> new Occurrence.CallUnknown(now, number, "silence");
          case 3 ->
              draw.oneIn(4)
                  ? new Occurrence.CallDrifted(now, number, "its schema changed")
                  : new Occurrence.CallReturned(now, number, result(draw, dispatch, call));
          case 4 ->
              new Occurrence.CallProbed(now, number, draw.oneIn(3) ? null : draw.oneIn(2), "asked");
          default -> new Occurrence.CallReturned(now, number, result(draw, dispatch, call));
        });
  }

  /** What projection makes of an answer, for the call as it is or was. */
  private Result result(Hostile draw, Effect.Dispatch dispatch, @Nullable Call live) {
    Call call =
        live != null ? live : Call.proposed(dispatch.call(), "", dispatch.tool(), dispatch.args());
    String text = Json.write(Answers.of(machine, draw, dispatch.tool()));
    return Projection.project(machine, call, Json.sha256(text), text, text);
  }

  /** Operators, and those who would be. */
  private void steer(Hostile draw, Instance instance, List<Occurrence> occurring) {
    tickets.stream()
        .filter(ticket -> instance.inEscalation() && !draw.oneIn(4))
        .forEach(ticket -> {
          if (ticket instanceof Effect.OpenTicket one) {
            occurring.add(
                new Occurrence.TicketOpened(now, one.escalation(), "T-" + one.escalation()));
          }
        });
    occurring.add(crowd.steer(draw, instance, now));
  }

  // ---- time

  private void time(Hostile draw, List<Occurrence> occurring) {
    now =
        now.plus(
            draw.any(
                List.of(
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(1),
                    Duration.ofHours(5),
                    Duration.ofDays(1),
                    Duration.ofDays(1),
                    Duration.ofDays(3))));
    if (draw.oneIn(6)) {
      return; // the engine is late
    }
    timers.forEach((id, due) -> {
      if (!due.isAfter(now)) {
        occurring.add(new Occurrence.TimerFired(now, id));
      }
    });
  }

  /** Reports of what nobody waits for, or not any more. */
  private Occurrence stray(Hostile draw, Instance instance) {
    return switch (draw.any(List.of(0, 1, 2, 3, 4, 5, 5))) {
      case 0 -> new Occurrence.TimerFired(now, "v9/after/7");
      case 1 -> new Occurrence.CallFailed(now, 99, "who?");
      case 2 ->
          new Occurrence.ReplyLost(
              now, Math.max(1, instance.questions()), new Reply.Usage(90, 10, BigDecimal.ONE));
      case 3 -> new Occurrence.TicketOpened(now, 9, "T-9");
      case 4 -> new Occurrence.CallUnknown(now, 1, "again");
      default ->
          new Occurrence.QuestionReplied(
              now,
              Math.max(1, instance.questions()),
              new Proposals(machine, instance, draw, new Foresight(machine, instance, now))
                  .reply());
    };
  }
}
