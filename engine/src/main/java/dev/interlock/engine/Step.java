package dev.interlock.engine;

import dev.interlock.core.journal.Entry;
import java.util.Map;

/**
 * A committed step, for whoever measures.
 *
 * @param machine its name
 * @param entry as an operator is shown it
 * @param tools the tool of each call that the entry can be about, by the call's number; none of
 *     built-ins, and none of a name that the machine does not have
 */
public record Step(String machine, Entry entry, Map<Integer, String> tools) {}
