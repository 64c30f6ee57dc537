package dev.interlock.core.evolve;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An instance while one outcome is folded into it. */
final class Draft {
  private final String id;
  private long seq;
  String machine;
  Principal caller;
  Instant started;
  Visit visit;
  Map<String, Object> facts;
  Map<String, Evidence> evidence;
  Counters spent;
  Map<String, Long> counts;
  Map<String, Integer> visits;
  Map<Budget, Decimal> granted;
  @Nullable Turn turn;
  List<Parked> parked;
  List<String> written;
  List<String> labels;
  List<String> returned;
  @Nullable Approval approval;
  List<Inbox.Message> typed;
  List<Call> unknown;
  Inbox inbox;
  Map<String, Timer> timers;
  Map<String, String> recent;
  int numbers;
  long questions;
  long abandoned;
  @Nullable Escalated escalated;
  boolean inEscalation;
  @Nullable End end;

  Draft(Instance from) {
    id = from.id();
    machine = from.machine();
    caller = from.caller();
    started = from.started();
    seq = from.seq();
    visit = from.visit();
    facts = from.facts();
    evidence = from.evidence();
    spent = from.spent();
    counts = from.counts();
    visits = from.visits();
    granted = from.granted();
    turn = from.turn();
    parked = from.parked();
    written = from.written();
    labels = from.labels();
    returned = from.returned();
    approval = from.approval();
    typed = from.typed();
    unknown = from.unknown();
    inbox = from.inbox();
    timers = from.timers();
    recent = from.recent();
    numbers = from.numbers();
    questions = from.questions();
    abandoned = from.abandoned();
    escalated = from.escalated();
    inEscalation = from.inEscalation();
    end = from.end();
  }

  Draft seq(long next) {
    seq = next;
    return this;
  }

  Instance freeze() {
    return new Instance(
        id,
        machine,
        caller,
        started,
        seq,
        visit,
        facts,
        evidence,
        spent,
        counts,
        visits,
        granted,
        turn,
        parked,
        written,
        labels,
        returned,
        approval,
        typed,
        unknown,
        inbox,
        timers,
        recent,
        numbers,
        questions,
        abandoned,
        escalated,
        inEscalation,
        end);
  }
}
