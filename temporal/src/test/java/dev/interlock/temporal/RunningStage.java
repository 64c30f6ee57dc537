package dev.interlock.temporal;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Effects;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.scenario.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A stage on an engine that works by itself. It looks at the store until what the engine has
 * acknowledged is there, and nothing is to be done that need not wait.
 */
final class RunningStage implements Stage {
  static final Principal OPERATOR = new Principal("stage", List.of(Principal.OPERATOR));

  /** Long, since it only ends what would never end. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Machine machine;
  private final World world;
  private final Home home;
  private final List<Entry> entries = new ArrayList<>();
  private Instance stored = Instance.unborn(INSTANCE);

  /** What the engine reaches. */
  record World(HeldModel model, InOrder tools, ManualClock clock, Duration settleAfter) {}

  /**
   * An engine that reaches it.
   *
   * @param ticked told when the clock was moved, and by how much
   */
  record Home(Engine engine, Store store, Consumer<Duration> ticked, Runnable close) {}

  RunningStage(Machine machine, World world, Home home) {
    this.machine = machine;
    this.world = world;
    this.home = home;
    world.tools().of(home.engine());
  }

  @Override
  public Engine engine() {
    return home.engine();
  }

  @Override
  public void settle() {
    long acknowledged =
        engine().get(OPERATOR, INSTANCE).map(view -> view.instance().seq()).orElse(0L);
    long end = System.nanoTime() + LIMIT.toNanos();
    for (Instance now = stored(); now.seq() < acknowledged || !rests(now); now = stored()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "found entry %d of %d and still to be done %s, expected that it comes to rest"
                .formatted(now.seq(), acknowledged, Effects.pending(machine, now)));
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private boolean rests(Instance instance) {
    return Effects.pending(machine, instance).stream()
        .allMatch(effect ->
            switch (effect) {
              case Effect.Ask(long question) ->
                  open(INSTANCE).filter(it -> it.number() == question).isPresent();
              case Effect.Dispatch dispatch -> false;
              case Effect.OpenTicket ticket -> false;
              case Effect.SetTimer timer -> timer.due().isAfter(world.clock().instant());
              case Effect.Probe probe -> at(probe).isAfter(world.clock().instant());
              case Effect.Notify notice -> true; // nothing follows from it
              case Effect.AbandonQuestion abandoned -> true;
              case Effect.AbandonCall abandoned -> true;
              case Effect.CancelTimer cancelled -> true;
            });
  }

  private Instant at(Effect.Probe probe) {
    return probe.deadline().plus(world.settleAfter());
  }

  @Override
  public void tick(Duration by) {
    Instant target = world.clock().instant().plus(by);
    settle();
    for (Optional<Instant> due = due(target); due.isPresent(); due = due(target)) {
      moveTo(due.get());
    }
    moveTo(target);
  }

  /** When the next thing is due that must wait now. */
  private Optional<Instant> due(Instant target) {
    return Effects.pending(machine, stored).stream()
        .flatMap(effect ->
            switch (effect) {
              case Effect.SetTimer timer -> Stream.of(timer.due());
              case Effect.Probe probe -> Stream.of(at(probe));
              default -> Stream.of();
            })
        .filter(due -> !due.isAfter(target))
        .min(Comparator.naturalOrder());
  }

  private void moveTo(Instant time) {
    Duration by = Duration.between(world.clock().instant(), time);
    world.clock().moveTo(time);
    home.ticked().accept(by);
    settle();
  }

  @Override
  public Optional<Question> open(String instance) {
    return world.model().open();
  }

  @Override
  public List<Question> questions(String instance) {
    return world.model().asked();
  }

  @Override
  public void reply(String instance, Reply reply) {
    world.model().reply(reply);
  }

  @Override
  public void fail(String instance, String why) {
    world.model().fail(why);
  }

  @Override
  public Optional<Instance> instance(String id) {
    return Optional.of(stored).filter(instance -> instance.seq() > 0);
  }

  /** As the store has it. */
  private Instance stored() {
    for (SealedEntry sealed : home.store().entries(INSTANCE, stored.seq(), Integer.MAX_VALUE)) {
      Entry entry = Sealing.open(sealed);
      entries.add(entry);
      stored = Evolve.evolve(stored, entry);
    }
    return stored;
  }

  /** As the store had them when it was last looked at. */
  @Override
  public List<Entry> entries(String id) {
    return List.copyOf(entries);
  }

  @Override
  public void close() {
    home.close().run();
  }
}
