package dev.interlock.testkit.scenario;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Way;
import dev.interlock.core.machine.Ways;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The declared ways that a journal went. */
public final class Visited {
  private final Set<Way> declared;

  /** Of that machine. */
  public Visited(Machine machine) {
    this.declared = Ways.of(machine).keySet();
  }

  Set<Way> of(List<Entry> journal) {
    Set<Way> visited = new LinkedHashSet<>();
    String state = "";
    for (Entry entry : journal) {
      for (Outcome outcome : entry.outcomes()) {
        if (outcome instanceof Outcome.Entered entered) {
          way(state, entered, entry.occurrence()).ifPresent(visited::add);
          state = entered.state();
        }
      }
    }
    return visited;
  }

  /** Which declared way led there: the state's own before those of anywhere. */
  public Optional<Way> way(String from, Outcome.Entered entered, Occurrence occurrence) {
    String target = entered.back() ? "back" : entered.state();
    String cause = entered.cause();
    Stream<String> causes =
        Reason.of(cause).isPresent()
            ? Stream.of("over " + cause, Way.DEFAULT)
            : occurrence instanceof Occurrence.Answered answered
                ? Stream.of(cause, "answer " + answered.answer())
                : Stream.of(cause);
    List<String> words = causes.toList();
    return Stream.of(from, Way.ANYWHERE)
        .flatMap(place -> words.stream().map(word -> new Way(place, target, word)))
        .filter(declared::contains)
        .findFirst();
  }
}
