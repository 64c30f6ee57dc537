package dev.interlock.core.decide;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What the rules of an instance's machine have counted, as another version of it counts: under the
 * same sentence. A rule that would begin at zero though what it counts has happened stops a
 * migration: it would allow more than it says.
 */
final class MigratedCounts {
  private final Machine from;
  private final Machine to;
  private final Instance instance;
  private final UnaryOperator<String> there;

  /**
   * @param there what a state of the one is called in the other
   */
  MigratedCounts(Machine from, Machine to, Instance instance, UnaryOperator<String> there) {
    this.from = from;
    this.to = to;
    this.instance = instance;
    this.there = there;
  }

  /** The prefixes of what is counted on, and what they are there. */
  Map<String, String> counted() {
    Map<String, String> counted = new LinkedHashMap<>();
    for (int i = 0; i < to.rules().size(); i++) {
      Rule rule = to.rules().get(i);
      String other = CallJudge.prefix(i);
      before(rule)
          .ifPresent(old -> counted.put(CallJudge.prefix(from.rules().indexOf(old)), other));
    }
    return counted;
  }

  /** The rule that has counted for another, in at least the same states. */
  private Optional<Rule> before(Rule rule) {
    return rule.atMost() == null
        ? Optional.empty()
        : from.rules().stream()
            .filter(old -> old.atMost() != null && old.sentence().equals(rule.sentence()))
            .filter(old ->
                Objects.requireNonNull(old.atMost()).per().equals(rule.atMost().per())
                    && (old.in().isEmpty()
                        || (!rule.in().isEmpty()
                            && old.in().stream()
                                .map(there)
                                .collect(Collectors.toSet())
                                .containsAll(rule.in()))))
            .findFirst();
  }

  /** What would be counted from zero though it has happened, a sentence each. */
  List<String> lost() {
    List<String> lost = new ArrayList<>();
    for (Rule rule : to.rules()) {
      if (rule.atMost() == null) {
        continue;
      }
      TreeSet<String> uncounted = new TreeSet<>(rule.tools());
      before(rule).ifPresent(old -> uncounted.removeAll(old.tools()));
      uncounted.removeIf(tool -> !called(tool));
      if (!uncounted.isEmpty()) {
        lost.add(
            "the rule \"%s\" would begin to count %s at zero there, and calls of it went out: give it the sentence, the states and the arguments of the rule that counted them"
                .formatted(rule.sentence(), String.join(", ", uncounted)));
      }
    }
    return lost;
  }

  private boolean called(String tool) {
    return instance.returned().contains(tool)
        || from.rules().stream()
            .filter(rule -> rule.atMost() != null && rule.tools().contains(tool))
            .filter(rule -> rule.tools().stream().noneMatch(instance.returned()::contains))
            .anyMatch(rule -> counts(CallJudge.prefix(from.rules().indexOf(rule))));
  }

  private boolean counts(String prefix) {
    return instance.counts().entrySet().stream()
        .anyMatch(it ->
            it.getValue() > 0
                && (it.getKey().equals(prefix) || it.getKey().startsWith(prefix + "|")));
  }
}
