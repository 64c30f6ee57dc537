package dev.interlock.temporal;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Call.Stage;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a reset of a run means, before it is done. What was decided from the point on is decided
 * again; where the journal has it already, the run goes on from the journal's end. So of calls only
 * those go out again that are under way there, and no write.
 *
 * @param run of the workflow, which a new one takes the place of
 * @param event the workflow task that is decided again: where its completion stands in the history
 * @param at when that began
 * @param question whether the question that is open is asked again
 * @param calls that went out since, or are under way
 */
public record Reset(
    String instance, String run, long event, Instant at, boolean question, List<Call> calls) {
  public Reset {
    calls = List.copyOf(calls);
  }

  /**
   * A call.
   *
   * @param args as an operator is shown them
   */
  public record Call(
      int number, String tool, EffectClass effect, Map<String, Object> args, Fate fate) {}

  /** What becomes of a call. */
  public enum Fate {
    /** It is settled in the journal. */
    RECORDED(false, "is recorded"),
    /** A read that is under way. */
    AGAIN(true, "is sent again"),
    /** An idempotent call that is under way. */
    SAME_KEY(true, "is sent again under the same key"),
    /** A write that went out, or may have, and has no answer. */
    MARKED(false, "is not sent again: its mark is in the store; its probe or a person settles it"),
    /** A write that has not gone out. */
    UNSENT(true, "has not gone out yet, and does so once, while its time lasts");

    private final boolean sent;
    private final String words;

    Fate(boolean sent, String words) {
      this.sent = sent;
      this.words = words;
    }

    /** Whether something goes out. */
    public boolean sent() {
      return sent;
    }

    public String words() {
      return words;
    }
  }

  /** Whether anything goes out again. */
  public boolean sends() {
    return question || calls.stream().anyMatch(call -> call.fate().sent());
  }

  /**
   * Of an instance.
   *
   * @param journal whole, as an operator is shown it
   * @param instance as the newest entry leaves it
   */
  static Reset of(
      String run,
      long event,
      Instant at,
      List<Entry> journal,
      Machine machine,
      Instance instance,
      Store store) {
    Map<Integer, String> tools = new TreeMap<>();
    Map<Integer, Map<String, Object>> args = new TreeMap<>();
    Map<Integer, Fate> fates = new TreeMap<>();
    for (Entry entry : journal) {
      for (Outcome outcome : entry.outcomes()) {
        switch (outcome) {
          case Outcome.CallProposed it -> tools.put(it.call(), it.tool());
          case Outcome.CallAccepted it -> args.put(it.call(), it.args());
          case Outcome.CallDispatched it when !it.at().isBefore(at) ->
              fates.put(it.call(), Fate.RECORDED);
          default -> {}
        }
      }
    }
    Turn turn = instance.turn();
    if (turn != null) {
      for (dev.interlock.core.evolve.Call call : turn.calls()) {
        if (call.stage() == Stage.DISPATCHED) {
          fates.put(call.number(), underWay(machine, instance, call, store));
        } else if (call.stage() == Stage.UNKNOWN) {
          fates.put(call.number(), Fate.MARKED);
        }
      }
    }
    List<Call> calls = new ArrayList<>();
    fates.forEach((number, fate) -> {
      String tool = tools.getOrDefault(number, "");
      if (machine.tools().containsKey(tool)) {
        calls.add(
            new Call(
                number,
                tool,
                machine.tool(tool).effect(),
                args.getOrDefault(number, Map.of()),
                fate));
      }
    });
    return new Reset(instance.id(), run, event, at, turn != null && turn.open(), calls);
  }

  private static Fate underWay(
      Machine machine, Instance instance, dev.interlock.core.evolve.Call call, Store store) {
    return switch (machine.tool(call.tool()).effect()) {
      case READ -> Fate.AGAIN;
      case IDEMPOTENT -> Fate.SAME_KEY;
      case WRITE -> store.mark(instance.id(), call.key()).isPresent() ? Fate.MARKED : Fate.UNSENT;
    };
  }
}
