package dev.interlock.local;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * An engine in another process of this machine, through its socket. Who asks is the OS user of this
 * process: give {@link #SELF}. Only the owner of the file may give another principal and speak as
 * that one.
 */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class SocketClient {
  /** Whoever this process runs as. */
  public static final Principal SELF = new Principal("");

  private SocketClient() {}

  /**
   * The engine that owns a file, or empty if none does.
   *
   * @param compile makes a machine of its text and lock
   * @throws SocketException if there is one that does not let this user speak
   */
  public static Optional<Engine> connect(Path file, Function<Store.PutMachine, Machine> compile) {
    throw new UnsupportedOperationException("" + file + compile);
  }

  /** The owner is gone or does not let this user speak. */
  public static final class SocketException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SocketException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
