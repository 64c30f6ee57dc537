package dev.interlock.bench.overload;

import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.machine.Principal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Those who start an instance and send it a message, each once, and what they are told. */
final class Callers {
  static final Principal ANA = new Principal("ana", List.of("customer"));

  /** Every how many-th of those who come by themselves asks through the socket. */
  private static final int BY_SOCKET = 20;

  private final Sample acknowledged = new Sample();
  private final Sample refused = new Sample();
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final Map<String, AtomicLong> told = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final String prefix;
  private final Engine engine;
  private final Engine socket;

  Callers(String prefix, Engine engine, Engine socket) {
    this.prefix = prefix;
    this.engine = engine;
    this.socket = socket;
  }

  /** How long the acknowledgements of what was taken took. */
  Sample acknowledged() {
    return acknowledged;
  }

  /** How long it took to be told to wait. */
  Sample refused() {
    return refused;
  }

  /** The instances whose message was taken. */
  Set<String> accepted() {
    return accepted;
  }

  /** What was said, other than that it is taken, and how often. */
  Map<String, Object> told() {
    Map<String, Object> all = new TreeMap<>();
    told.forEach((what, count) -> all.put(what, count.get()));
    return all;
  }

  /** One caller: true if its message was taken. */
  boolean one() {
    return one(engine, prefix + "-" + numbers.incrementAndGet());
  }

  private boolean one(Engine by, String id) {
    try {
      if (!taken(() -> by.start(ANA, "bench", id, null, Map.of()))) {
        return false;
      }
      boolean taken = taken(() -> by.send(ANA, id, "first", "Where is my order of last week?"));
      if (taken) {
        accepted.add(id);
      }
      return taken;
    } catch (RuntimeException e) { // whatever it is, the caller was told nothing clear
      count("broken: " + e.getMessage());
      return false;
    }
  }

  private interface Request {
    Acknowledgement send();
  }

  private boolean taken(Request request) {
    long before = System.nanoTime();
    Acknowledgement answer = request.send();
    long took = System.nanoTime() - before;
    if (answer instanceof Acknowledgement.Rejected(Rejection rejection)) {
      refused.add(took);
      String why = rejection.message();
      count(rejection.code() == Rejection.Code.LIMIT ? why : "broken: " + why);
      return false;
    }
    acknowledged.add(took);
    return true;
  }

  private void count(String what) {
    told.computeIfAbsent(what, w -> new AtomicLong()).incrementAndGet();
  }

  /**
   * Each comes when it comes, whatever became of those before.
   *
   * @param rate a second
   * @return how many came
   */
  int come(double rate, double seconds) {
    long begin = System.nanoTime();
    long end = begin + (long) (seconds * 1e9);
    int came = 0;
    for (long now = begin; now < end; now = System.nanoTime()) {
      for (long due = (long) ((now - begin) / 1e9 * rate); came < due; came++) {
        String id = prefix + "-" + numbers.incrementAndGet();
        Engine by = came % BY_SOCKET == 0 ? socket : engine;
        Thread.ofVirtual().start(() -> one(by, id));
      }
      LockSupport.parkNanos(1_000_000);
    }
    return came;
  }
}
