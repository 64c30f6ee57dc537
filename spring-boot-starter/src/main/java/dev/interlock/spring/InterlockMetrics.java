package dev.interlock.spring;

import dev.interlock.Interlock;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.prompt.Reply;
import dev.interlock.engine.Step;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What engines do, from the steps they commit. Every tag is a word of the machine or of Interlock:
 * nothing that a model or a user wrote becomes one.
 */
final class InterlockMetrics implements MeterBinder {
  static final String ESCALATED = Instance.Status.ESCALATED.word();

  private final Interlock interlock;
  private final Counts counts;

  InterlockMetrics(Interlock interlock, Counts counts) {
    this.interlock = interlock;
    this.counts = counts;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    List<String> statuses =
        Arrays.stream(Instance.Status.values()).map(Instance.Status::word).distinct().toList();
    for (String machine : interlock.machines()) {
      for (String status : statuses) {
        Gauge.builder("interlock.instances", counts, all -> all.of(machine, status))
            .description("instances, by machine and status")
            .tags("machine", machine, "status", status)
            .strongReference(true)
            .register(registry);
      }
    }
    AutoCloseable unused =
        interlock.observe(step -> new Counting(registry, step).count()); // until it is closed
  }

  /** One step. */
  private record Counting(MeterRegistry registry, Step step) {
    void count() {
      step.entry().outcomes().forEach(this::count);
    }

    private void count(Outcome outcome) {
      switch (outcome) {
        case Outcome.TurnOpened(Turn.Kind kind) when kind == Turn.Kind.QUESTION -> add("turns", 1);
        case Outcome.CallReturned it -> call(it.call(), "returned");
        case Outcome.CallFailed it -> call(it.call(), "failed");
        case Outcome.CallUnknown it -> call(it.call(), "unknown");
        case Outcome.CallRefused it -> {
          call(it.call(), "refused");
          add("refusals", 1, "rule", it.refusal().rule());
        }
        case Outcome.Escalation it ->
            add("escalations", 1, "reason", it.escalated().reason().word());
        case Outcome.ReplyTaken it -> usage(it.reply().usage());
        case Outcome.ReplyFaulty it -> usage(it.reply().usage());
        case Outcome.UsageCounted it -> usage(it.usage());
        default -> {
          // the others are not counted
        }
      }
    }

    private void call(int number, String result) {
      @Nullable String tool = step.tools().get(number);
      if (tool != null) {
        add("calls", 1, "tool", tool, "result", result);
      }
    }

    private void usage(Reply.Usage usage) {
      add("tokens", (double) usage.input(), "direction", "input");
      add("tokens", (double) usage.output(), "direction", "output");
      if (usage.cost().signum() > 0) {
        add("cost", usage.cost().doubleValue());
      }
    }

    private void add(String name, double amount, String... tags) {
      String[] all = new String[tags.length + 2];
      all[0] = "machine";
      all[1] = step.machine();
      System.arraycopy(tags, 0, all, 2, tags.length);
      registry.counter("interlock." + name, all).increment(amount);
    }
  }
}
