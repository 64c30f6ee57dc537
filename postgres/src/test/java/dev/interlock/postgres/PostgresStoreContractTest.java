package dev.interlock.postgres;

import dev.interlock.core.journal.Store;
import dev.interlock.testkit.StoreContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

class PostgresStoreContractTest extends StoreContract {
  private final String schema = TestServer.newSchema();

  /** Aborts all of them at once if there is none. */
  @BeforeAll
  static void findServer() {
    TestServer.url();
  }

  @AfterEach
  void drop() throws SQLException {
    TestServer.drop(schema);
  }

  @Override
  protected Store create() {
    return PostgresStore.open(TestServer.settings(schema));
  }

  @Override
  protected Store reopen(Store closed) {
    return create();
  }

  @Override
  protected Store join(Store open) {
    return create();
  }
}
