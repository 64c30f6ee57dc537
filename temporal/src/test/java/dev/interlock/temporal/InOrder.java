package dev.interlock.temporal;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Call.Stage;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Turn;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tools that answer calls in the calls' order, also those that are out together: one waits until
 * what became of those before it was recorded. Thread-safe.
 */
final class InOrder implements ToolHost {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final ToolHost tools;
  private volatile @Nullable Engine engine;
  private @Nullable Instance seen;
  private long looked;

  InOrder(ToolHost tools) {
    this.tools = tools;
  }

  /** Whose calls they are. */
  void of(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Answer call(ToolCall call) {
    return call(call, progress -> {});
  }

  @Override
  public Answer call(ToolCall call, Consumer<Progress> told) {
    while (waits(call)) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Answer.Failed("abandoned before anything was sent", true, null);
      }
    }
    return tools.call(call, told);
  }

  private synchronized boolean waits(ToolCall call) {
    if (seen == null || System.nanoTime() - looked > FRESH_NANOS) {
      seen =
          Objects.requireNonNull(engine)
              .get(RunningStage.OPERATOR, call.instance())
              .orElseThrow()
              .instance();
      looked = System.nanoTime();
    }
    Turn turn = seen.turn();
    List<Call> out =
        turn == null
            ? List.of()
            : turn.calls().stream().filter(it -> it.stage() == Stage.DISPATCHED).toList();
    return out.stream().anyMatch(it -> it.key().equals(call.key()))
        && !out.getFirst().key().equals(call.key());
  }

  @Override
  public List<Offered> offered(String server) {
    return tools.offered(server);
  }

  @Override
  public void ready(String tool) throws InterruptedException {
    tools.ready(tool);
  }

  @Override
  public void close() {
    tools.close();
  }
}
