package dev.interlock.core.machine;

import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What an expression may read.
 *
 * @param context the fields that are set, those that are derived included; keyed and {@code many}
 *     fields always are
 * @param run as in DESIGN section 2, "Guards"; made when it is read
 * @param now the occurrence's time
 * @param typed what the caller typed
 * @param locals {@code args}, {@code result} or {@code call}, where there are any
 */
public record Scope(
    Facts context,
    Principal caller,
    Map<String, Object> constants,
    Supplier<Map<String, Object>> run,
    Instant now,
    Typed typed,
    Map<String, Object> locals) {

  public Scope with(Map<String, Object> otherLocals) {
    return new Scope(context, caller, constants, run, now, typed, otherLocals);
  }
}
