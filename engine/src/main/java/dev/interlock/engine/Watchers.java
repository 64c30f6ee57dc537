package dev.interlock.engine;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.engine.Watcher.Passing;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Redaction;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Those who see steps as they are committed. A slow one misses some; it holds nobody up. */
public final class Watchers implements AutoCloseable {
  /** The most entries that wait for one watcher. */
  public static final int MAX_WAITING = 1_000;

  /** Whoever observes steps is shown them as an operator is. */
  private static final Principal OBSERVER = new Principal("observer", List.of(Principal.OPERATOR));

  private final List<Watching> all = new CopyOnWriteArrayList<>();
  private final List<Waiting<Step>> observers = new CopyOnWriteArrayList<>();

  public AutoCloseable add(Principal by, @Nullable String instance, Watcher to) {
    Watching watcher = new Watching(by, instance, to, new Waiting<>(Runnable::run));
    all.add(watcher);
    return () -> {
      all.remove(watcher);
      watcher.waiting().stop();
    };
  }

  public AutoCloseable add(Consumer<Step> to) {
    Waiting<Step> observer = new Waiting<>(to);
    observers.add(observer);
    return () -> {
      observers.remove(observer);
      observer.stop();
    };
  }

  public void tell(Machine machine, Instance before, Instance after, Entry entry) {
    for (Watching watcher : all) {
      watcher.offer(machine, after, entry);
    }
    if (!observers.isEmpty()) {
      Step step =
          new Step(
              machine.name(),
              shown(machine, after, entry, OBSERVER),
              tools(machine, before, entry));
      observers.forEach(observer -> observer.offer(step));
    }
  }

  /** Those from whom something of the instance is hidden see what came of it when it is there. */
  public void tell(Machine machine, Instance instance, Passing passing) {
    for (Watching watcher : all) {
      watcher.offer(machine, instance, passing);
    }
  }

  private static Entry shown(Machine machine, Instance instance, Entry entry, Principal to) {
    return Redaction.of(machine, instance, List.of(entry), to).getFirst();
  }

  /**
   * Of the calls that were not done with before, and of those that the entry brings. Built-ins and
   * what a model made up are none.
   */
  private static Map<Integer, String> tools(Machine machine, Instance before, Entry entry) {
    Map<Integer, String> tools = new HashMap<>();
    before.liveCalls().forEach(call -> tools.put(call.number(), call.tool()));
    for (Outcome outcome : entry.outcomes()) {
      if (outcome instanceof Outcome.CallProposed proposed) {
        tools.put(proposed.call(), proposed.tool());
      }
    }
    tools.values().retainAll(machine.tools().keySet());
    return Map.copyOf(tools);
  }

  @Override
  public void close() {
    all.forEach(watcher -> watcher.waiting().stop());
    all.clear();
    observers.forEach(Waiting::stop);
    observers.clear();
  }

  private record Watching(
      Principal by, @Nullable String instance, Watcher to, Waiting<Runnable> waiting) {
    void offer(Machine machine, Instance changed, Entry entry) {
      if (sees(changed)) {
        Entry shown = shown(machine, changed, entry, by);
        waiting.offer(() -> to.entry(shown));
      }
    }

    void offer(Machine machine, Instance changed, Passing passing) {
      if (sees(changed) && waiting.mostlyFree() && !Redaction.hides(machine, changed, by)) {
        waiting.offer(() -> to.passing(passing));
      }
    }

    private boolean sees(Instance changed) {
      return (instance == null || instance.equals(changed.id())) && changed.readableBy(by);
    }
  }

  /** What waits for one of them. */
  private static final class Waiting<T> {
    private final BlockingQueue<T> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Consumer<T> to;
    private final Thread thread;

    Waiting(Consumer<T> to) {
      this.to = to;
      this.thread = Thread.ofVirtual().name("interlock-watcher").start(this::run);
    }

    void offer(T what) {
      boolean unused = queue.offer(what);
    }

    /** Whether there is room for more than entries. */
    boolean mostlyFree() {
      return queue.remainingCapacity() > MAX_WAITING / 2;
    }

    void stop() {
      thread.interrupt();
    }

    private void run() {
      try {
        while (true) {
          to.accept(queue.take());
        }
      } catch (InterruptedException e) {
        // it watches no more
      }
    }
  }
}
