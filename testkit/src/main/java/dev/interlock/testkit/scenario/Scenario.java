package dev.interlock.testkit.scenario;

import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.load.Mark;
import dev.interlock.core.machine.Principal;
import java.util.List;
import java.util.Map;

/**
 * A scenario as it was read.
 *
 * @param mark where its name stands
 * @param tools canned answers by tool; a tool that is not named is called on its real server
 */
record Scenario(
    Mark mark,
    String name,
    Principal caller,
    Map<String, Object> input,
    Map<String, List<Answer>> tools,
    List<Step> steps) {

  /** How many model replies stand from that step on. */
  long repliesFrom(int step) {
    return steps.stream().skip(step).filter(Step.Model.class::isInstance).count();
  }
}
