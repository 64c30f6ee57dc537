package dev.interlock.local;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Effects;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.engine.Documents;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.engine.Watcher.Passing;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Fork;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Prompted;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Sight;
import dev.interlock.engine.DamagedException;
import dev.interlock.engine.Gate;
import dev.interlock.engine.Live;
import dev.interlock.engine.Loading;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Prefix;
import dev.interlock.engine.Requests;
import dev.interlock.engine.Settings;
import dev.interlock.engine.Step;
import dev.interlock.engine.Watchers;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The durable engine for one process. One committer decides and writes; effects run on virtual
 * threads after the step that asked for them is durable. A waiting instance costs no thread.
 */
public final class LocalEngine implements Engine {
  /** How many live instances are asked of the store at once when it opens. */
  private static final int PAGE = 1_000;

  private static final System.Logger LOG = System.getLogger(LocalEngine.class.getName());

  private final Store store;
  private final Clock clock;
  private final Loading loading;
  private final Committer committer;
  private final Timers timers;
  private final Carrier carrier;
  private final Watchers watchers = new Watchers();
  private final Gate gate = new Gate();
  private final Map<String, Machine> current = new LinkedHashMap<>();
  private volatile boolean closed;

  /** The instances that are carried on; null means all. */
  private final @Nullable Set<String> named;

  private LocalEngine(
      Store store, Machines machines, Ports ports, Settings settings, @Nullable Set<String> named) {
    this.named = named;
    this.store = store;
    this.clock = ports.clock();
    this.loading = new Loading(store, machines.compile());
    this.committer =
        new Committer(store, loading, ports.clock(), this::committed, settings.maxRunning());
    this.timers = new Timers(store, ports.clock(), settings.clockCheck(), this::wake);
    this.carrier = new Carrier(store, loading, ports, settings, committer, timers, this::passed);
    List<Store.Write> writes = new ArrayList<>();
    for (Machines.Definition definition : machines.current()) {
      Machine machine = definition.machine();
      current.put(machine.name(), machine);
      loading.know(machine);
      writes.add(
          new Store.PutMachine(
              machine.pin(), machine.name(), definition.text(), definition.lock()));
    }
    if (!writes.isEmpty()) {
      store.commit(writes);
    }
  }

  /**
   * Opens an engine and takes up what was in flight. It owns the store, and closes it.
   *
   * @throws Store.StoreException if the store cannot be read
   */
  public static LocalEngine open(Store store, Machines machines, Ports ports, Settings settings) {
    LocalEngine engine = new LocalEngine(store, machines, ports, settings, null);
    engine.committer.start();
    try {
      engine.recover();
      engine.timers.start();
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
    return engine;
  }

  /**
   * Opens an engine that carries on only those instances that somebody sends something to; what was
   * in flight of one is taken up then. The others stay as they are: nothing of theirs goes out, no
   * timer of theirs fires.
   *
   * @throws Store.StoreException if the store cannot be read
   */
  public static LocalEngine openForNamed(
      Store store, Machines machines, Ports ports, Settings settings) {
    LocalEngine engine =
        new LocalEngine(store, machines, ports, settings, ConcurrentHashMap.newKeySet());
    engine.committer.start();
    engine.timers.start();
    return engine;
  }

  /** An instance that was read, and what is in flight of it. */
  private record Read(Live live, List<Effect> pending) {}

  /** All are read before anything goes out: what goes out would take the time from reading. */
  private void recover() {
    Queue<Read> all = new ConcurrentLinkedQueue<>();
    String after = "";
    List<String> ids;
    do {
      ids = store.live(after, PAGE);
      ids.parallelStream().forEach(id -> read(id).ifPresent(all::add));
      after = ids.isEmpty() ? after : ids.getLast();
    } while (ids.size() == PAGE);
    all.forEach(this::takeUp);
  }

  private Optional<Read> read(String id) {
    try {
      return loading
          .load(id)
          .map(live -> new Read(live, Effects.pending(live.machine(), live.instance())));
    } catch (DamagedException e) {
      LOG.log(Level.ERROR, "instance {0} stays as it is: {1}", id, e.getMessage());
    } catch (StoreException e) {
      throw e;
    } catch (RuntimeException e) { // one that this version cannot read must not hold up the others
      LOG.log(Level.ERROR, "instance " + id + " stays as it is: it cannot be taken up", e);
    }
    return Optional.empty();
  }

  private void takeUp(Read read) {
    committer.adopt(read.live());
    carrier.recover(read.live(), read.pending());
  }

  /**
   * Takes up what is in flight of an instance, if it was not yet: as if something was sent to it.
   * Whoever names it first waits until it is taken up, and so does whoever is second.
   */
  public synchronized void carryOn(String instance) {
    if (named != null && !named.contains(instance)) {
      // no timer of it fires meanwhile: what was read stays the newest
      read(instance).ifPresent(this::takeUp);
      named.add(instance);
    }
  }

  private void committed(Instance before, Live live, Entry entry, List<Effect> effects) {
    try { // first, so that nobody hears of a call before it is known that there is one
      watchers.tell(live.machine(), before, live.instance(), entry);
    } finally {
      carrier.carry(live, effects);
    }
  }

  private void passed(Live begun, Passing passing) {
    Live known = committer.inMemory(passing.instance());
    Live live = known == null ? begun : known;
    watchers.tell(live.machine(), live.instance(), passing);
  }

  private void wake(String instance) {
    if (named == null || named.contains(instance)) {
      committer.wake(instance);
    }
  }

  /** Whether nothing is in flight for an instance: it ended, or only waits. */
  public boolean atRest(String instance) {
    Live live = live(instance).orElse(null);
    return live == null || (live.instance().atRest() && !carrier.busy(instance));
  }

  /** How many instances are in memory. */
  int inMemory() {
    return committer.inMemory();
  }

  private Optional<Live> live(String instance) {
    Live live = committer.inMemory(instance);
    return live != null ? Optional.of(live) : loading.load(instance);
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
            .or(() -> gate.refused(found, start, () -> live(instance).isPresent()));
    if (unusable.isPresent()) {
      return unusable.get();
    }
    Principal whom = start.caller() == null ? by : start.caller();
    @Nullable List<String> despite = gate.despite(found, start);
    return taken(
        instance,
        "start",
        start.input(),
        sent ->
            new Submission.Happened(
                instance,
                (live, at) -> new Occurrence.Started(sent, at, by, whom, start.input(), despite),
                Live.unborn(found, instance, Requests.hex(32)),
                List.of(),
                new CompletableFuture<>()));
  }

  @Override
  public Acknowledgement fork(Principal by, String instance, long seq, @Nullable String id) {
    Optional<Live> origin = loading.load(instance).filter(live -> live.instance().visibleTo(by));
    if (origin.isEmpty()) {
      return Requests.noInstance(instance);
    }
    String own = id == null ? instance + "-" + Requests.hex(4) : id;
    Optional<Acknowledgement> unusable = Requests.unusable(own);
    if (unusable.isPresent()) {
      return unusable.get();
    }
    Fork fork = Fork.of(own, instance, loading.journal(instance, 0), seq);
    Prefix prefix = Prefix.of(fork, at(fork, origin.get()), origin.get(), store);
    return taken(
        own,
        null,
        "",
        sent ->
            new Submission.Happened(
                own,
                (live, at) -> fork.occurrence(at, by),
                prefix.live(),
                prefix.writes(),
                new CompletableFuture<>()));
  }

  /** What an instance was pinned to at the entry that it is forked from. */
  private Machine at(Fork fork, Live origin) {
    return fork.entries().isEmpty() ? origin.machine() : loading.machine(fork.instance().machine());
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
    if (!migration.tried()) {
      return taken(
          instance,
          null,
          migration.states(),
          sent ->
              Submission.happened(instance, (live, at) -> migrated(sent, at, by, live, migration)));
    }
    return live(instance)
        .map(live ->
            Requests.tried(
                Decide.migrate(
                    live.machine(),
                    machine.get(),
                    live.instance(),
                    migrated("tried", clock.instant(), by, live, migration)),
                live.instance()))
        .orElseGet(() -> Requests.noInstance(instance));
  }

  private static Occurrence.Migrated migrated(
      String id, Instant at, Principal by, Live live, Migration migration) {
    return new Occurrence.Migrated(
        id, at, by, live.instance().machine(), migration.machine(), migration.states());
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
    List<Store.Write> writes = new ArrayList<>();
    documents.values().stream()
        .flatMap(List::stream)
        .forEach(document -> writes.add(new Store.PutDocument(instance, document)));
    return taken(
        instance,
        id,
        told != null ? List.of(text, form, told) : form.isEmpty() ? text : List.of(text, form),
        sent ->
            Submission.happened(
                instance,
                writes,
                (live, at) ->
                    new Occurrence.MessageSent(
                        sent, at, by, text, form.isEmpty() ? null : form, told)));
  }

  @Override
  public Acknowledgement event(
      Principal by, String instance, @Nullable String id, String name, @Nullable Object payload) {
    return sent(
        id,
        instance,
        payload == null ? "" : payload,
        (sent, at) -> new Occurrence.EventSent(sent, at, by, name, payload));
  }

  @Override
  public Acknowledgement answer(Principal by, String instance, @Nullable String id, Answer answer) {
    return sent(
        id,
        instance,
        answer.form(),
        (sent, at) ->
            new Occurrence.Answered(
                sent, at, by, answer.number(), answer.hash(), answer.answer(), answer.form()));
  }

  @Override
  public Acknowledgement resolve(
      Principal by, String instance, int call, boolean happened, @Nullable String result) {
    return taken(
        instance,
        null,
        result == null ? "" : result,
        sent ->
            Submission.happened(
                instance,
                result == null || result.length() <= Result.MAX_INLINE
                    ? List.of()
                    : List.of(new Store.PutResult(instance, ref(instance, result), result)),
                (live, at) ->
                    new Occurrence.Resolved(
                        sent, at, by, call, happened, projected(live, call, result))));
  }

  private String ref(String instance, String text) {
    return store.key(instance).map(key -> new Sealing(key).ref(text)).orElse("");
  }

  private static @Nullable Result projected(Live live, int number, @Nullable String text) {
    Optional<Call> call = live.instance().liveCalls().filter(c -> c.number() == number).findFirst();
    return text == null || call.isEmpty() || !live.machine().tools().containsKey(call.get().tool())
        ? null
        : Projection.project(
            live.machine(), call.get(), new Sealing(live.key()).ref(text), text, null);
  }

  @Override
  public Acknowledgement resume(
      Principal by, String instance, String state, Map<Budget, Decimal> grants) {
    return sent(
        null, instance, "", (sent, at) -> new Occurrence.Resumed(sent, at, by, state, grants));
  }

  @Override
  public Acknowledgement cancel(Principal by, String instance, String why) {
    return sent(null, instance, why, (sent, at) -> new Occurrence.Cancelled(sent, at, by, why));
  }

  private Acknowledgement sent(
      @Nullable String id,
      String instance,
      Object values,
      BiFunction<String, Instant, Occurrence> make) {
    return taken(
        instance,
        id,
        values,
        sent -> Submission.happened(instance, (live, at) -> make.apply(sent, at)));
  }

  /**
   * Submits and waits until it is durable.
   *
   * @throws Store.StoreException if it could not be made durable; nothing was taken
   */
  private Acknowledgement taken(
      String instance, @Nullable String id, Object values, Function<String, Submission> make) {
    if (closed) {
      return Requests.rejected(
          Rejection.Code.LIMIT, "the engine is closing; send it again to the next owner");
    }
    Optional<Acknowledgement> misfit = Requests.misfit(id, values);
    if (misfit.isPresent()) {
      return misfit.get();
    }
    carryOn(instance);
    try {
      return committer.offer(make.apply(id == null ? Requests.hex(8) : id)).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Store.StoreException known) {
        throw known;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting: it may have been taken", e);
    }
  }

  // ---- the model's part, where it is carried from outside

  /** The open question of an instance, if there is one. */
  public Optional<Question> question(String instance) {
    return live(instance)
        .filter(live -> live.instance().turn() != null && live.instance().turn().open())
        .map(live -> carrier.question(live, Sight.NONE));
  }

  /** The conversation of an instance as its model would be told it, oldest first. */
  public List<Question.Message> told(String instance) {
    return live(instance).map(carrier::conversation).orElse(List.of());
  }

  /**
   * Answers a question of a machine whose questions the model is not asked.
   *
   * @return false if that question is not open any more; nothing was taken then
   * @throws Store.StoreException if it could not be made durable; nothing was taken
   */
  public boolean reply(String instance, long question, Reply reply) {
    return taken(
            instance,
            null,
            "",
            sent ->
                Submission.happened(
                    instance,
                    (live, at) -> new Occurrence.QuestionReplied(at, question, reply.bounded())))
        instanceof Acknowledgement.Taken;
  }

  // ---- what is seen

  @Override
  public Optional<View> get(Principal by, String instance) {
    return live(instance).flatMap(live -> Loading.view(live, by));
  }

  @Override
  public List<Entry> journal(Principal by, String instance, long afterSeq) {
    return live(instance).map(live -> loading.journal(live, afterSeq, by)).orElse(List.of());
  }

  @Override
  public Optional<Prompted> prompt(Principal by, String instance, long seq) {
    return live(instance)
        .flatMap(live -> loading.prompt(live, loading.journal(instance, 0), seq, by));
  }

  @Override
  public Optional<Attachment> document(Principal by, String instance, String hash) {
    return get(by, instance)
        .flatMap(seen -> Documents.shown(seen, () -> journal(by, instance, 0), hash))
        .flatMap(document ->
            store.document(instance, hash).map(bytes -> Attachment.of(document.name(), bytes)));
  }

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
    return watchers.add(by, instance, watcher);
  }

  /**
   * Every step as it is committed, for whoever measures: until the result is closed. It misses
   * steps as a watcher does, if it is slower than the engine.
   */
  public AutoCloseable observe(Consumer<Step> observer) {
    return watchers.add(observer);
  }

  /** How many instances there are, of each machine and status that has any. */
  public List<Store.Count> counts() {
    return store.counts();
  }

  @Override
  public void close() {
    close(null);
  }

  /**
   * Closes, and waits no longer than that for writes in flight. What is interrupted then is of
   * unknown outcome: the next owner asks its probe, or escalates.
   *
   * @param limit null means to the time-out of each
   */
  public void close(@Nullable Duration limit) {
    if (closed) {
      return;
    }
    closed = true;
    timers.close();
    carrier.close(limit);
    committer.stop();
    watchers.close();
    store.close();
  }
}
