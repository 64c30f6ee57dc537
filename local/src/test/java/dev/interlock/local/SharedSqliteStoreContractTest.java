package dev.interlock.local;

import dev.interlock.core.journal.Store;
import dev.interlock.testkit.StoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SharedSqliteStoreContractTest extends StoreContract {
  @TempDir Path folder;

  @Override
  protected Store create() {
    return SqliteStore.openShared(folder.resolve("cases.db"));
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
