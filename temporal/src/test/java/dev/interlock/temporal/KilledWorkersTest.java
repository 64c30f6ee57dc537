package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.verify.Verification;
import dev.interlock.local.SqliteStore;
import dev.interlock.testkit.ContractMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Of two workers on a real server one is killed with SIGKILL at random moments, or the server is,
 * while questions, reads, writes and approvals are under way; then everything that was promised is
 * looked for. The witness is the tools' own list of calls, in the process of the test.
 *
 * <p>{@code -Dinterlock.kills=N} and {@code -Dinterlock.kills.seed=S} say how often and when.
 */
@EnabledIfEnvironmentVariable(named = RealServer.ADDRESS, matches = ".+")
class KilledWorkersTest {
  private static final Principal ANA = new Principal("ana", List.of("employee"));
  private static final Principal BOB = new Principal("bob", List.of("manager"));
  private static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));
  private static final List<String> KINDS =
      List.of("talk", "find", "order", "mail", "note", "lend");
  private static final List<String> WRITES = List.of("d.order", "d.mail", "d.lend");
  private static final int KILLS = Integer.getInteger("interlock.kills", 6);
  private static final int AT_ONCE = 12;

  @TempDir Path folder;

  private final long seed = Long.getLong("interlock.kills.seed", System.nanoTime());
  private final WorkersOutside outside = new WorkersOutside();
  private final Map<String, Integer> arrived = outside.arrived();
  private final Map<String, List<String>> acknowledged = new LinkedHashMap<>();
  private final List<String> running = new ArrayList<>();
  private final List<String> started = new ArrayList<>();

  /** Something that goes wrong, and is mended again. */
  private interface Fault {
    void strike(Random random) throws Exception;
  }

  @AfterEach
  void closeWorkers() {
    outside.close();
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void whatWasPromisedSurvivesTheDeathOfWorkers() throws Exception {
    survives(System.getenv(RealServer.ADDRESS), KILLS, random -> outside.killOne(random));
  }

  /** And with it the workers' connections; they live on. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void whatWasPromisedSurvivesTheDeathOfTheServer() throws Exception {
    try (OwnServer own = new OwnServer(folder.resolve("server"))) {
      survives(own.start(), Math.max(1, KILLS / 3), random -> own.killAndStart());
    }
  }

  private void survives(String address, int faults, Fault fault) throws Exception {
    System.out.printf("%d faults, seed %d%n", faults, seed);
    Random random = new Random(seed);
    Path file = folder.resolve("cases.db");
    SqliteStore.open(file).close(); // makes the tables
    try (SqliteStore store = SqliteStore.openShared(file);
        RealServer server = new RealServer(store, address)) {
      Place place = server.place();
      try (TemporalEngine engine =
          TemporalEngine.open(
              server.client(), place, store, OnTemporal.machines(), server.clock())) {
        outside.start(file, address, place);
        outside.start(file, address, place);
        for (int done = 0; done < faults; done++) {
          long until = System.nanoTime() + Duration.ofMillis(200 + random.nextInt(2_500)).toNanos();
          while (System.nanoTime() < until) {
            live(engine, AT_ONCE);
          }
          fault.strike(random);
        }
        while (!running.isEmpty()) {
          live(engine, 0);
        }
        check(engine, store);
        System.out.printf("%d faults, %d instances%n", faults, started.size());
      }
    }
  }

  // ---- people

  private void live(Engine engine, int most) throws InterruptedException {
    while (running.size() < most) {
      String id = KINDS.get(started.size() % KINDS.size()) + "-" + started.size();
      acknowledge(id, "start", engine.start(ANA, "contract", id, null, Map.of()));
      running.add(id);
      started.add(id);
    }
    for (String id : List.copyOf(running)) {
      Instance instance = engine.get(OPERATOR, id).orElseThrow().instance();
      if (instance.end() != null) {
        running.remove(id);
      } else {
        look(engine, id, instance);
      }
    }
    Thread.sleep(20);
  }

  private void look(Engine engine, String id, Instance instance) {
    if (instance.status() == Status.ESCALATED) {
      if (instance.unknown().isEmpty()) {
        var unused = engine.resume(OPERATOR, id, "Work", Map.of());
      } else {
        Call call = instance.unknown().getFirst();
        boolean happened = arrived.containsKey(call.tool() + " " + call.key());
        String result = happened ? "{\"id\":\"E1\"}" : null;
        var unused = engine.resolve(OPERATOR, id, call.number(), happened, result);
      }
    } else if (instance.status() == Status.WAITING && !instance.parked().isEmpty()) {
      Parked parked = instance.parked().getFirst();
      if (!parked.approved()) {
        Engine.Answer yes =
            new Engine.Answer(
                parked.number(), parked.hash(), Occurrence.Answered.APPROVED, Map.of());
        acknowledge(
            id, "yes-" + parked.number(), engine.answer(BOB, id, "yes-" + parked.number(), yes));
      }
    } else if (instance.status() == Status.WAITING) {
      String sent = "m" + (instance.questions() + 1);
      acknowledge(id, sent, engine.send(ANA, id, sent, "please"));
    }
  }

  private void acknowledge(String id, String sent, Acknowledgement acknowledgement) {
    if (acknowledgement instanceof Acknowledgement.Taken taken) {
      acknowledged
          .computeIfAbsent(id, key -> new ArrayList<>())
          .add("%s %d".formatted(sent, taken.seq()));
    }
  }

  // ---- what is left

  private void check(Engine engine, SqliteStore store) {
    assertThat(started).hasSizeGreaterThanOrEqualTo(AT_ONCE);
    Verification verification =
        new Verification(store, stored -> ContractMachine.compile(stored.text(), stored.lock()));
    assertThat(verification.faults()).isEmpty();
    Map<String, String> claims = new HashMap<>();
    for (String id : started) {
      assertThat(verification.verify(id).faults()).as(id).isEmpty();
      List<Entry> journal = engine.journal(OPERATOR, id, 0);
      assertThat(engine.get(OPERATOR, id).orElseThrow().instance().status())
          .as(id)
          .isEqualTo(Status.COMPLETED);
      for (String line : acknowledged.getOrDefault(id, List.of())) {
        String[] parts = line.split(" ", -1);
        assertThat(journal.get(Integer.parseInt(parts[1]) - 1).occurrence())
            .as("%s of %s", line, id)
            .isInstanceOfSatisfying(
                Occurrence.Sent.class, sent -> assertThat(sent.id()).isEqualTo(parts[0]));
      }
      claims(journal, claims);
    }
    int writes = 0;
    for (Map.Entry<String, Integer> call : arrived.entrySet()) {
      String[] parts = call.getKey().split(" ", -1);
      if (WRITES.contains(parts[0])) {
        writes++;
        assertThat(call.getValue()).as("%s arrived", call.getKey()).isEqualTo(1);
        assertThat(claims).as(call.getKey()).containsEntry(parts[1], "happened");
      }
    }
    long unsent =
        claims.entrySet().stream()
            .filter(claim -> claim.getValue().equals("happened"))
            .filter(claim ->
                arrived.keySet().stream().noneMatch(it -> it.endsWith(" " + claim.getKey())))
            .count();
    assertThat(unsent).as("calls that are said to have happened and did not").isZero();
    System.out.printf("%d writes arrived, each once%n", writes);
  }

  /** What a journal says of each write, by its key. */
  private static void claims(List<Entry> journal, Map<String, String> claims) {
    Map<Integer, String> keys = new HashMap<>();
    for (Entry entry : journal) {
      for (Outcome outcome : entry.outcomes()) {
        switch (outcome) {
          case Outcome.CallDispatched sent -> keys.put(sent.call(), sent.key());
          case Outcome.CallReturned returned -> claim(claims, keys, returned.call(), "happened");
          case Outcome.CallFailed failed -> claim(claims, keys, failed.call(), "failed");
          default -> {}
        }
      }
      if (entry.occurrence() instanceof Occurrence.Resolved resolved) {
        claim(claims, keys, resolved.call(), resolved.happened() ? "happened" : "failed");
      } else if (entry.occurrence() instanceof Occurrence.CallProbed probed
          && probed.happened() != null) {
        claim(claims, keys, probed.call(), probed.happened() ? "happened" : "failed");
      }
    }
  }

  private static void claim(
      Map<String, String> claims, Map<Integer, String> keys, int call, String what) {
    String key = keys.get(call);
    if (key != null && !key.isEmpty()) {
      claims.putIfAbsent(key, what);
    }
  }
}
