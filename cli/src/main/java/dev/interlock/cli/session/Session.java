package dev.interlock.cli.session;

import dev.interlock.Configuration;
import dev.interlock.EngineAt;
import dev.interlock.Interlock;
import dev.interlock.MachineFolder;
import dev.interlock.StoreAt;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.machine.Principal;
import dev.interlock.local.OwnedElsewhereException;
import dev.interlock.local.SocketClient;
import dev.interlock.metrics.Meters;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An engine to talk to: another process's, or this process's own, which is then the owner and
 * listens for others until it is closed. Closing drains: writes in flight are awaited.
 */
public final class Session implements AutoCloseable {
  /** How long a command tries to reach an owner that comes or goes. */
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Engine engine;
  private final @Nullable SocketClient other;
  private final @Nullable Interlock own;
  private final Principal self;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread onExit = new Thread(this::stopped, "close the engine");
  private volatile Runnable farewell = () -> {};

  private Session(SocketClient other) {
    this(other, other, null, SocketClient.SELF);
  }

  private Session(Interlock own, String user) {
    this(own.engine(), null, own, Interlock.owner(user));
  }

  private Session(
      Engine engine, @Nullable SocketClient other, @Nullable Interlock own, Principal self) {
    this.engine = engine;
    this.other = other;
    this.own = own;
    this.self = self;
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  /**
   * Talks to the owner, or becomes it.
   *
   * @param folder read when it is needed: an owner has its own
   * @throws Failure if there is an owner that does not answer
   */
  public static Session open(
      Configuration configuration, Supplier<MachineFolder> folder, String user, Clock clock) {
    Instant deadline = Instant.now().plus(PATIENCE);
    @Nullable MachineFolder read = null;
    while (true) {
      Optional<SocketClient> owner = owner(configuration);
      if (owner.isPresent()) {
        return new Session(owner.get());
      }
      try {
        read = read == null ? folder.get() : read;
        Interlock own = Interlock.openForNamed(read, clock);
        return new Session(own, user);
      } catch (OwnedElsewhereException e) {
        if (Instant.now().isAfter(deadline)) {
          throw busy(configuration);
        }
        pause();
      }
    }
  }

  /**
   * Becomes the owner.
   *
   * @throws Failure if there is another
   */
  public static Session own(MachineFolder folder, String user, Clock clock) {
    return own(folder, user, () -> Interlock.open(folder, clock));
  }

  /** As the other one, and measures. */
  public static Session measured(
      MachineFolder folder, String user, Clock clock, MeterRegistry meters) {
    return own(folder, user, () -> Interlock.openMeasured(folder, clock, new Meters(meters)));
  }

  private static Session own(MachineFolder folder, String user, Supplier<Interlock> opening) {
    try {
      Interlock own = opening.get();
      return new Session(own, user);
    } catch (OwnedElsewhereException e) {
      throw Failure.of(
          "another process that owns " + folder.configuration().store(),
          "one owner at a time",
          "stop that one, or just use the other commands: they talk to it",
          ExitCode.BUSY);
    }
  }

  /** The engine of another process that owns the folder's database file, if there is one. */
  public static Optional<SocketClient> owner(Configuration configuration) {
    return configuration.engine() instanceof EngineAt.Local
            && configuration.store() instanceof StoreAt.File(Path file)
        ? SocketClient.connect(file, MachineFolder.compiler())
        : Optional.empty();
  }

  private static Failure busy(Configuration configuration) {
    return Failure.of(
        "a process that owns %s and did not answer for %d s"
            .formatted(configuration.store(), PATIENCE.toSeconds()),
        "an owner that listens on its socket",
        "wait until it has finished, or stop it; then try again",
        ExitCode.BUSY);
  }

  /** Before something is tried again. */
  public static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("Interrupted while waiting for the owner.", ExitCode.INTERRUPTED);
    }
  }

  public Engine engine() {
    return engine;
  }

  /** The owner, where that is another process. */
  Optional<SocketClient> other() {
    return Optional.ofNullable(other);
  }

  /** Whether this process owns the store. */
  public boolean owner() {
    return own != null;
  }

  /** Whoever this process runs as. */
  public Principal self() {
    return self;
  }

  /** Starts the tool servers without waiting for them, if this process is the owner. */
  public void startServers() {
    if (own != null) {
      own.startServers();
    }
  }

  /** Whether a tool's server is known to be starting. */
  boolean starting(String tool) {
    return own != null && own.starting(tool);
  }

  /** Sees to it that an instance is carried on, if this process is the owner. */
  void carryOn(String instance) {
    if (own != null) {
      own.carryOn(instance);
    }
  }

  /** Whether an instance has nothing in flight: it ended, or only waits. */
  boolean atRest(Engine.View view) {
    return Rest.is(view) && (own == null || own.atRest(view.instance().id()));
  }

  /** What is said, by another thread, if the process is told to stop before this is closed. */
  public void whenStopped(Runnable say) {
    farewell = say;
  }

  private void stopped() {
    if (!closed.get()) {
      farewell.run();
    }
    close();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      if (Thread.currentThread() != onExit) {
        Runtime.getRuntime().removeShutdownHook(onExit);
      }
    } catch (IllegalStateException e) {
      // The process is ending already; closing goes on here.
    }
    if (own != null) {
      own.close();
    } else {
      engine.close();
    }
  }
}
