package dev.interlock.testkit.walk;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Quorum;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Type;
import dev.interlock.testkit.walk.Ledger.Booked;
import dev.interlock.testkit.walk.Ledger.Parking;
import dev.interlock.testkit.walk.Ledger.Stage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks what becomes of calls, and judges each again just where it goes out. */
final class CallChecks {
  private static final String OVER_MANY = "budget callsPerTurn";

  private final Ledger ledger;
  private Findings findings = new Findings(0);
  private Instant now = Instant.EPOCH;
  private @Nullable Occurrence occurrence;

  CallChecks(Ledger ledger) {
    this.ledger = ledger;
  }

  void begin(Findings into, Entry entry) {
    findings = into;
    now = entry.at();
    occurrence = entry.occurrence();
  }

  // ---- proposed, accepted, refused

  void proposed(Outcome.CallProposed proposed) {
    oneResult(
        ledger.turn != null && !ledger.calls.containsKey(proposed.call()),
        "no. " + proposed.call() + " is proposed again, or outside a turn");
    Booked call = new Booked(proposed.call(), proposed.tool(), proposed.proposed());
    ledger.calls.put(call.number, call);
    if (ledger.turn != null) {
      ledger.turn.calls.add(call);
    }
    if (ledger.turn != null && ledger.turn.kind == Turn.Kind.CALL) {
      byTheMachine(call);
    }
  }

  /** A call state calls its own tool, with arguments that are computed. */
  private void byTheMachine(Booked call) {
    if (!(ledger.machine.state(ledger.state()) instanceof State.Call state)) {
      findings.broken(Promise.TOOLS, "the machine calls in " + ledger.state());
      return;
    }
    int index = ledger.turn == null ? -1 : ledger.turn.calls.indexOf(call);
    if (index < 0 || index >= state.calls().size()) {
      findings.broken(Promise.TOOLS, "the machine makes one call more: " + call.tool);
      return;
    }
    State.Made made = state.calls().get(index);
    findings.hold(call.tool.equals(made.tool()), Promise.TOOLS, "the machine calls " + call.tool);
    Map<String, Object> computed = new HashMap<>();
    made.with()
        .forEach((name, with) -> {
          if (with.evaluate(ledger.scope(now)) instanceof Evaluation.Value(Object value)) {
            computed.put(name, value);
          }
        });
    findings.hold(
        call.proposed.equals(computed),
        Promise.SET,
        "the machine calls with %s, expected %s".formatted(call.proposed, computed));
  }

  void accepted(Outcome.CallAccepted accepted) {
    Booked call = at(accepted.call(), Stage.PROPOSED, Stage.ACCEPTED);
    perTurn(call);
    call.args = accepted.args();
    call.stage = Stage.ACCEPTED;
  }

  void builtIn(int number) {
    Booked call = at(number, Stage.PROPOSED);
    perTurn(call);
    oneResult(
        !ledger.machine.tools().containsKey(call.tool),
        call.tool + " is answered as if it were a built-in");
    call.stage = Stage.RETURNED;
  }

  private void perTurn(Booked call) {
    Ledger.Open turn = ledger.turn;
    BigDecimal own = ledger.own(Budget.CALLS_PER_TURN);
    BigDecimal limit = own != null ? own : ledger.limit(Budget.CALLS_PER_TURN);
    if (turn != null && limit != null) {
      findings.hold(
          BigDecimal.valueOf(turn.calls.indexOf(call)).compareTo(limit) < 0,
          Promise.BUDGETS,
          "no. %d is one more than %s in a turn".formatted(call.number, limit));
    }
  }

  void refused(Outcome.CallRefused refused) {
    Booked call = at(refused.call(), Stage.PROPOSED, Stage.ACCEPTED);
    call.stage = Stage.REFUSED;
    call.overMany = refused.refusal().rule().equals(OVER_MANY);
    oneResult(
        !refused.refusal().rule().contains("surprise"),
        "the rule \"%s\" quotes the model".formatted(refused.refusal().rule()));
  }

  // ---- dispatched: everything is judged again here

  void dispatched(Outcome.CallDispatched dispatched) {
    Booked call = at(dispatched.call(), Stage.ACCEPTED);
    call.dispatches++;
    findings.hold(
        call.dispatches == 1 && ledger.keys.add(dispatched.key()),
        Promise.ONCE,
        "no. %d goes out again, key %s".formatted(call.number, dispatched.key()));
    Tool tool = ledger.machine.tools().get(call.tool);
    if (tool == null) {
      findings.broken(Promise.TOOLS, "the unknown tool " + call.tool + " is called");
      return;
    }
    findings.hold(
        ledger.turn != null && allowed().contains(call.tool),
        Promise.TOOLS,
        "%s is called in %s".formatted(call.tool, ledger.state()));
    findings.hold(
        dispatched.at().equals(now) && dispatched.deadline().equals(now.plus(tool.timeout())),
        Promise.ONCE,
        "no. %d has the deadline %s".formatted(call.number, dispatched.deadline()));
    arguments(call, tool);
    budgets(call);
    order(call, tool);
    rules(call, tool);
    for (Property.Before property : ledger.broken(call.tool)) {
      findings.broken(Promise.WHEN, call.tool + " goes out against \"" + property.name() + "\"");
    }
    call.stage = Stage.OUT;
  }

  private List<String> allowed() {
    return switch (ledger.machine.state(ledger.state())) {
      case State.Agent agent -> agent.tools();
      case State.Call call -> call.calls().stream().map(State.Made::tool).toList();
      case State.Approval approval -> List.of();
      case State.Wait wait -> List.of();
      case State.Choice choice -> List.of();
      case State.Escalation escalation -> List.of();
      case State.Final end -> List.of();
    };
  }

  private void arguments(Booked call, Tool tool) {
    List<String> problems = tool.locked().arguments().problems(call.args);
    findings.hold(problems.isEmpty(), Promise.ARGUMENTS, call.tool + ": " + problems);
    for (Map.Entry<String, Expression> set : tool.set().entrySet()) {
      Object given = call.args.get(set.getKey());
      boolean computed =
          set.getValue().evaluate(ledger.scope(now)) instanceof Evaluation.Value(Object value)
              && value.equals(given);
      findings.hold(
          computed && !call.proposed.containsKey(set.getKey()),
          Promise.SET,
          "%s of %s is %s, proposed %s".formatted(set.getKey(), call.tool, given, call.proposed));
    }
    Map<String, Object> chosen = new HashMap<>(call.args);
    chosen.keySet().removeAll(tool.set().keySet());
    Map<String, Object> proposed = new HashMap<>(call.proposed);
    proposed.keySet().removeAll(tool.set().keySet());
    findings.hold(
        chosen.equals(proposed),
        Promise.ARGUMENTS,
        "%s goes out with %s, proposed %s".formatted(call.tool, chosen, proposed));
  }

  private void budgets(Booked call) {
    for (Budget budget :
        List.of(
            Budget.TOOL_CALLS, Budget.ERRORS, Budget.TOTAL_ERRORS, Budget.TOKENS, Budget.COST)) {
      findings.hold(
          !ledger.spent(budget),
          Promise.BUDGETS,
          "no. %d goes out though no %s left".formatted(call.number, budget));
    }
  }

  private void order(Booked call, Tool tool) {
    if (ledger.turn == null) {
      return;
    }
    boolean before = true;
    for (Booked other : ledger.turn.calls) {
      if (other == call) {
        before = false;
        continue;
      }
      Tool otherTool = ledger.machine.tools().get(other.tool);
      boolean otherReads = otherTool != null && otherTool.effect() == EffectClass.READ;
      boolean out = other.stage == Stage.OUT || other.stage == Stage.UNKNOWN;
      findings.hold(
          !out || (otherReads && tool.effect() == EffectClass.READ),
          Promise.ORDER,
          "no. %d goes out beside no. %d".formatted(call.number, other.number));
      boolean failed =
          other.stage == Stage.FAILED
              || other.stage == Stage.UNKNOWN
              || (other.stage == Stage.REFUSED && otherTool != null);
      findings.hold(
          !before || otherReads || !failed,
          Promise.ORDER,
          "no. %d goes out after no. %d, which is %s"
              .formatted(call.number, other.number, other.stage));
      findings.hold(
          !before || other.stage != Stage.PARKED,
          Promise.ORDER,
          "no. %d goes out past no. %d, which waits".formatted(call.number, other.number));
    }
  }

  // ---- rules

  private void rules(Booked call, Tool tool) {
    Scope scope = ledger.scope(now).with(Map.of("args", call.args));
    List<String> counted = new ArrayList<>();
    for (int i = 0; i < ledger.machine.rules().size(); i++) {
      Rule rule = ledger.machine.rules().get(i);
      boolean here = rule.in().isEmpty() || rule.in().contains(ledger.state());
      if (!rule.tools().contains(tool.name()) || !here) {
        continue;
      }
      if (rule.when() != null) {
        findings.hold(
            isTrue(rule.when(), scope),
            Promise.WHEN,
            "%s goes out with %s against \"%s\"".formatted(call.tool, call.args, rule.sentence()));
      }
      if (rule.atMost() != null) {
        counted.addAll(atMost(i, rule, rule.atMost(), call));
      }
      if (rule.ask() != null
          && (rule.ask().unless() == null || !isTrue(rule.ask().unless(), scope))) {
        asked(call, rule, rule.ask(), scope);
      }
    }
    call.counted = List.copyOf(counted);
  }

  private static boolean isTrue(Expression expression, Scope scope) {
    return expression.evaluate(scope).equals(new Evaluation.Value(true));
  }

  private List<String> atMost(int rule, Rule named, Rule.AtMost atMost, Booked call) {
    Set<List<Object>> combinations = new HashSet<>();
    combine(atMost.per(), 0, new ArrayList<>(), call.args, combinations);
    List<String> keys = new ArrayList<>();
    for (List<Object> combination : combinations) {
      String key = rule + "=" + Json.write(combination);
      long times = ledger.dispatched.merge(key, 1L, Long::sum);
      findings.hold(
          times <= atMost.count(),
          Promise.AT_MOST,
          "%s goes out for the %d. time of %d: \"%s\" %s"
              .formatted(call.tool, times, atMost.count(), named.sentence(), combination));
      keys.add(key);
    }
    return keys;
  }

  private static void combine(
      List<ArgRef> per,
      int from,
      List<Object> chosen,
      Map<String, Object> args,
      Set<List<Object>> into) {
    if (from == per.size()) {
      into.add(List.copyOf(chosen));
      return;
    }
    Object value = at(args, per.get(from).path());
    for (Object one : value instanceof List<?> list ? list : List.of(value)) {
      List<Object> next = new ArrayList<>(chosen);
      next.add(one);
      combine(per, from + 1, next, args, into);
    }
  }

  private static Object at(Map<String, Object> args, List<String> path) {
    Object value = args;
    for (String step : path) {
      value = value instanceof Map<?, ?> map && map.get(step) != null ? map.get(step) : "";
    }
    return value;
  }

  /** The role has said yes to this call, just as it goes out. */
  private void asked(Booked call, Rule rule, Rule.Ask ask, Scope scope) {
    Parking parking = call.parking;
    String what = "%s, no. %d, \"%s\": ".formatted(call.tool, call.number, rule.sentence());
    if (parking == null) {
      findings.broken(Promise.ASK, what + "nobody was asked");
      return;
    }
    Set<String> yes = parking.yes.getOrDefault(ask.role(), Set.of());
    int people =
        Quorum.count(ask.people(), scope) instanceof Quorum.Count.Of(int count)
            ? count
            : Integer.MAX_VALUE;
    ask(
        yes.size() >= people && !parking.no,
        what + yes + " of " + ask.role() + " said yes, expected " + people);
    ask.notFrom().forEach(word -> ask(yes.stream().noneMatch(by -> isOne(word, by)), what + yes));
    ask(
        ledger.turn != null && ledger.turn.kind == Turn.Kind.APPROVED,
        what + "it goes out in a turn of another kind");
    ask(parking.visit == ledger.visit.number, what + "the state was left meanwhile");
    ask(parking.args.equals(call.args), what + "asked with " + parking.args);
    ask(
        ledger.shown(parking.shows).equals(parking.shown),
        what + "shown with " + parking.shown + ", now " + ledger.shown(parking.shows));
    ask(parking.shows.containsAll(ask.shows()), what + "not all of " + ask.shows() + " was shown");
  }

  /** Whether somebody is whom a word of {@code notFrom} means, as far as the ledger knows. */
  private boolean isOne(String word, String by) {
    return word.equals(Quorum.CALLER) && by.equals(ledger.caller.id());
  }

  private void ask(boolean holds, String otherwise) {
    findings.hold(holds, Promise.ASK, otherwise);
  }

  // ---- people

  void parked(Parked parked) {
    Booked call = at(parked.number(), Stage.ACCEPTED);
    Map<String, Object> shown = ledger.shown(parked.shows());
    ask(shown.equals(parked.shown()), "shown is %s, not %s".formatted(parked.shown(), shown));
    ask(
        parked.call().args().equals(call.args) && parked.call().tool().equals(call.tool),
        "another call is shown than no. " + call.number);
    Instant latest =
        ledger.machine.rules().stream()
            .filter(rule -> rule.ask() != null && rule.tools().contains(call.tool))
            .map(rule -> now.plus(rule.ask() == null ? null : rule.ask().expires()))
            .max(Instant::compareTo)
            .orElse(now);
    ask(!parked.expires().isAfter(latest), "no. " + call.number + " waits longer than it may");
    unambiguous(parked.hash(), List.of(call.tool, call.args, shown));
    Set<String> roles = new HashSet<>();
    parked.asks().forEach(one -> roles.add(one.role()));
    Parking before = call.parking;
    call.parking =
        new Parking(
            ledger.visit.number,
            call.args,
            parked.shows(),
            shown,
            parked.hash(),
            parked.expires(),
            roles);
    if (before != null
        && before.visit == ledger.visit.number
        && before.hash.equals(parked.hash())) {
      call.parking.yes.putAll(before.yes); // asked more people, and shown nothing else
    }
    for (Parked.Ask one : parked.asks()) {
      ask(
          call.parking.yes.getOrDefault(one.role(), Set.of()).containsAll(one.yes()),
          "no. %d is parked as if %s had answered: %s"
              .formatted(call.number, one.role(), one.yes()));
    }
    call.stage = Stage.PARKED;
  }

  /** A hash stands for one thing that was shown. */
  private void unambiguous(String hash, Object what) {
    String content = Json.write(what);
    String before = ledger.hashes.putIfAbsent(hash, content);
    ask(hash.length() == 64, "the hash " + hash + " is cut");
    ask(before == null || before.equals(content), "one hash for " + content + " and " + before);
  }

  void approvalAsked(Outcome.ApprovalAsked asked) {
    if (ledger.machine.state(ledger.state()) instanceof State.Approval state) {
      Map<String, Object> shown = ledger.shown(state.shows());
      ask(asked.role().equals(state.role()), "asked is " + asked.role());
      ask(asked.shown().equals(shown), "shown is %s, not %s".formatted(asked.shown(), shown));
      unambiguous(asked.hash(), List.of(state.name(), Map.of(), shown));
    } else {
      ask(false, "asked in " + ledger.state());
    }
    ledger.approval =
        new Ledger.Asked(
            asked.number(), asked.role(), asked.shown(), asked.hash(), new HashMap<>());
  }

  /** The values as their fields take them: 25 and 25.0 are the same answer. */
  private Map<String, Object> fitted(Map<String, Object> form) {
    Map<String, Object> fitted = new HashMap<>();
    form.forEach((name, value) -> {
      Field field = ledger.machine.context().get(name);
      fitted.put(
          name,
          field != null && field.entryType().fit(value) instanceof Type.Fit.Fits(Object kept)
              ? kept
              : value);
    });
    return fitted;
  }

  /** An answer leads on only when as many persons have given it as must. */
  void approvalClosed(Outcome.ApprovalClosed closed) {
    Ledger.Asked approval = ledger.approval;
    if (approval != null
        && occurrence instanceof Occurrence.Answered answer
        && answer.number() == closed.number()
        && ledger.machine.state(ledger.state()) instanceof State.Approval state
        && !State.Approval.NO.contains(answer.answer())) {
      Object wanted = List.of(answer.answer(), fitted(answer.form()));
      long alike = approval.given().values().stream().filter(wanted::equals).count();
      boolean enough =
          Quorum.count(state.people(), ledger.scope(now)) instanceof Quorum.Count.Of(int people)
              && alike >= people;
      ask(enough, "%d have answered %s, and it leads on".formatted(alike, answer.answer()));
    }
    ledger.approval = null;
  }

  void answered(Outcome.AnswerTaken taken) {
    if (!(occurrence instanceof Occurrence.Answered answer)
        || answer.number() != taken.number()
        || !answer.answer().equals(taken.answer())
        || !answer.from().equals(taken.by())) {
      ask(false, "an answer that nobody gave: " + taken);
      return;
    }
    Principal from = answer.from();
    boolean isCaller = from.id().equals(ledger.caller.id());
    ask(
        taken.role().equals(Rule.Ask.USER)
            ? isCaller
            : from.has(taken.role()) && (!isCaller || callerMay(taken.role())),
        "%s answers for %s".formatted(from, taken.role()));
    Ledger.Asked approval = ledger.approval;
    if (approval != null && approval.number() == taken.number()) {
      ask(
          approval.role().equals(taken.role()) && approval.hash().equals(answer.hash()),
          "an answer to something else than the approval that is open");
      approval.given().put(from.id(), List.of(answer.answer(), fitted(answer.form())));
      return;
    }
    Booked call = ledger.calls.get(taken.number());
    Parking parking = call == null ? null : call.parking;
    if (call == null || parking == null || call.stage != Stage.PARKED) {
      ask(false, "an answer to no. " + taken.number() + ", which does not wait");
      return;
    }
    ask(parking.hash.equals(answer.hash()), "an answer to another hash than was shown");
    ask(parking.roles.contains(taken.role()), taken.role() + " was not asked");
    ask(!now.isAfter(parking.expires), "an answer at %s, after %s".formatted(now, parking.expires));
    if (answer.answer().equals(Occurrence.Answered.APPROVED)) {
      boolean first =
          parking.yes.computeIfAbsent(taken.role(), role -> new HashSet<>()).add(from.id());
      ask(first, from.id() + " answers twice for " + taken.role());
    } else {
      parking.no = true;
    }
  }

  /** Whether some question to that role takes an answer of the caller. */
  private boolean callerMay(String role) {
    return ledger.machine.rules().stream()
            .anyMatch(rule ->
                rule.ask() != null
                    && rule.ask().role().equals(role)
                    && !rule.ask().notFrom().contains(Quorum.CALLER))
        || (ledger.machine.state(ledger.state()) instanceof State.Approval state
            && !state.notFrom().contains(Quorum.CALLER));
  }

  void parkedEnded(int number) {
    at(number, Stage.PARKED).stage = Stage.OVER;
  }

  void released(int number) {
    Booked call = at(number, Stage.PARKED);
    ask(
        call.parking != null && call.parking.yes.keySet().containsAll(call.parking.roles),
        "no. " + number + " is released before all said yes");
    ask(
        call.parking != null && !now.isAfter(call.parking.expires),
        "no. " + number + " is released after it expired");
    call.stage = Stage.ACCEPTED;
    call.applied = false;
    if (ledger.turn != null) {
      ledger.turn.calls.add(call);
    }
  }

  // ---- what tools answer

  void returned(Outcome.CallReturned returned) {
    Booked call = at(returned.call(), Stage.OUT, Stage.UNKNOWN);
    boolean told =
        switch (occurrence) {
          case Occurrence.CallReturned o ->
              o.call() == call.number && o.result().equals(returned.result());
          case Occurrence.CallProbed o ->
              o.call() == call.number && Boolean.TRUE.equals(o.happened());
          case Occurrence.Resolved o -> o.call() == call.number && o.happened();
          case null, default -> false;
        };
    oneResult(told, "no. %d returned, but nobody said so".formatted(call.number));
    if (occurrence instanceof Occurrence.CallProbed) {
      oneResult(returned.result().facts().isEmpty(), "a probe fills fields");
    }
    call.unfiled.addAll(returned.result().facts());
    call.stage = Stage.RETURNED;
  }

  void failed(Outcome.CallFailed failed) {
    Booked call = at(failed.call(), Stage.OUT, Stage.UNKNOWN);
    boolean told =
        switch (occurrence) {
          case Occurrence.CallFailed o -> o.call() == call.number;
          case Occurrence.CallDrifted o -> o.call() == call.number;
          case Occurrence.CallUnknown o -> o.call() == call.number && reads(call);
          case Occurrence.CallReturned o ->
              o.call() == call.number && o.result().misfit() != null && reads(call);
          case Occurrence.CallProbed o ->
              o.call() == call.number && Boolean.FALSE.equals(o.happened());
          case Occurrence.Resolved o -> o.call() == call.number && !o.happened();
          case null, default -> false;
        };
    oneResult(told, "no. %d failed, but nobody said so".formatted(call.number));
    giveBack(call);
    call.stage = Stage.FAILED;
  }

  void labelled(Outcome.Labelled labelled) {
    Booked call = at(labelled.call(), Stage.RETURNED, Stage.FAILED, Stage.UNKNOWN);
    List<String> words = labels(call);
    oneResult(
        words.containsAll(labelled.labels()) && call.dispatches == 1,
        "no. %d is labelled %s, expected %s".formatted(call.number, labelled.labels(), words));
    ledger.labels.addAll(labelled.labels());
  }

  /** What a call came to is in the conversation now, and with it the labels of its tool. */
  void told(Booked call) {
    oneResult(
        call.dispatches == 0
            || call.stage == Stage.WITHDRAWN
            || ledger.labels.containsAll(labels(call)),
        "no. %d came to something, and only %s is labelled".formatted(call.number, ledger.labels));
  }

  private List<String> labels(Booked call) {
    Tool tool = ledger.machine.tools().get(call.tool);
    return tool == null ? List.of() : tool.labels().stream().map(Label::word).toList();
  }

  void unknown(Outcome.CallUnknown unknown) {
    at(unknown.call(), Stage.OUT).stage = Stage.UNKNOWN;
  }

  void withdrawn(Outcome.CallWithdrawn withdrawn) {
    Booked call = at(withdrawn.call(), Stage.PROPOSED, Stage.ACCEPTED, Stage.OUT);
    oneResult(
        call.stage != Stage.OUT || reads(call),
        "no. %d is out and no read, and nobody waits for it".formatted(call.number));
    call.stage = Stage.WITHDRAWN;
  }

  void settled(Outcome.UnknownSettled settled) {
    Booked call = at(settled.call(), Stage.UNKNOWN);
    boolean told =
        switch (occurrence) {
          case Occurrence.Resolved o ->
              o.call() == call.number && o.happened() == settled.happened() && o.from().operator();
          case Occurrence.CallReturned o -> o.call() == call.number && settled.happened();
          case Occurrence.CallFailed o -> o.call() == call.number && !settled.happened();
          case Occurrence.CallProbed o ->
              o.call() == call.number && Boolean.valueOf(settled.happened()).equals(o.happened());
          case null, default -> false;
        };
    oneResult(told, "no. %d is settled, but nobody said so".formatted(call.number));
    if (settled.happened()) {
      call.stage = Stage.RETURNED;
      if (settled.result() != null) {
        call.unfiled.addAll(settled.result().facts());
      }
    } else {
      giveBack(call);
      call.stage = Stage.FAILED;
    }
  }

  private void giveBack(Booked call) {
    call.counted.forEach(key -> ledger.dispatched.merge(key, -1L, Long::sum));
    call.counted = List.of();
  }

  private boolean reads(Booked call) {
    Tool tool = ledger.machine.tools().get(call.tool);
    return tool != null && tool.effect() == EffectClass.READ;
  }

  private void oneResult(boolean holds, String otherwise) {
    findings.hold(holds, Promise.ONE_RESULT, otherwise);
  }

  /** The call of that number, which must stand at one of these. */
  private Booked at(int number, Stage... stages) {
    Booked call = ledger.calls.get(number);
    if (call == null) {
      oneResult(false, "no. " + number + " was never proposed");
      return new Booked(number, "", Map.of());
    }
    oneResult(
        List.of(stages).contains(call.stage),
        "no. %d is %s, expected %s".formatted(number, call.stage, List.of(stages)));
    return call;
  }
}
