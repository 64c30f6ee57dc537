package dev.interlock.core.check;

import dev.interlock.core.check.Safeguards.Passed;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether people say yes to what is done, and facts let through what they are still true of. */
final class ApprovalCheck {
  private final Machine machine;
  private final Explorer explorer;
  private final Influence influence;
  private final Safeguards safeguards;
  private final Findings findings;

  ApprovalCheck(Machine machine, Explorer explorer, Safeguards safeguards, Findings findings) {
    this.machine = machine;
    this.explorer = explorer;
    this.influence = explorer.influence();
    this.safeguards = safeguards;
    this.findings = findings;
  }

  /**
   * Looks at a write.
   *
   * @param vetted facts that are about what is not the model's choice
   */
  void check(Write write, Set<String> vetted) {
    List<Rule.Ask> asks = new ArrayList<>();
    write.rules(machine).stream()
        .map(Rule::ask)
        .forEach(ask -> {
          if (ask != null && ask.unless() == null) {
            asks.add(ask);
          }
        });
    boolean asksOthers = asks.stream().anyMatch(ask -> !ask.role().equals(Rule.Ask.USER));
    if (!asks.isEmpty()) {
      unseen(write);
    }
    if (asks.isEmpty() || (!asksOthers && safeguards.behind(write.state().name()).byOthers())) {
      approved(write, vetted);
    }
    stale(write);
  }

  /** Whether the model fills something that whoever is asked is not shown. */
  private void unseen(Write write) {
    List<String> unseen = new ArrayList<>(Influence.free(write.tool()));
    unseen.retainAll(write.tool().secret());
    unseen.removeIf(argument -> influence.bound(write.tool(), write.state(), argument));
    if (!unseen.isEmpty() && write.state() instanceof State.Agent) {
      found(
          Code.NOT_SHOWN,
          List.of("states", write.state().name()),
          "that whoever is asked before %s is not shown %s, which is secret and which the model fills"
              .formatted(write.words(), String.join(", ", unseen)),
          "an approval of the values that are used",
          "fill it by `set`, or let it not be secret",
          trace(write));
    }
  }

  private void found(
      Code code, List<String> at, String found, String expected, String mend, List<String> trace) {
    findings.add(new Finding(code, at, found, expected, mend, trace));
  }

  private List<String> trace(Write write, String... before) {
    List<String> trace = new ArrayList<>(explorer.explored().trace(write.state().name()));
    trace.addAll(List.of(before));
    trace.add(write.state().name() + ": " + write.tool().name());
    return trace;
  }

  // ---- approvals on the way

  /** Whether the yes on the way to a write was said to what is done now. */
  private void approved(Write write, Set<String> vetted) {
    String state = write.state().name();
    Passed behind = safeguards.behind(state);
    if (behind.asked().isEmpty()) {
      return;
    }
    outlives(write, behind);
    List<Rule> rules = write.rules(machine);
    boolean bounded =
        rules.stream().anyMatch(rule -> rule.atMost() != null && rule.atMost().per().isEmpty());
    if (write.state() instanceof State.Agent && !bounded) {
      found(
          Code.STALE,
          List.of("tools", write.tool().name()),
          "that one yes of %s covers any number of calls of %s"
              .formatted(behind.roles(), write.words()),
          "a yes for each, or a bound",
          "write a rule with `atMost`, or one that asks for each call",
          trace(write, call(write)));
    }
    Set<String> used = new LinkedHashSet<>();
    for (Expression with : influence.filled(write.tool(), write.state()).values()) {
      used.addAll(influence.reads(with).vetted(vetted).influenced());
    }
    used.removeAll(behind.shown());
    List<String> unseen = new ArrayList<>(used);
    if (write.state() instanceof State.Agent) {
      untied(write).forEach(argument -> unseen.add("the argument " + argument));
    }
    if (!unseen.isEmpty()) {
      found(
          Code.NOT_SHOWN,
          List.of("states", state),
          "that the yes of %s is not to what %s does: it was not shown %s"
              .formatted(behind.roles(), write.words(), String.join(", ", unseen)),
          "an approval of the values that are used",
          "show them, and fill the arguments from what was shown; or ask for each call by a rule",
          trace(write));
    }
  }

  /** Whether what was shown may be another value by the time that it is used. */
  private void outlives(Write write, Passed behind) {
    String state = write.state().name();
    Set<String> read = new LinkedHashSet<>();
    Map<String, Expression> filled = influence.filled(write.tool(), write.state());
    filled.values().forEach(with -> read.addAll(with.reads()));
    for (Rule rule : write.rules(machine)) {
      if (rule.when() != null) {
        read.addAll(rule.when().reads());
      }
    }
    List<Safeguards.Seen> lost =
        behind.seen().stream()
            .filter(it -> read.contains(it.field()))
            .filter(it -> !safeguards.still(state).contains(it))
            .toList();
    if (!lost.isEmpty()) {
      Set<String> fields = new LinkedHashSet<>();
      lost.forEach(it -> fields.add(it.field()));
      found(
          Code.OUTLIVES,
          List.of("states", state),
          "that the yes of %s outlives what it was said to: %s may change before %s"
              .formatted(behind.roles(), String.join(", ", fields), write.words()),
          "the values that were shown",
          "let no state record or look them up again on the way, or ask anew",
          Finding.then(safeguards.refilled(state, lost.getFirst()), call(write)));
    }
  }

  private static String call(Write write) {
    return write.state().name() + ": " + write.tool().name();
  }

  /** The arguments that no rule ties to a field: equal to it, or at most as much. */
  private List<String> untied(Write write) {
    List<String> free = new ArrayList<>(Influence.free(write.tool()));
    free.removeIf(argument -> !influence.matters(write.tool(), argument));
    for (Rule rule : write.rules(machine)) {
      if (rule.when() != null) {
        free.removeIf(argument -> influence.ties(rule.when(), argument));
      }
    }
    return free;
  }

  // ---- facts

  /** Facts that let a write through and are not looked up anew after it. */
  private void stale(Write write) {
    List<Rule> rules = write.rules(machine);
    boolean once =
        rules.stream().anyMatch(rule -> rule.atMost() != null && rule.atMost().count() == 1);
    if (once || !safeguards.again(write)) {
      return;
    }
    for (Rule rule : rules) {
      if (rule.when() != null) {
        for (String field : influence.spent(rule.when())) {
          if (!write.tool().forgets().contains(field)) {
            found(
                Code.STALE,
                List.of("tools", write.tool().name()),
                "that %s may go out again by %s as it was before: the rule \"%s\""
                    .formatted(write.tool().name(), field, rule.sentence()),
                "a fact that is looked up anew after a write that may have changed it",
                "write `forgets: [%s]`, or `atMost: 1`".formatted(field),
                Finding.then(
                    explorer.trace(write.state().name(), Set.of(field)), call(write), call(write)));
          }
        }
      }
    }
  }
}
