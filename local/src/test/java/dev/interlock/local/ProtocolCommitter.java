package dev.interlock.local;

import dev.interlock.core.machine.EffectClass;
import dev.interlock.local.Protocol.Flaw;
import dev.interlock.local.ProtocolState.At;
import dev.interlock.local.ProtocolState.Call;
import dev.interlock.local.ProtocolState.Effect;
import dev.interlock.local.ProtocolState.Facts;
import dev.interlock.local.ProtocolState.Group;
import dev.interlock.local.ProtocolState.Item;
import dev.interlock.local.ProtocolState.Kind;
import dev.interlock.local.ProtocolState.Life;
import dev.interlock.local.ProtocolState.Mark;
import dev.interlock.local.ProtocolState.Middle;
import dev.interlock.local.ProtocolState.Phase;
import dev.interlock.local.ProtocolState.Plan;
import dev.interlock.local.ProtocolState.Sender;
import dev.interlock.local.ProtocolState.Stored;
import dev.interlock.local.ProtocolState.Taken;
import dev.interlock.local.ProtocolState.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The committer's steps, and the store's inside a commit: {@link Committer}, {@link SqliteStore}.
 */
final class ProtocolCommitter {
  private final Protocol.Steps steps;
  private final ProtocolState state;
  private final Group group;

  ProtocolCommitter(Protocol.Steps steps) {
    this.steps = steps;
    this.state = steps.from();
    this.group = state.group();
  }

  void steps() {
    switch (group.phase()) {
      case TAKING -> taking();
      case BEFORE -> point("before-commit", Phase.INSIDE);
      case INSIDE -> {
        steps.seen("mid-commit", state.with(group.at(Phase.MID, 0)));
        fails("a commit fails");
      }
      case MID -> {
        steps.unseen("COMMIT", committed().with(group.at(Phase.AFTER, 0)));
        fails("COMMIT fails");
      }
      case AFTER -> point("after-commit", Phase.HANDING);
      case HANDING -> handing();
    }
  }

  // ---- taking

  private void taking() {
    boolean full = group.taken().size() >= steps.setup().maxGroup();
    if (!state.queue().isEmpty() && !full) {
      Item item = state.queue().getFirst();
      List<Taken> taken = new ArrayList<>(group.taken());
      taken.add(decide(item));
      steps.unseen(
          "take %s of %d".formatted(item.kind(), item.of()),
          state
              .queued(state.queue().subList(1, state.queue().size()))
              .with(new Group(Phase.TAKING, 0, List.copyOf(taken))));
    } else if (!group.taken().isEmpty()) {
      boolean writes = group.taken().stream().anyMatch(Taken::writes);
      ProtocolState closed = state.with(group.at(writes ? Phase.BEFORE : Phase.HANDING, 0));
      if (steps.has(Flaw.ACKNOWLEDGES_BEFORE_COMMIT)) {
        for (Taken each : group.taken()) {
          closed = acknowledged(closed, each.item());
        }
      }
      if (steps.has(Flaw.SENDS_BEFORE_COMMIT)) {
        for (Taken each : group.taken()) {
          closed = handedOut(closed, each);
        }
      }
      steps.unseen("the group is closed", closed);
    }
  }

  /** As far as this is known without the commit. */
  private Facts newest(int of) {
    Facts newest = state.life(of).memory();
    for (Taken each : group.taken()) {
      if (each.item().of() == of && each.after() != null) {
        newest = each.after();
      }
    }
    return newest != null ? newest : state.life(of).stored().facts();
  }

  private Taken decide(Item item) {
    Facts now = newest(item.of());
    Plan plan = steps.setup().plans().get(item.of());
    boolean unsettled = now.call() == Call.UNKNOWN || now.call() == Call.ASKED;
    return switch (item.kind()) {
      case DISPATCHED, CLOSED -> new Taken(item, null, null, true);
      case START -> {
        boolean direct = plan.middle() == Middle.NONE;
        yield now.starts() == 0
            ? step(
                item,
                new Facts(1, 0, direct ? Call.OPEN : Call.NONE),
                direct ? Effect.CALL : plan.middle() == Middle.REPLY ? Effect.ASK : null)
            : steps.has(Flaw.FORGETS_IDS)
                ? step(item, new Facts(2, now.middles(), now.call()), null)
                : nothing(item);
      }
      case ANSWER, REPLY, TIMER ->
          now.starts() > 0 && now.middles() == 0
              ? step(item, new Facts(now.starts(), 1, Call.OPEN), Effect.CALL)
              : nothing(item);
      case LOST -> now.middles() == 0 ? step(item, now, null) : nothing(item);
      case RETURNED -> settled(item, now, Call.HAPPENED);
      case FAILED -> settled(item, now, Call.FAILED);
      case UNKNOWN -> now.call() == Call.OPEN ? unknown(item, now, plan) : step(item, now, null);
      case FOUND -> unsettled ? settled(item, now, Call.HAPPENED) : step(item, now, null);
      case NOT_FOUND -> unsettled ? settled(item, now, Call.FAILED) : step(item, now, null);
      case UNDECIDED -> step(item, unsettled ? now.with(Call.ASKED) : now, null);
      case HAPPENED -> unsettled ? settled(item, now, Call.HAPPENED) : nothing(item);
      case DID_NOT -> unsettled ? settled(item, now, Call.FAILED) : nothing(item);
    };
  }

  private static Taken settled(Item item, Facts now, Call as) {
    boolean settled = now.call() == Call.HAPPENED || now.call() == Call.FAILED;
    return step(item, settled ? now : now.with(as), null); // what is late moves nothing
  }

  private static Taken unknown(Item item, Facts now, Plan plan) {
    if (plan.effect() == EffectClass.READ) {
      return step(item, now.with(Call.FAILED), null);
    }
    return plan.probe()
        ? step(item, now.with(Call.UNKNOWN), Effect.PROBE)
        : step(item, now.with(Call.ASKED), null);
  }

  private static Taken step(Item item, Facts after, @Nullable Effect effect) {
    return new Taken(item, after, effect, true);
  }

  private static Taken nothing(Item item) {
    return new Taken(item, null, null, false);
  }

  // ---- the commit

  private List<String> points() {
    return group.taken().stream()
        .filter(Taken::writes)
        .map(each -> each.item().kind().point)
        .distinct()
        .toList();
  }

  private void point(String name, Phase next) {
    List<String> points = points();
    int passed = group.passed();
    String passing = passed == 0 ? name : name + "-of-" + points.get(passed - 1);
    ProtocolState then =
        passed < points.size() ? state.with(group.at(group.phase(), passed + 1)) : last(next);
    if (next == Phase.HANDING && then.group().phase() == next) {
      steps.seen(passing, then);
    } else {
      steps.point(passing, then);
    }
  }

  /** The points of a phase have all been passed. */
  private ProtocolState last(Phase next) {
    ProtocolState then = state.with(group.at(next, 0));
    if (next == Phase.HANDING) { // in sight of others from now on
      for (Taken each : group.taken()) {
        if (each.after() != null) {
          int of = each.item().of();
          then = then.with(then.life(of).remembering(each.after()), of);
        }
      }
    }
    return then;
  }

  private ProtocolState committed() {
    ProtocolState then = state;
    for (Taken each : group.taken()) {
      int of = each.item().of();
      Life life = then.life(of);
      Stored stored = life.stored();
      Facts facts = each.after() != null ? each.after() : stored.facts();
      Mark mark =
          stored.mark() != Mark.NONE || each.after() != null || !each.writes()
              ? stored.mark()
              : each.item().kind() == Kind.CLOSED ? Mark.CLOSED : Mark.DISPATCHED;
      then = then.with(life.with(new Stored(facts, mark)), of);
    }
    return then;
  }

  private void fails(String name) {
    if (state.left().failures() > 0) {
      steps.seen(name, failed(state).oneFailureLess());
    }
  }

  /** Everyone in the group gets the error, and what was in memory is read again. */
  private ProtocolState failed(ProtocolState from) {
    ProtocolState then = from.with(Group.EMPTY);
    for (Taken each : group.taken()) {
      Item item = each.item();
      Life life = then.life(item.of());
      if (each.after() != null) {
        life = life.remembering(steps.has(Flaw.KEEPS_WHAT_FAILED) ? each.after() : null);
      }
      then = then.with(refused(life, item), item.of());
    }
    return then;
  }

  private Life refused(Life life, Item item) {
    return switch (item.waits()) {
      case SENDER, SECOND, PERSON -> life.with(life.people().with(item.waits(), Sender.SILENT));
      case NOBODY -> life;
      case WORK -> {
        Work work = life.work();
        boolean waits = work.offered() && work.what() == item.kind();
        boolean once = steps.has(Flaw.REPORTS_ONCE);
        yield waits ? life.with(once ? Work.NONE : new Work(work.at(), false, work.what())) : life;
      }
    };
  }

  // ---- what follows

  private void handing() {
    int part = group.passed();
    Taken each = group.taken().get(part / 2);
    boolean last = part + 1 == 2 * group.taken().size();
    Group next = last ? Group.EMPTY : group.at(Phase.HANDING, part + 1);
    if (part % 2 == 0) {
      steps.unseen("hand out", handedOut(state.with(next), each));
    } else {
      steps.unseen("acknowledge", acknowledged(state.with(next), each.item()));
    }
  }

  private ProtocolState handedOut(ProtocolState to, Taken each) {
    if (each.effect() == null) {
      return to;
    }
    At at =
        switch (Objects.requireNonNull(each.effect())) {
          case ASK -> At.ASKING;
          case CALL -> At.BEGUN;
          case PROBE -> At.PROBING;
        };
    int of = each.item().of();
    return to.with(to.life(of).with(Work.at(at)), of);
  }

  private static ProtocolState acknowledged(ProtocolState to, Item item) {
    Life life = to.life(item.of());
    Work work = life.work();
    Life next =
        switch (item.waits()) {
          case SENDER, SECOND, PERSON ->
              life.with(life.people().with(item.waits(), Sender.ACKNOWLEDGED));
          case NOBODY -> life;
          case WORK -> work.offered() && work.what() == item.kind() ? life.with(ended(work)) : life;
        };
    return to.with(next, item.of());
  }

  /** What the thread does that waited, once it is acknowledged. */
  private static Work ended(Work work) {
    return switch (work.at()) {
      case LOSING -> Work.at(At.ASKING);
      case MARKING -> new Work(At.AFTER_MARK, false, work.what());
      default -> Work.NONE;
    };
  }
}
