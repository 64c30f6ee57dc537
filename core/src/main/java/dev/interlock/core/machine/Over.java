package dev.interlock.core.machine;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a reason to escalate leads. */
public record Over(Map<Reason, Target> byReason, @Nullable Target otherwise) {
  public static final Over NONE = new Over(Map.of(), null);

  /** Where that reason leads here, or null if this says nothing of it. */
  public @Nullable Target of(Reason reason) {
    Target target = byReason.get(reason);
    return target != null ? target : otherwise;
  }
}
