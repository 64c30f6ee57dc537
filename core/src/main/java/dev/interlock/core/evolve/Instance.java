package dev.interlock.core.evolve;

import dev.interlock.core.journal.Content;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One run of a machine, as its outcomes leave it. Immutable, and bounded: the conversation is not
 * part of it ({@link dev.interlock.core.prompt.Transcript}).
 *
 * @param machine what it is pinned to: {@link dev.interlock.core.machine.Machine#pin}
 * @param seq the newest entry that was folded
 * @param facts the fields that are set; keyed and {@code many} fields from the start
 * @param evidence of each field that was filled
 * @param counts dispatched calls by rule and argument values, for {@code atMost}
 * @param visits entries by state
 * @param granted what operators granted beyond the machine's budgets
 * @param turn the open turn, or null
 * @param written what the caller has written since the oldest of {@code parked} was parked, for
 *     whoever decides it: it may bear on the answer, and no hash covers it
 * @param labels of the tools whose calls came to something so far, each once, in call order
 * @param typed the newest texts that the caller typed, if the machine listens
 * @param returned the tools that have returned, each once, in call order
 * @param unknown calls of unknown outcome that outlived their turn
 * @param timers those that run, by id
 * @param recent the newest ids of what was sent with the print of each, oldest first
 * @param numbers the highest number of a call or approval so far
 * @param questions the number of questions so far
 * @param abandoned the newest question that was abandoned and whose tokens are not counted; 0 if
 *     none
 * @param escalated the newest escalation, or null
 * @param end null while it lives
 */
public record Instance(
    String id,
    String machine,
    Principal caller,
    Instant started,
    long seq,
    Visit visit,
    Map<String, Object> facts,
    Map<String, Evidence> evidence,
    Counters spent,
    Map<String, Long> counts,
    Map<String, Integer> visits,
    Map<Budget, Decimal> granted,
    @Nullable Turn turn,
    List<Parked> parked,
    @Content List<String> written,
    List<String> labels,
    List<String> returned,
    @Nullable Approval approval,
    List<Inbox.Message> typed,
    List<Call> unknown,
    Inbox inbox,
    Map<String, Timer> timers,
    Map<String, String> recent,
    int numbers,
    long questions,
    long abandoned,
    @Nullable Escalated escalated,
    boolean inEscalation,
    @Nullable End end) {

  /** Snapshots that were written before these components have none. */
  public Instance {
    labels = Objects.requireNonNullElse(labels, List.of());
    typed = Objects.requireNonNullElse(typed, List.of());
    returned = Objects.requireNonNullElse(returned, List.of());
  }

  /** Before its first occurrence. */
  public static Instance unborn(String id) {
    return new Instance(
        id,
        "",
        new Principal(""),
        Instant.EPOCH,
        0,
        new Visit(0, "", Instant.EPOCH, Counters.ZERO, false, false, 0, Map.of(), null),
        Map.of(),
        Map.of(),
        Counters.ZERO,
        Map.of(),
        Map.of(),
        Map.of(),
        null,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        null,
        List.of(),
        List.of(),
        Inbox.EMPTY,
        Map.of(),
        Map.of(),
        0,
        0,
        0,
        null,
        false,
        null);
  }

  /** The most texts of {@link #written}, the newest ones. */
  public static final int MAX_WRITTEN = 10;

  /** The most characters of each text of {@link #written}. */
  public static final int MAX_WRITTEN_TEXT = 1_000;

  /** How many ids of what was sent an instance remembers. */
  public static final int MAX_RECENT = 1_000;

  /** The columns of DESIGN's table 3.2. */
  public enum Status {
    RUNNING("running"),
    WAITING("waiting"),
    ESCALATED("escalated"),
    COMPLETED("completed"),
    ENDED_ESCALATED("escalated"),
    CANCELLED("cancelled");

    private final String word;

    Status(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  public Status status() {
    if (end != null) {
      return switch (end.status()) {
        case COMPLETED -> Status.COMPLETED;
        case ESCALATED -> Status.ENDED_ESCALATED;
        case CANCELLED -> Status.CANCELLED;
      };
    }
    if (turn != null) {
      return Status.RUNNING;
    }
    return inEscalation ? Status.ESCALATED : Status.WAITING;
  }

  public String state() {
    return visit.state();
  }

  /** Whether nothing is in flight: it ended, or only waits. */
  public boolean atRest() {
    boolean ticket = end == null && inEscalation && escalated != null && escalated.ticket() == null;
    return turn == null && !ticket;
  }

  /** The roles that must decide something now. */
  public List<String> deciding() {
    return Stream.concat(
            parked.stream()
                .flatMap(waits -> waits.asks().stream())
                .filter(ask -> !ask.answered())
                .map(Parked.Ask::role),
            Stream.ofNullable(approval).map(Approval::role))
        .distinct()
        .toList();
  }

  /** Who may see it: an operator sees all, the caller its own, a role what it must decide. */
  public boolean visibleTo(Principal by) {
    return readableBy(by) || deciding().stream().anyMatch(by::has);
  }

  /** Who may read all of it, its journal too: an operator and the caller. */
  public boolean readableBy(Principal by) {
    return by.operator() || by.id().equals(caller.id());
  }

  /** What of it somebody may see to whom it is visible: a role what it must decide, no more. */
  public Instance seenBy(Principal by) {
    if (readableBy(by)) {
      return this;
    }
    Draft seen = new Draft(this);
    seen.facts = Map.of();
    seen.evidence = Map.of();
    seen.counts = Map.of();
    seen.labels = List.of();
    seen.typed = List.of();
    seen.returned = List.of();
    seen.turn = turn == null ? null : turn.withoutCalls();
    seen.parked =
        parked.stream().filter(p -> p.asks().stream().anyMatch(ask -> by.has(ask.role()))).toList();
    seen.approval = approval != null && by.has(approval.role()) ? approval : null;
    seen.inbox = seen.approval == null ? Inbox.EMPTY : Inbox.EMPTY.withMessages(inbox.messages());
    seen.unknown = List.of();
    seen.timers = Map.of();
    seen.recent = Map.of();
    seen.escalated = null;
    return seen.freeze();
  }

  /** Every call that is not done with: of the turn, parked, unknown. */
  public Stream<Call> liveCalls() {
    return Stream.of(
            turn == null ? Stream.<Call>empty() : turn.calls().stream(),
            parked.stream().map(Parked::call),
            unknown.stream())
        .flatMap(calls -> calls);
  }
}
