package dev.interlock.testkit;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Principal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A store in memory, for tests: as durable as the object. Thread-safe. */
public final class InMemoryStore implements Store {
  private final Map<String, String> keys = new TreeMap<>();
  private final Map<String, Row> rows = new TreeMap<>();
  private final Map<String, List<SealedEntry>> entries = new HashMap<>();
  private final Map<String, Snapshot> snapshots = new HashMap<>();
  private final Map<String, PutMachine> machines = new HashMap<>();
  private final Map<List<String>, String> results = new HashMap<>();
  private final Map<String, Map<String, Attachment>> documents = new HashMap<>();
  private final Map<List<String>, Mark> marks = new HashMap<>();
  private final Set<List<String>> ids = new HashSet<>();
  private int failures;
  private long commits;

  /** The next so many commits fail. */
  public synchronized InMemoryStore failing(int times) {
    failures = times;
    return this;
  }

  /** How many commits have succeeded. */
  public synchronized long commits() {
    return commits;
  }

  @Override
  public synchronized void commit(List<Write> writes) {
    if (failures > 0) {
      failures--;
      throw new StoreException("the store was told to fail, " + failures + " more to come", null);
    }
    check(writes);
    writes.forEach(this::apply);
    commits++;
  }

  /** Finds what cannot be written before anything is. */
  private void check(List<Write> writes) {
    Map<String, Long> newest = new HashMap<>();
    for (Write write : writes) {
      if (write instanceof Create create) {
        boolean there =
            keys.containsKey(create.instance()) || newest.containsKey(create.instance());
        if (there) {
          throw ConflictException.of(create);
        }
        newest.put(create.instance(), 0L);
      } else if (write instanceof Append(SealedEntry entry)) {
        List<SealedEntry> stored = entries.get(entry.instance());
        Long before =
            newest.getOrDefault(
                entry.instance(), stored == null ? Long.MIN_VALUE : (long) stored.size());
        if (entry.seq() > 0 && entry.seq() <= before) {
          throw ConflictException.of(entry);
        }
        if (entry.seq() != before + 1) {
          throw new StoreException(
              "entry %d of instance %s does not follow the newest"
                  .formatted(entry.seq(), entry.instance()),
              null);
        }
        newest.put(entry.instance(), entry.seq());
      } else if (write instanceof Claim claim
          && marks.containsKey(List.of(claim.instance(), claim.key()))) {
        throw ConflictException.of(claim);
      }
    }
  }

  private void apply(Write write) {
    switch (write) {
      case Create(String instance, String machine, String key) -> {
        keys.put(instance, key);
        entries.put(instance, new ArrayList<>());
      }
      case Append(SealedEntry entry) ->
          Objects.requireNonNull(entries.get(entry.instance())).add(entry);
      case Update(Row row, Snapshot snapshot) -> {
        rows.put(row.instance(), toMillis(row));
        if (snapshot != null) {
          snapshots.put(snapshot.instance(), snapshot);
        }
      }
      case Remember(String instance, String id) -> ids.add(List.of(instance, id));
      case PutResult(String instance, String ref, String text) ->
          results.putIfAbsent(List.of(instance, ref), text);
      case PutDocument(String instance, Attachment document) ->
          documents
              .computeIfAbsent(instance, id -> new TreeMap<>())
              .putIfAbsent(document.document().hash(), document);
      case PutMachine machine -> machines.putIfAbsent(machine.pin(), machine);
      case PutMark(String instance, String key, Mark mark, Instant at) ->
          marks.putIfAbsent(List.of(instance, key), mark);
      case Claim claim -> apply(claim.mark());
    }
  }

  private static Row toMillis(Row row) {
    Instant due = row.due();
    return new Row(
        row.instance(),
        row.machine(),
        row.machineName(),
        row.caller(),
        row.state(),
        row.status(),
        row.escalatedFrom(),
        row.reason(),
        row.started().truncatedTo(ChronoUnit.MILLIS),
        row.since().truncatedTo(ChronoUnit.MILLIS),
        due == null ? null : due.truncatedTo(ChronoUnit.MILLIS),
        row.live(),
        row.seq(),
        row.roles());
  }

  @Override
  public synchronized Optional<Row> row(String instance) {
    return Optional.ofNullable(rows.get(instance));
  }

  @Override
  public synchronized List<Row> rows(Filter filter, @Nullable Principal seenBy) {
    return rows.values().stream()
        .filter(row -> any(filter.machineName(), row.machineName()))
        .filter(row -> any(filter.state(), row.state()))
        .filter(row -> any(filter.status(), row.status()))
        .filter(row -> any(filter.escalatedFrom(), row.escalatedFrom()))
        .filter(row -> any(filter.caller(), row.caller()))
        .filter(row -> seenBy == null || sees(seenBy, row))
        .sorted(Comparator.comparing(Row::started).thenComparing(Row::instance).reversed())
        .limit(filter.limit())
        .toList();
  }

  private static boolean any(@Nullable String wanted, @Nullable String found) {
    return wanted == null || wanted.equals(found);
  }

  private static boolean sees(Principal principal, Row row) {
    return row.caller().equals(principal.id()) || row.roles().stream().anyMatch(principal::has);
  }

  @Override
  public synchronized List<Count> counts() {
    Map<String, Map<String, Long>> counts =
        rows.values().stream()
            .collect(
                Collectors.groupingBy(
                    Row::machineName,
                    TreeMap::new,
                    Collectors.groupingBy(Row::status, TreeMap::new, Collectors.counting())));
    List<Count> all = new ArrayList<>();
    counts.forEach(
        (machine, by) -> by.forEach((status, n) -> all.add(new Count(machine, status, n))));
    return all;
  }

  @Override
  public synchronized List<String> live(String afterId, int limit) {
    return rows.values().stream()
        .filter(row -> row.live() && row.instance().compareTo(afterId) > 0)
        .map(Row::instance)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized List<Due> due(Instant before, int limit) {
    return rows.values().stream()
        .filter(row -> row.due() != null && row.due().isBefore(before))
        .map(row -> new Due(row.instance(), Objects.requireNonNull(row.due())))
        .sorted(Comparator.comparing(Due::at).thenComparing(Due::instance))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Optional<Snapshot> snapshot(String instance) {
    return Optional.ofNullable(snapshots.get(instance));
  }

  @Override
  public synchronized List<SealedEntry> entries(String instance, long afterSeq, int limit) {
    return entries.getOrDefault(instance, List.of()).stream().skip(afterSeq).limit(limit).toList();
  }

  @Override
  public synchronized Optional<String> key(String instance) {
    return Optional.ofNullable(keys.get(instance));
  }

  @Override
  public synchronized Optional<String> result(String instance, String ref) {
    return Optional.ofNullable(results.get(List.of(instance, ref)));
  }

  @Override
  public synchronized Optional<byte[]> document(String instance, String hash) {
    return Optional.ofNullable(documents.getOrDefault(instance, new TreeMap<>()).get(hash))
        .map(Attachment::bytes);
  }

  @Override
  public synchronized Map<String, Long> documents(String instance) {
    Map<String, Long> sizes = new TreeMap<>();
    documents
        .getOrDefault(instance, new TreeMap<>())
        .forEach((hash, document) -> sizes.put(hash, document.document().size()));
    return sizes;
  }

  @Override
  public synchronized Optional<Mark> mark(String instance, String key) {
    return Optional.ofNullable(marks.get(List.of(instance, key)));
  }

  @Override
  public synchronized boolean seen(String instance, String id) {
    return ids.contains(List.of(instance, id));
  }

  @Override
  public synchronized Optional<PutMachine> machine(String pin) {
    return Optional.ofNullable(machines.get(pin));
  }

  /** Lets go of nothing: what is stored can be opened again by another engine. */
  @Override
  public void close() {}
}
