package dev.interlock.temporal;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Call.Stage;
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
  private List<String> out = List.of();
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
    if (System.nanoTime() - looked > FRESH_NANOS || !out.contains(call.key())) {
      out = out(call.instance());
      looked = System.nanoTime();
    }
    return out.indexOf(call.key()) > 0; // a probe is none of them
  }

  /** The keys of the calls that are out, in the calls' order. */
  private List<String> out(String instance) {
    Turn turn =
        Objects.requireNonNull(engine)
            .get(RunningStage.OPERATOR, instance)
            .orElseThrow()
            .instance()
            .turn();
    return turn == null
        ? List.of()
        : turn.calls().stream()
            .filter(call -> call.stage() == Stage.DISPATCHED)
            .map(Call::key)
            .toList();
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
