package dev.interlock.bench.fire;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the engine recorded, beside what happened outside. */
final class Journals {
  private final List<String> lost = new ArrayList<>();
  private final List<String> doubled = new ArrayList<>();

  /** By instance and id, what was sent. */
  private final Map<Witness.Sent, String> sent = new HashMap<>();

  private final Set<String> failed = new HashSet<>();
  private final Set<String> returned = new HashSet<>();
  private long entries;
  private long turns;
  private long refused;
  private long unknown;

  Journals(Engine engine, Collection<String> instances) {
    for (String id : instances) {
      Map<Integer, String> keys = new HashMap<>();
      for (Entry entry : engine.journal(Crowd.OPERATOR, id, 0)) {
        entries++;
        take(id, entry.occurrence());
        for (Outcome outcome : entry.outcomes()) {
          take(outcome, keys);
        }
      }
    }
  }

  List<String> lost() {
    return lost;
  }

  List<String> doubled() {
    return doubled;
  }

  long entries() {
    return entries;
  }

  long turns() {
    return turns;
  }

  long refused() {
    return refused;
  }

  long unknown() {
    return unknown;
  }

  private void take(String instance, Occurrence occurrence) {
    String text =
        switch (occurrence) {
          case Occurrence.MessageSent message -> message.text();
          case Occurrence.EventSent event -> event.name();
          case Occurrence.Answered answered -> answered.answer();
          default -> null;
        };
    if (text != null && occurrence instanceof Occurrence.Sent of) {
      Witness.Sent it = new Witness.Sent(instance, of.id());
      if (sent.put(it, text) != null) {
        doubled.add("recorded twice: " + it);
      }
    }
  }

  private void take(Outcome outcome, Map<Integer, String> keys) {
    switch (outcome) {
      case Outcome.TurnOpened opened -> turns++;
      case Outcome.CallRefused call -> refused++;
      case Outcome.CallUnknown call -> unknown++;
      case Outcome.CallDispatched call -> keys.put(call.call(), call.key());
      case Outcome.CallFailed call -> add(failed, keys.get(call.call()));
      case Outcome.CallReturned call -> add(returned, keys.get(call.call()));
      default -> {
        // it tells nothing of what happened outside
      }
    }
  }

  private static void add(Set<String> to, @Nullable String key) {
    if (key != null) {
      to.add(key);
    }
  }

  /** What was acknowledged is recorded as it was; what was done is not recorded as failed. */
  void compare(Map<Witness.Sent, String> acknowledged, List<Witness.Line> lines) {
    acknowledged.forEach((what, text) -> {
      if (!text.equals(sent.get(what))) {
        lost.add("acknowledged, and not in the journal: " + what);
      }
    });
    Set<String> done = new HashSet<>();
    Set<String> writes = new HashSet<>();
    for (Witness.Line line : lines) {
      if (Policy.write(line.tool())) {
        writes.add(line.key());
      }
      if (line.what().equals("did")) {
        done.add(line.key());
        if ((Policy.write(line.tool()) || line.tool().equals("dir.note"))
            && failed.contains(line.key())) {
          lost.add("done, and recorded as failed: " + line);
        }
      }
    }
    for (String key : returned) {
      if (writes.contains(key) && !done.contains(key)) {
        lost.add("not done, and recorded as returned: " + key);
      }
    }
  }
}
