package dev.interlock.cli.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines one by one, each when it is asked for, on a thread of its own: somebody may take
 * minutes to type one, and meanwhile there are other things to tell.
 */
final class Typist {
  private final BufferedReader in;
  private final Runnable typed;
  private final Semaphore wanted = new Semaphore(0);
  private final AtomicReference<@Nullable Line> line = new AtomicReference<>();
  private boolean asked;
  private boolean ahead;

  /**
   * What was typed.
   *
   * @param text null at the end of input
   * @param ahead whether it was there before what is shown now was shown
   */
  record Line(@Nullable String text, boolean ahead) {}

  /**
   * @param typed called from the other thread once there is a line
   */
  Typist(BufferedReader in, Runnable typed) {
    this.in = in;
    this.typed = typed;
    Thread.ofPlatform().daemon().name("what is typed").start(this::read);
  }

  /** Something is about to be shown: a line that is there by now is no answer to it. */
  void shows() {
    ahead = there();
  }

  /** Whether there is a line, or the end of input, that nobody has taken; does not wait. */
  boolean there() {
    try {
      return asked ? line.get() != null : in.ready(); // the reader would be waited for
    } catch (IOException e) {
      return false;
    }
  }

  /** Asks for a line, unless one was asked for and has not been taken. */
  void ask() {
    if (!asked) {
      asked = true;
      wanted.release();
    }
  }

  /** The line that was asked for, or null while there is none. */
  @Nullable Line take() {
    @Nullable Line taken = line.getAndSet(null);
    if (taken == null) {
      return null;
    }
    asked = false;
    Line whole = new Line(taken.text(), ahead);
    ahead = false;
    return whole;
  }

  private void read() {
    boolean more = true;
    while (more) {
      wanted.acquireUninterruptibly();
      Line read = next();
      more = read.text() != null;
      line.set(read);
      typed.run();
    }
  }

  private Line next() {
    try {
      return new Line(in.readLine(), false);
    } catch (IOException e) {
      return new Line(null, false); // input that breaks off has ended
    }
  }
}
