package dev.interlock.core.check;

import dev.interlock.core.check.Explorer.Node;
import dev.interlock.core.check.Trials.Part;
import dev.interlock.core.check.Trials.Truth;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Transition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Guards of one state that hold together for some values, and each alone for others. */
final class Overlaps {
  private final Space space;
  private final Trials trials;
  private final Map<Pair, Seen> seen = new LinkedHashMap<>();

  private record Pair(String state, int first, int second) {}

  /** How two guards came out together. */
  private static final class Seen {
    private @Nullable Overlap both;
    private boolean first;
    private boolean second;
  }

  /**
   * Two ways that are open together.
   *
   * @param values of the fields that their guards read
   */
  record Overlap(String state, int first, int second, String values, Node at) {}

  Overlaps(Space space, Trials trials) {
    this.space = space;
    this.trials = trials;
  }

  /**
   * Looks at two guards where all is there that both ways require.
   *
   * @param box for which that is so
   */
  void met(Node node, Box box, List<Transition> ways, int first, int second) {
    Expression one = ways.get(first).guard();
    Expression other = ways.get(second).guard();
    if (one == null
        || other == null
        || ways.get(first).target().equals(ways.get(second).target())
        || !space.exact(one)
        || !space.exact(other)) {
      return;
    }
    String state = node.place.visit().state();
    Seen pair = seen.computeIfAbsent(new Pair(state, first, second), p -> new Seen());
    Setting setting = Setting.of(space, node.place.labels());
    for (Part part : trials.split(one, box, setting)) {
      for (Part both : trials.split(other, part.box(), setting)) {
        if (part.sure() && both.sure()) {
          boolean isOne = part.truth() == Truth.TRUE;
          boolean isOther = both.truth() == Truth.TRUE;
          if (isOne && isOther && pair.both == null) {
            pair.both = new Overlap(state, first, second, values(one, other, both.box()), node);
          }
          pair.first |= isOne && both.truth() == Truth.FALSE;
          pair.second |= part.truth() == Truth.FALSE && isOther;
        }
      }
    }
  }

  private String values(Expression one, Expression other, Box box) {
    List<String> values = new ArrayList<>();
    for (Expression each : List.of(one, other)) {
      for (int variable : space.variables(each)) {
        String shown = space.shown(variable, box);
        if (!values.contains(shown)) {
          values.add(shown);
        }
      }
    }
    return String.join(", ", values);
  }

  /** Those of which neither is a case of the other. */
  List<Overlap> found() {
    return seen.values().stream()
        .filter(it -> it.first && it.second)
        .map(it -> Optional.ofNullable(it.both))
        .flatMap(Optional::stream)
        .toList();
  }
}
