package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Replay;
import dev.interlock.core.journal.Sealing;
import dev.interlock.engine.verify.Verification;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineContract;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteEngineContractTest extends EngineContract {
  @TempDir Path folder;

  @Override
  protected Running open(ContractMachine.World world) {
    return new LocalRunning(world, () -> SqliteStore.open(folder.resolve("cases.db")));
  }

  /** Whatever a test did: its journals are whole, and deciding them anew gives the same. */
  @AfterEach
  void everyJournalIsWholeAndReplaysTheSame() {
    try (SqliteStore store = SqliteStore.openReadOnly(folder.resolve("cases.db"))) {
      Verification verification =
          new Verification(store, stored -> ContractMachine.compile(stored.text(), stored.lock()));
      assertThat(verification.faults()).isEmpty();
      for (String id : verification.instances()) {
        assertThat(verification.verify(id).faults()).isEmpty();
        List<Entry> entries =
            store.entries(id, 0, Integer.MAX_VALUE).stream().map(Sealing::open).toList();
        Replay replay =
            new Replay(
                pin ->
                    store
                        .machine(pin)
                        .map(stored -> ContractMachine.compile(stored.text(), stored.lock()))
                        .orElseThrow(),
                null,
                ref -> store.result(id, ref));
        Replay.Report report = replay.replay(id, entries);
        assertThat(report.same()).as("%s", report).isTrue();
      }
    }
  }
}
