package dev.interlock.core.check;

import dev.interlock.core.check.Forks.Fork;
import dev.interlock.core.check.Forks.Option;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Routes round what stands before a write: ways of the model's that miss what another one passes,
 * and events of the caller's that lead round somebody else's yes.
 */
final class RouteCheck {
  private final Machine machine;
  private final Explorer explorer;
  private final Safeguards safeguards;

  /** The vetted facts that the ways of a state turn on. */
  private final Map<String, Set<String>> vetted = new HashMap<>();

  RouteCheck(Machine machine, Explorer explorer, Safeguards safeguards) {
    this.machine = machine;
    this.explorer = explorer;
    this.safeguards = safeguards;
  }

  void check(Findings findings) {
    Set<List<Object>> seen = new HashSet<>();
    for (Fork fork : explorer.forks().found()) {
      boolean sent = fork.taken().option() instanceof Option.Sent;
      for (Tool tool : machine.tools().values()) {
        if (tool.effect() != EffectClass.READ) {
          missed(fork, tool)
              .ifPresent(gate ->
                  open(fork, tool)
                      .filter(it -> seen.add(List.of(tool.name(), gate, sent)))
                      .flatMap(it -> round(it, tool, gate))
                      .ifPresent(findings::also));
        }
      }
    }
  }

  /**
   * Where both ways are open for all that is not the model's choice. Where they turn on facts that
   * are vetted, it chooses which one of them; each is judged for itself if a call is made with it.
   */
  private Optional<Fork> open(Fork fork, Tool tool) {
    String state = fork.node().place.visit().state();
    Set<String> turnsOn = vetted.computeIfAbsent(state, this::turnsOn);
    return !turnsOn.isEmpty() && explorer.influence().used(tool).containsAll(turnsOn)
        ? explorer.forks().vetted(fork)
        : Optional.of(fork);
  }

  private Set<String> turnsOn(String state) {
    Set<String> turnsOn = new HashSet<>();
    InfluenceCheck.transitions(machine.state(state))
        .forEach(way -> turnsOn.addAll(explorer.influence().reads(way).lookedUp()));
    turnsOn.retainAll(explorer.ground().vetting().at(state));
    return turnsOn;
  }

  /** What stands before every call that is come to by one way, and not by the other. */
  private Optional<Gate> missed(Fork fork, Tool tool) {
    @Nullable Set<Gate> taken = gates(fork.taken().option(), fork, tool);
    @Nullable Set<Gate> instead = gates(fork.instead(), fork, tool);
    return taken == null || instead == null
        ? Optional.empty()
        : instead.stream()
            .filter(gate -> !taken.contains(gate))
            .filter(gate -> !(fork.taken().option() instanceof Option.Sent) || isOfOthers(gate))
            .findFirst();
  }

  /** Whether somebody else than the caller is asked. */
  private static boolean isOfOthers(Gate gate) {
    return gate instanceof Gate.Asked asked && !asked.role().equals(Rule.Ask.USER);
  }

  private @Nullable Set<Gate> gates(Option option, Fork fork, Tool tool) {
    String state = fork.node().place.visit().state();
    return switch (option) {
      case Option.Call(String name) -> name.equals(tool.name()) ? safeguards.at(name, state) : null;
      case Option.Sent(String event, Target target) -> ahead(target, tool);
      case Option.Go(Target target, Step step, List<String> clears) -> {
        @Nullable Set<Gate> ahead = ahead(target, tool);
        if (ahead == null
            || !option.isAnswer()
            || !(machine.state(state) instanceof State.Approval approval)) {
          yield ahead;
        }
        Set<Gate> with = new LinkedHashSet<>(Set.of(Gate.Asked.of(approval)));
        with.addAll(ahead);
        yield with;
      }
    };
  }

  private @Nullable Set<Gate> ahead(Target target, Tool tool) {
    return target instanceof Target.To(String name)
        ? safeguards.ahead(tool.name()).get(name)
        : null;
  }

  private Optional<Finding> round(Fork fork, Tool tool, Gate gate) {
    Option taken = fork.taken().option();
    String leads =
        "%s may lead %s to %s round %s: %s instead of %s"
            .formatted(
                taken instanceof Option.Sent ? "the caller" : "the model",
                fork.node().place.visit().state(),
                tool.name(),
                gate.words(),
                taken instanceof Option.Sent
                    ? "they send " + words(taken)
                    : "it chooses " + words(taken),
                words(fork.instead()));
    return explorer
        .find(fork, new Explorer.Search(tool.name(), gate))
        .map(trace ->
            new Finding(
                Code.ROUTE_ROUND,
                at(fork),
                "that " + leads,
                taken instanceof Option.Sent
                    ? "an event that does not go round it, or that only others send"
                    : "ways that all pass it, or a choice by what the model does not choose",
                taken instanceof Option.Sent
                    ? "let it lead to where they are asked, or name a role in its `by` (that the"
                        + " caller sends it proves only that they want it)"
                    : "let each way pass it, or choose by a fact that the machine looks up itself"
                        + Findings.SAID,
                trace));
  }

  private List<String> at(Fork fork) {
    State state = machine.state(fork.node().place.visit().state());
    List<String> at = List.of("states", state.name());
    return switch (fork.taken().option()) {
      case Option.Call it -> at;
      case Option.Sent(String event, Target target) ->
          state.frame().on().containsKey(event)
              ? Finding.then(at, "on", event)
              : List.of("anywhere", "on", event);
      case Option.Go(Target target, Step step, List<String> clears) -> {
        List<Transition> ways = InfluenceCheck.transitions(state);
        for (int i = 0; i < ways.size() && step.cause() == Step.Cause.TRANSITION; i++) {
          if (ways.get(i).target().equals(target)) {
            yield Finding.then(at, "transitions", String.valueOf(i));
          }
        }
        yield at;
      }
    };
  }

  private static String words(Option option) {
    return switch (option) {
      case Option.Call(String tool) -> "the call of " + tool;
      case Option.Sent(String event, Target target) ->
          "the event %s, which leads to %s".formatted(event, target);
      case Option.Go(Target target, Step step, List<String> clears) ->
          switch (step.cause()) {
            case TRANSITION -> "the way to " + target;
            case YES -> "the way to %s when %s".formatted(target, step.words());
            default -> "`%s` to %s".formatted(step.words(), target);
          };
    };
  }
}
