package dev.interlock.testkit.brute;

import dev.interlock.core.counterexample.RunsAgainst;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.testkit.brute.Met.Edge;
import dev.interlock.testkit.brute.Met.Moved;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks among all runs for one that is against a property. */
final class Against {
  private final Met met;
  private final Machine machine;
  private final boolean operators;

  /**
   * @param operators whether they do what they may
   */
  Against(Met met, Machine machine, boolean operators) {
    this.met = met;
    this.machine = machine;
    this.operators = operators;
  }

  /** Of a run that is against a property its last step; null if there is none. */
  @Nullable String run(Property property) {
    return RunsAgainst.judges(property) ? runAgainst(property) : wayAgainst(property);
  }

  /** By what runs have done, as simulations judge it. */
  private @Nullable String runAgainst(Property property) {
    record Going(List<Edge> next, RunsAgainst.SoFar soFar) {}
    record At(int node, RunsAgainst.SoFar soFar) {}
    Set<At> reached = new HashSet<>();
    Deque<Going> open = new ArrayDeque<>();
    open.add(new Going(met.starts(), RunsAgainst.of(property)));
    while (!open.isEmpty()) {
      Going going = open.removeFirst();
      for (Edge edge : going.next()) {
        if (!operators && (edge.operator() || edge.spent().equals(Brute.VISITS))) {
          continue;
        }
        RunsAgainst.@Nullable SoFar after = going.soFar().after(edge.happened());
        if (after == null) {
          return words(edge.occurrence());
        }
        if (edge.to() >= 0 && reached.add(new At(edge.to(), after))) {
          open.add(new Going(met.edges().get(edge.to()), after));
        }
      }
    }
    return null;
  }

  /** By what monitored properties stood in the way of, or by where a run has ended. */
  private @Nullable String wayAgainst(Property property) {
    List<String> stops =
        property instanceof Property.Eventually eventually ? eventually.states() : List.of();
    BitSet reached = new BitSet();
    Deque<Edge> open = new ArrayDeque<>(met.starts());
    while (!open.isEmpty()) {
      Edge edge = open.removeFirst();
      boolean often = edge.spent().equals(Brute.VISITS); // by way of operators, and of what stops
      if (((edge.operator() || often) && !operators) || (often && !stops.isEmpty())) {
        continue;
      }
      if (property instanceof Property.Before && edge.broken().contains(property)) {
        return words(edge.occurrence());
      }
      boolean stopped = false;
      for (Moved moved : edge.entered()) {
        stopped |= stops.contains(moved.to());
        if (!stopped
            && property instanceof Property.Eventually
            && machine.state(moved.to()).endsOrEscalates()) {
          return words(edge.occurrence());
        }
      }
      if (!stopped && edge.to() >= 0 && !reached.get(edge.to())) {
        reached.set(edge.to());
        open.addAll(met.edges().get(edge.to()));
      }
    }
    return null;
  }

  private static String words(Occurrence occurrence) {
    return occurrence
        .toString()
        .replaceAll(
            "at=[^,\\]]*, |from=[^,]*\\[[^]]*\\][^,]*, |stop=CALLS, model=m, usage=.*$", "");
  }
}
