package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Machine;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.local.LocalEngine;
import dev.interlock.local.SqliteStore;
import dev.interlock.testkit.InMemoryEngine;
import dev.interlock.testkit.InMemoryStore;
import dev.interlock.testkit.MachineFolder;
import dev.interlock.testkit.ScriptedTools;
import dev.interlock.testkit.scenario.ScenarioReport;
import dev.interlock.testkit.scenario.ScenarioRunner;
import dev.interlock.testkit.scenario.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every scenario of every example gives the same outcomes and the same journal in memory, on the
 * local engine and on a real server.
 *
 * <p>Time stands on all of them until a scenario moves it, so that the times in journals are the
 * same too. Tools answer calls in their order, as {@link InOrder} says; what engines make up is in
 * {@link #told}. Nothing else may differ.
 */
@EnabledIfEnvironmentVariable(named = RealServer.ADDRESS, matches = ".+")
class RealServerScenariosTest {
  private static final Path EXAMPLES = Path.of("").toAbsolutePath().resolveSibling("examples");
  private static final Settings SETTINGS =
      Settings.DEFAULT
          .withSettleAfter(InMemoryEngine.SETTLE_AFTER)
          .withClockCheck(Duration.ofMillis(5));

  /** How many scenarios are played at once. */
  private static final int AT_ONCE = 8;

  private static final ExecutorService THREADS = Executors.newFixedThreadPool(AT_ONCE);

  @TempDir static Path files;

  /** What came of a scenario on one engine. */
  private record Played(ScenarioReport report, List<Entry> journal) {}

  @AfterAll
  static void stop() {
    THREADS.shutdownNow();
  }

  @TestFactory
  Stream<DynamicTest> scenarioGivesTheSameOnEveryEngine() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (MachineFolder folder : examples()) {
      Machine machine = folder.machine();
      Machines machines =
          new Machines(
              List.of(new Machines.Definition(machine, folder.text(), folder.lock().write())),
              stored -> machine);
      for (ScenarioRunner.Source scenario : folder.scenarios()) {
        Future<?> played = THREADS.submit(() -> same(machine, machines, scenario));
        String name = EXAMPLES.relativize(Path.of(scenario.file())).toString();
        tests.add(DynamicTest.dynamicTest(name, () -> result(played)));
      }
    }
    return tests.stream();
  }

  private static List<MachineFolder> examples() throws IOException {
    try (Stream<Path> all = Files.list(EXAMPLES)) {
      List<MachineFolder> found =
          all.filter(folder -> Files.isDirectory(folder.resolve("scenarios")))
              .sorted()
              .map(MachineFolder::read)
              .toList();
      assertThat(found).hasSizeGreaterThanOrEqualTo(4);
      return found;
    }
  }

  private static void result(Future<?> played) throws Throwable {
    try {
      played.get();
    } catch (ExecutionException e) {
      throw Objects.requireNonNull(e.getCause());
    }
  }

  private static void same(Machine machine, Machines machines, ScenarioRunner.Source scenario) {
    Played memory = played(machine, scenario, InMemoryEngine::stage);
    Played local = played(machine, scenario, opening(machines, RealServerScenariosTest::local));
    Played temporal =
        played(machine, scenario, opening(machines, RealServerScenariosTest::onServer));

    for (Played played : List.of(memory, local, temporal)) {
      assertThat(played.report().problems()).isEmpty();
    }
    assertThat(memory.journal()).isNotEmpty();
    same("the local engine", local, memory);
    same("Temporal", temporal, memory);
  }

  private static void same(String engine, Played played, Played memory) {
    assertThat(played.report().results().getFirst().visited())
        .isEqualTo(memory.report().results().getFirst().visited());
    List<String> told = told(played.journal());
    List<String> expected = told(memory.journal());
    for (int i = 0; i < Math.min(told.size(), expected.size()); i++) {
      assertThat(told.get(i)).as("entry %d on %s", i + 1, engine).isEqualTo(expected.get(i));
    }
    assertThat(told).as("the journal on %s", engine).hasSameSizeAs(expected);
  }

  private static Played played(
      Machine machine, ScenarioRunner.Source scenario, Stage.Opening opening) {
    Stage[] stage = new Stage[1];
    ScenarioReport report =
        ScenarioRunner.run(
            machine,
            List.of(scenario),
            new ScriptedTools(),
            (own, tools, desk, clock) -> stage[0] = opening.open(own, tools, desk, clock));
    return new Played(report, stage[0].entries(Stage.INSTANCE));
  }

  private interface Homes {
    RunningStage.Home open(Machines machines, Ports ports);
  }

  private static Stage.Opening opening(Machines machines, Homes homes) {
    return (machine, tools, desk, clock) -> {
      HeldModel model = new HeldModel();
      InOrder ordered = new InOrder(tools);
      Ports ports = new Ports(model, ordered, Map.of("main", desk), clock);
      return new RunningStage(
          machine,
          new RunningStage.World(model, ordered, clock, SETTINGS.settleAfter()),
          homes.open(machines, ports));
    };
  }

  private static RunningStage.Home local(Machines machines, Ports ports) {
    Store store = SqliteStore.open(files.resolve(UUID.randomUUID() + ".db"));
    LocalEngine engine = LocalEngine.open(store, machines, ports, SETTINGS);
    return new RunningStage.Home(engine, store, by -> {}, engine::close);
  }

  private static RunningStage.Home onServer(Machines machines, Ports ports) {
    Store store = new InMemoryStore();
    RealServer server = new RealServer(store, Plan.MAX_UPDATES, ports.clock().instant());
    OnTemporal running =
        new OnTemporal(new OnTemporal.Work(machines, ports, SETTINGS), server, true);
    return new RunningStage.Home(running.engine(), store, running::tick, running::close);
  }

  /**
   * A journal without what engines make up: the ids of requests that came without one, and the
   * references of results, which are made with the instance's own key.
   */
  private static List<String> told(List<Entry> journal) {
    Map<String, String> madeUp = new LinkedHashMap<>();
    for (Entry entry : journal) {
      switch (entry.occurrence()) {
        case Occurrence.Resolved resolved -> {
          madeUp.put(resolved.id(), "id of " + entry.seq());
          if (resolved.result() != null) {
            madeUp.put(resolved.result().ref(), "result of " + entry.seq());
          }
        }
        case Occurrence.Sent sent -> madeUp.put(sent.id(), "id of " + entry.seq());
        case Occurrence.CallReturned returned ->
            madeUp.put(returned.result().ref(), "result of " + entry.seq());
        default -> {}
      }
    }
    return journal.stream()
        .map(JournalJson::write)
        .map(entry -> {
          String told = entry;
          for (Map.Entry<String, String> each : madeUp.entrySet()) {
            told = told.replace(Json.write(each.getKey()), Json.write(each.getValue()));
          }
          return told;
        })
        .toList();
  }
}
