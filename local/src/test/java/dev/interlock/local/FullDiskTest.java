package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.testkit.ContractMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk is full in the middle of commits: who waits is told, and what was acknowledged stays.
 */
class FullDiskTest {
  private static final int DISK = 4 << 20;
  private static final int BALLAST = 1 << 20;
  private static final String LONG = "please ".repeat(6_000);

  @TempDir private Path folder;

  @Test
  void whoeverIsNotAcknowledgedIsToldAndTheEngineGoesOnOnceThereIsRoom() throws Exception {
    try (Mounted disk = Mounted.small(folder, DISK)) {
      KeptStore kept = new KeptStore(disk.place().resolve("cases.db"));
      Path ballast = Files.write(disk.place().resolve("ballast"), new byte[BALLAST]);
      List<String> acknowledged = new ArrayList<>();
      try (LocalEngine engine = kept.open(new ContractMachine.World())) {
        engine.start(KeptStore.ANA, "contract", "one", null, Map.of());
        for (int refused = 0, i = 0; refused < 3; i++) {
          assertThat(i).isLessThan(DISK);
          try {
            send(engine, "m" + i);
            acknowledged.add("m" + i);
          } catch (StoreException e) {
            assertThat(e)
                .hasMessageContaining("cannot write to " + kept.file())
                .hasMessageContaining("SQLITE_FULL");
            refused++; // what is free then may do for a smaller one
          }
        }

        Files.delete(ballast);

        send(engine, "after");
        acknowledged.add("after");
      }
      assertThat(acknowledged).hasSizeGreaterThan(2);
      assertThat(kept.faults()).isEmpty();
      assertThat(kept.column("SELECT id FROM sent_id")).containsAll(acknowledged);
      SqliteStore.open(kept.file()).close();
    }
  }

  private static void send(LocalEngine engine, String id) {
    assertThat(engine.send(KeptStore.ANA, "one", id, LONG))
        .isInstanceOf(Acknowledgement.Taken.class);
  }
}
