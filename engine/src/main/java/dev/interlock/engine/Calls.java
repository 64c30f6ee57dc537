package dev.interlock.engine;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Progress;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Tool;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One attempt at a call, and what its answer is to the machine. Thread-safe. */
public final class Calls {
  /** How long after a call's time-out its host may still answer. */
  public static final Duration HOST_GRACE = Duration.ofSeconds(5);

  /** The longest result, text and structure together, in characters. */
  public static final int MAX_RESULT = 2 * ToolHost.MAX_RESULT;

  private final ToolHost tools;
  private final ExecutorService threads;

  public Calls(ToolHost tools, ExecutorService threads) {
    this.tools = tools;
    this.threads = threads;
  }

  /** Calls once, and takes no longer than {@link #most}. */
  public Answer once(ToolCall call, Consumer<Progress> told) throws InterruptedException {
    return answer(call, () -> Retrying.within(threads, most(call), () -> tools.call(call, told)));
  }

  /** What a tool's host is told of a call. */
  public static ToolCall call(
      Instance instance, Tool tool, Effect.Dispatch effect, Duration timeout) {
    return new ToolCall(
        tool.name(),
        effect.args(),
        effect.key(),
        instance.id(),
        instance.caller(),
        timeout,
        tool.locked().hash());
  }

  /** Waits for a tool's server, and gives for how long: it has a limit of its own. */
  public static Duration ready(Ports ports, Tool tool) throws InterruptedException {
    Instant before = ports.clock().instant();
    ports.tools().ready(tool.name());
    return Duration.between(before, ports.clock().instant());
  }

  /** How long its host may take: one that forgets its time-out must not hold the turn for ever. */
  public static Duration most(ToolCall call) {
    return call.timeout().plus(HOST_GRACE);
  }

  /** What came of calling a host, as an answer. */
  public static Answer answer(ToolCall call, Retrying.Tried<Answer> tried)
      throws InterruptedException {
    try {
      return bounded(tried.get());
    } catch (TimeoutException e) {
      return new Answer.Unknown("no answer within " + call.timeout());
    } catch (ExecutionException e) {
      return new Answer.Unknown(String.valueOf(e.getCause()));
    }
  }

  /** A host bounds what it reads; one that does not must not fill the store. */
  private static Answer bounded(Answer answer) {
    if (answer instanceof Answer.Returned(String text, String structured)
        && text.length() + (structured == null ? 0 : structured.length()) > MAX_RESULT) {
      return new Answer.Unknown(
          "an answer of more than %,d characters, which could not be read".formatted(MAX_RESULT));
    }
    return answer;
  }

  /** What follows from an attempt at a call. */
  public sealed interface Next {
    /** Nothing more is tried. */
    record Settled(Answer answer) implements Next {}

    /**
     * It is tried again.
     *
     * @param unsettled whether an attempt so far may have had its effect
     */
    record Again(String why, Duration pause, boolean unsettled) implements Next {}
  }

  /**
   * A write is tried once; anything else by its policy, within its deadline. Where an attempt may
   * have had its effect, a failure for now leaves the outcome unknown.
   *
   * @param attempt that this was, from 1
   * @param unsettled whether one before it may have had its effect
   */
  public static Next next(
      Tool tool, int attempt, boolean unsettled, Answer answer, Instant now, Instant deadline) {
    return switch (answer) {
      case Answer.Returned returned -> new Next.Settled(returned);
      case Answer.Drifted drifted -> new Next.Settled(drifted);
      case Answer.Failed failed when !failed.retryable() -> new Next.Settled(failed);
      case Answer.Failed(String why, boolean retryable, Duration asked) ->
          next(tool, attempt, unsettled, why, asked, now, deadline);
      case Answer.Unknown(String why) ->
          next(
              tool,
              attempt,
              unsettled || tool.effect() != EffectClass.READ,
              why,
              null,
              now,
              deadline);
    };
  }

  private static Next next(
      Tool tool,
      int attempt,
      boolean unsettled,
      String why,
      @Nullable Duration asked,
      Instant now,
      Instant deadline) {
    int most = tool.effect() == EffectClass.WRITE ? 1 : tool.retry().attempts();
    Duration pause = Retrying.pause(tool.retry(), attempt, asked);
    boolean last =
        attempt >= most || Retrying.tooLong(asked) || !now.plus(pause).isBefore(deadline);
    return last ? new Next.Settled(ended(unsettled, why)) : new Next.Again(why, pause, unsettled);
  }

  /**
   * What a call comes to of which nothing more is tried.
   *
   * @param unsettled whether an attempt may have had its effect
   */
  public static Answer ended(boolean unsettled, String why) {
    return unsettled ? new Answer.Unknown(why) : new Answer.Failed(why, false, null);
  }

  /** What an answer is as one text. */
  public static String whole(Answer.Returned answer) {
    String structured = answer.structured();
    return answer.text().isEmpty() && structured != null ? structured : answer.text();
  }

  /**
   * A result as the machine has it.
   *
   * @param beside what the store must hold before it is recorded
   */
  public record Kept(Result result, List<Store.Write> beside) {
    /**
     * Of what a tool answered.
     *
     * @param key of the instance's content
     */
    public static Kept of(
        Machine machine, String instance, String key, Call call, Answer.Returned answer) {
      String whole = whole(answer);
      String ref = new Sealing(key).ref(whole);
      Result result = Projection.project(machine, call, ref, answer.text(), answer.structured());
      return new Kept(
          result,
          result.complete() ? List.of() : List.of(new Store.PutResult(instance, ref, whole)));
    }
  }

  /**
   * What a probe found.
   *
   * @param happened null if it decided nothing
   * @param why at most {@link #MAX_WHY} characters
   */
  public record Probed(@Nullable Boolean happened, String why) {
    /** The longest of {@link #why}, in characters. */
    public static final int MAX_WHY = 1_000;

    public Probed {
      why = why.substring(0, Math.min(why.length(), MAX_WHY));
    }

    /** Of what the probe's tool answered. */
    public static Probed of(
        Machine machine, Instance instance, Call call, Answer answer, Instant now) {
      String why =
          switch (answer) {
            case Answer.Returned returned -> whole(returned);
            case Answer.Failed failed -> failed.why();
            case Answer.Unknown unknown -> unknown.why();
            case Answer.Drifted drifted -> drifted.what();
          };
      return answer instanceof Answer.Returned(String text, String structured)
              && Projection.happened(machine, instance, call, text, structured, now)
                  instanceof Evaluation.Value(Object value)
              && value instanceof Boolean verdict
          ? new Probed(verdict, why)
          : new Probed(null, why);
    }
  }
}
