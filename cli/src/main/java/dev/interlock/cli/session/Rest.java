package dev.interlock.cli.session;

import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Instance;
import org.jspecify.annotations.Nullable;

/** When there is nothing to wait for but people and time. */
final class Rest {
  private Rest() {}

  static boolean is(View view) {
    Instance instance = view.instance();
    return switch (instance.status()) {
      case COMPLETED, CANCELLED, ENDED_ESCALATED, WAITING -> true;
      case RUNNING -> false;
      case ESCALATED -> {
        @Nullable Escalated escalated = instance.escalated();
        yield escalated != null && escalated.ticket() != null;
      }
    };
  }
}
