package dev.interlock.testkit;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Effects;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.Documents;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.engine.Watcher.Passing;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Redaction;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Fork;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Asked;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Prompted;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.engine.Gate;
import dev.interlock.engine.Requests;
import dev.interlock.testkit.scenario.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An engine in memory, for tests: deterministic, without threads, on a {@link ManualClock}.
 *
 * <p>A request is decided and recorded when it is made; what follows from it is carried out by
 * {@link #settle}, and what follows from time by {@link #tick}. The same requests in the same order
 * give the same journal, ids included. Nothing survives the object, but {@link #restart} forgets
 * everything except journals, results and marks, as a killed process would.
 *
 * <p>Given no model, an open question is left to the test: {@link #open}, {@link #reply}, {@link
 * #fail}.
 *
 * <p>Retries are immediate: their back-off counts against a call's deadline, but the clock does not
 * move for it. Thread-safe in that one request runs at a time.
 */
public final class InMemoryEngine implements Engine, Stage {
  /** How long after its deadline an unknown call is probed, unless told otherwise. */
  public static final Duration SETTLE_AFTER = Duration.ofSeconds(30);

  private final Map<String, Machine> machines = new LinkedHashMap<>();
  private final Map<String, Machine> pinned = new LinkedHashMap<>();
  private final Map<String, Held> instances = new LinkedHashMap<>();
  private final List<Watching> watchers = new ArrayList<>();
  private final Parts parts;
  private final Work work;
  private final Gate gate = new Gate();
  private boolean gated;
  private int madeUp;

  /**
   * What an engine works with.
   *
   * @param model null leaves questions to the test
   * @param settleAfter after its deadline an unknown call is probed
   */
  public record Parts(
      ManualClock clock,
      @Nullable ChatModel model,
      ToolHost tools,
      Desk desk,
      Duration settleAfter,
      Decider decider) {

    /** With {@link #SETTLE_AFTER} and the decider that is shipped. */
    public Parts(ManualClock clock, @Nullable ChatModel model, ToolHost tools, Desk desk) {
      this(clock, model, tools, desk, SETTLE_AFTER, Decider.TRUE);
    }
  }

  private record Watching(@Nullable String instance, Principal by, Watcher watcher) {
    boolean sees(Instance changed) {
      return (instance == null || instance.equals(changed.id())) && changed.readableBy(by);
    }
  }

  public InMemoryEngine(List<Machine> machines, Parts parts) {
    machines.forEach(machine -> this.machines.put(machine.name(), machine));
    machines.forEach(this::know);
    this.parts = parts;
    this.work = new Work(this, parts);
  }

  /** Starts no machine that has errors, as the other engines; this one plays any, else. */
  public InMemoryEngine gated() {
    gated = true;
    return this;
  }

  /** With one machine, whose questions are left to the test. */
  public static InMemoryEngine stage(
      Machine machine, ToolHost tools, Desk desk, ManualClock clock) {
    return new InMemoryEngine(List.of(machine), new Parts(clock, null, tools, desk));
  }

  /** A machine that instances may be migrated to; none is started of it. */
  public synchronized void know(Machine machine) {
    pinned.put(machine.pin(), machine);
  }

  @Override
  public Engine engine() {
    return this;
  }

  // ---- time and effects

  /** Carries out everything that need not wait for time, for a person or for a test's reply. */
  @Override
  public synchronized void settle() {
    work.settle();
  }

  /** Moves the clock forward; what becomes due on the way happens then, in order. */
  @Override
  public synchronized void tick(Duration by) {
    work.until(parts.clock().instant().plus(by));
  }

  /**
   * Settles, then moves the clock to the next thing that is due, and does it.
   *
   * @return false if nothing is due, ever
   */
  public synchronized boolean advance() {
    work.settle();
    Optional<Instant> next = work.next();
    next.ifPresent(work::until);
    return next.isPresent();
  }

  /**
   * As if the process had been killed and started again: what was under way is forgotten, instances
   * are folded from their journals, and their pending effects are taken up.
   */
  public synchronized void restart() {
    work.forget();
    for (Held held : instances.values()) {
      held.refold();
      work.recover(held, Effects.pending(held.machine, held.instance));
    }
  }

  // ---- questions left to the test

  /** The open question of an instance, once {@link #settle} has brought it up. */
  @Override
  public synchronized Optional<Question> open(String instance) {
    Held held = instances.get(instance);
    return held == null ? Optional.empty() : held.open();
  }

  /** Every question that was asked of an instance, oldest first. */
  @Override
  public synchronized List<Question> questions(String instance) {
    return List.copyOf(held(instance).questions);
  }

  /**
   * Answers the open question.
   *
   * @throws IllegalStateException if none is open
   */
  @Override
  public synchronized void reply(String instance, Reply reply) {
    long number = openNumber(instance);
    report(held(instance), new Occurrence.QuestionReplied(parts.clock().instant(), number, reply));
  }

  /**
   * The open question fails after its retries.
   *
   * @throws IllegalStateException if none is open
   */
  @Override
  public synchronized void fail(String instance, String why) {
    long number = openNumber(instance);
    report(held(instance), new Occurrence.QuestionFailed(parts.clock().instant(), number, why));
  }

  private long openNumber(String instance) {
    return open(instance)
        .orElseThrow(() -> new IllegalStateException("no question of " + instance + " is open"))
        .number();
  }

  // ---- requests

  @Override
  public synchronized Acknowledgement start(Principal by, Start start) {
    Machine known = machines.get(start.machine());
    if (known == null) {
      return rejected(
          Rejection.Code.NOT_FOUND,
          "found no machine %s, expected one of %s".formatted(start.machine(), machines.keySet()));
    }
    Principal whom = start.caller() == null ? by : start.caller();
    if (!whom.id().equals(by.id()) && !by.operator()) {
      return rejected(
          Rejection.Code.NOT_ALLOWED,
          "%s starts for %s, expected an operator: start it as yourself".formatted(by, whom));
    }
    String instance = start.id() == null ? "i-" + (instances.size() + 1) : start.id();
    Held there = instances.get(instance);
    Optional<Acknowledgement> unusable =
        Requests.unusable(instance)
            .or(() -> gate.refused(known, start, () -> !gated || there != null));
    if (unusable.isPresent()) {
      return unusable.get();
    }
    if (there != null) {
      return there.startedWith(known, whom, start.input())
          ? new Acknowledgement.Again(instance)
          : rejected(
              Rejection.Code.CONFLICT,
              "found %s started with something else, expected the same: choose another id"
                  .formatted(instance));
    }
    Held held = new Held(known, instance);
    Acknowledgement acknowledgement =
        take(
            held,
            new Occurrence.Started(
                "start", now(), by, whom, start.input(), gate.despite(known, start)));
    if (acknowledgement instanceof Acknowledgement.Taken) {
      instances.put(instance, held);
    }
    return acknowledgement;
  }

  @Override
  public synchronized Acknowledgement send(
      Principal by,
      String instance,
      @Nullable String id,
      String text,
      Map<String, Object> form,
      Map<String, List<Attachment>> documents) {
    Map<String, Object> told = Documents.occurring(documents);
    Acknowledgement sent =
        send(
            instance,
            new Occurrence.MessageSent(
                given(id), now(), by, text, form.isEmpty() ? null : form, told));
    if (sent instanceof Acknowledgement.Taken) {
      documents.values().stream()
          .flatMap(List::stream)
          .forEach(one -> held(instance).documents.putIfAbsent(one.document().hash(), one));
    }
    return sent;
  }

  @Override
  public synchronized Acknowledgement event(
      Principal by, String instance, @Nullable String id, String name, @Nullable Object payload) {
    return send(instance, new Occurrence.EventSent(given(id), now(), by, name, payload));
  }

  @Override
  public synchronized Acknowledgement answer(
      Principal by, String instance, @Nullable String id, Answer answer) {
    return send(
        instance,
        new Occurrence.Answered(
            given(id), now(), by, answer.number(), answer.hash(), answer.answer(), answer.form()));
  }

  @Override
  public synchronized Acknowledgement resolve(
      Principal by, String instance, int call, boolean happened, @Nullable String result) {
    Held held = instances.get(instance);
    Optional<Call> known =
        held == null
            ? Optional.empty()
            : held.instance.liveCalls().filter(live -> live.number() == call).findFirst();
    Result projected =
        result == null || known.isEmpty()
            ? null
            : project(Objects.requireNonNull(held), known.get(), result, result);
    return send(
        instance, new Occurrence.Resolved(given(null), now(), by, call, happened, projected));
  }

  @Override
  public synchronized Acknowledgement resume(
      Principal by, String instance, String state, Map<Budget, Decimal> grants) {
    return send(instance, new Occurrence.Resumed(given(null), now(), by, state, grants));
  }

  @Override
  public synchronized Acknowledgement cancel(Principal by, String instance, String why) {
    return send(instance, new Occurrence.Cancelled(given(null), now(), by, why));
  }

  @Override
  public synchronized Acknowledgement fork(
      Principal by, String instance, long seq, @Nullable String id) {
    Held origin = instances.get(instance);
    if (origin == null || !origin.instance.visibleTo(by)) {
      return new Acknowledgement.Rejected(Rejection.noInstance(instance));
    }
    String own = id == null ? "i-" + (instances.size() + 1) : id;
    Optional<Acknowledgement> unusable = Requests.unusable(own);
    if (unusable.isPresent()) {
      return unusable.get();
    }
    Fork fork = Fork.of(own, instance, origin.entries, seq);
    if (instances.containsKey(own)) {
      return held(own).instance.recent().containsKey(fork.id())
          ? new Acknowledgement.Again(own)
          : rejected(Rejection.Code.CONFLICT, "found %s already: choose another id".formatted(own));
    }
    Held held = new Held(origin.machine, own);
    held.takeOver(fork, origin);
    held.under(pinned.getOrDefault(held.instance.machine(), origin.machine));
    Acknowledgement acknowledgement = take(held, fork.occurrence(now(), by));
    if (acknowledgement instanceof Acknowledgement.Taken) {
      instances.put(own, held);
    }
    return acknowledgement;
  }

  @Override
  public synchronized Acknowledgement migrate(Principal by, String instance, Migration migration) {
    Machine to = pinned.get(migration.machine());
    Held held = instances.get(instance);
    if (to == null) {
      return Requests.unknownMachine(migration.machine());
    }
    Optional<Acknowledgement> unfit = gated ? gate.unfit(to) : Optional.empty();
    if (unfit.isPresent()) {
      return unfit.get();
    }
    if (held == null) {
      return new Acknowledgement.Rejected(Rejection.noInstance(instance));
    }
    Occurrence.Migrated migrated =
        new Occurrence.Migrated(
            given(null),
            now(),
            by,
            held.instance.machine(),
            migration.machine(),
            migration.states());
    return migration.tried()
        ? Requests.tried(Decide.migrate(held.machine, to, held.instance, migrated), held.instance)
        : take(held, migrated);
  }

  private Acknowledgement send(String instance, Occurrence.Sent sent) {
    Held held = instances.get(instance);
    if (held == null) {
      return new Acknowledgement.Rejected(Rejection.noInstance(instance));
    }
    boolean older = !held.instance.recent().containsKey(sent.id()) && held.seen(sent.id());
    return older ? new Acknowledgement.Again(instance) : take(held, sent);
  }

  // ---- reading

  /** An instance as it is, nothing hidden. */
  @Override
  public synchronized Optional<Instance> instance(String id) {
    return Optional.ofNullable(instances.get(id)).map(held -> held.instance);
  }

  /** An instance's entries as they are, nothing hidden. */
  @Override
  public synchronized List<Entry> entries(String id) {
    Held held = instances.get(id);
    return held == null ? List.of() : List.copyOf(held.entries);
  }

  @Override
  public synchronized Optional<View> get(Principal by, String instance) {
    Held held = instances.get(instance);
    return held == null || !held.instance.visibleTo(by)
        ? Optional.empty()
        : Optional.of(
            new View(
                held.machine,
                Redaction.of(held.machine, held.instance, held.instance.seenBy(by), by)));
  }

  @Override
  public synchronized List<Entry> journal(Principal by, String instance, long afterSeq) {
    Held held = instances.get(instance);
    return held == null || !held.instance.readableBy(by)
        ? List.of()
        : Redaction.of(
            this::pinned,
            held.instance,
            held.entries.stream().filter(entry -> entry.seq() > afterSeq).toList(),
            by);
  }

  @Override
  public synchronized Optional<Prompted> prompt(Principal by, String instance, long seq) {
    Held held = instances.get(instance);
    return held == null || !held.instance.readableBy(by)
        ? Optional.empty()
        : new Asked(this::pinned, held.entries, by)
            .at(
                seq,
                held.results::get,
                hash ->
                    Optional.ofNullable(held.documents.get(hash))
                        .map(Attachment::bytes)
                        .orElse(null));
  }

  @Override
  public synchronized Optional<Attachment> document(Principal by, String instance, String hash) {
    return get(by, instance)
        .flatMap(seen -> Documents.shown(seen, () -> journal(by, instance, 0), hash))
        .flatMap(document ->
            Optional.ofNullable(held(instance).documents.get(hash))
                .map(kept -> Attachment.of(document.name(), kept.bytes())));
  }

  @Override
  public synchronized List<Store.Row> list(Principal by, Store.Filter filter) {
    List<Store.Row> rows = new ArrayList<>();
    for (Held held : new ArrayList<>(instances.values()).reversed()) {
      Store.Row row = held.row();
      if (held.instance.visibleTo(by)
          && Held.matches(row, filter)
          && rows.size() < filter.limit()) {
        rows.add(row);
      }
    }
    return List.copyOf(rows);
  }

  @Override
  public synchronized AutoCloseable watch(
      Principal by, @Nullable String instance, Watcher watcher) {
    Watching added = new Watching(instance, by, watcher);
    watchers.add(added);
    return () -> watchers.remove(added);
  }

  /** Does nothing: parts that were given are closed by whoever made them. */
  @Override
  public void close() {}

  // ---- deciding

  /** Something that the engine itself reports; what it cannot use any more changes nothing. */
  void report(Held held, Occurrence.Reported reported) {
    take(held, reported);
  }

  /** What passes, to those from whom nothing of the instance is hidden. */
  void tell(Held held, Passing passing) {
    for (Watching watching : List.copyOf(watchers)) {
      if (watching.sees(held.instance)
          && !Redaction.hides(held.machine, held.instance, watching.by())) {
        watching.watcher().passing(passing);
      }
    }
  }

  Result project(Held held, Call call, String text, @Nullable String structured) {
    return Projection.project(held.machine, call, held.keep(text), text, structured);
  }

  private Acknowledgement take(Held held, Occurrence occurrence) {
    return switch (decided(held, occurrence)) {
      case Decision.Accepted accepted -> {
        Entry entry = held.append(occurrence, accepted.outcomes());
        held.under(pinned.getOrDefault(held.instance.machine(), held.machine));
        work.add(held, accepted.effects());
        for (Watching watching : List.copyOf(watchers)) {
          if (watching.sees(held.instance)) {
            watching
                .watcher()
                .entry(
                    Redaction.of(held.machine, held.instance, List.of(entry), watching.by())
                        .getFirst());
          }
        }
        yield new Acknowledgement.Taken(entry.instance(), entry.seq(), accepted.note());
      }
      case Decision.Duplicate() -> new Acknowledgement.Again(held.instance.id());
      case Decision.Rejected(Rejection rejection) -> new Acknowledgement.Rejected(rejection);
    };
  }

  private Machine pinned(String pin) {
    return Objects.requireNonNull(pinned.get(pin), pin);
  }

  private Decision decided(Held held, Occurrence occurrence) {
    return occurrence instanceof Occurrence.Migrated migrated
        ? Decide.migrate(held.machine, pinned(migrated.machine()), held.instance, migrated)
        : parts.decider().decide(held.machine, held.instance, occurrence);
  }

  private Held held(String instance) {
    return Objects.requireNonNull(instances.get(instance), "no instance " + instance);
  }

  private Instant now() {
    return parts.clock().instant();
  }

  private String given(@Nullable String id) {
    if (id != null) {
      return id;
    }
    madeUp++;
    return "made-up-" + madeUp;
  }

  private static Acknowledgement.Rejected rejected(Rejection.Code code, String message) {
    return new Acknowledgement.Rejected(new Rejection(code, message));
  }
}
