package dev.interlock.engine.verify;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Result;
import dev.interlock.core.engine.Documents;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Chain;
import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Holdings;
import dev.interlock.core.journal.Holdings.UnreadableException;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.Snapshot;
import dev.interlock.core.journal.VerifiableStore;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Tool;
import dev.interlock.engine.Live;
import dev.interlock.engine.verify.Verification.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks one instance: its chain first, then all that is held of it against what the chain tells.
 */
final class InstanceVerification {
  private static final int PAGE = 500;

  private final String id;
  private final Map<String, Machine> machines;
  private final List<Fault> faults = new ArrayList<>();
  private @Nullable Snapshot snapshot;
  private long entries;
  private long erased;

  // as the entries tell, each with the seq that does
  private Instance instance;
  private Instant newest = Instant.EPOCH;
  private String startedWith = "";
  private final Map<String, Long> sent = new LinkedHashMap<>();
  private final Map<String, Long> results = new LinkedHashMap<>();
  private final Map<String, Long> documents = new LinkedHashMap<>();
  private final Map<Integer, String> tools = new HashMap<>();
  private final Map<Integer, Dispatched> dispatched = new LinkedHashMap<>();

  /** A call that went out, and the marks that it may have if it is a write. */
  private record Dispatched(String key, long seq, boolean write, Set<Mark> marks, boolean settled) {
    Dispatched settled(Set<Mark> allowed) {
      return settled ? this : new Dispatched(key, seq, write, allowed, true);
    }
  }

  InstanceVerification(String id, Map<String, Machine> machines) {
    this.id = id;
    this.machines = machines;
    this.instance = Instance.unborn(id);
  }

  Verdict verdict(VerifiableStore store) {
    try {
      store.atOneMoment(this::check);
    } catch (UnreadableException e) {
      fault(0, "it cannot be read: " + e.getMessage());
    }
    return new Verdict(entries, erased, faults);
  }

  private void check(Holdings holdings) {
    snapshot = holdings.snapshot(id).orElse(null);
    String key = holdings.key(id).orElse(null);
    List<Long> contents = holdings.contents(id);
    if (key == null && !contents.isEmpty()) {
      fault(0, "its key is missing, while content is there: erasing removes both");
    } else if (holdings.entries(id, Long.MIN_VALUE, 1).isEmpty()) {
      String places = String.join(", ", holdings.places(id));
      fault(0, "it has rows, but no journal: " + places);
    } else if (chainHolds(holdings, key) && erased == 0) {
      derived(holdings, key, contents);
    } else if (faults.isEmpty() && contents.size() + (key == null ? 0 : 1) > 0) {
      fault(0, "the content of %d entries is missing, while its key is there".formatted(erased));
    } else if (faults.isEmpty() && !holdings.documents(id).isEmpty()) {
      fault(0, "documents are there, while the content is missing: erasing removes both");
    }
  }

  private void fault(long seq, String what) {
    faults.add(new Fault(id, seq, what));
  }

  // ---- the chain

  private boolean chainHolds(Holdings holdings, @Nullable String key) {
    Chain chain;
    try {
      chain = new Chain(id, key);
    } catch (IllegalArgumentException e) {
      fault(0, "its key was edited: " + e.getMessage());
      return false;
    }
    long after = Long.MIN_VALUE;
    List<SealedEntry> page;
    do {
      page = holdings.entries(id, after, PAGE);
      for (SealedEntry sealed : page) {
        after = sealed.seq();
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
    chain.end(holdings.newest(id).orElse(entries)).ifPresent(faults::add);
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
    if (entry.occurrence() instanceof Occurrence.Started
        || entry.occurrence() instanceof Occurrence.Forked) {
      startedWith = instance.machine();
    }
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
      dispatched.put(
          out.call(),
          new Dispatched(out.key(), seq, write(out.call()), EnumSet.allOf(Mark.class), false));
    } else if (outcome instanceof Outcome.CallReturned(int call, Result result)) {
      settled(call, EnumSet.of(Mark.DISPATCHED));
    } else if (outcome instanceof Outcome.CallUnknown(int call, String why)) {
      settled(call, EnumSet.of(Mark.DISPATCHED));
    } else if (outcome instanceof Outcome.CallFailed(int call, String why)) {
      settled(call, EnumSet.allOf(Mark.class));
    }
  }

  /** Whether a call is a write of the machine that the instance is pinned to as it goes out. */
  private boolean write(int call) {
    Machine machine = machines.get(instance.machine());
    Tool tool = machine == null ? null : machine.tools().get(tools.getOrDefault(call, ""));
    return tool != null && tool.effect() == EffectClass.WRITE;
  }

  private void settled(int call, Set<Mark> allowed) {
    dispatched.computeIfPresent(call, (number, out) -> out.settled(allowed));
  }

  // ---- what lies beside it

  private void derived(Holdings holdings, @Nullable String key, List<Long> contents) {
    Optional<String> pin = holdings.pin(id);
    if (!pin.equals(Optional.of(startedWith))) {
      fault(1, "the machine beside its key was edited: it was started with " + startedWith);
    }
    contents.stream()
        .filter(seq -> seq < 1 || seq > entries)
        .forEach(seq -> fault(seq, "content without its entry"));
    if (key != null) {
      results(holdings, new Sealing(key));
    }
    documents(holdings);
    sentIds(holdings);
    snapshot();
    Machine machine = machines.get(instance.machine());
    if (machine == null) {
      fault(1, "its machine %s is missing or damaged".formatted(instance.machine()));
      return;
    }
    marks(holdings);
    row(holdings, machine);
  }

  private void snapshot() {
    if (snapshot == null) {
      if (entries >= Live.SNAPSHOT_EVERY || instance.end() != null) {
        fault(entries, "its snapshot is missing");
      }
    } else if (snapshot.seq() < 1 || snapshot.seq() > entries) {
      fault(snapshot.seq(), "a snapshot of an entry that is not there");
    }
  }

  private void row(Holdings holdings, Machine machine) {
    if (holdings.newest(id).isEmpty()) {
      fault(entries, "its row is missing");
      return;
    }
    holdings
        .differences(Row.of(machine, instance, newest))
        .forEach((column, found) ->
            fault(
                entries,
                "its row has %s %s, which is not what the journal gives".formatted(column, found)));
  }

  private void results(Holdings holdings, Sealing sealing) {
    List<String> found = holdings.results(id);
    for (String ref : found) {
      if (!results.containsKey(ref)) {
        fault(0, "a kept result %s that no entry names".formatted(ref));
      } else if (holdings.result(id, ref).filter(text -> sealing.ref(text).equals(ref)).isEmpty()) {
        fault(results.getOrDefault(ref, 0L), "the kept result %s was edited".formatted(ref));
      }
    }
    missing(results, found, "the kept result %s is missing");
  }

  private void documents(Holdings holdings) {
    Map<String, Long> found = holdings.documents(id);
    found.forEach((hash, size) -> {
      if (!documents.containsKey(hash)) {
        fault(0, "a document %s that no entry names".formatted(hash));
      } else if (holdings
          .document(id, hash)
          .filter(bytes -> bytes.length == size && Attachment.hash(bytes).equals(hash))
          .isEmpty()) {
        fault(documents.getOrDefault(hash, 0L), "the document %s was edited".formatted(hash));
      }
    });
    missing(documents, found.keySet(), "the document %s is missing");
  }

  private void sentIds(Holdings holdings) {
    List<String> found = holdings.sent(id);
    found.stream()
        .filter(each -> !sent.containsKey(each))
        .forEach(each -> fault(0, "the id %s of something that was never sent".formatted(each)));
    missing(sent, found, "the id %s of what was sent is missing");
  }

  private void missing(Map<String, Long> told, Collection<String> found, String what) {
    Set<String> there = new HashSet<>(found);
    told.forEach((name, seq) -> {
      if (!there.contains(name)) {
        fault(seq, what.formatted(name));
      }
    });
  }

  private void marks(Holdings holdings) {
    Map<String, String> found = new LinkedHashMap<>(holdings.marks(id));
    dispatched.forEach((call, out) -> {
      if (!out.key().startsWith(id + "/")) {
        return; // it went out from the instance that this one was forked from
      }
      if (!out.write()) {
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
}
