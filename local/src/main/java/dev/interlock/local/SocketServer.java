package dev.interlock.local;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import java.nio.file.Path;

/**
 * Lets other processes on this machine talk to an engine, through a Unix-domain socket beside its
 * file. Who speaks is the peer's OS user.
 */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class SocketServer implements AutoCloseable {
  private SocketServer() {}

  /**
   * Listens. The server closes neither the engine nor the store.
   *
   * @param file the engine's database; the socket lies beside it
   * @param store where the engine's machines are read from
   */
  public static SocketServer open(Path file, Engine engine, Store store, Speakers speakers) {
    throw new UnsupportedOperationException("" + file + engine + store + speakers);
  }

  /** Where the owner of that file listens. */
  public static Path socketOf(Path file) {
    throw new UnsupportedOperationException("" + file);
  }

  /** Takes no more requests, and ends the open ones. */
  @Override
  public void close() {}
}
