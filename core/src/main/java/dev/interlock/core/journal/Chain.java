package dev.interlock.core.journal;

import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks one instance's journal, entry by entry from the first: that none was changed, taken out or
 * cut off. Erased content is no fault. It is evidence against whoever cannot rewrite the whole
 * store.
 */
public final class Chain {
  private static final int PAGE = 500;

  private final String instance;
  private final @Nullable Sealing sealing;
  private String prev = SealedEntry.NO_PREV;
  private long entries;
  private long erased;

  /**
   * What is wrong, and where.
   *
   * @param seq 0 if it is in no entry
   */
  public record Fault(String instance, long seq, String what) {
    @Override
    public String toString() {
      return seq == 0
          ? "%s: %s".formatted(instance, what)
          : "%s, entry %d: %s".formatted(instance, seq, what);
    }
  }

  /**
   * What came of checking a whole journal.
   *
   * @param entries checked
   * @param erased those among them whose content was erased
   * @param fault the first one, or null
   */
  public record Verdict(long entries, long erased, @Nullable Fault fault) {
    public boolean whole() {
      return fault == null;
    }
  }

  /**
   * @param key of the instance's content, or null if it was erased
   */
  public Chain(String instance, @Nullable String key) {
    this.instance = instance;
    this.sealing = key == null ? null : new Sealing(key);
  }

  /** Checks the whole journal of an instance, up to the seq that its row names. */
  public static Verdict verify(Store store, String instance) {
    Chain chain = new Chain(instance, store.key(instance).orElse(null));
    long newest = store.row(instance).map(Store.Row::seq).orElse(0L);
    Optional<Fault> fault = Optional.empty();
    List<SealedEntry> page;
    do {
      page = store.entries(instance, chain.entries, PAGE);
      for (SealedEntry entry : page) {
        fault = chain.next(entry);
        if (fault.isPresent()) {
          return chain.verdict(fault);
        }
      }
    } while (!page.isEmpty());
    return chain.verdict(chain.end(newest));
  }

  private Verdict verdict(Optional<Fault> fault) {
    return new Verdict(entries, erased, fault.orElse(null));
  }

  /** The first fault of the next entry, if it has one. */
  public Optional<Fault> next(SealedEntry entry) {
    long expected = entries + 1;
    if (entry.seq() != expected) {
      return fault(expected, "found entry %d in its place: it is missing".formatted(entry.seq()));
    }
    if (!entry.prev().equals(prev)) {
      return fault(expected, "it does not follow the entry before: one of the two was replaced");
    }
    Sealing any = sealing != null ? sealing : new Sealing("0".repeat(64));
    if (!any.hash(prev, entry.skeleton()).equals(entry.hash())) {
      return fault(expected, "it was edited: its hash is not the one that was recorded");
    }
    Optional<Fault> inside = inside(entry, expected);
    if (inside.isPresent()) {
      return inside;
    }
    entries = expected;
    prev = entry.hash();
    return Optional.empty();
  }

  private Optional<Fault> inside(SealedEntry entry, long seq) {
    Map<String, Object> skeleton;
    try {
      skeleton = Codec.object(Json.parseStored(entry.skeleton()));
    } catch (JsonException | JournalException e) {
      return fault(seq, "it is not JSON: " + e.getMessage());
    }
    boolean own =
        instance.equals(skeleton.get("instance")) && Long.valueOf(seq).equals(skeleton.get("seq"));
    if (!own) {
      return fault(seq, "it belongs to another place: instance or seq are not its own");
    }
    if (entry.content().isEmpty()) {
      erased++;
      return Optional.empty();
    }
    return contentFits(skeleton, entry.content())
        ? Optional.empty()
        : fault(seq, "its content was edited: size or HMAC are not those that were recorded");
  }

  private boolean contentFits(Map<String, Object> skeleton, String content) {
    if (sealing == null) {
      return false;
    }
    List<Object> places = new ArrayList<>();
    places(skeleton, places);
    try {
      if (!(Json.parseStored(content) instanceof List<?> contents)
          || !Json.write(contents).equals(content)) {
        return false;
      }
      BitSet placed = new BitSet();
      for (Object place : places) {
        long index = Codec.whole(Objects.requireNonNull(Codec.object(place).get(Codec.PLACE)));
        if (index < 0
            || index >= contents.size()
            || !sealing.matches(place, Objects.requireNonNull(contents.get((int) index)))) {
          return false;
        }
        placed.set((int) index);
      }
      return placed.cardinality() == contents.size();
    } catch (JsonException e) {
      return false;
    }
  }

  private static void places(Object json, List<Object> found) {
    switch (json) {
      case List<?> list -> list.forEach(item -> places(Objects.requireNonNull(item), found));
      case Map<?, ?> map -> {
        if (map.keySet().equals(Sealing.PLACE_MEMBERS)) {
          found.add(map);
        } else {
          map.values().forEach(member -> places(Objects.requireNonNull(member), found));
        }
      }
      default -> {} // text, number or boolean
    }
  }

  /** The fault of a journal that ends here, if its row names another end. */
  public Optional<Fault> end(long newest) {
    if (entries == newest) {
      return Optional.empty();
    }
    return entries < newest
        ? fault(
            entries + 1,
            "it is missing, while the row says that there are %d: the end was cut off, or the row was edited"
                .formatted(newest))
        : fault(newest + 1, "the row names the one before as the newest: the row was edited");
  }

  private Optional<Fault> fault(long seq, String what) {
    return Optional.of(new Fault(instance, seq, what));
  }
}
