package dev.interlock.local;

import dev.interlock.core.machine.Tool.Retry;
import dev.interlock.engine.Retrying;
import dev.interlock.engine.Retrying.Tried;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Effects that are under way: each has a key and a virtual thread, and is over once what came of it
 * is durable. Thread-safe.
 *
 * <p>Promise: what could not be recorded is recorded again until it is, or the engine closes; a
 * call that does not come back is left behind when its time is over.
 */
final class Flights {
  /** The most questions and calls under way at once; the next one waits for its turn. */
  static final int MAX_IN_FLIGHT = 1_000;

  /** How long closing waits for what was interrupted and does not stop. */
  static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

  /** How often is looked whose time is over. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private static final System.Logger LOG = System.getLogger(Flights.class.getName());

  private final Committer committer;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Flight> flights = new ConcurrentHashMap<>();
  private final Semaphore slots = new Semaphore(MAX_IN_FLIGHT, true);
  private volatile boolean closing;

  Flights(Committer committer) {
    this.committer = committer;
    threads.execute(this::watch);
  }

  /** What an effect does. */
  interface Work {
    /**
     * Does it.
     *
     * @return what came of it, or null if there is nothing to record
     * @throws InterruptedException if it was abandoned, or the engine closes: nothing is recorded
     */
    Submission.@Nullable Happened run(Flight flight) throws InterruptedException;
  }

  /** What an effect does with what came of a blocking call. */
  interface Then<T> {
    /** As {@link Work#run}. */
    Submission.@Nullable Happened apply(Tried<T> tried) throws InterruptedException;
  }

  /** How an effect goes with others. */
  enum Kind {
    /** May be interrupted when the engine closes, and takes no place of others. */
    ASIDE,
    /** Takes the place of a question or a call, as long as it is under way. */
    PLACED,
    /** As {@link #PLACED}; closing waits for it. */
    AWAITED
  }

  /** The thread goes on with nothing: another one has taken its place, or nobody. */
  private static final class LeftBehindException extends InterruptedException {
    private static final long serialVersionUID = 1;
  }

  /**
   * A blocking call.
   *
   * @param until by {@link System#nanoTime}
   * @param behind what is done if it is left behind and nobody goes on
   * @param late what goes on if it is left behind because its time is over
   */
  private record Inside(long until, Runnable behind, Work late) {}

  /** One effect. Its methods are for the thread that does its work. */
  final class Flight {
    private final String key;
    private final Kind kind;
    private final Function<String, Submission.@Nullable Happened> otherwise;
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    /** The blocking call it is in; who takes it out goes on: its thread, its limit or its end. */
    private final AtomicReference<@Nullable Inside> inside = new AtomicReference<>();

    /** The one that goes on; guarded by this. */
    private @Nullable Thread thread;

    private volatile boolean interrupted;
    private boolean placed;

    private Flight(
        String key, Kind kind, Function<String, Submission.@Nullable Happened> otherwise) {
      this.key = key;
      this.kind = kind;
      this.otherwise = otherwise;
    }

    private void go(Work work) {
      threads.execute(() -> fly(work));
    }

    /** Whether there is still something to go on with. */
    private synchronized boolean takesOff() {
      thread = Thread.currentThread();
      return !interrupted;
    }

    private void fly(Work work) {
      if (!takesOff()) {
        end();
        return;
      }
      boolean own = true;
      Submission.Happened came = null;
      try {
        if (kind != Kind.ASIDE && !placed) {
          slots.acquire();
          placed = true;
        }
        came = work.run(this);
      } catch (LeftBehindException e) {
        own = false;
      } catch (InterruptedException e) {
        // abandoned, or the engine closes: nothing is recorded
      } catch (RuntimeException e) {
        came = wrong(e);
      } finally {
        if (own && came == null) {
          end();
        }
      }
      if (came != null) {
        land(came);
      }
    }

    private Submission.@Nullable Happened wrong(RuntimeException e) {
      if (closing) {
        return null; // the next owner takes it up
      }
      LOG.log(Level.ERROR, "an effect went wrong in a way that nobody foresaw", e);
      return otherwise.apply(e.toString());
    }

    /**
     * Makes a blocking call on this thread. Soon after its time is over it is interrupted and left
     * behind, and another thread goes on.
     *
     * @param behind what is done at once where the flight is interrupted instead
     * @return what {@code then} makes of it
     */
    <T> Submission.@Nullable Happened within(
        Duration time, Callable<T> call, Runnable behind, Then<T> then)
        throws InterruptedException {
      Inside token =
          new Inside(
              System.nanoTime() + time.toNanos(),
              behind,
              flight ->
                  then.apply(() -> {
                    throw new TimeoutException();
                  }));
      inside.set(token);
      Tried<T> tried = tried(call);
      if (!inside.compareAndSet(token, null)) {
        throw new LeftBehindException();
      }
      Thread.interrupted(); // whoever was called may have done that
      if (interrupted) {
        throw new InterruptedException();
      }
      return then.apply(tried);
    }

    private static <T> Tried<T> tried(Callable<T> call) {
      try {
        T value = call.call();
        return () -> value;
      } catch (Throwable e) { // whatever it is, the effect is not to wait for ever
        return () -> {
          throw new ExecutionException(e);
        };
      }
    }

    private void look(long now) {
      Inside token = inside.get();
      if (token != null && now - token.until() >= 0 && inside.compareAndSet(token, null)) {
        wake(); // that it may end
        go(token.late());
      }
    }

    private synchronized void wake() {
      if (thread != null) {
        thread.interrupt();
      }
    }

    /** No thread waits until that is durable, unless it fails at first. */
    private void land(Submission.Happened came) {
      var unused =
          committer
              .add(came)
              .whenComplete((done, error) -> {
                if (error == null || closing) {
                  end();
                } else {
                  threads.execute(() -> insist(came, error));
                }
              });
    }

    private void insist(Submission.Happened came, Throwable error) {
      try {
        recordAgain(came, error);
      } catch (InterruptedException e) {
        // the engine closes: the next owner finds it out again
      } finally {
        end();
      }
    }

    private void end() {
      if (placed) {
        slots.release();
      }
      flights.remove(key, this);
      over.complete(null);
    }

    private synchronized void interrupt() {
      interrupted = true;
      Inside left = inside.getAndSet(null);
      if (left != null) {
        left.behind().run();
        end();
      }
      wake();
    }
  }

  /**
   * Begins it, unless there is one of that key. Returns at once.
   *
   * @param otherwise what is recorded if it goes wrong in a way that nobody foresaw, by why
   */
  void begin(
      String key, Kind kind, Work work, Function<String, Submission.@Nullable Happened> otherwise) {
    if (closing) {
      return; // the next owner takes it up
    }
    flights.computeIfAbsent(
        key,
        k -> {
          Flight flight = new Flight(k, kind, otherwise);
          flight.go(work);
          return flight;
        });
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(LOOK);
        long now = System.nanoTime();
        flights.values().forEach(flight -> flight.look(now));
      }
    } catch (InterruptedException e) {
      // the engine closes
    }
  }

  void abandon(String key) {
    Flight found = flights.remove(key);
    if (found != null) {
      found.interrupt();
    }
  }

  boolean busy(String instance) {
    return flights.keySet().stream().anyMatch(key -> key.startsWith(instance + "/"));
  }

  boolean closing() {
    return closing;
  }

  /** Returns once it is durable, or the engine closes. */
  void record(Submission.Happened happened) throws InterruptedException {
    try {
      committer.add(happened).get();
    } catch (ExecutionException e) {
      recordAgain(happened, e.getCause());
    }
  }

  private void recordAgain(Submission.Happened failed, @Nullable Throwable error)
      throws InterruptedException {
    if (closing) {
      return; // it is found out again by the next owner
    }
    LOG.log(
        Level.ERROR,
        "what came of an effect of %s is not recorded yet; it is tried again until it is"
            .formatted(failed.instance()),
        error);
    for (int attempt = 1; !closing; attempt++) {
      Thread.sleep(Retrying.pause(new Retry(1, Duration.ofMillis(100)), attempt, null));
      try {
        committer.add(Submission.happened(failed.instance(), failed.writes(), failed.make())).get();
        return;
      } catch (ExecutionException e) {
        // once more
      }
    }
  }

  /** Interrupts what may be abandoned, and waits for the rest. */
  void close(@Nullable Duration limit) {
    long end = limit == null ? Long.MAX_VALUE : System.nanoTime() + limit.toNanos();
    closing = true;
    for (Flight flight : List.copyOf(flights.values())) {
      if (flight.kind != Kind.AWAITED) {
        flight.interrupt();
      }
    }
    for (Flight flight : List.copyOf(flights.values())) {
      if (flight.kind == Kind.AWAITED) {
        try {
          if (limit == null) {
            flight.over.get();
          } else {
            flight.over.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
          }
        } catch (TimeoutException e) {
          LOG.log(
              Level.WARNING, "a write is still in flight and is interrupted; see the next owner");
          flight.interrupt();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        } catch (ExecutionException e) {
          throw new IllegalStateException(e); // nothing ends so
        }
      }
    }
    threads.shutdownNow();
    try {
      boolean ended = threads.awaitTermination(CLOSE_GRACE.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        LOG.log(Level.WARNING, "something under way does not stop when it is interrupted");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
