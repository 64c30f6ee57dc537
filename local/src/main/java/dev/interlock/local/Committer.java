package dev.interlock.local;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.journal.Store.Write;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.prompt.Transcript;
import dev.interlock.engine.CrashPoints;
import dev.interlock.engine.DocumentRoom;
import dev.interlock.engine.Live;
import dev.interlock.engine.Loading;
import dev.interlock.engine.Requests;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one writer: takes what happened, decides it, appends it to the open group, commits the group
 * when the queue is empty or the group is full, and only then acknowledges and lets effects go.
 *
 * <p>Promise: what is acknowledged is durable, and no effect goes out of a step that is not. If a
 * commit fails, everyone in the group gets the error and what was in memory is read again.
 */
final class Committer {
  /** The most steps of one commit. */
  static final int MAX_GROUP = 256;

  /** A commit that has so many bytes of documents takes no further step. */
  static final int MAX_GROUP_BYTES = 64 << 20;

  /**
   * The most requests of people and applications that wait; one more is rejected. No more than what
   * an engine reports of its questions and calls, so that under more requests than it can take what
   * it took goes on: docs/PERFORMANCE.md has what longer queues came to.
   */
  static final int MAX_WAITING = 1_000;

  /** How many instances that rest are kept in memory. */
  static final int MAX_RESTING = 1_000;

  /** How long their conversations are together, in characters; the newest stays in any case. */
  static final long MAX_RESTING_LENGTH = 16 << 20;

  private static final System.Logger LOG = System.getLogger(Committer.class.getName());

  private final Store store;
  private final Loading loading;
  private final Clock clock;
  private final Out out;
  private final int maxRunning;
  private final BlockingQueue<Submission> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<String, Live> lives = new ConcurrentHashMap<>();

  /** How long the conversation of each is that rests, the longest resting first. */
  private final Map<String, Long> resting = new LinkedHashMap<>();

  private long restingLength;

  /** Whether the last commit failed. */
  private boolean failing;

  /** Whose timers are to be looked at already. */
  private final Set<String> woken = ConcurrentHashMap.newKeySet();

  private final Thread thread;
  private volatile boolean stopping;
  private volatile boolean stopped;

  /** Why it takes nothing once it is stopped. */
  private volatile String over =
      "the engine is closed, expected an open one: send it again to the next owner";

  /** Where a committed step goes. Called by the committer's thread; must not block. */
  interface Out {
    /**
     * A step was committed.
     *
     * @param before the instance as the step found it
     */
    void committed(Instance before, Live live, Entry entry, List<Effect> effects);
  }

  /**
   * @param maxRunning {@code Settings.maxRunning}
   */
  Committer(Store store, Loading loading, Clock clock, Out out, int maxRunning) {
    this.store = store;
    this.loading = loading;
    this.clock = clock;
    this.out = out;
    this.maxRunning = maxRunning;
    this.thread = Thread.ofPlatform().name("interlock-committer").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Takes something from a person or an application, unless too many wait already. */
  CompletableFuture<Acknowledgement> offer(Submission submission) {
    if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      return CompletableFuture.completedFuture(
          Requests.rejected(
              Rejection.Code.LIMIT,
              "found %,d requests that wait, expected at most that many: try again in a second"
                  .formatted(MAX_WAITING)));
    }
    return add(submission).whenComplete((done, error) -> waiting.decrementAndGet());
  }

  /** Takes what the engine itself reports: bounded by what is in flight. */
  CompletableFuture<Acknowledgement> add(Submission submission) {
    queue.add(submission);
    if (stopped && queue.remove(submission)) {
      refuse(submission);
    }
    return submission.done();
  }

  /** Looks whether timers of an instance are due, unless that is to be done already. */
  void wake(String instance) {
    if (woken.add(instance)) {
      var unused = add(Submission.due(instance));
    }
  }

  private void refuse(Submission submission) {
    submission.done().completeExceptionally(new StoreException(over, null));
  }

  /** An instance as its newest committed step leaves it, if it is in memory. */
  @Nullable Live inMemory(String instance) {
    return lives.get(instance);
  }

  /** How many instances are in memory. */
  int inMemory() {
    return lives.size();
  }

  /** A conversation that was read from the store, for the entry it goes up to. */
  void remember(String instance, long seq, Transcript transcript) {
    lives.computeIfPresent(
        instance, (id, live) -> live.instance().seq() == seq ? live.with(transcript) : live);
  }

  /** Puts an instance that was loaded at start in memory. */
  void adopt(Live live) {
    lives.put(live.instance().id(), live);
  }

  /** Ends after all that was added before. */
  void stop() {
    stopping = true;
    queue.add(Submission.due("")); // wakes it
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the loop

  private void run() {
    try {
      while (!stopping || !queue.isEmpty()) {
        Group group = new Group();
        try {
          group.gather();
          group.commit();
        } catch (Error e) { // what is in memory may be half of something
          over = "the engine cannot go on (%s), expected to be opened again".formatted(e);
          group.fail(new StoreException(over, e));
          throw e;
        }
      }
    } finally {
      stopped = true;
      for (Submission late = queue.poll(); late != null; late = queue.poll()) {
        refuse(late);
      }
    }
  }

  /** Steps that are committed together. */
  private final class Group {
    private final List<Write> writes = new ArrayList<>();
    private final List<Runnable> afterwards = new ArrayList<>();
    private final List<Submission> taken = new ArrayList<>();

    private long documentBytes;

    /** How many instances began to run in it. */
    private int begun;

    /** As the group leaves them: in sight of others only once it is committed. */
    private final Map<String, Live> touched = new LinkedHashMap<>();

    /** Points of a crash test that the group passes. */
    private final Set<String> points = new LinkedHashSet<>();

    boolean full() {
      return taken.size() >= MAX_GROUP || documentBytes >= MAX_GROUP_BYTES;
    }

    /** Takes the next one, and what waits behind it. */
    void gather() {
      try {
        Submission next = queue.take();
        while (next != null) {
          take(next);
          next = full() ? null : queue.poll();
        }
      } catch (InterruptedException e) {
        stopping = true; // nobody interrupts it but a closing process
      }
    }

    void fail(StoreException error) {
      taken.forEach(submission -> submission.done().completeExceptionally(error));
    }

    void take(Submission submission) {
      taken.add(submission);
      int undoWrites = writes.size();
      int undoAfterwards = afterwards.size();
      String instance =
          switch (submission) {
            case Submission.Happened happened -> happened.instance();
            case Submission.Due due -> due.instance();
            case Submission.Plain plain -> "";
          };
      Live before = touched.get(instance);
      try {
        switch (submission) {
          case Submission.Happened happened -> happened(happened);
          case Submission.Plain plain -> {
            writes.add(plain.write());
            points.add("mark");
            ack(plain, new Acknowledgement.Again(""));
          }
          case Submission.Due due -> due(due);
        }
      } catch (RuntimeException e) {
        // one bad step must not spoil the group: its writes are taken out, and it gets the error
        writes.subList(undoWrites, writes.size()).clear();
        afterwards.subList(undoAfterwards, afterwards.size()).clear();
        if (before == null) {
          touched.remove(instance);
        } else {
          touched.put(instance, before);
        }
        taken.remove(submission);
        submission.done().completeExceptionally(e);
      }
    }

    private void ack(Submission submission, Acknowledgement acknowledgement) {
      afterwards.add(() -> submission.done().complete(acknowledgement));
    }

    private void happened(Submission.Happened happened) {
      Optional<Live> known = live(happened.instance());
      Live live = known.orElse(happened.unborn());
      if (live == null) {
        ack(happened, Requests.noInstance(happened.instance()));
        return;
      }
      Occurrence occurrence = happened.make().apply(live, clock.instant());
      if (occurrence instanceof Occurrence.Forked fork && known.isPresent()) {
        ack(happened, taken(live.instance(), fork)); // its beginning is another's
        return;
      }
      if (occurrence instanceof Occurrence.Sent sent
          && live.instance().recent().size() >= Instance.MAX_RECENT
          && !live.instance().recent().containsKey(sent.id())
          && store.seen(live.instance().id(), sent.id())) {
        ack(happened, new Acknowledgement.Again(live.instance().id()));
        return;
      }
      switch (decided(live, happened.unborn(), occurrence)) {
        case Decision.Rejected(Rejection rejection) ->
            ack(happened, new Acknowledgement.Rejected(rejection));
        case Decision.Duplicate d -> ack(happened, new Acknowledgement.Again(happened.instance()));
        case Decision.Accepted accepted -> {
          if (occurrence instanceof Occurrence.Sent
              && tooMany(live.instance(), occurrence, accepted)) {
            ack(happened, tooManyRun());
            return;
          }
          String full = DocumentRoom.full(store, happened.instance(), writes, happened.writes());
          if (!full.isEmpty()) {
            ack(happened, Requests.rejected(Rejection.Code.LIMIT, full));
            return;
          }
          if (known.isEmpty()) {
            writes.add(new Store.Create(live.instance().id(), live.machine().pin(), live.key()));
          }
          writes.addAll(happened.writes());
          documentBytes += DocumentRoom.bytes(happened.writes());
          Live next = append(live, occurrence, accepted);
          ack(
              happened,
              new Acknowledgement.Taken(
                  next.instance().id(), next.instance().seq(), accepted.note()));
        }
      }
    }

    private Decision decided(Live live, @Nullable Live unborn, Occurrence occurrence) {
      return occurrence instanceof Occurrence.Migrated migrated
          ? Decide.migrate(
              live.machine(), loading.machine(migrated.machine()), live.instance(), migrated)
          : Decide.decide(machine(live, unborn), live.instance(), occurrence);
    }

    private static Acknowledgement taken(Instance there, Occurrence.Forked fork) {
      return there.recent().containsKey(fork.id())
          ? new Acknowledgement.Again(there.id())
          : new Acknowledgement.Rejected(Requests.taken(there.id()));
    }

    /** Its own; where an instance of another machine was to be started under its id, that one. */
    private static Machine machine(Live live, @Nullable Live unborn) {
      Machine own = live.machine();
      return unborn == null || unborn.machine().name().equals(own.name()) ? own : unborn.machine();
    }

    private Optional<Live> live(String id) {
      Live live = touched.get(id);
      if (live == null) {
        live = lives.get(id);
      }
      return live != null ? Optional.of(live) : loading.load(id);
    }

    private Live append(Live live, Occurrence occurrence, Decision.Accepted accepted) {
      Instance instance = live.instance();
      Entry entry = Entry.next(instance, occurrence, accepted.outcomes());
      Instance next = Evolve.evolve(instance, entry);
      SealedEntry sealed = new Sealing(live.key()).seal(entry, live.head());
      Live after = loading.after(live, entry, next, sealed.hash());
      if (instance.atRest() && !next.atRest()) {
        begun++;
      }
      writes.add(new Store.Append(sealed));
      if (occurrence instanceof Occurrence.Sent sent) {
        writes.add(new Store.Remember(instance.id(), sent.id()));
      }
      Store.Snapshot snapshot = null;
      if (after.snapshotDue()) {
        snapshot = new Store.Snapshot(next.id(), next.seq(), JournalJson.write(next));
        after = after.snapshotAt(next.seq());
      }
      writes.add(new Store.Update(Store.Row.of(after.machine(), next, occurrence.at()), snapshot));
      Live committed = after;
      touched.put(next.id(), committed);
      points.add(point(occurrence));
      afterwards.add(() -> out.committed(instance, committed, entry, accepted.effects()));
      return committed;
    }

    private boolean crowded() {
      return lives.size() - resting.size() + begun >= maxRunning;
    }

    /** Whether a step would have one more instance run than may. */
    private boolean tooMany(Instance instance, Occurrence occurrence, Decision.Accepted accepted) {
      return crowded()
          && instance.atRest()
          && !Evolve.evolve(instance, Entry.next(instance, occurrence, accepted.outcomes()))
              .atRest();
    }

    private Acknowledgement tooManyRun() {
      return Requests.rejected(
          Rejection.Code.LIMIT,
          "found %,d instances that run, expected at most that many: try again in a few seconds"
              .formatted(maxRunning));
    }

    private void due(Submission.Due due) {
      String id = due.instance();
      woken.remove(id);
      boolean held = crowded() && !touched.containsKey(id) && !lives.containsKey(id);
      Optional<Live> live = id.isEmpty() || held ? Optional.empty() : live(id);
      Instant now = clock.instant();
      while (live.isPresent()) {
        Optional<Timer> timer =
            live.get().instance().timers().values().stream()
                .filter(t -> !t.due().isAfter(now))
                .min(Comparator.comparing(Timer::due).thenComparing(Timer::id));
        if (timer.isEmpty()) {
          break;
        }
        Occurrence fired = new Occurrence.TimerFired(now, timer.get().id());
        if (!(Decide.decide(live.get().machine(), live.get().instance(), fired)
                instanceof Decision.Accepted accepted)
            || tooMany(live.get().instance(), fired, accepted)) {
          break; // what is still due then is found by the next look at the clock
        }
        live = Optional.of(append(live.get(), fired, accepted));
      }
      ack(due, new Acknowledgement.Again(due.instance()));
    }

    void commit() {
      if (taken.isEmpty()) {
        return;
      }
      try {
        if (!writes.isEmpty()) {
          CrashPoints.pass("before-commit");
          points.forEach(point -> CrashPoints.pass("before-commit-of-" + point));
          store.commit(List.copyOf(writes));
          CrashPoints.pass("after-commit");
          points.forEach(point -> CrashPoints.pass("after-commit-of-" + point));
          written();
        }
      } catch (RuntimeException e) {
        touched.keySet().forEach(lives::remove);
        touched.keySet().forEach(Committer.this::wakes);
        StoreException error =
            e instanceof StoreException known
                ? known
                : new StoreException("the store failed: " + e.getMessage(), e);
        notWritten(error);
        fail(error);
        return;
      }
      lives.putAll(touched);
      touched.values().forEach(this::retire);
      for (Runnable each : afterwards) {
        try {
          each.run();
        } catch (RuntimeException e) { // it is durable: recovery takes up what went wrong here
          LOG.log(Level.ERROR, "a step is durable, but what follows from it went wrong", e);
        }
      }
    }

    /** What a crash test calls a step of that kind. */
    private static String point(Occurrence occurrence) {
      return switch (occurrence) {
        case Occurrence.Answered answered -> "answer";
        case Occurrence.Sent sent -> "request";
        case Occurrence.QuestionReplied replied -> "reply";
        case Occurrence.CallReturned returned -> "result";
        case Occurrence.TimerFired fired -> "timer";
        case Occurrence.Reported other -> "report";
      };
    }

    /** Ended and resting instances leave memory, the longest resting first. */
    private void retire(Live live) {
      String id = live.instance().id();
      wakes(id);
      if (live.instance().atRest()) {
        rests(id, live.transcript());
      }
    }
  }

  /** Once for each time that the store cannot be written, however many requests come meanwhile. */
  private void notWritten(StoreException why) {
    if (!failing) {
      failing = true;
      LOG.log(Level.ERROR, "nothing is taken, since nothing can be written: {0}", why.getMessage());
    }
  }

  private void written() {
    if (failing) {
      failing = false;
      LOG.log(Level.WARNING, "the store is written again");
    }
  }

  private void wakes(String id) {
    Long length = resting.remove(id);
    restingLength -= length == null ? 0 : length;
  }

  private void rests(String id, @Nullable Transcript transcript) {
    long length = transcript == null ? 0 : transcript.length();
    resting.put(id, length);
    restingLength += length;
    while (resting.size() > MAX_RESTING
        || (restingLength > MAX_RESTING_LENGTH && resting.size() > 1)) {
      String oldest = resting.keySet().iterator().next();
      wakes(oldest);
      lives.remove(oldest);
    }
  }
}
