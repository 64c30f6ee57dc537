package dev.interlock.testkit.brute;

import dev.interlock.core.machine.State;
import dev.interlock.testkit.brute.Met.Edge;
import dev.interlock.testkit.brute.Met.Moved;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Where a model leads runs round somebody's yes: by two replies to one question it takes either of
 * two ways, from one of which every route to a call passes the yes, and from the other a run makes
 * the call without. All but the reply is the same, so that nothing else decides.
 */
final class Rounds {
  private final Met met;
  private final String tool;
  private final String role;

  /** The states in which the call itself does not ask. */
  private final Predicate<String> free;

  /** The instances from which a run goes round. */
  private final BitSet round = new BitSet();

  Rounds(Met met, String tool, String role, Predicate<String> free) {
    this.met = met;
    this.tool = tool;
    this.role = role;
    this.free = free;
    goRound();
  }

  private void goRound() {
    List<List<Integer>> before = new ArrayList<>();
    met.edges().forEach(from -> before.add(new ArrayList<>()));
    Deque<Integer> open = new ArrayDeque<>();
    for (int node = 0; node < met.edges().size(); node++) {
      for (Edge edge : met.edges().get(node)) {
        if (Met.passable(edge, role)) {
          if (Met.calls(edge, tool, free)) {
            open.add(node);
          } else if (edge.to() >= 0) {
            before.get(edge.to()).add(node);
          }
        }
      }
    }
    while (!open.isEmpty()) {
      int node = open.removeFirst();
      if (!round.get(node)) {
        round.set(node);
        open.addAll(before.get(node));
      }
    }
  }

  /** How the model does, if it does. */
  Optional<String> found() {
    for (int node = 0; node < met.edges().size(); node++) {
      Set<String> around = new HashSet<>();
      Set<String> gated = new HashSet<>();
      for (Edge edge : met.edges().get(node)) {
        if (edge.model() && edge.spent().isEmpty()) {
          if (edge.entered().isEmpty()) {
            if (Met.calls(edge, tool, free)) {
              around.add("the call");
            }
          } else {
            Moved first = edge.entered().getFirst();
            boolean chosen =
                first.cause().equals("transition") || first.cause().equals("otherwise");
            boolean leads = edge.to() >= 0 && round.get(edge.to());
            if (chosen && Met.passable(edge, role) && (leads || Met.calls(edge, tool, free))) {
              around.add(first.to());
            }
            if (chosen && isGated(first.to())) {
              gated.add(first.to());
            }
          }
        }
      }
      for (String one : around) {
        for (String other : gated) {
          if (!one.equals(other)) {
            return Optional.of(
                "in %s the model takes %s instead of %s".formatted(met.state(node), one, other));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a route leads from a state to the call, and each passes the yes. */
  private boolean isGated(String state) {
    return calls(state, true) && !calls(state, false);
  }

  private boolean calls(String from, boolean asked) {
    Set<String> seen = new HashSet<>(Set.of(from));
    Deque<String> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      String state = open.removeFirst();
      if (met.calls(state).contains(tool) && (asked || free.test(state))) {
        return true;
      }
      for (Moved moved : met.moves()) {
        if (moved.from().equals(state)
            && !moved.byOperator()
            && (asked || !isYes(moved))
            && seen.add(moved.to())) {
          open.add(moved.to());
        }
      }
    }
    return false;
  }

  private boolean isYes(Moved moved) {
    String answer = moved.cause().replaceFirst("^answer ", "");
    return !answer.equals(moved.cause())
        && !State.Approval.NO.contains(answer)
        && met.asks(moved.from(), role);
  }
}
