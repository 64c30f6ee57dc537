package dev.interlock.temporal;

import dev.interlock.temporal.Payload.Found;
import dev.interlock.temporal.Payload.Work;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** What a workflow has done in the world. Each brings entries to the journal first. */
@ActivityInterface
public interface EffectActivities {
  /** Asks the model: each that is configured by the policy of retries, one after the other. */
  @ActivityMethod(name = "Ask")
  Found ask(Work work);

  /** Calls a tool; a write at most once, its mark durable before its first byte. */
  @ActivityMethod(name = "Call")
  Found call(Work work);

  /** Finds out by its mark whether a write may have gone out, and if not, that it never will. */
  @ActivityMethod(name = "Settle")
  Found settle(Work work);

  /** Asks the probe of a call whose outcome is unknown. */
  @ActivityMethod(name = "Probe")
  Found probe(Work work);

  /** Opens a ticket. */
  @ActivityMethod(name = "OpenTicket")
  Found openTicket(Work work);

  /** Tells a role what waits for it. */
  @ActivityMethod(name = "Notify")
  Found tell(Work work);

  /** Brings entries to the journal, and nothing else. */
  @ActivityMethod(name = "Flush")
  Found flush(Work work);
}
