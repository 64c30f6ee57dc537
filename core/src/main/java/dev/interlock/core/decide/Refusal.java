package dev.interlock.core.decide;

import dev.interlock.core.journal.Content;
import java.util.List;

/**
 * A proposal that the machine forbids. Data, never an exception.
 *
 * @param rule by what name: a rule's sentence, or one of the core's own, such as {@code set to}
 * @param why what is missing, for the model
 * @param moves what may be done instead, in the state the call was refused in
 */
public record Refusal(String rule, @Content String why, List<String> moves) {
  Refusal(String rule, String why) {
    this(rule, why, List.of());
  }

  /** What a model made up, to be quoted in a {@code why}; a rule never quotes it. */
  static String shortened(String name) {
    return name.length() <= 80 ? name : name.substring(0, 80) + "…";
  }
}
