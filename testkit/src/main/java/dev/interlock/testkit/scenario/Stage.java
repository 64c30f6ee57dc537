package dev.interlock.testkit.scenario;

import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An engine as a scenario is played on it: whoever plays is the model, and moves the time. */
public interface Stage extends AutoCloseable {
  /** The id of the instance that a scenario starts. */
  String INSTANCE = "scenario";

  /** Makes a stage for each scenario. */
  interface Opening {
    /**
     * An engine with nothing in it.
     *
     * @param machine the only one that it knows
     * @param clock its time, which stands until {@link Stage#tick} moves it
     */
    Stage open(Machine machine, ToolHost tools, Desk desk, ManualClock clock);
  }

  Engine engine();

  /** Comes back when everything is done that need not wait for time, for people or for a reply. */
  void settle();

  /** Moves the clock forward; what becomes due on the way happens then, in order. */
  void tick(Duration by);

  /** The open question of an instance. */
  Optional<Question> open(String instance);

  /** Every question that was asked of an instance, oldest first. */
  List<Question> questions(String instance);

  /**
   * Answers the open question.
   *
   * @throws IllegalStateException if none is open
   */
  void reply(String instance, Reply reply);

  /**
   * The open question fails after its retries.
   *
   * @throws IllegalStateException if none is open
   */
  void fail(String instance, String why);

  /** An instance as it is, nothing hidden; empty if there is none. */
  Optional<Instance> instance(String id);

  /** An instance's entries as they are, nothing hidden; empty if there is none. */
  List<Entry> entries(String id);

  @Override
  void close();
}
