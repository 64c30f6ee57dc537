package dev.interlock.testkit;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Fork;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Transcript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An instance in memory, with everything that a store would keep of it. */
final class Held {
  Machine machine;
  final List<Entry> entries = new ArrayList<>();
  final Map<String, String> results = new HashMap<>();
  final Map<String, Attachment> documents = new HashMap<>();
  final Set<String> marks = new HashSet<>();
  final List<Question> questions = new ArrayList<>();
  Instance instance;
  Transcript transcript = Transcript.EMPTY;
  @Nullable Question question;

  Held(Machine machine, String id) {
    this.machine = machine;
    this.instance = Instance.unborn(id);
  }

  Entry append(Occurrence occurrence, List<Outcome> outcomes) {
    Entry entry = Entry.next(instance, occurrence, outcomes);
    entries.add(entry);
    instance = Evolve.evolve(instance, entry);
    transcript = transcript.plus(entry);
    return entry;
  }

  /** Of another machine from here on. */
  void under(Machine other) {
    machine = other;
  }

  void takeOver(Fork fork, Held origin) {
    entries.addAll(fork.entries());
    results.putAll(origin.results);
    documents.putAll(origin.documents);
    refold();
  }

  /** Folds the journal anew. */
  void refold() {
    instance = Instance.unborn(instance.id());
    transcript = Transcript.EMPTY;
    question = null;
    for (Entry entry : entries) {
      instance = Evolve.evolve(instance, entry);
      transcript = transcript.plus(entry);
    }
  }

  /** The question that waits for its reply, if it was brought up. */
  Optional<Question> open() {
    Turn turn = instance.turn();
    return turn != null && turn.open() && question != null && question.number() == turn.question()
        ? Optional.of(question)
        : Optional.empty();
  }

  /** Keeps a result; the ref under which it is found. */
  String keep(String text) {
    String ref = Json.sha256(instance.id() + "\n" + text);
    results.put(ref, text);
    return ref;
  }

  boolean seen(String id) {
    return entries.stream()
        .anyMatch(entry ->
            entry.occurrence() instanceof Occurrence.Sent sent
                && !(sent instanceof Occurrence.Started)
                && sent.id().equals(id));
  }

  boolean startedWith(Machine other, Principal caller, Map<String, Object> input) {
    return machine.name().equals(other.name())
        && entries.getFirst().occurrence() instanceof Occurrence.Started started
        && started.caller().id().equals(caller.id())
        && Json.write(started.input()).equals(Json.write(input));
  }

  Store.Row row() {
    return Store.Row.of(machine, instance, entries.getLast().at());
  }

  static boolean matches(Store.Row row, Store.Filter filter) {
    return fits(filter.machineName(), row.machineName())
        && fits(filter.state(), row.state())
        && fits(filter.status(), row.status())
        && fits(filter.escalatedFrom(), row.escalatedFrom())
        && fits(filter.caller(), row.caller());
  }

  private static boolean fits(@Nullable String wanted, @Nullable String found) {
    return wanted == null || wanted.equals(found);
  }
}
