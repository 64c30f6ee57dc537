package dev.interlock.core.decide;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.decide.CallJudge.Judgement;
import dev.interlock.core.decide.Outcome.Ruled;
import dev.interlock.core.decide.Outcome.Verdict;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Tool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A machine that only observes: a call of the model that it would refuse, or ask people about, goes
 * out as it was proposed, and the verdict says what would have become of it. A tool that is not
 * there cannot be called either way.
 */
final class Observing {
  private Observing() {}

  static Judgement judge(
      Step step, int number, CallJudge judge, String name, Map<String, Object> proposed) {
    Optional<Tool> tool = Contract.tool(step.machine(), name);
    if (tool.isEmpty()) {
      return judge.judge(name, proposed);
    }
    List<Outcome> verdicts = judge.verdicts();
    return switch (judge.judge(name, withoutWhatIsSetAlike(step, tool.get(), proposed))) {
      case Judgement.Refused(Refusal refusal) -> {
        verdicts.removeIf(it -> it instanceof Ruled ruled && ruled.verdict() == Verdict.REFUSES);
        verdicts.add(new Ruled(number, refusal.rule(), Verdict.WOULD_REFUSE));
        yield new Judgement.Accepted(proposed, List.of(), List.of());
      }
      case Judgement.Accepted(Map<String, Object> args, List<String> counted, var asks) -> {
        verdicts.replaceAll(it ->
            it instanceof Ruled ruled && ruled.verdict() == Verdict.ASKS
                ? new Ruled(number, ruled.rule(), Verdict.WOULD_ASK)
                : it);
        yield new Judgement.Accepted(args, counted, List.of());
      }
    };
  }

  /**
   * The agent that is watched fills in all arguments; only another value than the machine's is
   * against {@code set}.
   */
  private static Map<String, Object> withoutWhatIsSetAlike(
      Step step, Tool tool, Map<String, Object> proposed) {
    Map<String, Object> rest = new LinkedHashMap<>(proposed);
    tool.set()
        .forEach((argument, expression) -> {
          if (expression.evaluate(step.scope()) instanceof Evaluation.Value(Object value)) {
            rest.remove(argument, value);
          }
        });
    return rest;
  }
}
