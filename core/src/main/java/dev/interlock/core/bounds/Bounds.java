package dev.interlock.core.bounds;

import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Tool;
import java.util.List;

/**
 * The most that a run may take, of each state, of each tool, and in all, as long as no operator
 * resumes the instance or sends an event: what {@code resume} grants comes on top.
 *
 * <p>A number is never too small, whatever model, users, people and tools do; it may be too large
 * where only a guard keeps a run from what the ways of the machine let it do.
 */
public record Bounds(List<OfState> states, List<OfTool> tools, Total total) {
  /**
   * Of all visits of a state, but for the time.
   *
   * @param visits how often it is entered, {@code back} included
   * @param turns questions to the model
   * @param calls calls of tools that go out, failed ones too
   * @param writes calls of tools other than reads that happened or may have: those that failed or
   *     did not happen are not among them
   * @param tokens after which the model is not asked again
   * @param cost after which the model is not asked again
   * @param time seconds that one visit lasts, what is under way when they are over aside
   */
  public record OfState(
      String state,
      Bound visits,
      Bound turns,
      Bound calls,
      Bound writes,
      Bound tokens,
      Bound cost,
      Bound time) {}

  /**
   * Of a tool.
   *
   * @param calls that go out, failed ones too
   * @param happened those that happened or may have
   * @param attempts how often each is tried
   */
  public record OfTool(String tool, EffectClass effect, Bound calls, Bound happened, int attempts) {
    static int attempts(Tool tool) {
      return tool.effect() == EffectClass.WRITE ? 1 : tool.retry().attempts();
    }
  }

  /**
   * Of a whole run.
   *
   * @param time seconds outside escalations
   * @param escalated seconds in escalations
   */
  public record Total(
      Bound turns,
      Bound calls,
      Bound writes,
      Bound tokens,
      Bound cost,
      Bound time,
      Bound escalated) {}

  /** Of a machine. Pure; looks at its ways and limits, and explores nothing. */
  public static Bounds of(Machine machine) {
    return new Spending(machine).bounds();
  }
}
