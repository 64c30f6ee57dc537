package dev.interlock.local;

import dev.interlock.core.journal.Store.StoreException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A few connections that only read, opened when they are needed. Thread-safe. */
final class ReadConnections implements AutoCloseable {
  /** So many reads at once; the next one waits. */
  static final int MAX = 4;

  private final Opening opening;
  private final Semaphore free = new Semaphore(MAX);
  private final Deque<Sql> idle = new ArrayDeque<>();
  private boolean closed;

  ReadConnections(Opening opening) {
    this.opening = opening;
  }

  /** Opens one more. */
  interface Opening {
    Sql open() throws SQLException;
  }

  /** Reads something. */
  interface Reading<T> {
    T read(Sql sql) throws SQLException;
  }

  <T> T with(Reading<T> reading) throws SQLException {
    free.acquireUninterruptibly();
    try {
      Sql sql = take();
      if (sql == null) {
        sql = opening.open();
      }
      try {
        T result = reading.read(sql);
        giveBack(sql);
        return result;
      } catch (SQLException | RuntimeException e) {
        sql.close(); // what is left of a failed read goes with it
        throw e;
      }
    } finally {
      free.release();
    }
  }

  private synchronized @Nullable Sql take() {
    if (closed) {
      throw new StoreException("the store is closed, expected an open one", null);
    }
    return idle.pollFirst();
  }

  private void giveBack(Sql sql) throws SQLException {
    boolean kept;
    synchronized (this) {
      kept = !closed;
      if (kept) {
        idle.addFirst(sql);
      }
    }
    if (!kept) {
      sql.close();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    free.acquireUninterruptibly(MAX); // reads under way end first
    try {
      for (Sql sql : idle) {
        sql.close();
      }
    } catch (SQLException e) {
      throw DiskErrors.of("cannot close the store", e);
    } finally {
      free.release(MAX);
    }
  }
}
