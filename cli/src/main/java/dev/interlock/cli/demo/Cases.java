package dev.interlock.cli.demo;

import dev.interlock.cli.program.Failure;
import dev.interlock.cli.tell.Line;
import dev.interlock.cli.tell.Narrator;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The cases of the story, as their journals tell them: whichever engine is there is asked. */
final class Cases {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(40);
  private static final String MACHINE = "it-access";

  private final Principal self;
  private final Teller teller;
  private final Duration patience;
  private final Map<String, Told> told = new HashMap<>();
  private @Nullable Engine engine;
  private @Nullable EngineProcess process;

  /** How far a case has been told. */
  private static final class Told {
    private final Narrator narrator = new Narrator();
    private final List<Entry> journal = new ArrayList<>();
    private int words = 1;
  }

  /**
   * @param self who asks for what everybody may see
   * @param patience how long one thing may take before the demonstration gives up
   */
  Cases(Principal self, Teller teller, Duration patience) {
    this.self = self;
    this.teller = teller;
    this.patience = patience;
  }

  /** From now on that engine is asked. */
  void engine(Engine asked, EngineProcess runs) {
    this.engine = asked;
    this.process = runs;
  }

  private Engine engine() {
    return Objects.requireNonNull(engine);
  }

  void open(Person person) {
    taken(engine().start(person.principal(), MACHINE, person.instance(), null, Map.of()));
  }

  /** The person writes what they came for. */
  void write(Person person) {
    taken(engine().send(person.principal(), person.instance(), null, person.words().getFirst()));
  }

  void approve(Person person, Parked parked, Principal by) {
    Engine.Answer yes = new Engine.Answer(parked.number(), parked.hash(), "approved", Map.of());
    taken(engine().answer(by, person.instance(), null, yes));
  }

  private static void taken(Acknowledgement acknowledgement) {
    if (acknowledgement instanceof Acknowledgement.Rejected rejected) {
      throw new Failure(rejected.rejection().message());
    }
  }

  View view(Person person) {
    return engine()
        .get(self, person.instance())
        .orElseThrow(() -> new Failure("The case " + person.instance() + " is not there."));
  }

  Instance instance(Person person) {
    return view(person).instance();
  }

  /** Everything that was told of a case so far. */
  List<Entry> journal(Person person) {
    return List.copyOf(told(person).journal);
  }

  private Told told(Person person) {
    return told.computeIfAbsent(person.instance(), id -> new Told());
  }

  /** Whether the person has nothing more to say. */
  boolean saidAll(Person person) {
    return told(person).words == person.words().size();
  }

  /** Tells what happens to a case until something is so. */
  void tell(Person person, String awaited, Predicate<Instance> until) throws InterruptedException {
    Told so = told(person);
    await(
        awaited + " (" + person.instance() + ")",
        () -> {
          Instance now = instance(person);
          boolean there = until.test(now);
          if (!there) {
            answer(person, now, so);
          }
          return there;
        },
        person);
  }

  /** Waits until something is so, and tells what happens to that person's case meanwhile. */
  void await(String awaited, BooleanSupplier until, Person person) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!until.getAsBoolean()) {
      news(person);
      @Nullable Escalated escalated = instance(person).escalated();
      if (escalated != null && escalated.reason() == Reason.MODEL) {
        throw Failure.of(
            "a model that does not answer: " + escalated.detail(),
            awaited,
            "check the key and the network, or run ./interlock demo, which needs neither");
      }
      if (escalated != null && !person.equals(Person.MALLORY)) { // hers is meant to
        throw Failure.of(
            "%s escalated, reason %s: %s"
                .formatted(person.instance(), escalated.reason(), escalated.detail()),
            awaited,
            "read engine.log in the demonstration's folder, or try again when this machine has"
                + " less to do");
      }
      if (process != null && !process.alive()) {
        throw Failure.of(
            "the engine ended by itself", awaited, "read engine.log in the demonstration's folder");
      }
      if (System.nanoTime() > deadline) {
        throw Failure.of(
            "nothing of the kind after " + patience.toSeconds() + " s",
            awaited,
            "read engine.log in the demonstration's folder, or try again when this machine has"
                + " less to do");
      }
      Thread.sleep(LOOK_AGAIN);
    }
    news(person);
  }

  private void news(Person person) throws InterruptedException {
    Told so = told(person);
    long after = so.journal.isEmpty() ? 0 : so.journal.getLast().seq();
    for (Entry entry : engine().journal(self, person.instance(), after)) {
      so.journal.add(entry);
      for (Line line : so.narrator.tell(entry)) {
        Optional<Line> told = Tale.of(entry, line);
        if (told.isPresent()) {
          teller.line(person.name(), told.get());
        }
      }
    }
  }

  /** The person answers an agent that waits for them; a scripted one does not. */
  private void answer(Person person, Instance now, Told so) {
    boolean waits =
        now.status() == Instance.Status.WAITING
            && now.visit().waiting()
            && now.parked().isEmpty()
            && now.inbox().messages().isEmpty();
    boolean asked = !so.journal.isEmpty() && now.questions() > 0;
    if (waits && asked && so.words < person.words().size()) {
      taken(
          engine().send(person.principal(), person.instance(), null, person.words().get(so.words)));
      so.words++;
    }
  }
}
