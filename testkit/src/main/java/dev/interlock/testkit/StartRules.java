package dev.interlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.machine.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every engine holds of machines with errors; a part of {@link EngineContract}. */
abstract class StartRules extends EngineSuite {
  private static final String BROKEN = "broken";

  private Acknowledgement startDespite(Principal by, @Nullable String id) {
    return engine.start(by, new Engine.Start(BROKEN, id, ANA, Map.of(), true));
  }

  @Test
  void machineWithErrorsIsNotStartedAndItsErrorsAreNamed() {
    Acknowledgement refused = engine.start(OPERATOR, BROKEN, "a", ANA, Map.of());

    rejected(refused, Rejection.Code.ERRORS);
    Rejection rejection = ((Acknowledgement.Rejected) refused).rejection();
    assertThat(rejection.findings()).containsExactly("IL003");
    assertThat(rejection.message())
        .contains("IL003 at states.Work, ", "IL003 at states.Again, ")
        .contains("expected none: mend what `interlock check` shows")
        .contains("--despite-errors");
    assertThat(engine.get(OPERATOR, "a")).isEmpty();
    assertThat(engine.list(OPERATOR, ALL)).isEmpty();
  }

  @Test
  void operatorStartsAMachineDespiteItsErrorsAndTheJournalKeepsThat() {
    taken(startDespite(OPERATOR, "a"));

    Occurrence.Started started = occurrences("a", Occurrence.Started.class).getFirst();
    assertThat(started.from().id()).isEqualTo("op");
    assertThat(started.caller().id()).isEqualTo("ana");
    assertThat(started.despite()).containsExactly("IL003");
  }

  @Test
  void nobodyButAnOperatorStartsAMachineDespiteItsErrors() {
    rejected(startDespite(ANA, "a"), Rejection.Code.NOT_ALLOWED);

    assertThat(engine.get(OPERATOR, "a")).isEmpty();
  }

  @Test
  void instanceThatWasStartedDespiteErrorsGoesOnAndIsAcknowledgedAgain() {
    world.model().script("a", "Good morning.");
    taken(startDespite(OPERATOR, "a"));
    restart();

    assertThat(startDespite(OPERATOR, "a")).isEqualTo(new Acknowledgement.Again("a"));
    assertThat(engine.start(OPERATOR, BROKEN, "a", ANA, Map.of()))
        .isEqualTo(new Acknowledgement.Again("a"));
    rejected(engine.start(EVE, BROKEN, "a", null, Map.of()), Rejection.Code.CONFLICT);
    taken(engine.send(ANA, "a", "m1", "Hello."));
    await(
        "it has moved",
        () ->
            outcomes("a", Outcome.Entered.class).stream()
                .anyMatch(entered -> entered.state().equals("Again")));
  }

  @Test
  void ofAMachineWithoutErrorsNothingIsOverridden() {
    taken(engine.start(ANA, new Engine.Start("contract", "a", null, Map.of(), true)));

    assertThat(occurrences("a", Occurrence.Started.class).getFirst().despite()).isNull();
  }

  @Test
  void startsAtOnceOfAMachineThatIsYetToBeCheckedAreAllRejected() throws Exception {
    int many = 8;
    CyclicBarrier together = new CyclicBarrier(many);
    List<Future<Acknowledgement>> starting = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(many)) {
      for (int i = 0; i < many; i++) {
        String id = "a" + i;
        starting.add(
            threads.submit(() -> {
              together.await();
              return engine.start(ANA, BROKEN, id, null, Map.of());
            }));
      }
      for (Future<Acknowledgement> each : starting) {
        rejected(each.get(), Rejection.Code.ERRORS);
      }
    }
    assertThat(engine.list(OPERATOR, ALL)).isEmpty();
  }
}
