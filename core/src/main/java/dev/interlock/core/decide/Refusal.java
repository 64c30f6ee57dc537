package dev.interlock.core.decide;

import dev.interlock.core.journal.Content;

/**
 * A proposal that the machine forbids. Data, never an exception.
 *
 * @param rule by what name: a rule's sentence, or one of the core's own, such as {@code set to}
 * @param why what is missing, for the model
 */
public record Refusal(String rule, @Content String why) {}
