package dev.interlock.build;

/** What holds in every state that is not an end. */
public final class AnywhereKeys extends Keys<AnywhereKeys> {
  AnywhereKeys() {}

  @Override
  AnywhereKeys self() {
    return this;
  }

  /** Where an event leads. */
  public AnywhereKeys on(String event, String target) {
    return named("on", event, target);
  }

  /** Where a reason to escalate leads; {@code default} for all others. */
  public AnywhereKeys over(String reason, String target) {
    return named("over", reason, target);
  }
}
