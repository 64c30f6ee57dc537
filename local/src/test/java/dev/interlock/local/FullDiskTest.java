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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk is full in the middle of commits: who waits is told, and what was acknowledged stays.
 */
class FullDiskTest {
  private static final int DISK = 4 << 20;
  private static final int BALLAST = 1 << 20;
  private static final String LONG = "please ".repeat(6_000);

  private static final Logger LOGGER = Logger.getLogger(Committer.class.getName());

  @TempDir private Path folder;

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          log.add(record.getLevel() + " " + new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void leave() {
    LOGGER.removeHandler(handler);
  }

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
                .hasMessage(
                    "cannot write to %s: found no room left on its disk (SQLITE_FULL), expected free"
                            .formatted(kept.file())
                        + " space: make room there, then try again");
            refused++; // what is free then may do for a smaller one
          }
        }

        Files.delete(ballast);

        send(engine, "after");
        acknowledged.add("after");
        assertThat(log.stream().filter(line -> line.startsWith("SEVERE")))
            .first()
            .asString()
            .contains("nothing is taken", "SQLITE_FULL", "make room there");
        assertThat(log).last().isEqualTo("WARNING the store is written again");
        assertThat(log).hasSizeLessThanOrEqualTo(2 * acknowledged.size());
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
