package dev.interlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * An engine on {@link ContractMachine}, and what a suite of rules says about it. A subclass says
 * how an engine is opened, how its time passes and how it is opened again on what it stored.
 *
 * <p>The model says what a test scripts, by instance and number of the question.
 */
@SuppressWarnings("NullAway.Init") // the engine is opened before each test
public abstract class EngineSuite {
  protected static final Principal ANA = new Principal("ana", List.of("employee"));
  protected static final Principal EVE = new Principal("eve", List.of("employee"));
  protected static final Principal BOB = new Principal("bob", List.of("manager"));
  protected static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));

  protected static final Store.Filter ALL = new Store.Filter(null, null, null, null, null, 100);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  protected ContractMachine.World world;
  protected Running running;
  protected Engine engine;

  /** An engine under test. */
  public interface Running extends AutoCloseable {
    Engine engine();

    /** Moves the clock; what is due happens, now or soon. */
    void tick(Duration by);

    /** Carries out what need not wait, if the engine does not do so by itself. */
    void settle();

    /** Has the engine know a machine, as if an engine before it had started instances of it. */
    void learn(Store.PutMachine machine);

    /** Closes the engine and opens another on what it stored. */
    Running restart();

    @Override
    void close();
  }

  /** A new engine with nothing in its store. */
  protected abstract Running open(ContractMachine.World world);

  @BeforeEach
  void openEngine() {
    world = new ContractMachine.World();
    running = open(world);
    engine = running.engine();
  }

  @AfterEach
  void closeEngine() {
    running.close();
  }

  // ---- helpers

  protected void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    running.settle();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "found no sign of it in %s, expected that %s; the journal is %s"
                .formatted(LIMIT, what, journals()));
      }
      Thread.onSpinWait();
      running.settle();
    }
  }

  private String journals() {
    List<String> all = new ArrayList<>();
    for (Store.Row row : engine.list(OPERATOR, ALL)) {
      for (Entry entry : engine.journal(OPERATOR, row.instance(), 0)) {
        all.add("\n" + entry);
      }
    }
    return String.join("", all);
  }

  protected Instance instance(String id) {
    return engine.get(OPERATOR, id).orElseThrow().instance();
  }

  protected Instance awaitInstance(String id, String what, Predicate<Instance> condition) {
    await(what, () -> condition.test(instance(id)));
    return instance(id);
  }

  protected Instance awaitStatus(String id, Status status) {
    return awaitInstance(id, id + " is " + status, instance -> instance.status() == status);
  }

  protected void start(String id, Object... replies) {
    world.model().script(id, replies);
    assertThat(engine.start(ANA, "contract", id, null, Map.of()))
        .isInstanceOf(Acknowledgement.Taken.class);
  }

  /** Starts it and has Ana say something, which opens the first question. */
  protected void begin(String id, Object... replies) {
    start(id, replies);
    taken(engine.send(ANA, id, id + "-m1", "please"));
  }

  protected static Acknowledgement.Taken taken(Acknowledgement acknowledgement) {
    assertThat(acknowledgement).isInstanceOf(Acknowledgement.Taken.class);
    return (Acknowledgement.Taken) acknowledgement;
  }

  protected static void rejected(Acknowledgement acknowledgement, Rejection.Code code) {
    assertThat(acknowledgement)
        .isInstanceOfSatisfying(
            Acknowledgement.Rejected.class,
            rejected -> assertThat(rejected.rejection().code()).isEqualTo(code));
  }

  protected static List<Object> call(String tool, Map<String, Object> with) {
    return List.of(Map.of("call", tool, "with", with));
  }

  protected <T extends Outcome> List<T> outcomes(String id, Class<T> type) {
    return engine.journal(OPERATOR, id, 0).stream()
        .flatMap(entry -> entry.outcomes().stream())
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  protected <T extends Occurrence> List<T> occurrences(String id, Class<T> type) {
    return engine.journal(OPERATOR, id, 0).stream()
        .map(Entry::occurrence)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  protected Parked parked(String id) {
    return awaitInstance(
            id,
            "a call is parked and the turn over",
            instance -> !instance.parked().isEmpty() && instance.turn() == null)
        .parked()
        .getFirst();
  }

  protected boolean rests(Instance instance) {
    return instance.status() == Status.WAITING && instance.questions() > 0;
  }

  /** The machine's second version, with that put for this; the engine knows it from now on. */
  protected Machine second(String that, String put) {
    String text = ContractMachine.TEXT.replace("version: 1", "version: 2").replace(that, put);
    assertThat(text).contains(put);
    Machine machine = ContractMachine.compile(text, ContractMachine.lock());
    running.learn(
        new Store.PutMachine(machine.pin(), machine.name(), text, ContractMachine.lock()));
    return machine;
  }

  protected void restart() {
    running = running.restart();
    engine = running.engine();
  }
}
