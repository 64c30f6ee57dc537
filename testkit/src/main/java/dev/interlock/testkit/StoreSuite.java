package dev.interlock.testkit;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.Filter;
import dev.interlock.core.journal.Store.Row;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A store, and what a suite of rules says about it. A subclass says how one is made and, if it can,
 * opened again, or by two at once.
 */
@SuppressWarnings("NullAway.Init") // the store is opened before each test
public abstract class StoreSuite {
  protected static final Instant T0 = Instant.parse("2026-01-05T09:00:00Z");
  protected static final Filter ALL = new Filter(null, null, null, null, null, 100);
  protected static final String KEY = "ab".repeat(32);

  protected Store store;

  /** A new, empty store. */
  protected abstract Store create() throws Exception;

  /** The same store once more, after it was closed. */
  protected abstract Store reopen(Store closed) throws Exception;

  /** The same store once more, beside the first. Of one that has a single owner: the first. */
  protected Store join(Store open) throws Exception {
    return open;
  }

  @BeforeEach
  void open() throws Exception {
    store = create();
  }

  @AfterEach
  void close() {
    store.close();
  }

  protected final void closeAndReopen() throws Exception {
    store.close();
    store = reopen(store);
  }

  protected static SealedEntry entry(String instance, long seq) {
    return new SealedEntry(
        instance,
        seq,
        "{\"seq\":%d}".formatted(seq),
        "[\"content of %d, with 😀\"]".formatted(seq),
        "p" + seq,
        "h" + seq);
  }

  /** Started so many seconds after {@link #T0}. */
  protected static Row row(String instance, int second) {
    return new Row(
        instance,
        "pin",
        "it-access",
        "ana",
        "Act",
        "waiting",
        null,
        null,
        T0.plusSeconds(second),
        T0.plusSeconds(second),
        null,
        false,
        1,
        List.of());
  }

  protected static Row due(Row row, @Nullable Instant due, boolean live) {
    return new Row(
        row.instance(),
        row.machine(),
        row.machineName(),
        row.caller(),
        row.state(),
        row.status(),
        row.escalatedFrom(),
        row.reason(),
        row.started(),
        row.since(),
        due,
        live,
        row.seq(),
        row.roles());
  }

  protected static Row seq(Row row, long seq) {
    return new Row(
        row.instance(),
        row.machine(),
        row.machineName(),
        row.caller(),
        row.state(),
        row.status(),
        row.escalatedFrom(),
        row.reason(),
        row.started(),
        row.since(),
        row.due(),
        row.live(),
        seq,
        row.roles());
  }
}
