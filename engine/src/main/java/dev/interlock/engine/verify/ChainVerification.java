package dev.interlock.engine.verify;

import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Holdings;
import dev.interlock.core.journal.Holdings.Hashed;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.StoreChain;
import dev.interlock.core.journal.StoreChain.Link;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.engine.verify.Head.End;
import dev.interlock.engine.verify.Head.Newest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Follows the chain over the whole store, and compares it with every entry that is there, and with
 * a head if there is one.
 */
final class ChainVerification {
  private static final String GONE =
      "the head names it: the instance is missing, and no purge of it is on record";

  private final Holdings holdings;
  private final List<Fault> faults = new ArrayList<>();
  private final Map<String, List<Fault>> ofInstances = new HashMap<>();
  private final List<String> onRecord = new ArrayList<>();
  private final LeafSet leaves = new LeafSet();

  /** Entries that were purged on record, by the hash of their instance's id. */
  private final Map<String, Long> purged = new HashMap<>();

  private final @Nullable Head head;

  /** What the head names and was not found yet. */
  private final Map<String, Newest> named = new LinkedHashMap<>();

  private String store = "";

  /** When backups were restored, where the chain goes on to the head. */
  private final List<String> restored = new ArrayList<>();

  /** The newest instance with an entry that is not linked. */
  private String stranger = "";

  // where the reading of the links is
  private int lane = -1;
  private long position;
  private String prev = SealedEntry.NO_PREV;
  private String begin = SealedEntry.NO_PREV;

  /** Where the lane ended when the head was written, and of those that are still to be read. */
  private @Nullable End end;

  private final Map<Integer, End> ends = new LinkedHashMap<>();

  ChainVerification(Holdings holdings, @Nullable Head head) {
    this.holdings = holdings;
    this.head = head;
    if (head != null) {
      ends.putAll(head.lanes());
    }
  }

  /** Looks what is wrong; throws what reading throws. */
  void verify() {
    links();
    if (head != null && !head.store().equals(store)) {
      fault(
          "found a store %s, expected %s: the head is of another one"
              .formatted(store, head.store()));
    } else if (head != null) {
      head.instances().forEach(newest -> named.put(newest.instance(), newest));
    }
    holdings.hashes(this::take);
    long gone = purged.values().stream().mapToLong(Long::longValue).sum();
    if (leaves.unmet() != gone) {
      fault(
          "found %s in its chain that %s in no journal, expected %d, which were purged: %s"
              .formatted(
                  count(leaves.unmet(), "entry", "entries"),
                  leaves.unmet() == 1 ? "is" : "are",
                  gone,
                  leaves.unmet() > gone
                      ? "entries were taken out or edited"
                      : "some of them were put in again"));
    }
    named.values().forEach(this::missed);
  }

  /** What is wrong with the store as a whole; of use after {@link #verify}. */
  List<Fault> faults() {
    return faults;
  }

  /** What is wrong with an instance; of use after {@link #verify}. */
  Map<String, List<Fault>> ofInstances() {
    return ofInstances;
  }

  /** What was done to the store after the head, in sentences; of use after {@link #verify}. */
  List<String> onRecord() {
    return onRecord;
  }

  private static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  private void fault(String what) {
    faults.add(new Fault(Verification.STORE, 0, what));
  }

  private void fault(String instance, long seq, String what) {
    ofInstances
        .computeIfAbsent(instance, id -> new ArrayList<>())
        .add(new Fault(instance, seq, what));
  }

  // ---- the links

  private void links() {
    holdings.links(this::next);
    endLane();
    if (lane < StoreChain.BEGIN) {
      fault("its chain is missing");
    }
    ends.forEach((missing, end) -> ended(missing, 0, end));
  }

  private void next(Link link) {
    if (link.lane() != lane) {
      endLane();
      startLane(link.lane());
    }
    position++;
    boolean follows = link.position() == position && (lane > StoreChain.BEGIN || position == 0);
    if (!follows) {
      fault(
          "found %s of its chain where %s was expected"
              .formatted(name(lane, link.position()), name(lane, position)));
      position = link.position();
    } else if (!StoreChain.hash(prev, lane, link.leaves(), link.record()).equals(link.hash())) {
      fault("%s of its chain was edited, or the one before".formatted(name(lane, position)));
    }
    if (end != null && end.position() == position && !end.hash().equals(link.hash())) {
      listRestored();
      fault(
          ("%s of its chain is not the one that the head names: it was rewritten, or restored from"
                  + " a backup and went on another way")
              .formatted(name(lane, position)));
    }
    take(link, head != null && (end == null || position > end.position()));
    prev = link.hash();
  }

  private void startLane(int started) {
    if (lane < StoreChain.BEGIN && started > StoreChain.BEGIN) {
      fault("the first link of its chain is missing");
    }
    lane = started;
    prev = started == StoreChain.BEGIN ? SealedEntry.NO_PREV : begin;
    position = started == StoreChain.BEGIN ? -1 : 0;
    end = ends.remove(started);
  }

  private void endLane() {
    if (lane == StoreChain.BEGIN) {
      begin = prev;
    }
    if (end != null && position < end.position()) {
      ended(lane, position, end);
    }
  }

  private static String name(int lane, long position) {
    return lane <= StoreChain.FIRST
        ? "link " + position
        : "link %d of lane %d".formatted(position, lane);
  }

  /** A backup from before the head may have been restored after it. */
  private void listRestored() {
    onRecord.addAll(restored);
    restored.clear();
  }

  private void ended(int lane, long position, End end) {
    listRestored();
    fault(
        ("its chain ends at %s, expected %d, where the head was: its end was cut off, or an older"
                + " store was put in its place")
            .formatted(name(lane, position), end.position()));
  }

  private void take(Link link, boolean sinceHead) {
    for (int from = 0;
        from + StoreChain.DIGITS <= link.leaves().length();
        from += StoreChain.DIGITS) {
      leaves.add(link.leaves(), from);
    }
    if (link.record().isEmpty()) {
      return;
    }
    try {
      record(Json.parseObject(link.record()), sinceHead);
    } catch (JsonException | ClassCastException | NullPointerException e) { // of any text
      fault("the record of %s cannot be read".formatted(name(link.lane(), link.position())));
    }
  }

  private void record(Map<String, Object> record, boolean sinceHead) {
    switch (member(record, "record", String.class)) {
      case "begin" -> began(record);
      case "purged" -> {
        String purge = purged(record);
        if (sinceHead) {
          onRecord.add(purge);
        }
      }
      case "restored" -> {
        String restore = member(record, "at", String.class) + ": restored from a backup";
        (sinceHead ? onRecord : restored).add(restore);
      }
      default -> throw new ClassCastException();
    }
  }

  private static <T> T member(Map<String, Object> record, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(record.get(name)));
  }

  private void began(Map<String, Object> record) {
    store = member(record, "store", String.class);
    if (record.containsKey("started")) {
      long started = member(record, "started", Long.class);
      long journals = member(record, "journals", Long.class);
      if (started != journals) {
        fault(
            "found %s when its chain began, expected %d: some were %s whole before"
                .formatted(
                    count(journals, "journal", "journals"),
                    started,
                    journals < started ? "taken out" : "put in"));
      }
    }
  }

  private String purged(Map<String, Object> record) {
    List<?> instances = member(record, "instances", List.class);
    for (Object each : instances) {
      List<?> one = (List<?>) each;
      purged.merge((String) one.get(0), (Long) one.get(1), Long::sum);
    }
    return "%s: purged %s, by %s"
        .formatted(
            member(record, "at", String.class),
            count(instances.size(), "instance", "instances"),
            member(record, "by", String.class));
  }

  // ---- the entries

  private void take(Hashed entry) {
    String id = entry.instance();
    boolean linked = leaves.meet(StoreChain.leaf(id, entry.seq(), entry.hash()));
    if (!linked && !id.equals(stranger)) {
      stranger = id; // one of its entries tells enough
      fault(id, entry.seq(), "the store's chain does not name it: it was put in, or edited");
    }
    Newest newest = named.get(id);
    if (newest != null && newest.seq() == entry.seq() && newest.hash().equals(entry.hash())) {
      named.remove(id);
    }
  }

  /** What the head names is not there. */
  private void missed(Newest newest) {
    String id = newest.instance();
    long entries = purged.getOrDefault(StoreChain.idHash(store, id), -1L);
    boolean none = holdings.entries(id, Long.MIN_VALUE, 1).isEmpty();
    if (none && entries >= newest.seq()) {
      return; // on record
    }
    fault(id, newest.seq(), none ? GONE : missing(id, newest.seq()));
  }

  private String missing(String id, long seq) {
    List<SealedEntry> from = holdings.entries(id, seq - 1, 1);
    if (from.isEmpty()) {
      return "the head names it, and the journal ends before it";
    }
    return from.getFirst().seq() == seq
        ? "it is not the one that the head names: it was edited together with its hash"
        : "the head names it, and it is missing, while later ones are there: it was taken out";
  }
}
