package dev.interlock.testkit.scenario;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.load.Mark;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One step of a scenario: something that happens, or something that is expected. */
sealed interface Step {
  /** Where it stands. */
  Mark mark();

  /** Somebody writes; null means the caller. */
  record User(
      Mark mark,
      @Nullable Principal as,
      String text,
      Map<String, Object> form,
      Map<String, List<Attachment>> documents)
      implements Step {}

  /** The model answers the open question; see {@link dev.interlock.core.prompt.Script}. */
  record Model(Mark mark, Object reply) implements Step {}

  /** The open question fails for good. */
  record ModelFails(Mark mark, String why) implements Step {}

  /** Null and zero mean: what the one thing that waits was shown with. */
  record Answer(
      Mark mark,
      Principal as,
      String say,
      int number,
      @Nullable String hash,
      Map<String, Object> form)
      implements Step {}

  record Event(Mark mark, @Nullable Principal as, String name, @Nullable Object payload)
      implements Step {}

  record Time(Mark mark, Duration by) implements Step {}

  /** A call of zero means the only one whose outcome is unknown. */
  record Resolve(Mark mark, Principal as, int call, boolean happened, @Nullable Object result)
      implements Step {}

  record Resume(Mark mark, Principal as, String state, Map<Budget, Decimal> grant)
      implements Step {}

  record Cancel(Mark mark, Principal as, String why) implements Step {}

  /** The step before was rejected, with these words. */
  record Rejected(Mark mark, String words) implements Step {}

  record Expect(Mark mark, List<Expectation> all) implements Step {}
}
