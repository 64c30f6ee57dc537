package dev.interlock.local;

import dev.interlock.core.journal.Store;
import dev.interlock.testkit.StoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreContractTest extends StoreContract {
  @TempDir Path folder;

  @Override
  protected Store create() {
    return SqliteStore.open(folder.resolve("cases.db"));
  }

  @Override
  protected Store reopen(Store closed) {
    return SqliteStore.open(folder.resolve("cases.db"));
  }
}
