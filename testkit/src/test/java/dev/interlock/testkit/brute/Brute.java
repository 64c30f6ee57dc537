package dev.interlock.testkit.brute;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Counters;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.evolve.Visit;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.core.prompt.Reply;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks all runs of a tiny machine, breadth first: whatever a model, people, tools and time may do
 * is tried in each instance that is come to, and {@code decide} says what follows.
 */
public final class Brute {
  static final Instant NOW = Instant.parse("2026-01-05T09:00:00Z");

  /** What is spent where a state may not be entered once more. */
  static final String VISITS = "visits";

  private static final String ID = "brute";

  private final Machine machine;
  private final Spied spied;
  private final World world;
  private final Alike alike;
  private final Met met;
  private final Map<Instance, Integer> known = new HashMap<>();
  private final List<Instance> nodes = new ArrayList<>();
  private final int most;
  private final Set<List<Object>> spending = new HashSet<>();
  private final List<Often> often = new ArrayList<>();
  private long decided;
  private boolean whole = true;

  private Brute(Machine machine, int most) {
    this.machine = machine;
    this.spied = new Spied(machine);
    this.world = new World(machine);
    this.alike = new Alike(machine, Set.of());
    this.met = new Met(machine);
    this.most = most;
  }

  /**
   * Walks all runs.
   *
   * @param most how many instances are looked at
   */
  public static Met walk(Machine machine, int most) {
    Brute brute = new Brute(machine, most);
    brute.run();
    return brute.met;
  }

  private void run() {
    for (Occurrence start : world.starts()) {
      step(-1, Instance.unborn(ID), start);
    }
    int next = 0;
    while (whole && next < nodes.size()) {
      for (; next < nodes.size(); next++) {
        if (next >= most) {
          whole = false;
          break;
        }
        leave(next, nodes.get(next));
      }
      met.forget();
      List<Often> later = List.copyOf(often);
      often.clear();
      later.forEach(this::often);
    }
    met.done(whole, nodes.size(), decided);
  }

  private void leave(int at, Instance it) {
    spending.clear();
    for (Occurrence occurrence : world.occurrences(it)) {
      step(at, it, occurrence);
    }
    if (it.turn() != null
        && it.turn().open()
        && machine.state(it.state()) instanceof State.Agent state) {
      replies(at, it, state);
    }
  }

  // ---- the model

  static Occurrence reply(Reply.Stop stop, List<Reply.Call> calls) {
    List<Reply.Part> parts = new ArrayList<>(calls);
    if (calls.isEmpty()) {
      parts.add(new Reply.Text("ok"));
    }
    return new Occurrence.QuestionReplied(
        NOW, 1, new Reply(parts, stop, "m", new Reply.Usage(1, 0, BigDecimal.ZERO)));
  }

  static Occurrence reply(Reply.Call... calls) {
    return reply(calls.length == 0 ? Reply.Stop.END : Reply.Stop.CALLS, List.of(calls));
  }

  static Reply.Call call(String id, String tool, Map<String, Object> args) {
    return new Reply.Call(id, tool, Json.write(args));
  }

  /**
   * What the model may reply. Of several calls only those that say more than one after the other:
   * where a reply of the first alone leaves the state, so that the others could not follow.
   */
  private void replies(int at, Instance it, State.Agent state) {
    step(at, it, reply());
    step(at, it, reply(Reply.Stop.LENGTH, List.of()));
    Reply.Call bad = call("n", "no_such_tool", Map.of());
    boolean moves = step(at, it, reply(bad));
    List<Reply.Call> first = new ArrayList<>();
    for (Map<String, Object> values : world.records(state)) {
      Reply.Call record = call("r", "record", values);
      if (step(at, it, reply(record))) {
        first.add(record);
        step(at, it, reply(record, bad));
      }
    }
    for (String tool : state.tools()) {
      boolean parked = !it.parked().isEmpty();
      if (parked && Contract.asks(machine, tool, state.name())) {
        continue;
      }
      boolean opens = moves || world.opens(state, tool);
      for (Map<String, Object> args : world.arguments(tool)) {
        Reply.Call one = call("t", tool, args);
        step(at, it, reply(one));
        first.forEach(record -> step(at, it, reply(record, one)));
        if (opens) {
          pairs(at, it, state, one, first);
        }
      }
    }
    it.parked()
        .forEach(parked ->
            step(at, it, reply(call("b", "take_back", Map.of("call", (long) parked.number())))));
  }

  private void pairs(
      int at, Instance it, State.Agent state, Reply.Call one, List<Reply.Call> records) {
    for (String tool : state.tools()) {
      for (Map<String, Object> args : world.arguments(tool)) {
        Reply.Call other = call("u", tool, args);
        step(at, it, reply(one, other));
        records.forEach(record -> step(at, it, reply(record, one, other)));
      }
    }
  }

  // ---- steps

  /** Tries an occurrence, and again with a budget spent that it turns on; whether it moves. */
  private boolean step(int at, Instance it, Occurrence occurrence) {
    Met.@Nullable Taken taken = decide(at, it, occurrence, "");
    if (taken == null) {
      return false;
    }
    List<Outcome> outcomes = taken.outcomes();
    boolean moves = false;
    boolean asks = false;
    boolean sends = false;
    boolean errs = false;
    for (Outcome outcome : outcomes) {
      switch (outcome) {
        case Outcome.Entered entered -> {
          moves = true;
          if (at >= 0 && machine.states().containsKey(entered.state())) {
            often.add(new Often(at, it, occurrence, entered.state()));
          }
        }
        case Outcome.TurnOpened(Turn.Kind kind) -> asks |= kind == Turn.Kind.QUESTION;
        case Outcome.CallDispatched sent -> sends = true;
        case Outcome.CallRefused refused -> errs = true;
        case Outcome.CallFailed failed -> errs = true;
        case Outcome.ReplyFaulty faulty -> errs = true;
        default -> {}
      }
    }
    if (at >= 0) {
      if (asks) {
        spend(taken, Budget.TURNS, 0);
      }
      if (sends) {
        spend(taken, Budget.TOOL_CALLS, 0);
      }
      if (errs) {
        spend(taken, Budget.ERRORS, 1);
        spend(taken, Budget.TOTAL_ERRORS, 1);
      }
      if (occurrence instanceof Occurrence.QuestionReplied) {
        spend(taken, Budget.TOKENS, 1);
      }
    }
    return moves;
  }

  /** A step into a state, which may have been entered as often as it may be. */
  private record Often(int at, Instance it, Occurrence occurrence, String state) {}

  /** Tries a step where a state was entered so often that it may not be once more, if it can be. */
  private void often(Often one) {
    @Nullable Decimal own = machine.state(one.state()).frame().budgets().limit(Budget.VISITS);
    @Nullable Decimal limit = own != null ? own : machine.budgets().limit(Budget.VISITS);
    boolean ends = machine.state(one.state()) instanceof State.Final;
    if (limit != null && !ends && met.after(one.state()).get(one.at())) {
      Map<String, Integer> visits = new HashMap<>(one.it().visits());
      visits.put(one.state(), limit.value().intValue());
      Instance it = one.it();
      decide(one.at(), with(it, it.spent(), it.visit(), visits), one.occurrence(), VISITS);
    }
  }

  /** The same where a budget is spent but for some, of the machine's and of the state's. */
  private void spend(Met.Taken taken, Budget budget, int left) {
    Instance after = taken.after();
    if (!spending.add(List.of(budget, after.state(), after.facts()))) {
      return; // what leads to the same is tried once
    }
    int at = taken.at();
    Instance it = taken.before();
    Occurrence occurrence = taken.occurrence();
    @Nullable Decimal limit = machine.budgets().limit(budget);
    if (limit != null) {
      Counters spent = spent(budget, limit, left);
      decide(at, with(it, spent, it.visit(), it.visits()), occurrence, budget.word());
    }
    Budgets own = machine.state(it.state()).frame().budgets();
    @Nullable Decimal less = own.limit(budget);
    if (less != null) {
      Visit visit = it.visit();
      Visit used =
          new Visit(
              visit.number(),
              visit.state(),
              visit.entered(),
              spent(budget, less, left),
              visit.waiting(),
              visit.said(),
              visit.calls(),
              visit.timers(),
              visit.wayBack());
      decide(at, with(it, it.spent(), used, it.visits()), occurrence, budget.word());
    }
  }

  private static Counters spent(Budget budget, Decimal limit, int left) {
    long most = limit.value().longValue() - left;
    return new Counters(
        budget == Budget.TURNS ? most : 0,
        budget == Budget.TOOL_CALLS ? most : 0,
        budget == Budget.ERRORS ? most : 0,
        budget == Budget.TOTAL_ERRORS ? most : 0,
        budget == Budget.TOKENS ? most : 0,
        BigDecimal.ZERO);
  }

  private static Instance with(
      Instance it, Counters spent, Visit visit, Map<String, Integer> visits) {
    return new Instance(
        it.id(),
        it.machine(),
        it.caller(),
        it.started(),
        it.seq(),
        visit,
        it.facts(),
        it.evidence(),
        spent,
        it.counts(),
        visits,
        it.granted(),
        it.turn(),
        it.parked(),
        it.written(),
        it.labels(),
        it.returned(),
        it.approval(),
        it.typed(),
        it.unknown(),
        it.inbox(),
        it.timers(),
        it.recent(),
        it.numbers(),
        it.questions(),
        it.abandoned(),
        it.escalated(),
        it.inEscalation(),
        it.end());
  }

  /** What {@code decide} makes of it; null if it is not taken. */
  private Met.@Nullable Taken decide(int at, Instance it, Occurrence occurrence, String spent) {
    decided++;
    spied.seen.clear();
    Decision decision = Decide.decide(spied.machine(), it, occurrence);
    if (!(decision instanceof Decision.Accepted(List<Outcome> outcomes, var effects, String n))) {
      if (occurrence instanceof Occurrence.Resumed resumed) {
        met.notResumed(at, it, resumed);
      }
      return null;
    }
    Met.Taken taken = met.taken(at, it, occurrence, spent, outcomes, spied.seen);
    Instance after = taken.after();
    if (after.end() == null) {
      if (alike.deep(after)) {
        whole = false;
        return taken;
      }
      Instance same = alike.of(after);
      Integer number = known.get(same);
      if (number == null) {
        number = nodes.size();
        known.put(same, number);
        nodes.add(same);
        met.rests(same);
      }
      met.edge(at, number, taken);
    } else {
      met.ended(after);
      met.edge(at, -1, taken);
    }
    return taken;
  }
}
