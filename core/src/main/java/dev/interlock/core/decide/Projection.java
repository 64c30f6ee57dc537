package dev.interlock.core.decide;

import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Machine;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is drawn from a tool's answer before {@code decide} sees it, on every engine alike. Pure.
 */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class Projection {
  private Projection() {}

  /**
   * The result of a call: preview, facts, misfit.
   *
   * @param call as the instance holds it, with the arguments it was accepted with
   * @param ref where the whole lies
   * @param text the whole result as text
   * @param structured the result as JSON text, or null
   */
  public static Result project(
      Machine machine, Call call, String ref, String text, @Nullable String structured) {
    throw new UnsupportedOperationException("project " + machine + call + ref + text + structured);
  }

  /** The arguments of a call's probe, or why they cannot be computed. */
  public static Probing probe(Machine machine, Instance instance, Call call, Instant now) {
    throw new UnsupportedOperationException("probe " + machine + instance + call + now);
  }

  /**
   * Whether a probe's answer says that the call happened: a boolean value decides, all else does
   * not.
   */
  public static Evaluation happened(
      Machine machine,
      Instance instance,
      Call call,
      String text,
      @Nullable String structured,
      Instant now) {
    throw new UnsupportedOperationException(
        "happened " + machine + instance + call + text + structured + now);
  }

  /** What to ask a probe. */
  public sealed interface Probing {
    /** The tool, its arguments. */
    record Ask(String tool, Map<String, Object> args) implements Probing {}

    /** There is no probe, or its arguments cannot be computed. */
    record Impossible(String why) implements Probing {}
  }
}
