package dev.interlock.temporal;

import dev.interlock.core.journal.Store;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineContract;
import dev.interlock.testkit.InMemoryStore;
import io.temporal.api.history.v1.History;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** On a real server. After each test every run is decided again from its history. */
@EnabledIfEnvironmentVariable(named = RealServer.ADDRESS, matches = ".+")
@SuppressWarnings("NullAway.Init") // the server is opened before each test
class RealServerEngineContractTest extends EngineContract {
  /** Where histories are recorded: {@code -Dinterlock.histories=FILE.zip}. */
  private static final @Nullable String RECORD = System.getProperty("interlock.histories");

  private RealServer server;

  @Override
  protected Running open(ContractMachine.World world) {
    server = new RealServer(new InMemoryStore());
    return new OnTemporal(world, server, true);
  }

  @AfterEach
  void decideAgain(TestInfo test) throws Exception {
    String name = test.getTestMethod().orElseThrow().getName();
    try (Replaying replaying =
        new Replaying(
            server.store(), OnTemporal.machines(), OnTemporal.settings(), Plan.MAX_UPDATES)) {
      for (Store.Row row : server.rows()) {
        for (Map.Entry<String, History> run : server.runs(row.instance()).entrySet()) {
          Duration ticked = server.begun(run.getKey());
          replaying.replay(run.getValue(), ticked);
          if (RECORD != null && ticked.isZero()) {
            Recorded.add(Path.of(RECORD), name + "-" + row.instance(), run.getValue());
          }
        }
      }
    }
  }
}
