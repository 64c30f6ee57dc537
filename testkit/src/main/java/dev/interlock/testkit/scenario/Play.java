package dev.interlock.testkit.scenario;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.Mark;
import dev.interlock.core.load.Reader;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Script;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.MemoryDesk;
import dev.interlock.testkit.ScriptedTools;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run of one scenario. */
final class Play implements AutoCloseable {
  private final Machine machine;
  private final Scenario scenario;
  private final Reader problems;
  private final MemoryDesk desk = new MemoryDesk();
  private final Stage stage;
  private final Engine engine;
  private final Witness witness;
  private Acknowledgement.@Nullable Rejected rejected;
  private Mark at;
  private List<Entry> journal = List.of();
  private long looked;

  /** A step that could not be taken: the rest is not run. */
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialised
    private final Diagnostic diagnostic;

    Stop(Mark mark, LoadCode code, String found, String expected, @Nullable String hint) {
      super(found, null, false, false);
      this.diagnostic = new Diagnostic(mark, code, found, expected, hint);
    }
  }

  Play(Machine machine, Scenario scenario, ToolHost real, Stage.Opening opening, Reader problems) {
    this.machine = machine;
    this.scenario = scenario;
    this.problems = problems;
    this.at = scenario.mark();
    ScriptedTools tools = new ScriptedTools().otherwise(real);
    scenario.tools().forEach(tools::answer);
    ManualClock clock = new ManualClock();
    stage = opening.open(machine, tools, desk, clock);
    engine = stage.engine();
    witness = new Witness(machine, stage, desk, clock);
  }

  /** Runs it to its end or to the first step that cannot be taken. */
  ScenarioResult run(String file, String name) {
    int ran = 0;
    try {
      acknowledge(
          engine.start(scenario.caller(), machine.name(), Stage.INSTANCE, null, scenario.input()));
      for (Step step : scenario.steps()) {
        if (rejected != null && !(step instanceof Step.Rejected)) {
          throw stopRejected(rejected);
        }
        at = step.mark();
        ran++;
        take(step);
      }
      if (rejected != null) {
        throw stopRejected(rejected);
      }
      nothingLeftOpen();
    } catch (Stop stop) {
      Diagnostic d = stop.diagnostic;
      problems.report(d.mark(), d.code(), d.found(), d.expected(), d.hint());
      failed();
      leftOver(ran);
    } catch (RuntimeException e) { // a scenario must never bring down whoever runs it
      problems.report(
          at,
          LoadCode.INTERNAL,
          ScenarioRunner.described(e),
          "a step that can be carried out",
          null);
      failed();
    }
    return new ScenarioResult(
        file, name, problems.diagnostics(), journal, looked, witness.visited());
  }

  /** Keeps what led to the first problem. */
  private void failed() {
    if (journal.isEmpty() && problems.count() > 0) {
      journal = witness.journal(0);
      looked = witness.lookedAt();
    }
  }

  private void acknowledge(Acknowledgement acknowledgement) {
    rejected = acknowledgement instanceof Acknowledgement.Rejected rejection ? rejection : null;
    stage.settle();
  }

  private Stop stopRejected(Acknowledgement.Rejected refused) {
    return new Stop(
        at,
        LoadCode.STOPPED,
        "the rejection \"%s\"".formatted(words(refused)),
        "that it is taken",
        "if it must be rejected, let the next step be `rejected: WORDS`");
  }

  private static String words(Acknowledgement.Rejected refused) {
    return refused.rejection().code() + ": " + refused.rejection().message();
  }

  private void leftOver(int ran) {
    long replies = scenario.repliesFrom(ran);
    if (replies > 0) {
      problems.report(
          scenario.steps().get(ran).mark(),
          LoadCode.LEFT_OPEN,
          replies == 1 ? "1 reply was never asked for" : replies + " replies were never asked for",
          "every reply to answer a question",
          "mend the step above first");
    }
  }

  private void nothingLeftOpen() {
    boolean expected =
        !scenario.steps().isEmpty()
            && scenario.steps().getLast() instanceof Step.Expect(Mark mark, var all)
            && all.stream()
                .anyMatch(one ->
                    one instanceof Expectation.WaitsFor(Mark m, String whom)
                        && whom.equals(Witness.MODEL));
    if (stage.open(Stage.INSTANCE).isPresent() && !expected) {
      problems.report(
          at,
          LoadCode.LEFT_OPEN,
          "question %d to the model left open: %s"
              .formatted(stage.open(Stage.INSTANCE).orElseThrow().number(), witness.where()),
          "that each question is answered",
          "add a `model:` step, or end with `expect: {waits: model}`");
      failed();
    }
  }

  // ---- steps

  private void take(Step step) {
    switch (step) {
      case Step.User user ->
          acknowledge(
              engine.send(
                  or(user.as()), Stage.INSTANCE, null, user.text(), user.form(), user.documents()));
      case Step.Model(Mark mark, Object reply) -> {
        long number = open().number();
        stage.reply(Stage.INSTANCE, Script.reply(reply, number));
        stage.settle();
      }
      case Step.ModelFails(Mark mark, String why) -> {
        open();
        stage.fail(Stage.INSTANCE, why);
        stage.settle();
      }
      case Step.Answer answer -> answer(answer);
      case Step.Event(Mark mark, Principal as, String name, Object payload) ->
          acknowledge(engine.event(or(as), Stage.INSTANCE, null, name, payload));
      case Step.Time(Mark mark, var by) -> stage.tick(by);
      case Step.Resolve resolve -> resolve(resolve);
      case Step.Resume(Mark mark, Principal as, String state, var grant) ->
          acknowledge(engine.resume(as, Stage.INSTANCE, state, grant));
      case Step.Cancel(Mark mark, Principal as, String why) ->
          acknowledge(engine.cancel(as, Stage.INSTANCE, why));
      case Step.Rejected(Mark mark, String words) -> rejected(words);
      case Step.Expect(Mark mark, List<Expectation> all) -> {
        all.forEach(one -> witness.check(one, problems));
        failed();
        witness.looked();
      }
    }
  }

  private Principal or(@Nullable Principal as) {
    return as == null ? scenario.caller() : as;
  }

  private Question open() {
    return stage
        .open(Stage.INSTANCE)
        .orElseThrow(() ->
            new Stop(
                at,
                LoadCode.STOPPED,
                "no open question: " + witness.where(),
                "one that this reply answers",
                null));
  }

  private void rejected(String words) {
    if (rejected == null) {
      throw new Stop(at, LoadCode.STOPPED, "that it was taken", "a rejection: " + words, null);
    }
    String found = words(rejected).toLowerCase(Locale.ROOT);
    if (!found.contains(words.toLowerCase(Locale.ROOT))) {
      problems.report(
          at, LoadCode.STOPPED, "the rejection \"" + words(rejected) + "\"", words, null);
      failed();
    }
    rejected = null;
  }

  private void answer(Step.Answer answer) {
    int number = answer.number() > 0 ? answer.number() : waiting(answer.as());
    String hash = answer.hash() == null ? shown(number) : answer.hash();
    acknowledge(
        engine.answer(
            answer.as(),
            Stage.INSTANCE,
            null,
            new Engine.Answer(number, hash, answer.say(), answer.form())));
  }

  /** The one thing that waits for an answer, or the one that waits for somebody's role. */
  private int waiting(Principal as) {
    Instance instance = witness.instance();
    List<Integer> all = new ArrayList<>();
    List<Integer> own = new ArrayList<>();
    Optional<Approval> approval = Optional.ofNullable(instance.approval());
    approval.ifPresent(open -> {
      all.add(open.number());
      if (as.has(open.role())) {
        own.add(open.number());
      }
    });
    for (Parked parked : instance.parked()) {
      all.add(parked.number());
      if (parked.asks().stream().anyMatch(ask -> !ask.answered() && as.has(ask.role()))) {
        own.add(parked.number());
      }
    }
    if (all.isEmpty()) {
      witness.waitedLast().ifPresent(all::add); // what is over: the engine says so
    }
    List<Integer> chosen = own.size() == 1 ? own : all;
    if (chosen.size() != 1) {
      throw new Stop(
          at,
          LoadCode.STOPPED,
          all.isEmpty() ? "nothing that waits: " + witness.where() : "several that wait: " + all,
          "one that this answers",
          all.isEmpty() ? null : "add `number:`");
    }
    return chosen.getFirst();
  }

  private String shown(int number) {
    Instance instance = witness.instance();
    Approval approval = instance.approval();
    if (approval != null && approval.number() == number) {
      return approval.hash();
    }
    return instance.parked().stream()
        .filter(parked -> parked.number() == number)
        .map(Parked::hash)
        .findFirst()
        .orElse("over");
  }

  private void resolve(Step.Resolve resolve) {
    int call = resolve.call();
    if (call == 0) {
      List<Integer> unknown =
          witness
              .instance()
              .liveCalls()
              .filter(live -> live.stage() == Call.Stage.UNKNOWN)
              .map(Call::number)
              .distinct()
              .toList();
      if (unknown.size() != 1) {
        throw new Stop(
            at,
            LoadCode.STOPPED,
            "unknown calls " + unknown,
            "one that this settles",
            "add `call:`");
      }
      call = unknown.getFirst();
    }
    String result = resolve.result() == null ? null : Json.write(resolve.result());
    acknowledge(engine.resolve(resolve.as(), Stage.INSTANCE, call, resolve.happened(), result));
  }

  @Override
  public void close() {
    stage.close();
  }
}
