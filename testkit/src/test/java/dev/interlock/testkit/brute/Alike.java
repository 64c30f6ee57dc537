package dev.interlock.testkit.brute;

import dev.interlock.core.decide.Refusal;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Counters;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Evidence;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.evolve.Visit;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.Way;
import dev.interlock.core.machine.Ways;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One instance in the place of all that have the same future: without what only counts (numbers,
 * entries, what was spent) and what only people read. What is spent is tried apart, or kept where
 * it is counted.
 */
final class Alike {
  /** The most visits that a way back leads through. */
  static final int MAX_BACK = 4;

  private final Machine machine;
  private final Set<String> firsts = new HashSet<>();
  private final boolean back;

  /** The tools of which it is looked later what they were called with. */
  private final Set<String> keyed = new HashSet<>();

  /** What is spent of these is kept. */
  private final Set<Budget> counted;

  Alike(Machine machine, Set<Budget> counted) {
    this.machine = machine;
    this.counted = counted;
    for (Property property : machine.properties()) {
      if (property instanceof Property.Before before) {
        firsts.add(before.first());
        if (before.same() != null) {
          keyed.add(before.first());
        }
      }
    }
    machine.context().values().stream()
        .filter(Field::keyed)
        .forEach(field -> keyed.addAll(field.from()));
    this.back =
        Ways.of(machine).keySet().stream().map(Way::target).anyMatch(it -> it.equals("back"));
  }

  Instance of(Instance it) {
    return new Folding(it).fold();
  }

  private final class Folding {
    private final Instance it;
    private final Map<Long, Long> visits = new HashMap<>();
    private final Map<Integer, Integer> numbers = new LinkedHashMap<>();

    Folding(Instance it) {
      this.it = it;
    }

    Instance fold() {
      long count = 0;
      for (@Nullable Visit visit = it.visit(); visit != null; visit = visit.wayBack()) {
        visits.putIfAbsent(visit.number(), --count);
      }
      @Nullable Turn turn = it.turn() == null ? null : turn(it.turn());
      List<Parked> parked = it.parked().stream().map(this::parked).toList();
      List<Call> unknown = it.unknown().stream().map(this::call).toList();
      @Nullable Approval approval = it.approval() == null ? null : approval(it.approval());
      Map<String, Integer> entered = new HashMap<>(it.visits());
      if (!counted.contains(Budget.VISITS)) {
        entered.keySet().retainAll(firsts);
        entered.replaceAll((state, times) -> 1);
      }
      Map<String, Evidence> evidence = new HashMap<>();
      it.evidence()
          .keySet()
          .forEach(field -> {
            if (machine.field(field).source() instanceof Source.Tools tools && tools.once()) {
              evidence.put(field, new Evidence(1, Brute.NOW, "", null));
            }
          });
      return new Instance(
          it.id(),
          it.machine(),
          it.caller(),
          it.started(),
          1,
          visit(it.visit(), back ? MAX_BACK : 0),
          it.facts(),
          evidence,
          spent(it.spent()),
          it.counts(),
          entered,
          Map.of(),
          turn,
          parked,
          List.of(),
          List.of(),
          it.returned().stream().filter(firsts::contains).sorted().toList(),
          approval,
          List.of(),
          unknown,
          inbox(it.inbox()),
          timers(it.timers()),
          Map.of(),
          numbers.size(),
          1,
          0,
          escalated(),
          it.inEscalation(),
          it.end());
    }

    private Counters spent(Counters all) {
      return new Counters(
          counted.contains(Budget.TURNS) ? all.turns() : 0,
          counted.contains(Budget.TOOL_CALLS) ? all.toolCalls() : 0,
          counted.contains(Budget.ERRORS) ? all.errors() : 0,
          counted.contains(Budget.TOTAL_ERRORS) ? all.totalErrors() : 0,
          0,
          Counters.ZERO.cost());
    }

    private int number(int old) {
      return numbers.computeIfAbsent(old, n -> numbers.size() + 1);
    }

    private Turn turn(Turn turn) {
      boolean question = turn.kind() == Turn.Kind.QUESTION;
      List<Call> calls =
          turn.calls().stream()
              .filter(call -> !question || !call.applied() || call.stage() == Call.Stage.PARKED)
              .map(this::call)
              .toList();
      boolean named = turn.closing() == Turn.Closing.BUDGET || turn.closing() == Turn.Closing.FAULT;
      return new Turn(
          turn.kind(),
          turn.open() ? 1 : 0,
          turn.open(),
          calls,
          turn.proposedAny(),
          false,
          turn.faulty(),
          turn.closing(),
          named ? turn.closingName() : "",
          "",
          null);
    }

    private Call call(Call call) {
      @Nullable Refusal refusal =
          call.refusal() == null || call.applied()
              ? null
              : new Refusal(call.refusal().rule(), "", List.of());
      boolean settled = call.applied() || call.stage() == Call.Stage.PARKED;
      boolean sent = call.stage() == Call.Stage.DISPATCHED || call.stage() == Call.Stage.UNKNOWN;
      boolean unread = (sent && !keyed.contains(call.tool())) || call.applied();
      boolean bare = unread && call.stage() != Call.Stage.PARKED;
      return new Call(
          number(call.number()),
          call.id().isEmpty() ? "" : "c",
          call.tool(),
          bare ? Map.of() : call.proposed(),
          bare ? Map.of() : call.args(),
          call.stage(),
          call.key().isEmpty() ? "" : "k",
          call.dispatchedAt(),
          call.deadline(),
          settled ? null : call.result(),
          refusal,
          "",
          call.applied() && call.stage() != Call.Stage.UNKNOWN ? List.of() : call.counted(),
          call.applied());
    }

    private Parked parked(Parked parked) {
      return new Parked(
          call(parked.call()),
          parked.asks(),
          parked.shows(),
          parked.shown(),
          parked.hash(),
          parked.expires());
    }

    private Approval approval(Approval approval) {
      return new Approval(
          number(approval.number()),
          approval.role(),
          approval.shown(),
          approval.hash(),
          approval.quorum(),
          approval.given());
    }

    private @Nullable Escalated escalated() {
      Escalated last = it.escalated();
      return last == null || !it.inEscalation()
          ? null
          : new Escalated(1, Reason.ENTERED, "", "", "", last.ticket() == null ? null : "t");
    }

    private Visit visit(Visit visit, int depth) {
      @Nullable Visit before = visit.wayBack();
      return new Visit(
          number(visit.number()),
          visit.state(),
          Brute.NOW,
          spent(visit.spent()),
          visit.waiting(),
          false,
          0,
          timers(visit.timers()),
          before == null || depth == 0 ? null : visit(before, depth - 1));
    }

    private long number(long visit) {
      return visits.getOrDefault(visit, visit == 0 ? 0 : -99L);
    }

    private Map<String, Timer> timers(Map<String, Timer> timers) {
      Map<String, Timer> folded = new HashMap<>();
      timers
          .values()
          .forEach(timer -> {
            Timer same = timer(timer);
            folded.put(same.id(), same);
          });
      return folded;
    }

    private Timer timer(Timer timer) {
      long visit = number(timer.visit());
      int number = timer.number();
      String id =
          switch (timer.kind()) {
            case AFTER -> "v%d/after/%d".formatted(visit, number);
            case IDLE -> "v%d/idle/%d".formatted(visit, number);
            case DURATION -> timer.visit() == 0 ? "duration" : "v%d/duration".formatted(visit);
            case EXPIRY -> {
              number = number(timer.number());
              yield "p%d/expires".formatted(number);
            }
          };
      return new Timer(id, timer.kind(), visit, number, timer.due(), timer.target());
    }

    private Inbox inbox(Inbox inbox) {
      List<Inbox.Message> messages =
          inbox.messages().isEmpty() ? List.of() : List.of(new Inbox.Message("m", "x", null));
      List<Inbox.Event> events = new ArrayList<>();
      for (Inbox.Event event : inbox.events()) {
        events.add(
            new Inbox.Event(
                "e" + events.size(), event.name(), event.payload(), "", event.operator()));
      }
      boolean starts = inbox.notices().stream().anyMatch(Inbox.Notice::starts);
      return new Inbox(
          messages,
          List.copyOf(events),
          inbox.timers().stream()
              .filter(timer -> timer.visit() == 0 || visits.containsKey(timer.visit()))
              .map(this::timer)
              .toList(),
          starts ? List.of(new Inbox.Notice("", true)) : List.of(),
          inbox.cancel());
    }
  }

  /** Whether a way back was cut short: what follows from there is not to be trusted. */
  boolean deep(Instance instance) {
    int depth = 0;
    for (@Nullable Visit visit = instance.visit().wayBack();
        visit != null;
        visit = visit.wayBack()) {
      depth++;
    }
    return back && depth > MAX_BACK;
  }
}
