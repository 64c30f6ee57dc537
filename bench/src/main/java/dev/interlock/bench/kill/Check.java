package dev.interlock.bench.kill;

import dev.interlock.bench.kill.Oracle.Answered;
import dev.interlock.bench.kill.Oracle.Became;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.engine.verify.Verification;
import dev.interlock.local.SqliteStore;
import dev.interlock.local.StoreReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Compares a store, after its last engine has ended by itself, with what the {@link Oracle} was
 * told and the {@link Server} received.
 */
final class Check {
  private static final int MOST = 1_000_000;

  private final Oracle oracle;
  private final Server server;
  private final Verdict verdict;
  private final Map<String, List<Entry>> journals = new HashMap<>();

  private Check(Oracle oracle, Server server, Verdict verdict) {
    this.oracle = oracle;
    this.server = server;
    this.verdict = verdict;
  }

  /** Adds what it finds to a verdict. */
  static void of(Path file, Oracle oracle, Server server, Verdict verdict) {
    Check check = new Check(oracle, server, verdict);
    try (SqliteStore store = SqliteStore.openToVerify(file)) {
      check.chainsAndPlaces(store);
    }
    check.acknowledged();
    check.calls();
  }

  private void chainsAndPlaces(SqliteStore store) {
    StoreReader reader = new StoreReader(store, stored -> KillMachine.machine());
    Verification verification = new Verification(store, stored -> KillMachine.machine());
    List<Fault> faults = new ArrayList<>(verification.faults());
    verification.instances().forEach(id -> faults.addAll(verification.verify(id).faults()));
    faults.forEach(fault -> verdict.finds(Verdict.Wrong.BROKEN, fault.toString()));
    for (Store.Row row :
        reader.list(Request.OPERATOR, new Store.Filter(null, null, null, null, null, MOST))) {
      String id = row.instance();
      if (!Kind.of(id).settled(row.status(), row.state())) {
        verdict.finds(
            Verdict.Wrong.STUCK, "%s is %s in %s".formatted(id, row.status(), row.state()));
      }
      List<Entry> journal = reader.journal(Request.OPERATOR, id, 0);
      journals.put(id, journal);
      verdict.counts("instances", 1);
      verdict.counts("entries", journal.size());
    }
  }

  // ---- what people sent

  private void acknowledged() {
    for (Answered answered : oracle.answered()) {
      Request request = answered.request();
      List<Entry> journal = journals.getOrDefault(request.instance(), List.of());
      boolean there =
          answered.became() == Became.TAKEN
              ? journal.size() >= answered.seq()
                  && request.isIn(journal.get(answered.seq() - 1).occurrence())
              : request.repeatable()
                  && journal.stream().anyMatch(entry -> request.isIn(entry.occurrence()));
      switch (answered.became()) {
        case TAKEN, AGAIN -> {
          verdict.counts("acknowledged", 1);
          if (!there) {
            verdict.finds(Verdict.Wrong.LOST, answered.toString());
          }
        }
        case REJECTED -> {
          if (there) {
            verdict.finds(Verdict.Wrong.LOST, "it was taken, and its sender told no: " + answered);
          }
        }
      }
    }
    journals.forEach((id, journal) -> {
      Set<String> ids = new HashSet<>();
      for (Entry entry : journal) {
        if (entry.occurrence() instanceof Occurrence.Sent sent && !ids.add(sent.id())) {
          verdict.finds(Verdict.Wrong.DOUBLED, "%s took %s twice".formatted(id, sent.id()));
        }
        if (entry.occurrence() instanceof Occurrence.ReplyLost) {
          verdict.counts("replies_lost", 1);
        }
      }
    });
  }

  // ---- what the tool server received

  private void calls() {
    Map<String, Boolean> said = new HashMap<>();
    Set<String> dispatched = new HashSet<>();
    Set<String> unknown = new HashSet<>();
    for (List<Entry> journal : journals.values()) {
      Map<Integer, String> keys = new HashMap<>();
      outcomes(journal)
          .forEach(outcome -> {
            switch (outcome) {
              case Outcome.CallDispatched sent -> {
                keys.put(sent.call(), sent.key());
                dispatched.add(sent.key());
              }
              case Outcome.CallUnknown call -> unknown.add(keys.get(call.call()));
              case Outcome.CallReturned returned -> said.put(keys.get(returned.call()), true);
              case Outcome.CallFailed failed -> said.put(keys.get(failed.call()), false);
              case Outcome.UnknownSettled settled ->
                  said.put(keys.get(settled.call()), settled.happened());
              default -> {} // nothing about what came of a call
            }
          });
    }
    Set<String> effects = server.effects();
    Set<String> reads = new HashSet<>();
    server.received().stream()
        .filter(receipt -> receipt.tool().equals("d.look"))
        .forEach(receipt -> reads.add(receipt.key()));
    said.forEach((key, happened) -> {
      boolean failedRead = !happened && reads.contains(key); // it may have been answered too late
      if (happened != effects.contains(key) && !failedRead) {
        verdict.finds(
            Verdict.Wrong.UNTRUE,
            "the journal says of %s that it %s"
                .formatted(key, happened ? "happened" : "did not happen"));
      }
    });
    verdict.counts("unknown", unknown.size());
    verdict.counts("unknown_happened", unknown.stream().filter(effects::contains).count());
    verdict.counts("effects", effects.size());
    unknown.addAll(said.keySet());
    received(dispatched, unknown);
  }

  /**
   * @param said of which a journal says what came of them, or that it is not known: an instance may
   *     be cancelled before it is
   */
  private void received(Set<String> dispatched, Set<String> said) {
    Map<String, Integer> times = new HashMap<>();
    Map<String, Set<String>> keys = new HashMap<>();
    for (Server.Receipt receipt : server.received()) {
      String key = receipt.key();
      keys.computeIfAbsent(receipt.token(), token -> new TreeSet<>()).add(key);
      if (receipt.write() && times.merge(key, 1, Integer::sum) == 2) {
        verdict.finds(Verdict.Wrong.DOUBLED, "the write %s was received again".formatted(key));
      }
      if (!dispatched.contains(key)) {
        verdict.finds(Verdict.Wrong.UNTRUE, "no journal knows of the call " + key);
      } else if (receipt.write() && !said.contains(key)) {
        verdict.finds(Verdict.Wrong.UNTRUE, "no journal says what came of " + key);
      }
    }
    verdict.counts("calls", keys.size());
    keys.forEach((token, all) -> {
      if (all.size() > 1) {
        verdict.finds(Verdict.Wrong.DOUBLED, "one accepted call was sent as " + all);
      }
    });
  }

  private static Stream<Outcome> outcomes(List<Entry> journal) {
    return journal.stream().flatMap(entry -> entry.outcomes().stream());
  }
}
