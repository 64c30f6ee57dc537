package dev.interlock;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Occurrence.Answered;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Documents;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Prompted;
import dev.interlock.langchain4j.JavaValues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An engine as one principal sees it: {@code interlock.as(principal)}. Who may do what is the
 * engine's to say: a caller starts, sends and answers for itself, a role answers what asks for it,
 * an operator sees all and cannot speak as the caller. The application vouches for the principal:
 * make one of whoever it has authenticated, never of what a request says.
 *
 * <p>What returns is durable. What is not taken throws {@link RejectedException}. Input, payloads
 * and forms are {@link JavaValues}. Thread-safe.
 */
public final class Session {
  /** How often it is looked whether an instance is at rest, if nothing is heard of it. */
  private static final Duration LOOK = Duration.ofMillis(20);

  private final Engine engine;
  private final Predicate<String> atRest;
  private final Principal who;

  Session(Engine engine, Predicate<String> atRest, Principal who) {
    this.engine = engine;
    this.atRest = atRest;
    this.who = who;
  }

  /** One text of a conversation. {@code who} is the id of the person, or {@link #AGENT}. */
  public record Line(String who, String text) {}

  /** Who says what the model and the machine say. */
  public static final String AGENT = "agent";

  /** Starts an instance for this principal, without input; returns its id. */
  public String start(String machine) {
    return start(machine, null, Map.of());
  }

  /**
   * Starts an instance for this principal.
   *
   * @param id of the new instance, or null for one that is made up; the same id with the same input
   *     is taken once, however often it is sent
   * @return the id
   */
  public String start(String machine, @Nullable String id, Map<String, ?> input) {
    return started(engine.start(who, machine, id, null, JavaValues.object(input)));
  }

  /** As the other one, for somebody else: only an operator may. */
  public String startFor(
      Principal caller, String machine, @Nullable String id, Map<String, ?> input) {
    return started(engine.start(who, machine, id, caller, JavaValues.object(input)));
  }

  /**
   * As {@link #startFor}, also if a check of the machine finds errors: only an operator may, and
   * the journal keeps who did and which. The others are rejected, {@link Rejection.Code#ERRORS}.
   *
   * @param caller for whom, who may be the operator
   */
  public String startDespiteErrors(
      Principal caller, String machine, @Nullable String id, Map<String, ?> input) {
    return started(
        engine.start(who, new Engine.Start(machine, id, caller, JavaValues.object(input), true)));
  }

  /** Says something to the agent. It answers later: {@link #untilRest}, {@link #watch}. */
  public Acknowledgement send(String instance, String text) {
    return send(instance, null, text);
  }

  /**
   * As the other one.
   *
   * @param id of the message, for whoever may send it again: it is taken once; or null
   */
  public Acknowledgement send(String instance, @Nullable String id, String text) {
    return taken(engine.send(who, instance, id, text));
  }

  /**
   * Fills in the state's form, with a text beside it or none.
   *
   * @param id of the message, for whoever may send it again: it is taken once; or null
   * @param text may be empty
   * @param form by field of source {@code user}: one of {@link JavaValues} each; a document, or a
   *     list of them, as {@link Attachment}
   */
  public Acknowledgement send(
      String instance, @Nullable String id, String text, Map<String, ?> form) {
    return taken(
        engine.send(
            who,
            instance,
            id,
            text,
            JavaValues.object(Documents.beside(form)),
            Documents.among(form)));
  }

  /** Sends an event that the machine declares, without payload. */
  public Acknowledgement event(String instance, String name) {
    return event(instance, null, name, null);
  }

  /**
   * Sends an event that the machine declares.
   *
   * @param id of the event, for whoever may send it again: it is taken once; or null
   * @param payload one of {@link JavaValues}, or null if the event has none
   */
  public Acknowledgement event(
      String instance, @Nullable String id, String name, @Nullable Object payload) {
    Object value = payload == null ? null : JavaValues.json(payload);
    return taken(engine.event(who, instance, id, name, value));
  }

  /**
   * Says yes to a parked call or an approval.
   *
   * @param number and {@code hash} of what was shown to whoever says yes ({@code
   *     view.instance().parked()} and {@code approval()}): if it has changed since, the answer is
   *     rejected
   */
  public Acknowledgement approve(String instance, int number, String hash) {
    return answer(instance, number, hash, Answered.APPROVED, Map.of());
  }

  /** Says no to a parked call or an approval; see {@link #approve}. */
  public Acknowledgement reject(String instance, int number, String hash) {
    return answer(instance, number, hash, Answered.REJECTED, Map.of());
  }

  /** Gives one of the answers of an approval, with values for its form; see {@link #approve}. */
  public Acknowledgement answer(
      String instance, int number, String hash, String answer, Map<String, ?> form) {
    return taken(
        engine.answer(
            who, instance, null, new Engine.Answer(number, hash, answer, JavaValues.object(form))));
  }

  /** Says what became of an unknown call; operators only. See {@link Engine#resolve}. */
  public Acknowledgement resolve(
      String instance, int call, boolean happened, @Nullable String result) {
    return taken(engine.resolve(who, instance, call, happened, result));
  }

  /** Goes on after an escalation; operators only. See {@link Engine#resume}. */
  public Acknowledgement resume(String instance, String state, Map<Budget, Decimal> grants) {
    return taken(engine.resume(who, instance, state, grants));
  }

  /**
   * Starts a new instance with what was recorded of another; operators only. See {@link
   * Engine#fork}.
   *
   * @return the id of the new instance
   */
  public String fork(String instance, long seq) {
    return started(engine.fork(who, instance, seq, null));
  }

  /**
   * Moves an instance to another version of its machine, between two turns; operators only. See
   * {@link Engine#migrate}.
   */
  public Acknowledgement migrate(String instance, Engine.Migration migration) {
    return taken(engine.migrate(who, instance, migration));
  }

  /** Ends an instance; operators only. */
  public Acknowledgement cancel(String instance, String why) {
    return taken(engine.cancel(who, instance, why));
  }

  private static String started(Acknowledgement acknowledgement) {
    return switch (acknowledgement) {
      case Acknowledgement.Taken taken -> taken.instance();
      case Acknowledgement.Again again -> again.instance();
      case Acknowledgement.Rejected rejected -> throw new RejectedException(rejected.rejection());
    };
  }

  private static Acknowledgement taken(Acknowledgement acknowledgement) {
    if (acknowledgement instanceof Acknowledgement.Rejected(Rejection rejection)) {
      throw new RejectedException(rejection);
    }
    return acknowledgement;
  }

  // ---- what is seen

  /** The instance as this principal sees it, or empty if there is none or it may not be seen. */
  public Optional<View> get(String instance) {
    return engine.get(who, instance);
  }

  /**
   * A document of an instance by its hash, or empty if there is none that this principal may see:
   * see {@link Engine#document}.
   */
  public Optional<Attachment> document(String instance, String hash) {
    return engine.document(who, instance, hash);
  }

  /** Newest first, those that this principal may see. */
  public List<Store.Row> list(Store.Filter filter) {
    return engine.list(who, filter);
  }

  /** Entries after that seq, oldest first; empty for all but an operator and the caller. */
  public List<Entry> journal(String instance, long afterSeq) {
    return engine.journal(who, instance, afterSeq);
  }

  /** What the model was asked at an entry: see {@link Engine#prompt}. */
  public Optional<Prompted> prompt(String instance, long seq) {
    return engine.prompt(who, instance, seq);
  }

  /** What was written and said, oldest first; empty for all but an operator and the caller. */
  public List<Line> conversation(String instance) {
    List<Line> lines = new ArrayList<>();
    for (Entry entry : journal(instance, 0)) {
      if (entry.occurrence() instanceof Occurrence.MessageSent message) {
        lines.add(new Line(message.from().id(), message.text()));
      }
      for (Outcome outcome : entry.outcomes()) {
        if (outcome instanceof Outcome.Said(String text)) {
          lines.add(new Line(AGENT, text));
        }
      }
    }
    return List.copyOf(lines);
  }

  /**
   * Entries as they are committed, until the result is closed. Slow watchers miss entries rather
   * than hold the engine up: they read {@link #journal} for what is missing.
   *
   * @param instance null for all: operators only
   */
  public AutoCloseable watch(@Nullable String instance, Watcher watcher) {
    return engine.watch(who, instance, watcher);
  }

  /**
   * Waits until nothing is in flight for an instance: it has ended, or waits for somebody.
   *
   * @param limit the longest wait; an instance that is still running then is returned as such
   * @throws RejectedException if there is no such instance for this principal
   */
  public View untilRest(String instance, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    Semaphore heard = new Semaphore(0);
    AutoCloseable watching = watch(instance, entry -> heard.release());
    try {
      while (!atRest.test(instance) && System.nanoTime() < end) {
        boolean unused = heard.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        heard.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(watching);
    }
    return get(instance)
        .orElseThrow(() ->
            new RejectedException(
                new Rejection(
                    Rejection.Code.NOT_FOUND,
                    "there is no instance %s that %s may see".formatted(instance, who.id()))));
  }

  private static void close(AutoCloseable watching) {
    try {
      watching.close();
    } catch (Exception e) {
      throw new IllegalStateException(e); // to stop watching cannot fail
    }
  }
}
