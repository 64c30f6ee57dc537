package dev.interlock.cli.session;

import dev.interlock.local.SocketClient.SocketException;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A session that is opened again when the owner goes away in the middle: another process, or this
 * one, is the next owner. What is done again must be safe to repeat.
 */
final class Sessions implements AutoCloseable {
  private final Supplier<Session> open;
  private @Nullable Session current;

  Sessions(Supplier<Session> open) {
    this.open = open;
  }

  /** Something to do with a session. */
  interface Work<T> {
    T with(Session session) throws Exception;
  }

  /** Does it, again if the owner went away, for as long as {@link Session#PATIENCE}. */
  <T> T call(Work<T> work) throws Exception {
    @Nullable Instant deadline = null;
    while (true) {
      Session session = session();
      try {
        return work.with(session);
      } catch (SocketException e) {
        close();
        deadline = deadline == null ? Instant.now().plus(Session.PATIENCE) : deadline;
        if (Instant.now().isAfter(deadline)) {
          throw e;
        }
        Session.pause(); // it may be closing, or its disk full
      }
    }
  }

  private Session session() {
    Session session = current == null ? open.get() : current;
    current = session;
    return session;
  }

  @Override
  public void close() {
    if (current != null) {
      current.close();
      current = null;
    }
  }
}
