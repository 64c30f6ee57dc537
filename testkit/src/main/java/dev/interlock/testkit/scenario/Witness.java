package dev.interlock.testkit.scenario;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Scopes;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.End;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.Mark;
import dev.interlock.core.load.Reader;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Way;
import dev.interlock.core.prompt.Question;
import dev.interlock.testkit.MemoryDesk;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Sees what happened in a scenario, and says how it differs from what is expected. */
final class Witness {
  static final String MODEL = "model";
  static final String USER = "user";
  static final String OPERATOR = "operator";

  private static final Principal AN_OPERATOR =
      new Principal("witness", List.of(Principal.OPERATOR));

  private final Machine machine;
  private final Stage stage;
  private final MemoryDesk desk;

  private final Clock clock;

  private long looked;

  Witness(Machine machine, Stage stage, MemoryDesk desk, Clock clock) {
    this.machine = machine;
    this.stage = stage;
    this.desk = desk;
    this.clock = clock;
  }

  /** From here on, what happened is what happens from now on. */
  void looked() {
    looked = instance().seq();
  }

  /** The newest entry at the last {@code expect}. */
  long lookedAt() {
    return looked;
  }

  Instance instance() {
    return stage.instance(Stage.INSTANCE).orElseGet(() -> Instance.unborn(Stage.INSTANCE));
  }

  Set<Way> visited() {
    return new Visited(machine).of(journal(0));
  }

  /** Where the instance is, in a few words. */
  String where() {
    Instance instance = instance();
    Set<String> awaited = awaited();
    return "the instance is %s in %s%s"
        .formatted(
            instance.status().word(),
            instance.state().isEmpty() ? "no state" : instance.state(),
            awaited.isEmpty() ? "" : " and waits for " + String.join(", ", awaited));
  }

  void check(Expectation expectation, Reader problems) {
    switch (expectation) {
      case Expectation.InState(Mark mark, String state) ->
          same(mark, "state", instance().state(), state, problems);
      case Expectation.HasStatus(Mark mark, String status) ->
          same(mark, "status", instance().status().word(), status, problems);
      case Expectation.WaitsFor(Mark mark, String whom) -> {
        if (!awaited().contains(whom)) {
          unmet(mark, where(), "that it waits for " + whom, problems);
        }
      }
      case Expectation.Said(Mark mark, String part) -> {
        if (said(looked).stream().noneMatch(text -> text.contains(part))) {
          unmet(mark, "it said " + said(looked), "a text with \"" + part + "\"", problems);
        }
      }
      case Expectation.HasField(Mark mark, String field, Object value) -> {
        String found = value(field).map(Json::write).orElse("nothing");
        String expected = Json.write(Written.value(machine.field(field), value));
        same(mark, "field " + field, found, expected, problems);
      }
      case Expectation.Unset(Mark mark, String field) ->
          same(
              mark,
              "field " + field,
              value(field).map(Json::write).orElse("nothing"),
              "nothing",
              problems);
      case Expectation.Calls(Mark mark, List<String> tools) ->
          same(mark, "calls", calls(looked).toString(), tools.toString(), problems);
      case Expectation.Refused refused -> refusals(refused, problems);
      case Expectation.EscalatedWith(Mark mark, Map<String, String> parts) ->
          same(mark, "escalated", escalated(parts.keySet()), parts.toString(), problems);
      case Expectation.Outcome(Mark mark, String outcome) -> {
        End end = instance().end();
        same(mark, "outcome", end == null ? "no end yet" : end.outcome(), outcome, problems);
      }
      case Expectation.NotCalled(Mark mark, String tool) -> {
        if (calls(0).contains(tool)) {
          unmet(mark, "a call of " + tool, "none", problems);
        }
      }
      case Expectation.NoCanary(Mark mark, String text) ->
          leak(text).ifPresent(place -> unmet(mark, text + " in " + place, "it nowhere", problems));
    }
  }

  private static void same(Mark mark, String what, String found, String expected, Reader problems) {
    if (!found.equals(expected)) {
      unmet(mark, what + " " + found, expected, problems);
    }
  }

  private static void unmet(Mark mark, String found, String expected, Reader problems) {
    problems.report(mark, LoadCode.UNMET, found, expected, null);
  }

  /** What the field holds, or comes to if it is derived. */
  private Optional<Object> value(String field) {
    return Optional.ofNullable(
        Scopes.of(machine, instance(), clock.instant()).context().get(field));
  }

  private void refusals(Expectation.Refused refused, Reader problems) {
    List<String> found = new ArrayList<>();
    Map<Integer, String> tools = tools();
    List<Outcome.CallRefused> all = outcomes(looked, Outcome.CallRefused.class).toList();
    for (Outcome.CallRefused one : all) {
      found.add(
          "%s by \"%s\" (%s)"
              .formatted(tools.get(one.call()), one.refusal().rule(), one.refusal().why()));
    }
    boolean met = all.size() == refused.refusals().size();
    for (int i = 0; met && i < all.size(); i++) {
      Expectation.Refusal expected = refused.refusals().get(i);
      met =
          (expected.tool() == null || expected.tool().equals(tools.get(all.get(i).call())))
              && (expected.rule() == null || expected.rule().equals(all.get(i).refusal().rule()));
    }
    if (!met) {
      List<String> expected =
          refused.refusals().stream()
              .map(one ->
                  (one.tool() == null ? "any tool" : one.tool())
                      + " by "
                      + (one.rule() == null ? "any rule" : "\"" + one.rule() + "\""))
              .toList();
      unmet(refused.mark(), "refused " + found, expected.toString(), problems);
    }
  }

  private String escalated(Set<String> parts) {
    Escalated escalated = instance().escalated();
    if (escalated == null) {
      return "not at all";
    }
    Map<String, String> all =
        Map.of(
            "from", escalated.from(),
            "reason", escalated.reason().word(),
            "name", escalated.name());
    Map<String, String> named = new LinkedHashMap<>();
    parts.forEach(part -> named.put(part, all.get(part)));
    return named.toString();
  }

  /** Whom or what the instance waits for. */
  private Set<String> awaited() {
    Instance instance = instance();
    Set<String> awaited = new LinkedHashSet<>();
    stage.open(Stage.INSTANCE).ifPresent(question -> awaited.add(MODEL));
    Approval approval = instance.approval();
    if (approval != null) {
      awaited.add(approval.role());
    }
    for (Parked parked : instance.parked()) {
      parked.asks().stream().filter(ask -> !ask.answered()).forEach(ask -> awaited.add(ask.role()));
    }
    if (instance.status() == Instance.Status.WAITING && instance.visit().waiting()) {
      awaited.add(USER);
    }
    if (instance.status() == Instance.Status.ESCALATED) {
      awaited.add(OPERATOR);
    }
    return awaited;
  }

  /** The number of what people were asked last, over or not. */
  Optional<Integer> waitedLast() {
    return journal(0).stream()
        .flatMap(entry -> entry.outcomes().stream())
        .flatMap(outcome ->
            switch (outcome) {
              case Outcome.CallParked(Parked parked) -> Stream.of(parked.number());
              case Outcome.ApprovalAsked asked -> Stream.of(asked.number());
              default -> Stream.of();
            })
        .reduce((earlier, later) -> later);
  }

  private List<String> said(long after) {
    return outcomes(after, Outcome.Said.class).map(Outcome.Said::text).toList();
  }

  private List<String> calls(long after) {
    Map<Integer, String> tools = tools();
    return outcomes(after, Outcome.CallDispatched.class)
        .map(dispatched -> String.valueOf(tools.get(dispatched.call())))
        .toList();
  }

  private Map<Integer, String> tools() {
    Map<Integer, String> tools = new HashMap<>();
    outcomes(0, Outcome.CallProposed.class)
        .forEach(proposed -> tools.put(proposed.call(), proposed.tool()));
    return tools;
  }

  private <T extends Outcome> Stream<T> outcomes(long after, Class<T> kind) {
    return journal(after).stream()
        .flatMap(entry -> entry.outcomes().stream())
        .filter(kind::isInstance)
        .map(kind::cast);
  }

  List<Entry> journal(long after) {
    return stage.entries(Stage.INSTANCE).stream().filter(e -> e.seq() > after).toList();
  }

  /** Where a text appears that must appear nowhere. */
  private Optional<String> leak(String text) {
    Stream<String> said =
        said(0).stream().filter(one -> one.contains(text)).map(one -> "what was said");
    Stream<String> prompts =
        journal(0).isEmpty()
            ? Stream.of()
            : stage.questions(Stage.INSTANCE).stream()
                .filter(question -> question.toString().contains(text))
                .map(Question::number)
                .map(number -> "question " + number);
    Stream<String> people =
        Stream.concat(desk.tickets().stream(), desk.notices().stream())
            .map(Object::toString)
            .filter(one -> one.contains(text))
            .map(one -> "what the desk was told");
    Stream<String> entries =
        stage.engine().journal(AN_OPERATOR, Stage.INSTANCE, 0).stream()
            .filter(entry -> entry.toString().contains(text))
            .map(entry -> "entry " + entry.seq());
    return Stream.of(said, prompts, people, entries).flatMap(all -> all).findFirst();
  }
}
