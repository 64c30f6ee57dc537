package dev.interlock.core.decide;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Visit;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The timers of an instance under another version of its machine. What has run, has run: a time
 * counts from where it began, so that one that is over by the other version is due at once. Only
 * {@code idle} begins anew.
 */
final class MigratedTimers {
  private final Machine from;
  private final Machine to;
  private final Instance instance;
  private final UnaryOperator<String> there;

  /**
   * @param there what a state of the one is called in the other
   */
  MigratedTimers(Machine from, Machine to, Instance instance, UnaryOperator<String> there) {
    this.from = from;
    this.to = to;
    this.instance = instance;
    this.there = there;
  }

  /** Of a visit that was left, those that are the same in the other; another starts on return. */
  Map<String, Timer> suspended(Visit visit) {
    Map<String, Timer> kept = new LinkedHashMap<>();
    visit
        .timers()
        .forEach((id, timer) -> {
          if (to.states().containsKey(there.apply(visit.state())) && same(visit, timer)) {
            kept.put(id, timer);
          }
        });
    return Map.copyOf(kept);
  }

  private boolean same(Visit visit, Timer timer) {
    State old = from.state(visit.state());
    State now = to.state(there.apply(visit.state()));
    if (timer.kind() == Timer.Kind.DURATION) {
      Decimal limit = old.frame().budgets().limit(Budget.DURATION);
      return limit != null && limit.equals(now.frame().budgets().limit(Budget.DURATION));
    }
    TimerRule rule = rule(old, timer);
    List<TimerRule> rules = now.frame().after();
    TimerRule other = timer.number() < rules.size() ? rules.get(timer.number()) : null;
    return rule != null
        && other != null
        && there(rule.target()).equals(other.target())
        && switch (rule) {
          case TimerRule.In in -> other instanceof TimerRule.In it && it.in().equals(in.in());
          case TimerRule.At at ->
              other instanceof TimerRule.At it && it.at().source().equals(at.at().source());
        };
  }

  private static @Nullable TimerRule rule(State state, Timer timer) {
    List<TimerRule> rules = state.frame().after();
    return timer.number() < rules.size() ? rules.get(timer.number()) : null;
  }

  private Target there(Target target) {
    return target instanceof Target.To(String state) ? new Target.To(there.apply(state)) : target;
  }

  /**
   * Sets those of the open visit and of the instance, and cancels what the other does not have.
   *
   * @return why one cannot be computed; empty if all are set
   */
  String set(Step step) {
    Map<String, Timer> wanted = new LinkedHashMap<>();
    Decimal whole = Limits.machine(to, step.instance(), Budget.DURATION);
    if (whole != null && (instance.timers().containsKey("duration") || !instance.inEscalation())) {
      Instant due = instance.started().plusSeconds(whole.value().longValue());
      put(wanted, new Timer("duration", Timer.Kind.DURATION, 0, 0, due, null));
    }
    State now = step.state();
    long visit = instance.visit().number();
    for (int i = 0; i < now.frame().after().size(); i++) {
      TimerRule rule = now.frame().after().get(i);
      Optional<Instant> due = Optional.empty();
      switch (rule) {
        case TimerRule.In in -> due = Optional.of(began(in.target()).plus(in.in()));
        case TimerRule.At at -> {
          switch (at.at().evaluate(step.scope())) {
            case Evaluation.Value(Object time) -> due = Optional.of(Instant.parse((String) time));
            case Evaluation.Unset unset -> {}
            case Evaluation.Failed(String why) -> {
              return "the timer %s of %s: %s".formatted(at.at().source(), now.name(), why);
            }
          }
        }
      }
      String id = "v%d/after/%d".formatted(visit, i);
      due.ifPresent(
          time -> put(wanted, new Timer(id, Timer.Kind.AFTER, visit, i(id), time, rule.target())));
    }
    Decimal limit = now.frame().budgets().limit(Budget.DURATION);
    if (limit != null) {
      String id = "v%d/duration".formatted(visit);
      Instant due = budgeted(id).plusSeconds(limit.value().longValue());
      put(wanted, new Timer(id, Timer.Kind.DURATION, visit, 0, due, null));
    }
    for (String id : instance.timers().keySet()) {
      if (!wanted.containsKey(id) && step.instance().timers().containsKey(id)) {
        step.emit(new Outcome.TimerCancelled(id));
      }
    }
    wanted.values().stream()
        .filter(timer -> !timer.equals(instance.timers().get(timer.id())))
        .forEach(timer -> step.emit(new Outcome.TimerSet(timer)));
    return "";
  }

  private static void put(Map<String, Timer> timers, Timer timer) {
    timers.put(timer.id(), timer);
  }

  private static int i(String id) {
    return Integer.parseInt(id.substring(id.lastIndexOf('/') + 1));
  }

  /** When the time to a target began: it may have started again since the visit did. */
  private Instant began(Target target) {
    State old = from.state(instance.state());
    return instance.timers().values().stream()
        .filter(timer -> timer.kind() == Timer.Kind.AFTER)
        .filter(timer -> timer.visit() == instance.visit().number())
        .filter(timer ->
            rule(old, timer) instanceof TimerRule.In in && there(in.target()).equals(target))
        .map(timer -> timer.due().minus(in(rule(old, timer))))
        .findFirst()
        .orElse(instance.visit().entered());
  }

  private static Duration in(@Nullable TimerRule rule) {
    return rule instanceof TimerRule.In in ? in.in() : Duration.ZERO;
  }

  /** When the state's own time began. */
  private Instant budgeted(String id) {
    Decimal before = from.state(instance.state()).frame().budgets().limit(Budget.DURATION);
    Timer timer = instance.timers().get(id);
    return before == null || timer == null
        ? instance.visit().entered()
        : timer.due().minusSeconds(before.value().longValue());
  }
}
