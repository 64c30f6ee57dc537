package dev.interlock.core.decide;

import dev.interlock.core.evolve.Call;

/** What the model is told of calls outside their turn. */
final class Notices {
  /** To the model of an autonomous state, where nothing else would start a turn. */
  static final String IDLE = "Nobody is waited for here. Go on by yourself.";

  private Notices() {}

  static String ofApproved(Call call) {
    String name = "No. %d, %s, was approved".formatted(call.number(), call.tool());
    return switch (call.stage()) {
      case RETURNED -> name + " and carried out. Its result: " + result(call);
      case FAILED -> name + " but failed: " + call.note();
      case REFUSED ->
          name
              + (call.refusal() == null
                  ? " but refused"
                  : " but refused by the rule \"%s\": %s"
                      .formatted(call.refusal().rule(), call.refusal().why()));
      case UNKNOWN -> name + "; its outcome is unknown: " + call.note();
      case WITHDRAWN -> name + " but withdrawn: " + call.note();
      case PARKED -> name + ", but now others must agree too";
      case PROPOSED, ACCEPTED, DISPATCHED -> name;
    };
  }

  static String ofSettled(Call call, boolean happened, String by) {
    return "No. %d, %s, whose outcome was unknown, %s (so says %s)."
        .formatted(call.number(), call.tool(), happened ? "did happen" : "did not happen", by);
  }

  private static String result(Call call) {
    Result result = call.result();
    if (result == null) {
      return "";
    }
    return result.complete()
        ? result.preview()
        : "%s…\n%s".formatted(result.preview(), result.stub(call.tool(), call.number()));
  }
}
