package dev.interlock.core.journal;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import java.time.Instant;
import java.util.List;

/**
 * One step of an instance's journal.
 *
 * @param seq from 1, without gaps
 * @param version of Interlock's core that decided it
 */
public record Entry(
    String instance,
    long seq,
    Instant at,
    String version,
    Occurrence occurrence,
    List<Outcome> outcomes) {}
