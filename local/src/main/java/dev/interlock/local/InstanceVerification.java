package dev.interlock.local;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Result;
import dev.interlock.core.engine.Documents;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Chain;
import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.Snapshot;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Tool;
import dev.interlock.local.Verification.Verdict;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks one instance: its chain first, then each table against what the chain tells. */
final class InstanceVerification {
  /** Those that hold something of an instance. */
  static final List<String> TABLES =
      List.of(
          "instance",
          "instance_key",
          "entry",
          "content",
          "result",
          "document",
          "snapshot",
          "mark",
          "sent_id");

  private static final int PAGE = 500;

  private final Sql sql;
  private final String id;
  private final Map<String, Machine> machines;
  private final List<Fault> faults = new ArrayList<>();
  private @Nullable Snapshot snapshot;
  private long entries;
  private long erased;

  // as the entries tell, each with the seq that does
  private Instance instance;
  private Instant newest = Instant.EPOCH;
  private final Map<String, Long> sent = new LinkedHashMap<>();
  private final Map<String, Long> results = new LinkedHashMap<>();
  private final Map<String, Long> documents = new LinkedHashMap<>();
  private final Map<Integer, String> tools = new HashMap<>();
  private final Map<Integer, Dispatched> dispatched = new LinkedHashMap<>();

  /** A call that went out, and the marks that it may have if it is a write. */
  private record Dispatched(String key, long seq, Set<Mark> marks, boolean settled) {
    Dispatched settled(Set<Mark> allowed) {
      return settled ? this : new Dispatched(key, seq, allowed, true);
    }
  }

  InstanceVerification(Sql sql, String id, Map<String, Machine> machines) {
    this.sql = sql;
    this.id = id;
    this.machines = machines;
    this.instance = Instance.unborn(id);
  }

  Verdict verdict() throws SQLException {
    snapshot = BesideTables.snapshot(sql, id).orElse(null);
    String key = EntryTable.key(sql, id).orElse(null);
    long contents = count("content");
    if (key == null && contents > 0) {
      fault(0, "its key is missing, while content is there: erasing removes both");
    } else if (count("entry") == 0) {
      fault(0, "it has rows, but no journal: %s".formatted(tablesWithRows()));
    } else if (chainHolds(key) && erased == 0) {
      derived(key);
    } else if (faults.isEmpty() && contents + (key == null ? 0 : 1) > 0) {
      fault(0, "the content of %d entries is missing, while its key is there".formatted(erased));
    } else if (faults.isEmpty() && count("document") > 0) {
      fault(0, "documents are there, while the content is missing: erasing removes both");
    }
    return new Verdict(entries, erased, faults);
  }

  private long count(String table) throws SQLException {
    return sql.first(
            "SELECT count(*) FROM %s WHERE instance = ?".formatted(table),
            row -> row.getLong(1),
            id)
        .orElse(0L);
  }

  private String tablesWithRows() throws SQLException {
    List<String> found = new ArrayList<>();
    for (String table : TABLES) {
      if (count(table) > 0) {
        found.add(table);
      }
    }
    return String.join(", ", found);
  }

  private void fault(long seq, String what) {
    faults.add(new Fault(id, seq, what));
  }

  // ---- the chain

  private boolean chainHolds(@Nullable String key) throws SQLException {
    Chain chain;
    try {
      chain = new Chain(id, key);
    } catch (IllegalArgumentException e) {
      fault(0, "its key was edited: " + e.getMessage());
      return false;
    }
    List<SealedEntry> page;
    do {
      page = EntryTable.list(sql, id, entries, PAGE);
      for (SealedEntry sealed : page) {
        Optional<Fault> broken = chain.next(sealed);
        if (broken.isEmpty()) {
          entries = sealed.seq();
          broken = take(sealed);
        }
        if (broken.isPresent()) {
          faults.add(broken.get());
          return false;
        }
      }
    } while (!page.isEmpty());
    long named =
        sql.first("SELECT seq FROM instance WHERE instance = ?", row -> row.getLong(1), id)
            .orElse(entries);
    chain.end(named).ifPresent(faults::add);
    return faults.isEmpty();
  }

  /** Takes an entry whose chain holds; the fault if this version cannot read it. */
  private Optional<Fault> take(SealedEntry sealed) {
    if (sealed.content().isEmpty()) {
      erased++;
    }
    if (erased > 0) {
      return Optional.empty(); // what was erased cannot be folded
    }
    try {
      Entry entry = Sealing.open(sealed);
      instance = Evolve.evolve(instance, entry);
      newest = entry.at();
      tell(entry);
    } catch (RuntimeException e) { // whatever folding makes of text that no version wrote
      return Optional.of(new Fault(id, sealed.seq(), "it cannot be read: " + e.getMessage()));
    }
    snapshot(sealed.seq());
    return Optional.empty();
  }

  private void snapshot(long seq) {
    if (snapshot == null || snapshot.seq() != seq) {
      return;
    }
    try {
      if (!JournalJson.instance(snapshot.json()).equals(instance)) {
        fault(seq, "the snapshot is not what folding the journal gives");
      }
    } catch (RuntimeException e) { // whatever reading makes of text that no version wrote
      fault(seq, "the snapshot cannot be read: " + e.getMessage());
    }
  }

  // ---- what the entries tell

  private void tell(Entry entry) {
    long seq = entry.seq();
    switch (entry.occurrence()) {
      case Occurrence.Resolved resolved -> {
        sent.putIfAbsent(resolved.id(), seq);
        kept(resolved.result(), seq);
      }
      case Occurrence.Sent other -> {
        sent.putIfAbsent(other.id(), seq);
        if (other instanceof Occurrence.MessageSent message) {
          Documents.in(message).forEach(one -> documents.putIfAbsent(one.hash(), seq));
        }
      }
      case Occurrence.CallReturned returned -> kept(returned.result(), seq);
      case Occurrence.Reported other -> {}
    }
    entry.outcomes().forEach(outcome -> tell(outcome, seq));
  }

  private void kept(@Nullable Result result, long seq) {
    if (result != null && !result.complete()) {
      results.putIfAbsent(result.ref(), seq);
    }
  }

  private void tell(Outcome outcome, long seq) {
    if (outcome instanceof Outcome.CallProposed proposed) {
      tools.put(proposed.call(), proposed.tool());
    } else if (outcome instanceof Outcome.CallDispatched out) {
      dispatched.put(out.call(), new Dispatched(out.key(), seq, EnumSet.allOf(Mark.class), false));
    } else if (outcome instanceof Outcome.CallReturned(int call, Result result)) {
      settled(call, EnumSet.of(Mark.DISPATCHED));
    } else if (outcome instanceof Outcome.CallUnknown(int call, String why)) {
      settled(call, EnumSet.of(Mark.DISPATCHED));
    } else if (outcome instanceof Outcome.CallFailed(int call, String why)) {
      settled(call, EnumSet.allOf(Mark.class));
    }
  }

  private void settled(int call, Set<Mark> allowed) {
    dispatched.computeIfPresent(call, (number, out) -> out.settled(allowed));
  }

  // ---- the tables beside it

  private void derived(@Nullable String key) throws SQLException {
    Optional<String> pin =
        sql.first(
            "SELECT machine FROM instance_key WHERE instance = ?", row -> row.getString(1), id);
    if (!pin.equals(Optional.of(instance.machine()))) {
      fault(1, "the machine beside its key was edited: it was started with " + instance.machine());
    }
    orphans();
    if (key != null) {
      results(new Sealing(key));
    }
    documents();
    sentIds();
    snapshot();
    Machine machine = machines.get(instance.machine());
    if (machine == null) {
      fault(1, "its machine %s is missing or damaged".formatted(instance.machine()));
      return;
    }
    marks(machine);
    row(machine);
  }

  private void orphans() throws SQLException {
    sql.query(
            """
            SELECT seq FROM content WHERE instance = ?
              AND seq NOT IN (SELECT seq FROM entry WHERE instance = ?)\
            """,
            row -> row.getLong(1),
            id,
            id)
        .forEach(seq -> fault(seq, "content without its entry"));
  }

  private void snapshot() {
    if (snapshot == null) {
      if (entries >= Committer.SNAPSHOT_EVERY || instance.end() != null) {
        fault(entries, "its snapshot is missing");
      }
    } else if (snapshot.seq() < 1 || snapshot.seq() > entries) {
      fault(snapshot.seq(), "a snapshot of an entry that is not there");
    }
  }

  private void row(Machine machine) throws SQLException {
    if (count("instance") == 0) {
      fault(entries, "its row is missing");
      return;
    }
    InstanceTable.differences(sql, Row.of(machine, instance, newest))
        .forEach((column, found) ->
            fault(
                entries,
                "its row has %s %s, which is not what the journal gives".formatted(column, found)));
  }

  private void results(Sealing sealing) throws SQLException {
    Map<String, String> found = pairs("SELECT ref, text FROM result WHERE instance = ?");
    found.forEach((ref, text) -> {
      if (!results.containsKey(ref)) {
        fault(0, "a kept result %s that no entry names".formatted(ref));
      } else if (!sealing.ref(text).equals(ref)) {
        fault(results.getOrDefault(ref, 0L), "the kept result %s was edited".formatted(ref));
      }
    });
    missing(results, found.keySet(), "the kept result %s is missing");
  }

  private void documents() throws SQLException {
    Set<String> found = new HashSet<>();
    sql.query(
            "SELECT hash, size, bytes FROM document WHERE instance = ?",
            row -> {
              byte[] bytes = row.getBytes(3);
              boolean whole =
                  bytes.length == row.getLong(2) && Attachment.hash(bytes).equals(row.getString(1));
              return Map.entry(row.getString(1), whole);
            },
            id)
        .forEach(one -> {
          found.add(one.getKey());
          if (!documents.containsKey(one.getKey())) {
            fault(0, "a document %s that no entry names".formatted(one.getKey()));
          } else if (!one.getValue()) {
            long seq = documents.getOrDefault(one.getKey(), 0L);
            fault(seq, "the document %s was edited".formatted(one.getKey()));
          }
        });
    missing(documents, found, "the document %s is missing");
  }

  private void sentIds() throws SQLException {
    Map<String, String> found = pairs("SELECT id, id FROM sent_id WHERE instance = ?");
    found.keySet().stream()
        .filter(each -> !sent.containsKey(each))
        .forEach(each -> fault(0, "the id %s of something that was never sent".formatted(each)));
    missing(sent, found.keySet(), "the id %s of what was sent is missing");
  }

  private void missing(Map<String, Long> told, Set<String> found, String what) {
    told.forEach((name, seq) -> {
      if (!found.contains(name)) {
        fault(seq, what.formatted(name));
      }
    });
  }

  private void marks(Machine machine) throws SQLException {
    Map<String, String> found = pairs("SELECT key, mark FROM mark WHERE instance = ?");
    dispatched.forEach((call, out) -> {
      Tool tool = machine.tools().get(tools.getOrDefault(call, ""));
      if (!out.key().startsWith(id + "/")) {
        return; // it went out from the instance that this one was forked from
      }
      if (tool == null || tool.effect() != EffectClass.WRITE) {
        return;
      }
      String mark = found.remove(out.key());
      if (mark == null
          ? out.settled()
          : out.marks().stream().noneMatch(m -> m.name().equals(mark))) {
        fault(
            out.seq(),
            "the mark of call %s is %s, expected %s"
                .formatted(out.key(), mark == null ? "missing" : mark, out.marks()));
      }
    });
    found.keySet().forEach(key -> fault(0, "a mark %s of no write that went out".formatted(key)));
  }

  private Map<String, String> pairs(String query) throws SQLException {
    Map<String, String> found = new LinkedHashMap<>();
    sql.query(query, row -> new String[] {row.getString(1), row.getString(2)}, id)
        .forEach(pair -> found.put(pair[0], pair[1]));
    return found;
  }
}
