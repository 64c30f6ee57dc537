package dev.interlock.temporal;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.engine.Documents;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Fork;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Prompted;
import dev.interlock.engine.DocumentRoom;
import dev.interlock.engine.Gate;
import dev.interlock.engine.Live;
import dev.interlock.engine.Loading;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Prefix;
import dev.interlock.engine.Requests;
import dev.interlock.engine.Step;
import dev.interlock.temporal.Payload.Begin;
import dev.interlock.temporal.Payload.Letter;
import dev.interlock.temporal.Payload.Tail;
import dev.interlock.temporal.Payload.Work;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engine for many machines: instances are workflows, carried by {@link TemporalWorker}s. This
 * is whoever sends to them and reads them; it needs a worker somewhere on the task queue.
 *
 * <p>An acknowledgement is a decision that the server has made durable; the store has it soon
 * after.
 */
public final class TemporalEngine implements Engine {
  private final Store store;
  private final Clock clock;
  private final Loading loading;
  private final Journals journals;
  private final Posting posting;
  private final Resets resets;
  private final Following following;
  private final Gate gate = new Gate();
  private final Map<String, Machine> current = new LinkedHashMap<>();
  private volatile boolean closed;

  private TemporalEngine(
      WorkflowClient client, Place place, Store store, Machines machines, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.loading = Stored.machines(store, machines);
    this.following = new Following(store, loading);
    this.journals = new Journals(store, loading, following);
    this.posting = new Posting(client, place);
    this.resets = new Resets(client, place);
    machines.current().forEach(each -> current.put(each.machine().name(), each.machine()));
  }

  /**
   * Opens an engine, and adds the search attributes of its workflows to the namespace where they
   * are not there. It closes neither the client nor the store.
   *
   * @param store where journals lie: the same one for all workers and engines
   * @throws Store.StoreException if the store cannot be used
   * @throws IllegalStateException if the search attributes are not there and cannot be added
   */
  public static TemporalEngine open(
      WorkflowClient client, Place place, Store store, Machines machines, Clock clock) {
    OperatorServiceStubs operator =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder()
                .setChannel(client.getWorkflowServiceStubs().getRawChannel())
                .validateAndBuildWithDefaults());
    Attributes.register(operator, client);
    return new TemporalEngine(client, place, store, machines, clock);
  }

  Nearby nearby() {
    return following;
  }

  // ---- what is there

  /**
   * An instance as the store has it, and what the server has acknowledged after that.
   *
   * @param after in order, the first one follows what is stored
   */
  private record Seen(Live stored, List<Entry> after) {
    Live newest() {
      Instance instance = stored.instance();
      for (Entry entry : after) {
        instance = Evolve.evolve(instance, entry);
      }
      return new Live(
          stored.machine(), instance, stored.key(), stored.head(), stored.snapshot(), null);
    }
  }

  /** As the newest entry leaves it, with the machine that this leaves it pinned to. */
  private Live newest(Seen seen) {
    Live newest = seen.newest();
    String pin = newest.instance().machine();
    return pin.equals(newest.machine().pin()) ? newest : newest.under(loading.machine(pin));
  }

  private Optional<Seen> seen(String id) {
    Optional<Live> stored = loading.load(id);
    if (stored.isPresent() && stored.get().instance().end() != null) {
      return stored.map(live -> new Seen(live, List.of()));
    }
    Optional<Tail> tail = posting.tail(id);
    if (tail.isEmpty()) {
      return loading.load(id).map(live -> new Seen(live, List.of()));
    }
    if (stored.isEmpty() || stored.get().instance().seq() < tail.get().written()) {
      stored = loading.load(id); // more came there meanwhile
    }
    Live base =
        stored.orElseGet(() ->
            store
                .key(id)
                .map(key -> loading.begun(id, tail.get().pin(), key))
                .orElseGet(() -> Live.unborn(loading.machine(tail.get().pin()), id, "")));
    List<Entry> decided = tail.get().entries();
    List<Entry> after = inOrder(decided, base.instance().seq());
    if (!after.isEmpty() && !agrees(base.instance(), decided)) {
      after = List.of(); // it was reset, and has yet to find that the journal has gone on otherwise
    }
    return base.instance().seq() == 0 && after.isEmpty()
        ? Optional.empty()
        : Optional.of(new Seen(base, after));
  }

  /** Whether the newest entry that is stored is what a run has decided, if it is among that. */
  private boolean agrees(Instance stored, List<Entry> decided) {
    return decided.stream()
        .filter(entry -> entry.seq() == stored.seq())
        .allMatch(entry -> loading.journal(stored.id(), stored.seq() - 1).getFirst().equals(entry));
  }

  /** Those that follow an entry without a gap. */
  private static List<Entry> inOrder(List<Entry> entries, long seq) {
    List<Entry> found = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.seq() == seq + found.size() + 1) {
        found.add(entry);
      }
    }
    return found;
  }

  /** As the newest entry that the server has acknowledged leaves it. */
  private Optional<Live> live(String id) {
    return seen(id).map(this::newest);
  }

  /** As {@link #live}, once the store has all of it. */
  private Optional<Live> stored(String id) {
    return seen(id)
        .map(seen -> {
          Live newest = newest(seen);
          return seen.after().isEmpty()
              ? newest
              : journals.bring(
                  new Work(
                      id, newest.machine().pin(), newest.instance().seq(), seen.after(), null));
        });
  }

  // ---- what is sent

  @Override
  public Acknowledgement start(Principal by, Start start) {
    Machine found = current.get(start.machine());
    if (found == null) {
      return Requests.noMachine(start.machine(), current.keySet());
    }
    String instance = start.id() == null ? start.machine() + "-" + Requests.hex(4) : start.id();
    Optional<Acknowledgement> unusable =
        Requests.unusable(instance)
            .or(() -> Requests.misfit(null, start.input()))
            .or(() -> gate.refused(found, start, () -> live(instance).isPresent()));
    if (unusable.isPresent()) {
      return unusable.get();
    }
    Principal whom = start.caller() == null ? by : start.caller();
    Occurrence.Started started =
        new Occurrence.Started(
            "start", clock.instant(), by, whom, start.input(), gate.despite(found, start));
    Letter letter = new Letter(started, found.pin());
    if (store.row(instance).isPresent()) {
      return sent(instance, "start", letter);
    }
    if (store.key(instance).isPresent()) { // a fork that was never begun
      return new Acknowledgement.Rejected(Requests.taken(instance));
    }
    return begun(
        found, Instance.unborn(instance), "start", letter, Begin.unborn(instance, found.pin()));
  }

  /** Starts a run, unless it would begin with something that is rejected. */
  private Acknowledgement begun(
      Machine machine, Instance before, String name, Letter letter, Begin begin) {
    return switch (Decide.decide(machine, before, letter.sent())) {
      case Decision.Rejected(Rejection rejection) -> new Acknowledgement.Rejected(rejection);
      case Decision.Duplicate duplicate -> new Acknowledgement.Again(before.id());
      case Decision.Accepted accepted -> {
        Instance after =
            Evolve.evolve(before, Entry.next(before, letter.sent(), accepted.outcomes()));
        yield posting
            .start(machine, after, name, letter, begin)
            .orElseGet(() -> decided(before.id(), letter));
      }
    };
  }

  @Override
  public Acknowledgement fork(Principal by, String instance, long seq, @Nullable String id) {
    Optional<Live> origin = stored(instance).filter(live -> live.instance().visibleTo(by));
    if (origin.isEmpty()) {
      return Requests.noInstance(instance);
    }
    String own = id == null ? instance + "-" + Requests.hex(4) : id;
    Optional<Acknowledgement> unusable = Requests.unusable(own);
    if (unusable.isPresent()) {
      return unusable.get();
    }
    Fork fork = Fork.of(own, instance, loading.journal(instance, 0), seq);
    Machine machine =
        fork.entries().isEmpty()
            ? origin.get().machine()
            : loading.machine(fork.instance().machine());
    Letter letter = new Letter(fork.occurrence(clock.instant(), by), machine.pin());
    if (store.row(own).isPresent()) {
      return live(own)
          .filter(there -> there.instance().recent().containsKey(fork.id()))
          .<Acknowledgement>map(there -> new Acknowledgement.Again(own))
          .orElseGet(() -> new Acknowledgement.Rejected(Requests.taken(own)));
    }
    if (Decide.decide(machine, fork.instance(), letter.sent())
        instanceof Decision.Rejected(Rejection rejection)) {
      return new Acknowledgement.Rejected(rejection);
    }
    Prefix prefix = Prefix.of(fork, machine, origin.get(), store);
    Optional<String> key = store.key(own);
    if (key.isEmpty()) {
      List<Store.Write> writes = new ArrayList<>();
      writes.add(new Store.Create(own, machine.pin(), prefix.live().key()));
      writes.addAll(prefix.writes());
      store.commit(writes); // without a row: nobody sees it before it is begun
    } else if (!loading.begun(own, machine.pin(), key.get()).head().equals(prefix.live().head())) {
      return new Acknowledgement.Rejected(Requests.taken(own));
    }
    return begun(
        machine,
        fork.instance(),
        "fork",
        letter,
        Begin.goingOn(machine.pin(), fork.instance(), List.of(), Begin.Why.FORK));
  }

  @Override
  public Acknowledgement send(
      Principal by,
      String instance,
      @Nullable String id,
      String text,
      Map<String, Object> form,
      Map<String, List<Attachment>> documents) {
    Map<String, Object> told = Documents.occurring(documents);
    Object values =
        told != null ? List.of(text, form, told) : form.isEmpty() ? text : List.of(text, form);
    return checked(
        id,
        values,
        sent -> {
          Occurrence.MessageSent message =
              new Occurrence.MessageSent(
                  sent, clock.instant(), by, text, form.isEmpty() ? null : form, told);
          Optional<Acknowledgement> refused =
              documents.isEmpty() ? Optional.empty() : refused(instance, message, documents);
          return refused.isPresent()
              ? refused.get()
              : sent(instance, "send", new Letter(message, null));
        });
  }

  /** Puts documents beside a message that is about to be taken; why not, if it is not. */
  private Optional<Acknowledgement> refused(
      String instance, Occurrence.MessageSent message, Map<String, List<Attachment>> documents) {
    Optional<Live> live = stored(instance);
    if (live.isEmpty()) {
      return Optional.of(Requests.noInstance(instance));
    }
    return switch (Decide.decide(live.get().machine(), live.get().instance(), message)) {
      case Decision.Rejected(Rejection rejection) ->
          Optional.of(new Acknowledgement.Rejected(rejection));
      case Decision.Duplicate duplicate -> Optional.of(new Acknowledgement.Again(instance));
      case Decision.Accepted accepted -> tooMuch(instance, documents);
    };
  }

  private Optional<Acknowledgement> tooMuch(
      String instance, Map<String, List<Attachment>> documents) {
    List<Store.Write> writes = new ArrayList<>();
    documents.values().stream()
        .flatMap(List::stream)
        .forEach(document -> writes.add(new Store.PutDocument(instance, document)));
    String full = DocumentRoom.full(store, instance, List.of(), writes);
    if (!full.isEmpty()) {
      return Optional.of(Requests.rejected(Rejection.Code.LIMIT, full));
    }
    store.commit(writes);
    return Optional.empty();
  }

  @Override
  public Acknowledgement event(
      Principal by, String instance, @Nullable String id, String name, @Nullable Object payload) {
    return checked(
        id,
        payload == null ? "" : payload,
        letter(
            instance,
            "event",
            (sent, at) -> new Occurrence.EventSent(sent, at, by, name, payload)));
  }

  @Override
  public Acknowledgement answer(Principal by, String instance, @Nullable String id, Answer answer) {
    return checked(
        id,
        answer.form(),
        letter(
            instance,
            "answer",
            (sent, at) ->
                new Occurrence.Answered(
                    sent, at, by, answer.number(), answer.hash(), answer.answer(), answer.form())));
  }

  @Override
  public Acknowledgement resolve(
      Principal by, String instance, int call, boolean happened, @Nullable String result) {
    Optional<Result> projected =
        result == null ? Optional.empty() : projected(instance, call, result);
    return checked(
        null,
        result == null ? "" : result,
        letter(
            instance,
            "resolve",
            (sent, at) ->
                new Occurrence.Resolved(sent, at, by, call, happened, projected.orElse(null))));
  }

  private Optional<Result> projected(String instance, int number, String text) {
    if (text.length() > Requests.MAX_VALUES) {
      return Optional.empty(); // it is rejected for that
    }
    return stored(instance)
        .flatMap(live -> {
          Optional<Call> call =
              live.instance().liveCalls().filter(c -> c.number() == number).findFirst();
          if (call.isEmpty() || !live.machine().tools().containsKey(call.get().tool())) {
            return Optional.empty();
          }
          String ref = new Sealing(live.key()).ref(text);
          if (text.length() > Result.MAX_INLINE) {
            store.commit(List.of(new Store.PutResult(instance, ref, text)));
          }
          return Optional.of(Projection.project(live.machine(), call.get(), ref, text, null));
        });
  }

  @Override
  public Acknowledgement resume(
      Principal by, String instance, String state, Map<Budget, Decimal> grants) {
    return checked(
        null,
        "",
        letter(
            instance, "resume", (sent, at) -> new Occurrence.Resumed(sent, at, by, state, grants)));
  }

  @Override
  public Acknowledgement cancel(Principal by, String instance, String why) {
    return checked(
        null,
        why,
        letter(instance, "cancel", (sent, at) -> new Occurrence.Cancelled(sent, at, by, why)));
  }

  @Override
  public Acknowledgement migrate(Principal by, String instance, Migration migration) {
    Optional<Machine> machine = loading.known(migration.machine());
    if (machine.isEmpty()) {
      return Requests.unknownMachine(migration.machine());
    }
    Optional<Acknowledgement> unfit = gate.unfit(machine.get());
    if (unfit.isPresent()) {
      return unfit.get();
    }
    Optional<Live> live = live(instance);
    if (live.isEmpty()) {
      return Requests.noInstance(instance);
    }
    Making making =
        (sent, at) ->
            new Occurrence.Migrated(
                sent,
                at,
                by,
                live.get().instance().machine(),
                migration.machine(),
                migration.states());
    return migration.tried()
        ? Requests.tried(
            Decide.migrate(
                live.get().machine(),
                machine.get(),
                live.get().instance(),
                (Occurrence.Migrated) making.make("tried", clock.instant())),
            live.get().instance())
        : checked(null, migration.states(), letter(instance, "migrate", making));
  }

  private interface Making {
    Occurrence.Sent make(String id, Instant at);
  }

  private Function<String, Acknowledgement> letter(String instance, String name, Making making) {
    return sent -> sent(instance, name, new Letter(making.make(sent, clock.instant()), null));
  }

  private Acknowledgement checked(
      @Nullable String id, Object values, Function<String, Acknowledgement> sending) {
    if (closed) {
      return Requests.rejected(
          Rejection.Code.LIMIT, "the engine is closing; send it again to another one");
    }
    Optional<Acknowledgement> misfit = Requests.misfit(id, values);
    return misfit.isPresent() ? misfit.get() : sending.apply(id == null ? Requests.hex(8) : id);
  }

  /** Sends to what there is; the store says what became of what is over, or long known. */
  private Acknowledgement sent(String instance, String name, Letter letter) {
    Optional<Store.Row> row = store.row(instance);
    if (row.isPresent() && store.seen(instance, letter.sent().id())) {
      return decided(instance, letter);
    }
    return posting.send(instance, name, letter).orElseGet(() -> decided(instance, letter));
  }

  /** What the instance says that the store has: it ended, or has taken this long ago. */
  private Acknowledgement decided(String instance, Letter letter) {
    Optional<Live> live = loading.load(instance);
    if (live.isEmpty()) {
      return Requests.noInstance(instance);
    }
    Instance there = live.get().instance();
    String id = letter.sent().id();
    if (store.seen(instance, id)
        && !there.recent().containsKey(id)
        && !(letter.sent() instanceof Occurrence.Started)) {
      return new Acknowledgement.Again(instance);
    }
    String pin = letter.pin();
    Machine machine =
        pin == null || pin.equals(live.get().machine().pin())
            ? live.get().machine()
            : loading.machine(pin);
    Decision decision =
        letter.sent() instanceof Occurrence.Migrated migrated
            ? Decide.migrate(machine, loading.machine(migrated.machine()), there, migrated)
            : Decide.decide(machine, there, letter.sent());
    return switch (decision) {
      case Decision.Rejected(Rejection rejection) -> new Acknowledgement.Rejected(rejection);
      case Decision.Duplicate duplicate -> new Acknowledgement.Again(instance);
      case Decision.Accepted accepted ->
          throw new Store.StoreException(
              "found no run of %s on the server, expected one that takes this: it was terminated, or the server lost it"
                  .formatted(instance),
              null);
    };
  }

  // ---- what is seen

  @Override
  public Optional<View> get(Principal by, String instance) {
    return live(instance).flatMap(live -> Loading.view(live, by));
  }

  @Override
  public List<Entry> journal(Principal by, String instance, long afterSeq) {
    Optional<Seen> seen = seen(instance);
    if (seen.isEmpty()) {
      return List.of();
    }
    return loading.shown(newest(seen.get()), entries(seen.get(), instance, afterSeq), by);
  }

  /** Those of the store, and those that are not there yet. */
  private List<Entry> entries(Seen seen, String instance, long afterSeq) {
    List<Entry> entries = new ArrayList<>(loading.journal(instance, afterSeq));
    long newest = entries.isEmpty() ? afterSeq : entries.getLast().seq();
    entries.addAll(inOrder(seen.after(), newest));
    return entries;
  }

  @Override
  public Optional<Prompted> prompt(Principal by, String instance, long seq) {
    return seen(instance)
        .flatMap(seen -> loading.prompt(newest(seen), entries(seen, instance, 0), seq, by));
  }

  @Override
  public Optional<Attachment> document(Principal by, String instance, String hash) {
    return get(by, instance)
        .flatMap(seen -> Documents.shown(seen, () -> journal(by, instance, 0), hash))
        .flatMap(document ->
            store.document(instance, hash).map(bytes -> Attachment.of(document.name(), bytes)));
  }

  /** As the store has them: what was acknowledged a moment ago may not be there yet. */
  @Override
  public List<Store.Row> list(Principal by, Store.Filter filter) {
    return store.rows(filter, by.operator() ? null : by);
  }

  @Override
  public AutoCloseable watch(Principal by, @Nullable String instance, Watcher watcher) {
    if (instance == null && !by.operator()) {
      throw new IllegalArgumentException(
          "found %s, expected an operator: only one watches all instances".formatted(by));
    }
    long told = // what was acknowledged before is not told
        instance == null ? 0 : live(instance).map(it -> it.instance().seq()).orElse(0L);
    return following.add(by, instance, told, watcher);
  }

  /**
   * Every step that this process brings to the store, for whoever measures: until the result is
   * closed. Each is brought by one process: a worker, or whoever forks an instance or sends
   * documents or results to it.
   */
  public AutoCloseable observe(Consumer<Step> observer) {
    return following.add(observer);
  }

  // ---- what is done to runs

  /**
   * What a reset of an instance's run would mean; nothing is done yet.
   *
   * @param by an operator
   * @param event of the history: a workflow task that was completed; null means the last
   * @throws IllegalArgumentException if there is no such instance or event, it has ended, or
   *     somebody else asks
   */
  public Reset resetOf(Principal by, String instance, @Nullable Long event) {
    Optional<Live> live = by.operator() ? live(instance) : Optional.empty();
    if (live.isEmpty()) {
      throw new IllegalArgumentException(
          "found no instance %s that %s may reset, expected one, and an operator"
              .formatted(instance, by.id()));
    }
    if (live.get().instance().end() != null) {
      throw new IllegalArgumentException(
          "found that %s has ended, expected one that goes on: fork it from an earlier entry"
              .formatted(instance));
    }
    Resets.Point point = resets.point(instance, event);
    return Reset.of(
        point.run(),
        point.event(),
        point.at(),
        journal(by, instance, 0),
        live.get().machine(),
        live.get().instance(),
        store);
  }

  /**
   * Resets a run.
   *
   * @param reset as {@link #resetOf} has it
   * @return the run that takes its place
   * @throws Store.StoreException if the server did not
   */
  public String reset(Principal by, Reset reset) {
    stored(reset.instance()); // what the run knows and the store does not, is not decided again
    try {
      return resets.reset(reset.instance(), reset, "interlock reset, by " + by.id());
    } catch (StatusRuntimeException e) {
      throw new Store.StoreException(
          "found that %s was not reset (%s), expected that: look at its run in Temporal"
              .formatted(reset.instance(), e.getStatus()),
          e);
    }
  }

  /**
   * Makes a version of the workers the current one of its deployment, once the server has heard of
   * it: new instances are theirs, and every open one goes on with them at the end of a turn, at
   * once if it waits. Workers of other versions must live until then.
   *
   * @return how many open instances were told to go on
   * @throws IllegalStateException if the server has not heard of a worker of it within 30 s, or
   *     does not know versions
   */
  public int promote(WorkerDeploymentVersion version) {
    return posting.promote(version);
  }

  @Override
  public void close() {
    closed = true;
    following.close();
    posting.close();
  }
}
