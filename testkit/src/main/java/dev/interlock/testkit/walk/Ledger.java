package dev.interlock.testkit.walk;

import dev.interlock.core.decide.Result;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Facts;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.Typed;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the checker makes of a journal: a second book, kept in its own way. It has no line in common
 * with the core's folding, so that a mistake there does not hide itself.
 */
final class Ledger {
  final Machine machine;
  final Map<String, Object> facts = new LinkedHashMap<>();
  final Map<Integer, Booked> calls = new LinkedHashMap<>();
  final Map<String, Integer> entries = new HashMap<>();
  final Map<String, Long> dispatched = new HashMap<>();
  final Map<Budget, BigDecimal> granted = new HashMap<>();
  final Map<String, Timer> timers = new HashMap<>();
  final Set<String> ids = new HashSet<>();
  final Set<String> keys = new HashSet<>();

  /** Questions that were given up, and whose usage may still come. */
  final Set<Long> abandoned = new HashSet<>();

  final List<String> messages = new ArrayList<>();
  final Map<String, Waiting> events = new LinkedHashMap<>();

  /** The newest event that was taken. */
  @Nullable Waiting taken;

  /** What the caller typed. */
  final List<String> typed = new ArrayList<>();

  final Map<String, String> hashes = new HashMap<>();
  final Set<String> labels = new LinkedHashSet<>();

  /** What a call that goes out in this entry, or did happen, makes stale. */
  final Set<String> stale = new HashSet<>();

  final Spent spent = new Spent();
  Principal caller = new Principal("");
  Instant started = Instant.EPOCH;
  Visit visit = new Visit(0, "", null);
  @Nullable Open turn;
  @Nullable Asked approval;
  long questions;
  boolean escalated;
  boolean ticketed;
  boolean ended;

  Ledger(Machine machine) {
    this.machine = machine;
  }

  /** An event that waits. */
  record Waiting(String name, boolean operator, @Nullable Object payload) {}

  /**
   * The open question of an approval state.
   *
   * @param given the newest answer of each person, with its form
   */
  record Asked(
      int number, String role, Map<String, Object> shown, String hash, Map<String, Object> given) {}

  /** What was used up. */
  static final class Spent {
    long turns;
    long toolCalls;
    long errors;
    long totalErrors;
    long tokens;
    BigDecimal cost = BigDecimal.ZERO;

    BigDecimal of(Budget budget) {
      return switch (budget) {
        case TURNS -> BigDecimal.valueOf(turns);
        case TOOL_CALLS -> BigDecimal.valueOf(toolCalls);
        case ERRORS -> BigDecimal.valueOf(errors);
        case TOTAL_ERRORS -> BigDecimal.valueOf(totalErrors);
        case TOKENS -> BigDecimal.valueOf(tokens);
        case COST -> cost;
        case CALLS_PER_TURN, DURATION, VISITS -> BigDecimal.valueOf(-1);
      };
    }

    void error() {
      errors++;
      totalErrors++;
    }
  }

  /** One stay in a state. */
  static final class Visit {
    final long number;
    final String state;
    final @Nullable Visit wayBack;
    final Spent spent = new Spent();
    boolean waiting;
    boolean said;
    long calls;

    Visit(long number, String state, @Nullable Visit wayBack) {
      this.number = number;
      this.state = state;
      this.wayBack = wayBack;
    }
  }

  /** The open turn. */
  static final class Open {
    final Turn.Kind kind;
    final List<Booked> calls = new ArrayList<>();
    long question;
    boolean open;
    boolean said;
    boolean proposed;
    boolean faulty;

    /** Whether what is open, or was, is a summary. */
    boolean summing;

    boolean summed;
    int summaries;
    Turn.@Nullable Closing closing;
    String closingName = "";

    Open(Turn.Kind kind) {
      this.kind = kind;
    }
  }

  /** Where a call stands. */
  enum Stage {
    PROPOSED,
    ACCEPTED,
    OUT,
    UNKNOWN,
    RETURNED,
    FAILED,
    REFUSED,
    WITHDRAWN,
    PARKED,
    /** Parked, and over without going out. */
    OVER;

    boolean done() {
      return switch (this) {
        case PROPOSED, ACCEPTED, OUT, UNKNOWN -> false;
        case RETURNED, FAILED, REFUSED, WITHDRAWN, PARKED, OVER -> true;
      };
    }
  }

  /** A call. */
  static final class Booked {
    final int number;
    final String tool;
    final Map<String, Object> proposed;
    Map<String, Object> args = Map.of();
    Stage stage = Stage.PROPOSED;
    int dispatches;
    boolean applied;
    boolean overMany;
    List<String> counted = List.of();
    final List<Result.Fact> unfiled = new ArrayList<>();
    @Nullable Parking parking;

    Booked(int number, String tool, Map<String, Object> proposed) {
      this.number = number;
      this.tool = tool;
      this.proposed = proposed;
    }
  }

  /** What people were asked about a call. */
  static final class Parking {
    final long visit;
    final Map<String, Object> args;
    final Map<String, Object> shown;
    final List<String> shows;
    final String hash;
    final Instant expires;
    final Set<String> roles;

    /** Who has said yes, by role. */
    final Map<String, Set<String>> yes = new HashMap<>();

    boolean no;

    Parking(
        long visit,
        Map<String, Object> args,
        List<String> shows,
        Map<String, Object> shown,
        String hash,
        Instant expires,
        Set<String> roles) {
      this.visit = visit;
      this.args = args;
      this.shows = shows;
      this.shown = shown;
      this.hash = hash;
      this.expires = expires;
      this.roles = roles;
    }
  }

  String state() {
    return visit.state;
  }

  /** The shown fields that are set, with their values now. */
  Map<String, Object> shown(List<String> fields) {
    Map<String, Object> shown = new LinkedHashMap<>();
    Map<String, Object> readable = scope(Instant.EPOCH).context();
    for (String field : fields) {
      Object value = readable.get(field);
      if (value != null) {
        shown.put(field, value);
      }
    }
    return shown;
  }

  Stream<Booked> at(Stage stage) {
    return calls.values().stream().filter(call -> call.stage == stage);
  }

  /** The properties that would be broken if a tool were called, or a state entered, now. */
  List<Property.Before> broken(String then) {
    List<Property.Before> broken = new ArrayList<>();
    for (Property property : machine.properties()) {
      if (property instanceof Property.Before before
          && before.monitored()
          && before.then().equals(then)) {
        boolean returned =
            calls.values().stream()
                .anyMatch(call -> call.tool.equals(before.first()) && call.stage == Stage.RETURNED);
        if (!returned && !entries.containsKey(before.first())) {
          broken.add(before);
        }
      }
    }
    return broken;
  }

  /** What expressions may read. */
  Scope scope(Instant now) {
    Facts readable = new Facts(machine.context(), facts);
    return readable.in(
        new Scope(
            readable,
            caller,
            machine.constants(),
            () -> run(now),
            now,
            new Typed(List.copyOf(typed)),
            Map.of()));
  }

  private Map<String, Object> run(Instant now) {
    return Map.of(
        "turns",
        spent.turns,
        "toolCalls",
        spent.toolCalls,
        "errors",
        spent.errors,
        "started",
        started,
        "labels",
        List.copyOf(labels),
        "elapsed",
        Duration.between(started, now),
        "state",
        Map.of(
            "turns", visit.spent.turns,
            "toolCalls", visit.spent.toolCalls,
            "errors", visit.spent.errors),
        "turn",
        turn == null
            ? Map.of("said", visit.said, "calls", visit.calls)
            : Map.of("said", turn.said, "calls", (long) turn.calls.size()));
  }

  /** Whether nothing of a budget is left, of the machine's or of the state's. */
  boolean spent(Budget budget) {
    BigDecimal all = limit(budget);
    BigDecimal here = own(budget);
    return (all != null && spent.of(budget).compareTo(all) >= 0)
        || (here != null && visit.spent.of(budget).compareTo(here) >= 0);
  }

  /** Whether all tool calls that are left are those accepted in this turn. */
  boolean promised() {
    BigDecimal accepted =
        BigDecimal.valueOf(
            turn == null
                ? 0
                : turn.calls.stream().filter(call -> call.stage == Stage.ACCEPTED).count());
    BigDecimal all = limit(Budget.TOOL_CALLS);
    BigDecimal here = own(Budget.TOOL_CALLS);
    return (all != null && spent.of(Budget.TOOL_CALLS).add(accepted).compareTo(all) >= 0)
        || (here != null && visit.spent.of(Budget.TOOL_CALLS).add(accepted).compareTo(here) >= 0);
  }

  /** The machine's limit with what was granted, or null. */
  @Nullable BigDecimal limit(Budget budget) {
    var limit = machine.budgets().limit(budget);
    return limit == null ? null : limit.value().add(granted.getOrDefault(budget, BigDecimal.ZERO));
  }

  /** The state's own limit, or null. */
  @Nullable BigDecimal own(Budget budget) {
    if (visit.state.isEmpty()) {
      return null;
    }
    var limit = machine.state(visit.state).frame().budgets().limit(budget);
    return limit == null ? null : limit.value();
  }
}
