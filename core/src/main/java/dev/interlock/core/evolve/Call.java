package dev.interlock.core.evolve;

import dev.interlock.core.decide.Refusal;
import dev.interlock.core.decide.Result;
import dev.interlock.core.journal.Content;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A proposed call and what became of it.
 *
 * @param number within the instance, from 1: how people and notices name it
 * @param id as the provider gave it; empty for a call of the machine itself
 * @param tool {@code SERVER.TOOL}, a built-in's name, or what the model spelled if it is neither
 * @param proposed the arguments as the model chose them
 * @param args the arguments to dispatch, those of {@code set} included; empty until accepted
 * @param key idempotency key; empty until dispatched
 * @param note why it failed, is unknown or was withdrawn; a built-in's answer
 * @param counted the keys of {@code atMost} it was counted under at dispatch
 * @param applied whether its result has been counted and filed, which happens in call order
 */
public record Call(
    int number,
    String id,
    String tool,
    @Content Map<String, Object> proposed,
    @Content Map<String, Object> args,
    Stage stage,
    String key,
    @Nullable Instant dispatchedAt,
    @Nullable Instant deadline,
    @Nullable Result result,
    @Nullable Refusal refusal,
    @Content String note,
    @Content List<String> counted,
    boolean applied) {

  /** Where a call stands. */
  public enum Stage {
    PROPOSED,
    /** Judged, waits to be dispatched. */
    ACCEPTED,
    DISPATCHED,
    /** It may or may not have happened. */
    UNKNOWN,
    RETURNED,
    FAILED,
    REFUSED,
    WITHDRAWN,
    /** A person must say yes first. */
    PARKED;

    /** Whether the turn need not wait for it. */
    public boolean settled() {
      return switch (this) {
        case PROPOSED, ACCEPTED, DISPATCHED, UNKNOWN -> false;
        case RETURNED, FAILED, REFUSED, WITHDRAWN, PARKED -> true;
      };
    }
  }

  public static Call proposed(int number, String id, String tool, Map<String, Object> proposed) {
    return new Call(
        number,
        id,
        tool,
        proposed,
        Map.of(),
        Stage.PROPOSED,
        "",
        null,
        null,
        null,
        null,
        "",
        List.of(),
        false);
  }

  /** A call that waits for people, with everything it will go out with. */
  public Call parked() {
    return settled(Stage.PARKED, null, null, "");
  }

  /** An approved call, to be judged once more and dispatched. */
  Call released() {
    return new Call(
        number,
        id,
        tool,
        proposed,
        args,
        Stage.ACCEPTED,
        "",
        null,
        null,
        null,
        null,
        "",
        List.of(),
        false);
  }

  Call accepted(Map<String, Object> arguments) {
    return new Call(
        number,
        id,
        tool,
        proposed,
        arguments,
        Stage.ACCEPTED,
        key,
        null,
        null,
        null,
        null,
        "",
        counted,
        applied);
  }

  Call dispatched(String idempotencyKey, Instant at, Instant until, List<String> keys) {
    return new Call(
        number,
        id,
        tool,
        proposed,
        args,
        Stage.DISPATCHED,
        idempotencyKey,
        at,
        until,
        null,
        null,
        "",
        keys,
        applied);
  }

  Call settled(Stage next, @Nullable Result outcome, @Nullable Refusal refused, String why) {
    return new Call(
        number,
        id,
        tool,
        proposed,
        args,
        next,
        key,
        dispatchedAt,
        deadline,
        outcome,
        refused,
        why,
        counted,
        applied);
  }

  Call markApplied() {
    return new Call(
        number,
        id,
        tool,
        proposed,
        args,
        stage,
        key,
        dispatchedAt,
        deadline,
        result,
        refusal,
        note,
        counted,
        true);
  }
}
