package dev.interlock.metrics;

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
public final class InterlockMeters implements MeterBinder {
  private final Interlock interlock;
  private final InstanceCounts counts;

  public InterlockMeters(Interlock interlock, InstanceCounts counts) {
    this.interlock = interlock;
    this.counts = counts;
  }

  /** Registers them, and counts from now on until the engine is closed. */
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
        interlock.observe(step -> new Counting(registry, step).count()); // it ends with the engine
  }

  /** One step. */
  private record Counting(MeterRegistry registry, Step step) {
    void count() {
      add("steps", 1);
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
            add(
                "escalations",
                1,
                "state",
                it.escalated().from(),
                "reason",
                it.escalated().reason().word());
        case Outcome.ReplyTaken it -> question("replied", it.reply().usage());
        case Outcome.ReplyFaulty it -> question("faulty", it.reply().usage());
        case Outcome.Summarised it -> question("summary", it.usage());
        case Outcome.SummaryFaulty it -> question("faulty", it.reply().usage());
        case Outcome.QuestionLost it -> add("questions", 1, "result", "lost");
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

    private void question(String result, Reply.Usage usage) {
      add("questions", 1, "result", result);
      usage(usage);
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
