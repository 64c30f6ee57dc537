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

  /**
   * What was typed.
   *
   * @param text null at the end of input
   */
  record Line(@Nullable String text) {}

  /**
   * @param typed called from the other thread once there is a line
   */
  Typist(BufferedReader in, Runnable typed) {
    this.in = in;
    this.typed = typed;
    Thread.ofPlatform().daemon().name("what is typed").start(this::read);
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
    asked &= taken == null;
    return taken;
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
      return new Line(in.readLine());
    } catch (IOException e) {
      return new Line(null); // input that breaks off has ended
    }
  }
}
