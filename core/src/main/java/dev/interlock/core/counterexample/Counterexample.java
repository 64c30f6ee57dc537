package dev.interlock.core.counterexample;

import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A run against a property, each step of it decided by {@code decide}.
 *
 * @param stopped whether the property itself stopped it, and nothing else did
 * @param entries its journal, up to where it is against the property and all calls are answered
 */
public record Counterexample(Property property, boolean stopped, List<Entry> entries) {
  /** When it starts. */
  public static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  /** Whether a property itself stops what would go against it, when a machine runs. */
  public static boolean stops(Machine machine, Property property) {
    return property instanceof Property.Before before && before.monitored() && !machine.observes();
  }

  /** The bytes of a document that came with a message, by their hash; empty if none has it. */
  public static Optional<byte[]> bytes(String hash) {
    return Suggested.DOCUMENTS.stream()
        .filter(it -> it.document().hash().equals(hash))
        .map(Attachment::bytes)
        .findFirst();
  }

  /** How many decisions are made in looking for several; what is left of them. */
  public static final class Patience {
    private static final int ALL = 12_000;
    private static final int MOST = 4_000;
    private static final int LEAST = 200;

    private int left = ALL;

    int share() {
      return Math.clamp(left / 2, LEAST, MOST);
    }

    void spend(int decisions) {
      left -= decisions;
    }
  }

  /** Looks for one, along a route first, as long as there is patience. Pure. */
  public static Optional<Counterexample> find(
      Machine machine, Property property, Route route, Patience patience) {
    return new Hunt(machine, property, route, false)
        .run(patience)
        .or(() -> new Hunt(machine, property, route, true).run(patience));
  }
}
