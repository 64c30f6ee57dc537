package dev.interlock.testkit;

import dev.interlock.core.journal.Store;

class InMemoryStoreTest extends StoreContract {
  @Override
  protected Store create() {
    return new InMemoryStore();
  }

  @Override
  protected Store reopen(Store closed) {
    return closed;
  }
}
