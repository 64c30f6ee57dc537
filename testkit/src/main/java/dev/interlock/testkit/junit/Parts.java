package dev.interlock.testkit.junit;

import dev.interlock.core.contract.BuiltIn;
import dev.interlock.langchain4j.JavaValues;
import java.util.Map;

/** The parts of a scripted reply; see {@link InterlockExtension#model}. */
public final class Parts {
  private Parts() {}

  /** A text for the user. */
  public static Object say(String text) {
    return Map.of("say", text);
  }

  /**
   * A proposed call.
   *
   * @param tool {@code SERVER.TOOL}, or a built-in
   * @param with arguments, as {@link JavaValues}
   */
  public static Object call(String tool, Map<String, ?> with) {
    return Map.of("call", tool, "with", JavaValues.object(with));
  }

  /** A proposal to record these fields. */
  public static Object record(Map<String, ?> fields) {
    return call(BuiltIn.RECORD.word(), fields);
  }
}
