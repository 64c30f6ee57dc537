package dev.interlock.agent;

import dev.interlock.agent.McpSession.Unavailable;
import dev.interlock.core.engine.ToolHost.Answer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A configured server: a session is opened when it is first needed, and again after it ended.
 * Thread-safe.
 */
final class McpServer {
  /** The most starts of a command within {@link #START_WINDOW}; one that dies at once is left. */
  static final int MAX_STARTS = 10;

  static final Duration START_WINDOW = Duration.ofMinutes(1);

  /** How long an endpoint that could not be reached is left alone: it is not ours to start. */
  static final Duration ENDPOINT_PAUSE = Duration.ofSeconds(1);

  private final String name;
  private final ServerConfig config;
  private volatile long failed;

  /** When the newest session began to be opened, in {@link System#nanoTime}. */
  private volatile long begun;

  private final Deque<Long> starts = new ArrayDeque<>();
  private @Nullable CompletableFuture<McpSession> current;
  private @Nullable Thread opener;
  private final Set<McpSession> sessions = ConcurrentHashMap.newKeySet();
  private boolean closed;

  McpServer(String name, ServerConfig config) {
    this.name = name;
    this.config = config;
  }

  /**
   * A session that lives, as far as is known.
   *
   * @param deadline in {@link System#nanoTime}
   */
  McpSession session(long deadline) throws Unavailable, InterruptedException {
    try {
      return current().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new Unavailable(
          "the call's time is over, and the server `%s`, which was started %s ago, is still starting"
              .formatted(name, Duration.ofMillis((System.nanoTime() - begun) / 1_000_000)));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Unavailable unavailable) {
        throw unavailable.again();
      }
      throw new Unavailable("the server `%s` does not start: %s".formatted(name, e.getCause()));
    }
  }

  /** Starts it unless it runs; a failure is told to whoever calls it. */
  void start() {
    try {
      var unused = current();
    } catch (Unavailable e) {
      // The next call says so.
    }
  }

  /** Whether it was started and is not ready yet. */
  synchronized boolean starting() {
    return current != null && !current.isDone();
  }

  private synchronized CompletableFuture<McpSession> current() throws Unavailable {
    if (closed) {
      throw new Unavailable("the servers were closed");
    }
    CompletableFuture<McpSession> session = current;
    boolean usable =
        session != null
            && (!session.isDone()
                || leftAlone(session)
                || (!session.isCompletedExceptionally() && !session.join().hasEnded()));
    if (session == null || !usable) {
      if (config instanceof ServerConfig.Command) {
        countStart();
      }
      begun = System.nanoTime();
      CompletableFuture<McpSession> opened = new CompletableFuture<>();
      opener = Thread.startVirtualThread(() -> open(opened));
      session = opened;
      current = session;
    }
    return session;
  }

  /** Whether whoever calls now is told what those before were told. */
  private boolean leftAlone(CompletableFuture<McpSession> session) {
    return config instanceof ServerConfig.Url
        && session.isCompletedExceptionally()
        && System.nanoTime() - failed < ENDPOINT_PAUSE.toNanos();
  }

  private void countStart() throws Unavailable {
    long now = System.nanoTime();
    while (!starts.isEmpty() && now - starts.getFirst() > START_WINDOW.toNanos()) {
      starts.removeFirst();
    }
    if (starts.size() >= MAX_STARTS) {
      Duration left = Duration.ofNanos(START_WINDOW.toNanos() - (now - starts.getFirst()));
      String why =
          "%s; it was started %d times within %d s, the most that it may be (McpServer.MAX_STARTS), and may be again in %d s"
              .formatted(
                  lastEnd(), MAX_STARTS, START_WINDOW.toSeconds(), Math.max(1, left.toSeconds()));
      throw new Unavailable(new Answer.Failed(why, true, left), "");
    }
    starts.addLast(now);
  }

  /** What became of the last start. */
  private String lastEnd() {
    return current != null
            && current.isCompletedExceptionally()
            && current.exceptionNow() instanceof Unavailable failed
        ? failed.why()
        : "the server `%s` ended".formatted(name);
  }

  private void open(CompletableFuture<McpSession> opened) {
    try {
      sessions.removeIf(McpSession::isOver);
      McpSession session = McpSession.open(name, config);
      sessions.add(session);
      opened.complete(session);
    } catch (Unavailable | InterruptedException | RuntimeException e) {
      failed = System.nanoTime();
      opened.completeExceptionally(e); // to whoever waits for it
    }
  }

  /** Ends it, its process and that one's children, and waits until they are gone. */
  void close() {
    CompletableFuture<McpSession> last;
    synchronized (this) {
      closed = true;
      last = current;
      if (opener != null) {
        opener.interrupt();
      }
    }
    if (last != null) {
      last.handle((session, failure) -> "").join();
    }
    sessions.forEach(McpSession::close);
  }
}
