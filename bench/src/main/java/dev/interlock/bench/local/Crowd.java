package dev.interlock.bench.local;

import dev.interlock.bench.BenchMachine;
import dev.interlock.bench.World;
import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Reply;
import dev.interlock.engine.Live;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Requests;
import dev.interlock.local.SqliteStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Many instances in a file, made quickly: decided, folded, sealed and committed as an engine does
 * it, without waiting for one after the other.
 */
final class Crowd implements AutoCloseable {
  /** How many go into one commit. */
  private static final int GROUP = 500;

  /** So many people share the instances. */
  static final int CALLERS = 1_000;

  private static final String QUESTION = "What exactly do you need, and from when on?";

  private final Machines.Definition definition = BenchMachine.machines().current().getFirst();
  private final Machine machine = definition.machine();
  private final Instant begun;
  private final SqliteStore store;

  /** How far an instance has come. */
  enum Kind {
    /** It was asked for something, and waits for the next message. */
    WAITING,
    /** It waits for a manager. */
    DECIDING,
    /** Its model failed. */
    ESCALATED,
    /** Its question to the model is under way. */
    OPEN,
    /** It has ended. */
    DONE
  }

  /**
   * @param begun when all of it happened
   */
  Crowd(Path file, Instant begun) {
    this.begun = begun;
    this.store = SqliteStore.open(file);
    store.commit(
        List.of(
            new Store.PutMachine(
                machine.pin(), machine.name(), definition.text(), definition.lock())));
  }

  /** Adds instances; the number of each says what it is. */
  void add(int count, IntFunction<Kind> kinds) {
    List<Store.Write> writes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      one(i, kinds.apply(i), writes);
      if (i % GROUP == GROUP - 1 || i == count - 1) {
        store.commit(List.copyOf(writes));
        writes.clear();
      }
    }
  }

  static Principal caller(int number) {
    return new Principal("person-%03d".formatted(number % CALLERS), List.of("customer"));
  }

  private void one(int number, Kind kind, List<Store.Write> writes) {
    String id = "%s-%06d".formatted(BenchMachine.NAME, number);
    Principal caller = caller(number);
    Live live = Live.unborn(machine, id, Requests.hex(32));
    writes.add(new Store.Create(id, machine.pin(), live.key()));
    Instant at = begun.plusMillis(number);
    live = step(live, it -> new Occurrence.Started("start", at, caller, caller, Map.of()), writes);
    String text = "I need a laptop for the new colleague in our team, please.";
    live = step(live, it -> new Occurrence.MessageSent("m1", at, caller, text, null, null), writes);
    switch (kind) {
      case OPEN -> {}
      case WAITING -> step(live, it -> replied(it, at, World.says(QUESTION)), writes);
      case ESCALATED ->
          step(live, it -> new Occurrence.QuestionFailed(at, it.questions(), "no answer"), writes);
      case DECIDING -> {
        live = step(live, it -> calls(it, at, "b.lend", "{\"item\":\"a laptop\"}"), writes);
        step(live, it -> replied(it, at, World.says("Your manager must approve.")), writes);
      }
      case DONE -> step(live, it -> calls(it, at, "record", "{\"done\":true}"), writes);
    }
  }

  private static Occurrence calls(Instance instance, Instant at, String tool, String arguments) {
    Reply.Call call = new Reply.Call("c1", tool, arguments);
    return replied(
        instance, at, new Reply(List.of(call), Reply.Stop.CALLS, "bench", Reply.Usage.NONE));
  }

  private static Occurrence replied(Instance instance, Instant at, Reply reply) {
    return new Occurrence.QuestionReplied(at, instance.questions(), reply);
  }

  private Live step(Live live, Function<Instance, Occurrence> make, List<Store.Write> writes) {
    Occurrence occurrence = make.apply(live.instance());
    if (!(Decide.decide(machine, live.instance(), occurrence)
        instanceof Decision.Accepted accepted)) {
      throw new IllegalStateException("not accepted: " + occurrence);
    }
    Entry entry = Entry.next(live.instance(), occurrence, accepted.outcomes());
    Instance next = Evolve.evolve(live.instance(), entry);
    SealedEntry sealed = new Sealing(live.key()).seal(entry, live.head());
    writes.add(new Store.Append(sealed));
    if (occurrence instanceof Occurrence.Sent sent) {
      writes.add(new Store.Remember(next.id(), sent.id()));
    }
    Store.Snapshot snapshot =
        next.end() == null
            ? null
            : new Store.Snapshot(next.id(), next.seq(), JournalJson.write(next));
    writes.add(new Store.Update(Store.Row.of(machine, next, occurrence.at()), snapshot));
    return live.after(entry, next, sealed.hash());
  }

  @Override
  public void close() {
    store.close();
  }
}
