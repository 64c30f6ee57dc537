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
  private static final String RESTORED = ": restored from a backup";

  private final Holdings holdings;
  private final List<Fault> faults = new ArrayList<>();
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

  /** What is wrong; throws what reading throws. */
  List<Fault> faults() {
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
          ("found %d entries in its chain that are in no journal, expected %d, which were purged:"
                  + " journals were cut off or edited, or taken out whole")
              .formatted(leaves.unmet(), gone));
    }
    named.values().forEach(this::missed);
    return faults;
  }

  /** What was done to the store after the head, in sentences; of use after {@link #faults}. */
  List<String> onRecord() {
    return onRecord;
  }

  private void fault(String what) {
    faults.add(new Fault("store", 0, what));
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
    take(link, end == null || position > end.position());
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
    String said =
        switch (member(record, "record", String.class)) {
          case "begin" -> began(record);
          case "purged" -> purged(record);
          case "restored" -> member(record, "at", String.class) + RESTORED;
          default -> throw new ClassCastException();
        };
    if (head != null && sinceHead && !said.isEmpty()) {
      onRecord.add(said);
    } else if (said.endsWith(RESTORED)) {
      restored.add(said);
    }
  }

  private static <T> T member(Map<String, Object> record, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(record.get(name)));
  }

  private String began(Map<String, Object> record) {
    store = member(record, "store", String.class);
    if (record.containsKey("started")) {
      long started = member(record, "started", Long.class);
      long journals = member(record, "journals", Long.class);
      if (started != journals) {
        fault(
            ("found journals of %d instances when its chain began, expected %d: some were taken out"
                    + " or put in whole before")
                .formatted(journals, started));
      }
    }
    return "";
  }

  private String purged(Map<String, Object> record) {
    List<?> instances = member(record, "instances", List.class);
    for (Object each : instances) {
      List<?> one = (List<?>) each;
      purged.merge((String) one.get(0), (Long) one.get(1), Long::sum);
    }
    return "%s: purged %d instances, by %s"
        .formatted(
            member(record, "at", String.class),
            instances.size(),
            member(record, "by", String.class));
  }

  // ---- the entries

  private void take(Hashed entry) {
    String id = entry.instance();
    boolean linked = leaves.meet(StoreChain.leaf(id, entry.seq(), entry.hash()));
    if (!linked && !id.equals(stranger)) {
      stranger = id; // one of its entries tells enough
      faults.add(
          new Fault(
              id, entry.seq(), "the store's chain does not name it: it was put in, or edited"));
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
    boolean there =
        holdings.entries(id, newest.seq() - 1, 1).stream()
            .anyMatch(entry -> entry.seq() == newest.seq());
    String what =
        there
            ? "it is not the one that the head names: it was edited together with its hash"
            : none
                ? "the head names it: the instance was taken out, and no purge of it is on record"
                : "the head names it, and it is missing: the end was cut off";
    faults.add(new Fault(id, newest.seq(), what));
  }
}
