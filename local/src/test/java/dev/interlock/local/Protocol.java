package dev.interlock.local;

import dev.interlock.core.machine.EffectClass;
import dev.interlock.local.ProtocolState.At;
import dev.interlock.local.ProtocolState.Call;
import dev.interlock.local.ProtocolState.Facts;
import dev.interlock.local.ProtocolState.Faults;
import dev.interlock.local.ProtocolState.Group;
import dev.interlock.local.ProtocolState.Item;
import dev.interlock.local.ProtocolState.Kind;
import dev.interlock.local.ProtocolState.Life;
import dev.interlock.local.ProtocolState.Mark;
import dev.interlock.local.ProtocolState.Middle;
import dev.interlock.local.ProtocolState.Owner;
import dev.interlock.local.ProtocolState.People;
import dev.interlock.local.ProtocolState.Phase;
import dev.interlock.local.ProtocolState.Plan;
import dev.interlock.local.ProtocolState.Sender;
import dev.interlock.local.ProtocolState.Server;
import dev.interlock.local.ProtocolState.Stored;
import dev.interlock.local.ProtocolState.Waits;
import dev.interlock.local.ProtocolState.Work;
import dev.interlock.local.ProtocolState.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model of how the local engine commits steps and sends calls: who takes part, what each may do
 * next, and what must hold in every state. Steps that the code names by {@code CrashPoints} have
 * the same names here.
 *
 * <p>Those who take part: whoever sends a start (also twice), an answer or what became of a call;
 * the committer; the carrier of each instance's question, call or probe; the timers; the tool's
 * server; the clock; the engine that owns the store, and the next one. Each instance makes one call
 * ({@link Plan}). Faults: the engine ends at any step, by a crash or a close; a commit fails; a
 * mark cannot be read; an answer does not come. Not among them: a server that does something later
 * than {@code settleAfter} past the deadline, a person who does not say the truth.
 */
final class Protocol implements Search.Model<ProtocolState> {
  /**
   * How much is explored.
   *
   * @param plans one for each instance
   * @param faults how many may come
   * @param brief whether a step that only moves one of them on is taken before all others: whoever
   *     comes in between, a crash too, finds the same
   * @param flaw what is done wrong, on purpose
   */
  record Setup(List<Plan> plans, int maxGroup, Faults faults, boolean brief, Flaw flaw) {
    Setup with(Flaw other) {
      return new Setup(plans, maxGroup, faults, brief, other);
    }
  }

  /** Steps that nobody takes in an engine that is only closed and whose marks can be read. */
  static final Set<String> FAULTS = Set.of("crash", "the mark cannot be read");

  /** Steps of others than the engine: the code has no names for them. */
  static final Set<String> OUTSIDE =
      Set.of(
          "open",
          "close",
          "send",
          "the server does it",
          "the server does not",
          "a commit fails",
          "COMMIT fails");

  private static final String ACKNOWLEDGED = "what is acknowledged is not durable";
  private static final String RECORDED_TWICE = "a step is recorded twice";
  private static final String EARLY = "an effect goes out of a step that is not durable";
  private static final String SENT_TWICE = "a write is sent twice";
  private static final String SENT_CLOSED = "a call that is closed is sent";
  private static final String SENT_UNMARKED = "a write is sent before its mark is durable";
  private static final String UNTRUE = "the journal says otherwise than the server did";
  private static final String STUCK = "something is stuck";

  /** What could be done wrong, and what breaks then. */
  enum Flaw {
    NONE(""),
    ACKNOWLEDGES_BEFORE_COMMIT(ACKNOWLEDGED),
    SENDS_BEFORE_COMMIT(EARLY),
    KEEPS_WHAT_FAILED(ACKNOWLEDGED),
    FORGETS_IDS(RECORDED_TWICE),
    REPORTS_ONCE(STUCK),
    SENDS_BEFORE_MARK(SENT_UNMARKED),
    SENDS_WHAT_IS_MARKED(SENT_TWICE),
    SENDS_WHAT_IS_CLOSED(SENT_CLOSED),
    SENDS_AGAIN(SENT_TWICE),
    FAILS_WHAT_IS_SILENT(UNTRUE),
    PROBES_EARLY(UNTRUE),
    LEAVES_WHAT_IS_UNMARKED(STUCK),
    STOPS_BEFORE_THE_QUEUE_IS_EMPTY(STUCK);

    final String breaks;

    Flaw(String breaks) {
      this.breaks = breaks;
    }
  }

  private final Setup setup;

  Protocol(Setup setup) {
    this.setup = setup;
  }

  @Override
  public ProtocolState start() {
    List<Life> lives =
        setup.plans().stream()
            .map(plan ->
                new Life(
                    new Stored(Facts.UNBORN, Mark.NONE),
                    null,
                    new People(
                        Sender.SILENT,
                        plan.twice() || plan.middle() == Middle.ANSWER
                            ? Sender.SILENT
                            : Sender.ABSENT,
                        Sender.SILENT),
                    Work.NONE,
                    new World(Server.NOTHING, 0, 0, 0)))
            .toList();
    return new ProtocolState(Owner.GONE, setup.faults(), List.of(), Group.EMPTY, lives);
  }

  /** Collects what may follow a state. */
  final class Steps {
    private final ProtocolState from;
    private final List<Search.Step<ProtocolState>> found = new ArrayList<>();
    private Search.@Nullable Step<ProtocolState> moving;

    private Steps(ProtocolState from) {
      this.from = from;
    }

    ProtocolState from() {
      return from;
    }

    Setup setup() {
      return setup;
    }

    boolean has(Flaw flaw) {
      return setup.flaw() == flaw;
    }

    /** Somebody passes a point, and nothing else changes. */
    void point(String name, ProtocolState to) {
      seen(name, to);
      moving = found.getLast();
    }

    void seen(String name, ProtocolState to) {
      found.add(new Search.Step<>(name, true, to));
    }

    void unseen(String name, ProtocolState to) {
      found.add(new Search.Step<>(name, false, to));
    }
  }

  @Override
  public List<Search.Step<ProtocolState>> steps(ProtocolState from) {
    Steps steps = new Steps(from);
    owner(steps);
    for (int of = 0; of < from.lives().size(); of++) {
      world(steps, of);
      if (from.owner() != Owner.GONE) {
        people(steps, of);
        timers(steps, of);
        new ProtocolCarrier(steps, of).steps();
      }
    }
    if (from.owner() != Owner.GONE) {
      new ProtocolCommitter(steps).steps();
    }
    Search.Step<ProtocolState> moving = steps.moving;
    return setup.brief() && moving != null ? List.of(moving) : steps.found;
  }

  // ---- the engine

  private void owner(Steps steps) {
    ProtocolState from = steps.from();
    if (from.owner() == Owner.GONE) {
      steps.seen("open", opened(steps));
      return;
    }
    boolean idle = from.group().equals(Group.EMPTY);
    boolean done = from.lives().stream().allMatch(life -> life.work().at() == At.NOTHING);
    boolean empty = from.queue().isEmpty() || steps.has(Flaw.STOPS_BEFORE_THE_QUEUE_IS_EMPTY);
    if (from.owner() == Owner.CLOSING && idle && done && empty) {
      steps.unseen("the committer stops", from.with(Owner.GONE).queued(List.of()));
    }
    if (from.left().ends() > 0) {
      if (from.owner() == Owner.OPEN) {
        steps.seen("close", from.with(Owner.CLOSING).oneEndLess());
      }
      steps.unseen("crash", crashed(from));
    }
  }

  private static ProtocolState crashed(ProtocolState from) {
    return from.with(Owner.GONE)
        .queued(List.of())
        .with(Group.EMPTY)
        .oneEndLess()
        .eachLife(life ->
            life.remembering(null)
                .with(Work.NONE)
                .with(life.people().map(s -> s == Sender.OFFERED ? Sender.SILENT : s)));
  }

  /** The next owner takes up what is in flight. */
  private ProtocolState opened(Steps steps) {
    ProtocolState then = steps.from().with(Owner.OPEN);
    for (int of = 0; of < then.lives().size(); of++) {
      Life life = then.life(of);
      Facts facts = life.stored().facts();
      Plan plan = setup.plans().get(of);
      boolean unmarked = life.stored().mark() == Mark.NONE;
      At at =
          switch (facts.call()) {
            case OPEN ->
                unmarked && steps.has(Flaw.LEAVES_WHAT_IS_UNMARKED) ? At.NOTHING : At.BEGUN;
            case UNKNOWN -> plan.probe() ? At.PROBING : At.NOTHING;
            case NONE ->
                facts.starts() > 0 && plan.middle() == Middle.REPLY ? At.LOSING : At.NOTHING;
            case ASKED, HAPPENED, FAILED -> At.NOTHING;
          };
      Facts memory = facts.starts() > 0 ? facts : null;
      then = then.with(life.remembering(memory).with(Work.at(at)), of);
    }
    return then;
  }

  // ---- around it

  private void people(Steps steps, int of) {
    ProtocolState from = steps.from();
    Life life = from.life(of);
    People people = life.people();
    sends(steps, of, Waits.SENDER, Kind.START);
    if (setup.plans().get(of).middle() != Middle.ANSWER) {
      sends(steps, of, Waits.SECOND, Kind.START);
    } else if (people.sender() == Sender.ACKNOWLEDGED) {
      sends(steps, of, Waits.SECOND, Kind.ANSWER);
    }
    if (life.call() == Call.ASKED && life.world().time() == 2) {
      boolean did = life.world().server() == Server.DID;
      sends(steps, of, Waits.PERSON, did ? Kind.HAPPENED : Kind.DID_NOT);
    }
  }

  private static void sends(Steps steps, int of, Waits who, Kind what) {
    Life life = steps.from().life(of);
    if (life.people().of(who) == Sender.SILENT) {
      Life waiting = life.with(life.people().with(who, Sender.OFFERED));
      steps.unseen(
          "%s sends %s of %d".formatted(who, what, of),
          steps.from().with(waiting, of).offered(new Item(of, what, who)));
    }
  }

  private void timers(Steps steps, int of) {
    ProtocolState from = steps.from();
    Item due = new Item(of, Kind.TIMER, Waits.NOBODY);
    Facts facts = from.life(of).stored().facts();
    boolean wakes =
        setup.plans().get(of).middle() == Middle.TIMER
            && facts.starts() > 0
            && facts.middles() == 0
            && !from.queue().contains(due)
            && from.group().taken().stream().noneMatch(taken -> taken.item().equals(due));
    if (wakes) {
      steps.unseen("the timer wakes " + of, from.offered(due));
    }
  }

  private void world(Steps steps, int of) {
    ProtocolState from = steps.from();
    Life life = from.life(of);
    World world = life.world();
    boolean unknown = life.call() == Call.UNKNOWN || life.call() == Call.ASKED;
    boolean matters = setup.plans().get(of).effect() != EffectClass.READ;
    int latest = matters ? from.left().lateness() % Faults.ANY : 0;
    if (world.coming() > 0) {
      Server server = world.server() == Server.NOTHING ? Server.ARRIVED : world.server();
      World arrived = new World(server, world.coming() - 1, world.received() + 1, world.time());
      steps.seen("send of " + of, from.with(life.with(arrived), of));
    }
    if (world.server() == Server.ARRIVED) {
      decides(steps, of, "the server does it", world.with(Server.DID));
      decides(steps, of, "the server does not", world.with(Server.DID_NOT));
    }
    if (world.time() == 0 && latest > 0 && life.call() != Call.NONE) {
      turns(steps, of, "the deadline passes", world.at(1));
    }
    if (world.time() == 1 && latest > 1 && unknown && !world.undecided()) {
      turns(steps, of, "settleAfter passes", world.at(2));
    }
  }

  private static void decides(Steps steps, int of, String name, World next) {
    steps.seen(name + " of " + of, steps.from().with(steps.from().life(of).with(next), of));
  }

  private static void turns(Steps steps, int of, String name, World next) {
    steps.unseen(name + " of " + of, steps.from().with(steps.from().life(of).with(next), of));
  }

  // ---- what must hold

  @Override
  public @Nullable String broken(ProtocolState state) {
    for (int of = 0; of < state.lives().size(); of++) {
      String broken = broken(state.life(of), setup.plans().get(of));
      if (broken != null) {
        return broken + " (instance " + of + ")";
      }
    }
    return null;
  }

  private static @Nullable String broken(Life life, Plan plan) {
    Facts facts = life.stored().facts();
    People people = life.people();
    boolean answers = plan.middle() == Middle.ANSWER;
    boolean sent = people.sender() == Sender.ACKNOWLEDGED;
    boolean secondSent = people.second() == Sender.ACKNOWLEDGED;
    boolean settled = facts.call() == Call.HAPPENED || facts.call() == Call.FAILED;
    boolean startSent = sent || (secondSent && !answers);
    if ((startSent && facts.starts() == 0)
        || (secondSent && answers && facts.middles() == 0)
        || (people.person() == Sender.ACKNOWLEDGED && !settled)) {
      return ACKNOWLEDGED;
    }
    if (facts.starts() > 1 || facts.middles() > 1) {
      return RECORDED_TWICE;
    }
    if (life.work().at() != At.NOTHING && facts.starts() == 0) {
      return EARLY;
    }
    World world = life.world();
    if (plan.effect() == EffectClass.WRITE) {
      int copies = world.coming() + world.received();
      if (copies > 1) {
        return SENT_TWICE;
      }
      if (copies > 0 && life.stored().mark() == Mark.CLOSED) {
        return SENT_CLOSED;
      }
      if (copies > 0 && life.stored().mark() == Mark.NONE) {
        return SENT_UNMARKED;
      }
    }
    boolean did = world.server() == Server.DID;
    if (plan.effect() != EffectClass.READ
        && ((facts.call() == Call.HAPPENED && !did)
            || (facts.call() == Call.FAILED && (did || world.undecided())))) {
      return UNTRUE;
    }
    return null;
  }

  @Override
  public @Nullable String missing(ProtocolState end) {
    boolean rests =
        end.owner() == Owner.OPEN
            && end.queue().isEmpty()
            && end.group().phase() == Phase.TAKING
            && end.group().taken().isEmpty();
    boolean all =
        end.lives().stream()
            .allMatch(life ->
                (life.call() == Call.HAPPENED || life.call() == Call.FAILED || waits(life))
                    && life.people().sender() == Sender.ACKNOWLEDGED
                    && life.people().second() != Sender.OFFERED
                    && life.people().second() != Sender.SILENT
                    && life.people().person() != Sender.OFFERED);
    return rests && all ? null : STUCK;
  }

  /** Its outcome is unknown, and the time does not come at which that is settled. */
  private boolean waits(Life life) {
    return setup.faults().lateness() < 2
        && (life.call() == Call.UNKNOWN || life.call() == Call.ASKED);
  }
}
