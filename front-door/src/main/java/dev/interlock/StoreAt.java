package dev.interlock;

import java.nio.file.Path;

/** Where journals, results and documents lie. */
public sealed interface StoreAt {
  /** A database file, for one process, or on Temporal for those of one host. */
  record File(Path path) implements StoreAt {
    /** Its path. */
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /**
   * A schema of a PostgreSQL server, for any number of hosts. Only on Temporal: the local engine is
   * the one owner of its store, which a server's cannot be.
   *
   * @param url as {@link dev.interlock.postgres.PostgresSettings} takes it
   * @param user empty means whom the URL names
   * @param password empty means what the URL says, or none
   * @param connections so many at most, of each process
   */
  record Postgres(String url, String user, String password, int connections) implements StoreAt {
    public static final int DEFAULT_CONNECTIONS = 10;

    /** Where it is, without parameters, user and password. */
    @Override
    public String toString() {
      return url.replaceFirst("(?s)[?&].*", "").replaceFirst("(?s)//.*@", "//");
    }
  }
}
