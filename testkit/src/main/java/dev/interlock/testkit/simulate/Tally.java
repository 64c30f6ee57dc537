package dev.interlock.testkit.simulate;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Way;
import dev.interlock.testkit.scenario.Visited;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is counted of all runs that one thread plays; tallies add up to the same in any order. */
final class Tally {
  private final Visited visited;
  private final Map<Arrival, Optional<Way>> arrivals = new HashMap<>();
  private final Map<Integer, String> roles = new HashMap<>();

  final Map<String, Map<Profile, Long>> ends = new TreeMap<>();
  final Map<String, Long> states = new HashMap<>();
  final Map<Way, Long> ways = new HashMap<>();
  final Map<String, Map<Outcome.Verdict, Long>> verdicts = new HashMap<>();
  final Counted<String> refusals = new Counted<>();
  final Map<String, Asked> asked = new TreeMap<>();
  final Counted<SimulationReport.Escalation> escalations = new Counted<>();
  final Map<Surprise.Key, Surprise> surprises = new TreeMap<>();

  /** In how many runs a property was at stake. */
  final Map<String, Long> near = new HashMap<>();

  long turns;
  long questions;
  long steps;
  long rejected;
  long checked;

  /** How often a role was asked, and what came of it. */
  static final class Asked {
    long times;
    final Counted<String> answers = new Counted<>();
  }

  private record Arrival(String from, String to, String cause, boolean back, String answer) {}

  Tally(Machine machine) {
    this.visited = new Visited(machine);
  }

  /** Another run begins. */
  void begin() {
    roles.clear();
  }

  // ---- one outcome

  void take(String state, Entry entry, Outcome outcome) {
    switch (outcome) {
      case Outcome.Asked question -> questions++;
      case Outcome.TurnOpened turn -> turns++;
      case Outcome.Entered entered -> enter(state, entry.occurrence(), entered);
      case Outcome.Ruled(int call, String rule, Outcome.Verdict verdict) ->
          verdicts
              .computeIfAbsent(rule, it -> new EnumMap<>(Outcome.Verdict.class))
              .merge(verdict, 1L, Long::sum);
      case Outcome.CallRefused(int call, var refusal) -> refusals.add(refusal.rule());
      case Outcome.CallParked(var parked) ->
          parked
              .asks()
              .forEach(ask -> {
                asked(ask.role()).times++;
                roles.put(parked.number(), ask.role());
              });
      case Outcome.ApprovalAsked approval -> {
        asked(approval.role()).times++;
        roles.put(approval.number(), approval.role());
      }
      case Outcome.AnswerTaken answer -> asked(answer.role()).answers.add(answer.answer());
      case Outcome.ParkedEnded(int number, var how, String why) -> {
        if (how != Outcome.ParkedEnded.How.REJECTED) {
          asked(roles.getOrDefault(number, "")).answers.add(word(how));
        }
      }
      case Outcome.Escalation(var escalated) ->
          escalations.add(
              new SimulationReport.Escalation(escalated.from(), escalated.reason().word()));
      default -> {}
    }
  }

  private Asked asked(String role) {
    return asked.computeIfAbsent(role, it -> new Asked());
  }

  private static String word(Outcome.ParkedEnded.How how) {
    return switch (how) {
      case REJECTED -> Occurrence.Answered.REJECTED;
      case EXPIRED -> "expired";
      case VOID -> "void";
      case TAKEN_BACK -> "taken back";
    };
  }

  private void enter(String from, Occurrence occurrence, Outcome.Entered entered) {
    states.merge(entered.state(), 1L, Long::sum);
    String answer = occurrence instanceof Occurrence.Answered answered ? answered.answer() : "";
    arrivals
        .computeIfAbsent(
            new Arrival(from, entered.state(), entered.cause(), entered.back(), answer),
            it -> visited.way(from, entered, occurrence))
        .ifPresent(way -> ways.merge(way, 1L, Long::sum));
  }

  // ---- the end of a run

  void end(String how, Profile profile) {
    ends.computeIfAbsent(how, it -> new EnumMap<>(Profile.class)).merge(profile, 1L, Long::sum);
  }

  /** Of the same, the shortest is shown; of two that are as short, the first. */
  void surprise(Surprise it) {
    surprises.merge(
        new Surprise.Key(it.kind(), it.what()),
        it,
        (one, other) -> {
          boolean first =
              one.steps() != other.steps()
                  ? one.steps() < other.steps()
                  : one.shown() <= other.shown();
          Surprise shown = first ? one : other;
          return new Surprise(
              shown.kind(),
              shown.what(),
              shown.detail(),
              one.runs() + other.runs(),
              shown.shown(),
              shown.profile(),
              shown.steps());
        });
  }

  // ---- all together

  void add(Tally other) {
    other.ends.forEach((how, by) ->
        by.forEach((profile, runs) ->
            ends.computeIfAbsent(how, it -> new EnumMap<>(Profile.class))
                .merge(profile, runs, Long::sum)));
    other.states.forEach((state, times) -> states.merge(state, times, Long::sum));
    other.near.forEach((property, runs) -> near.merge(property, runs, Long::sum));
    other.ways.forEach((way, times) -> ways.merge(way, times, Long::sum));
    other.verdicts.forEach((rule, by) ->
        by.forEach((verdict, times) ->
            verdicts
                .computeIfAbsent(rule, it -> new EnumMap<>(Outcome.Verdict.class))
                .merge(verdict, times, Long::sum)));
    refusals.add(other.refusals);
    other.asked.forEach((role, one) -> {
      asked(role).times += one.times;
      asked(role).answers.add(one.answers);
    });
    escalations.add(other.escalations);
    other.surprises.values().forEach(this::surprise);
    turns += other.turns;
    questions += other.questions;
    steps += other.steps;
    rejected += other.rejected;
    checked += other.checked;
  }
}
