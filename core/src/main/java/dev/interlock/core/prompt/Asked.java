package dev.interlock.core.prompt;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Redaction;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Hidden;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the model was asked at an entry, made anew of what was recorded, as somebody may see it.
 * Documents are named as if the model could see them all.
 */
public final class Asked {
  private final Function<String, Machine> machines;
  private final List<Entry> entries;
  private final Principal by;

  /**
   * @param machines by pin
   * @param entries of an instance, all of them, nothing hidden
   * @param by who must be an operator or the caller
   */
  public Asked(Function<String, Machine> machines, List<Entry> entries, Principal by) {
    this.machines = machines;
    this.entries = entries;
    this.by = by;
  }

  /**
   * The question that an entry asked.
   *
   * @param results as of {@link Prompt#question}
   * @param bytes of a document by its hash, or null if they are gone
   * @return empty if there is no such entry, or it asked nothing
   */
  public Optional<Prompted> at(
      long seq,
      Function<String, @Nullable String> results,
      Function<String, byte @Nullable []> bytes) {
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    Instance instance = Instance.unborn(entries.getFirst().instance());
    Instance then = instance;
    Transcript transcript = Transcript.EMPTY;
    boolean asks = false;
    for (Entry entry : entries) {
      instance = Evolve.evolve(instance, entry);
      if (entry.seq() <= seq) {
        then = instance;
        transcript = transcript.plus(entry);
        asks = asks(entry);
      }
    }
    Turn turn = then.turn();
    if (then.seq() != seq || !asks || turn == null || !turn.open()) {
      return Optional.empty();
    }
    Question question =
        Prompt.question(
            machines.apply(then.machine()),
            then,
            transcript,
            results,
            new Sight(document -> true, bytes));
    Hidden hidden = Redaction.hidden(machines, instance, entries, by);
    return Optional.of(Prompted.of(question, hidden::text));
  }

  /** Whether an entry asks the model something. */
  public static boolean asks(Entry entry) {
    return entry.outcomes().stream()
        .anyMatch(outcome ->
            outcome instanceof Outcome.Asked
                || outcome instanceof Outcome.SummaryAsked
                || outcome instanceof Outcome.AskedAgain);
  }
}
