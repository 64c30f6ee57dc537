package dev.interlock;

import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.VerifiableStore;
import dev.interlock.local.SqliteStore;
import dev.interlock.postgres.PostgresSettings;
import dev.interlock.postgres.PostgresStore;

/** Opens what {@code store:} names. */
public final class Stores {
  private Stores() {}

  /**
   * The store of an engine.
   *
   * @throws Store.StoreException if it cannot be used
   * @throws IllegalStateException if that engine cannot have it
   */
  static Store open(EngineAt engine, StoreAt at) {
    return switch (at) {
      case StoreAt.File(var path) ->
          engine instanceof EngineAt.Local ? SqliteStore.open(path) : SqliteStore.openShared(path);
      case StoreAt.Postgres postgres -> {
        if (engine instanceof EngineAt.Local) {
          throw new IllegalStateException(
              "found a store in PostgreSQL and `engine: local`, expected `engine: temporal`, or a"
                  + " file: one process owns the store of a local engine");
        }
        yield connect(postgres);
      }
    };
  }

  /**
   * Whether there is a store to be read; there is none before the first instance was started.
   *
   * @throws Store.StoreException if there is none, and there was one before
   */
  public static boolean isThere(StoreAt at) {
    return !(at instanceof StoreAt.File(var path)) || SqliteStore.isThere(path);
  }

  /**
   * A store to be read, beside whoever writes to it.
   *
   * @throws Store.StoreException if it cannot be used, or has lost what was committed
   */
  public static Store read(StoreAt at) {
    return switch (at) {
      case StoreAt.File(var path) -> SqliteStore.openReadOnly(path);
      case StoreAt.Postgres postgres -> connect(postgres);
    };
  }

  /**
   * A store to be verified, whatever it has lost, beside whoever writes to it.
   *
   * @throws Store.StoreException if it cannot be used
   */
  public static VerifiableStore toVerify(StoreAt at) {
    return switch (at) {
      case StoreAt.File(var path) -> SqliteStore.openToVerify(path);
      case StoreAt.Postgres postgres -> connect(postgres);
    };
  }

  private static VerifiableStore connect(StoreAt.Postgres at) {
    try {
      return Postgres.open(at);
    } catch (IllegalArgumentException e) {
      throw new Store.StoreException(String.valueOf(e.getMessage()), e);
    } catch (NoClassDefFoundError e) {
      throw new Store.StoreException(
          "found no PostgreSQL on the class path, expected it for `store: {postgres: …}`: add the"
              + " dependency dev.interlock:interlock-postgres",
          e);
    }
  }

  /** Loaded only where its classes are needed. */
  private static final class Postgres {
    static VerifiableStore open(StoreAt.Postgres at) {
      return PostgresStore.open(
          new PostgresSettings(at.url(), at.user(), at.password(), at.connections()));
    }
  }
}
