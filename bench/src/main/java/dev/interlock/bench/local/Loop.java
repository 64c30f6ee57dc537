package dev.interlock.bench.local;

import dev.interlock.bench.World;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.engine.Settings;
import dev.interlock.local.LocalEngine;
import dev.interlock.local.SqliteStore;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * The loop that is measured: a message, then turns of one question and one call, then a text. Model
 * and tool answer at once, the engine writes to a file on the disk.
 */
final class Loop implements AutoCloseable {
  private static final Principal CALLER = new Principal("ana", List.of("customer"));
  private static final String MESSAGE =
      "Please look at what is the matter with my order of last week.";
  private static final String FOUND = "x".repeat(200);

  /** The two kinds of calls. */
  enum Kind {
    READ("b.look", "{\"about\":\"the order of last week\"}"),
    WRITE("b.lend", "{\"item\":\"the order of last week\"}");

    private final String tool;
    private final String arguments;

    Kind(String tool, String arguments) {
      this.tool = tool;
      this.arguments = arguments;
    }
  }

  private final Kind kind;
  private final int turns;
  private final LocalEngine engine;
  private final Map<String, Times> running = new ConcurrentHashMap<>();
  private int instances;

  /** When each question of an instance came, and that all have. */
  private record Times(LongBuffer asked, CountDownLatch all) {}

  Loop(Path file, Kind kind, int turns) {
    this.kind = kind;
    this.turns = turns;
    this.engine =
        LocalEngine.open(
            SqliteStore.open(file),
            LoopMachine.machines(),
            World.ports(this::reply, call -> FOUND),
            Settings.DEFAULT);
  }

  /** The durable steps of one instance from its message to its last question. */
  int steps() {
    return 1 + 2 * turns;
  }

  /** The seq of the first of them: before it stands the start. */
  static final int FIRST = 2;

  private Reply reply(Question question) {
    Times times = Objects.requireNonNull(running.get(question.instance()));
    int number = (int) question.number();
    times.asked().put(number, System.nanoTime());
    if (number <= turns) {
      return World.calls("I look that up.", question, kind.tool, kind.arguments);
    }
    times.all().countDown();
    return World.says("Your order is on its way.");
  }

  /** Starts that many instances, which wait for their message. */
  List<String> start(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String id = "loop-%06d".formatted(++instances);
      taken(engine.start(CALLER, LoopMachine.NAME, id, null, Map.of()));
      ids.add(id);
    }
    return ids;
  }

  /** Plays all at once, and gives the nanoseconds that took. */
  long play(List<String> ids) throws InterruptedException {
    CountDownLatch all = new CountDownLatch(ids.size());
    ids.forEach(id -> running.put(id, new Times(LongBuffer.allocate(turns + 2), all)));
    long begun = System.nanoTime();
    for (String id : ids) {
      Thread.startVirtualThread(() -> taken(engine.send(CALLER, id, null, MESSAGE)));
    }
    all.await();
    return System.nanoTime() - begun;
  }

  /** When each question of an instance came, in nanoseconds; the first one is no. 1. */
  long[] asked(String id) {
    return Objects.requireNonNull(running.get(id)).asked().array();
  }

  private static void taken(Acknowledgement acknowledgement) {
    if (!(acknowledgement instanceof Acknowledgement.Taken)) {
      throw new IllegalStateException("found " + acknowledgement + ", expected that it is taken");
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
