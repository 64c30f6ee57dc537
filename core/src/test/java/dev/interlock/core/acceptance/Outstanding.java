package dev.interlock.core.acceptance;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an engine still has to do, by the effects it was given and what it reported. Knows nothing
 * of machine and instance, so that it can be compared with what {@code Effects.pending} draws from
 * those.
 */
final class Outstanding {
  private final Map<String, Effect> work = new LinkedHashMap<>();
  private final Set<Effect> notified = new LinkedHashSet<>();
  private final Set<Integer> sent = new LinkedHashSet<>();

  /** What was reported is done with. */
  void reported(Occurrence occurrence) {
    switch (occurrence) {
      case Occurrence.QuestionReplied o -> work.remove("question " + o.question());
      case Occurrence.QuestionFailed o -> work.remove("question " + o.question());
      case Occurrence.QuestionOverflowed o -> work.remove("question " + o.question());
      case Occurrence.ReplyLost o -> {}
      case Occurrence.CallReturned o -> settled(o.call());
      case Occurrence.CallFailed o -> settled(o.call());
      case Occurrence.CallDrifted o -> settled(o.call());
      case Occurrence.CallUnknown o -> work.remove("call " + o.call());
      case Occurrence.CallProbed o -> settled(o.call());
      case Occurrence.Resolved o -> settled(o.call());
      case Occurrence.TimerFired o -> work.remove("timer " + o.timer());
      case Occurrence.TicketOpened o -> work.remove("ticket " + o.escalation());
      case Occurrence.Started o -> {}
      case Occurrence.MessageSent o -> {}
      case Occurrence.EventSent o -> {}
      case Occurrence.Answered o -> {}
      case Occurrence.Resumed o -> {}
      case Occurrence.Cancelled o -> {}
      case Occurrence.Forked o -> {}
      case Occurrence.Migrated o -> {}
    }
  }

  private void settled(int call) {
    work.remove("call " + call);
    work.remove("probe " + call);
  }

  /** What is asked for is to be done. */
  void asked(List<Effect> effects) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Ask e -> work.put("question " + e.question(), e);
        case Effect.Dispatch e -> {
          if (!sent.add(e.call())) {
            throw new AssertionError("call " + e.call() + " is dispatched a second time");
          }
          work.put("call " + e.call(), e);
        }
        case Effect.Probe e -> work.put("probe " + e.call(), e);
        case Effect.AbandonQuestion e -> work.remove("question " + e.question());
        case Effect.AbandonCall e -> work.remove("call " + e.call());
        case Effect.SetTimer e -> work.put("timer " + e.timer(), e);
        case Effect.CancelTimer e -> work.remove("timer " + e.timer());
        case Effect.OpenTicket e -> {
          work.keySet().removeIf(key -> key.startsWith("ticket "));
          work.put("ticket " + e.escalation(), e);
        }
        case Effect.Notify e -> notified.add(e);
      }
    }
  }

  /** An escalation that was left, or ended with the instance, needs no ticket any more. */
  void noTicket() {
    work.keySet().removeIf(key -> key.startsWith("ticket "));
  }

  Set<Effect> work() {
    return Set.copyOf(work.values());
  }

  /** Whether people were told so. */
  boolean notified(Effect.Notify effect) {
    return notified.contains(effect);
  }
}
