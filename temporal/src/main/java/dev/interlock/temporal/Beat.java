package dev.interlock.temporal;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityWorkerShutdownException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells the server that an activity is alive, and what the next attempt must know of this one if it
 * is lost. Interrupts the activity when it was abandoned.
 */
final class Beat implements AutoCloseable {
  /** What is over before that costs the server nothing. */
  private static final Duration SOON = Duration.ofMillis(100);

  /** The SDK sends the first one at once, others later: it is kept for what is to be told. */
  private static final Duration SILENCE = Duration.ofSeconds(4);

  private final CountDownLatch noted = new CountDownLatch(1);
  private final ActivityExecutionContext context;
  private final Thread owner = Thread.currentThread();
  private final Thread beating;
  private Payload last;
  private boolean over;

  /**
   * @param first what the next attempt is told unless something else is told it
   */
  Beat(ActivityExecutionContext context, Duration every, Payload first) {
    this.context = context;
    this.last = first;
    this.beating =
        Thread.ofVirtual()
            .name("interlock-heartbeat")
            .start(() -> {
              try {
                if (noted.await(SILENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                  Thread.sleep(SOON);
                }
                while (true) {
                  beat();
                  Thread.sleep(every);
                }
              } catch (InterruptedException e) {
                // the activity is over
              }
            });
  }

  /** From now on this is what the next attempt is told, once the server has heard of it: soon. */
  synchronized void note(Payload what) {
    last = what;
    noted.countDown();
  }

  /** From now on this is what the next attempt is told; the server has heard of it. */
  synchronized void tell(Payload what) throws InterruptedException {
    last = what;
    try {
      context.heartbeat(what);
    } catch (ActivityWorkerShutdownException e) {
      // Whoever closes the worker interrupts what may be abandoned.
    } catch (ActivityCompletionException e) {
      throw new InterruptedException(e.getMessage());
    }
  }

  private synchronized void beat() throws InterruptedException {
    try {
      if (!over) {
        context.heartbeat(last);
      }
    } catch (ActivityWorkerShutdownException e) {
      // It goes on to its end.
    } catch (ActivityCompletionException e) {
      owner.interrupt();
      throw new InterruptedException();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      over = true;
    }
    beating.interrupt();
  }
}
