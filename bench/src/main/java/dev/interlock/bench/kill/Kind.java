package dev.interlock.bench.kill;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What instances do, by the beginning of their ids: the same replies to the same questions, whoever
 * asks, and one place where each must be in the end.
 */
enum Kind {
  TALK,
  ORDER("d.order"),
  NOTE("d.note"),
  MAIL("d.mail"),
  /** Parked, and a manager says yes. */
  LEND("d.lend"),
  /** Parked, and a manager says no. */
  DENY("d.lend"),
  /** Parked, and nobody answers before it expires. */
  LEASE("d.lease"),
  LOOK("d.look d.look"),
  BATCH("d.look d.mail d.note"),
  /** A write whose server says, every other time, that it failed. */
  FAIL("d.fail"),
  /** A write that may take longer than it has. */
  SLOW("d.slow"),
  /** Says nothing until it escalates. */
  SILENT,
  /** Its first reply is of no use. */
  MUMBLE,
  /** Waits for a timer. */
  HOLD,
  /** Waits for an event, or the timer that comes first. */
  PAID,
  STOP,
  CANCEL("d.slow"),
  /** Waits for nothing that comes. */
  REST,
  /** Another one goes on from where it first waits. */
  FORK;

  /** The tools of its first reply, with a space between. */
  private final String calls;

  Kind() {
    this("");
  }

  Kind(String calls) {
    this.calls = calls;
  }

  String prefix() {
    return name().toLowerCase(Locale.ROOT) + "-";
  }

  static Kind of(String instance) {
    return valueOf(instance.substring(0, instance.indexOf('-')).toUpperCase(Locale.ROOT));
  }

  /** What the model says, as scripts have it. Each call that it proposes has a token of its own. */
  Object reply(String instance, long number) {
    if (number > 1) {
      return switch (this) {
        case STOP, CANCEL -> "Yes?";
        case LEND, DENY, LEASE -> number == 2 ? "It waits." : record("done");
        default -> record("done");
      };
    }
    return switch (this) {
      case TALK, SILENT, STOP, FORK -> "Good morning.";
      case MUMBLE -> List.of();
      case HOLD, PAID -> record("hold");
      case REST -> record("rest");
      default -> {
        List<Object> parts = new ArrayList<>();
        for (String tool : calls.split(" ", -1)) {
          String token = "%s/%d/%d".formatted(instance, number, parts.size());
          parts.add(Map.of("call", tool, "with", Map.of("token", token)));
        }
        yield parts;
      }
    };
  }

  private static Object record(String field) {
    return List.of(Map.of("call", "record", "with", Map.of(field, true)));
  }

  /** Whether nothing more is to come of an instance that is there. */
  boolean settled(String status, String state) {
    return switch (this) {
      case STOP -> status.equals("completed") && state.equals("Stopped");
      case CANCEL -> status.equals("cancelled");
      case REST -> status.equals("waiting") && state.equals("Rest");
      default -> status.equals("completed") && state.equals("Done");
    };
  }
}
