package dev.interlock.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A server's operating-system process: how it starts, and how it and its children end. */
final class ServerProcess {
  /** How long a server may take to end by itself once its stdin is closed. */
  static final Duration END_GRACE = Duration.ofMillis(500);

  /** How long it may take to end once it was told to, before it is killed. */
  static final Duration TERM_GRACE = Duration.ofSeconds(1);

  /**
   * The variables that a server inherits; keys and tokens of the engine are not among them. What
   * else it needs stands in its configuration.
   */
  static final List<String> INHERITED =
      List.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "TERM",
          "LANG",
          "LC_ALL",
          "TZ",
          "TMPDIR",
          "JAVA_HOME");

  private ServerProcess() {}

  static Process start(ServerConfig.Command config) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(config.command()).directory(config.dir().toFile());
    Map<String, String> env = builder.environment();
    env.keySet().retainAll(INHERITED);
    env.putAll(config.env());
    return builder.start();
  }

  /** Ends a process whose stdin is closed, and all it started; waits at most the two graces. */
  static void end(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    boolean interrupted = !awaitEnd(process.toHandle(), END_GRACE);
    Stream<ProcessHandle> grandchildren = process.descendants();
    List<ProcessHandle> family =
        Stream.of(Stream.of(process.toHandle()), children.stream(), grandchildren)
            .flatMap(handles -> handles)
            .distinct()
            .filter(ProcessHandle::isAlive)
            .toList();
    family.forEach(ProcessHandle::destroy);
    long deadline = System.nanoTime() + TERM_GRACE.toNanos();
    for (ProcessHandle member : family) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      interrupted |= !awaitEnd(member, left);
      if (member.isAlive()) {
        member.destroyForcibly();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** False if the wait was interrupted. */
  private static boolean awaitEnd(ProcessHandle process, Duration most) {
    try {
      process.onExit().get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return false;
    } catch (TimeoutException | ExecutionException e) {
      // The caller looks whether it lives.
    }
    return true;
  }
}
