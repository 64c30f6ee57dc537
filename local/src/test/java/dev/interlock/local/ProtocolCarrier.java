package dev.interlock.local;

import dev.interlock.core.machine.EffectClass;
import dev.interlock.local.Protocol.Flaw;
import dev.interlock.local.ProtocolState.At;
import dev.interlock.local.ProtocolState.Faults;
import dev.interlock.local.ProtocolState.Item;
import dev.interlock.local.ProtocolState.Kind;
import dev.interlock.local.ProtocolState.Life;
import dev.interlock.local.ProtocolState.Mark;
import dev.interlock.local.ProtocolState.Owner;
import dev.interlock.local.ProtocolState.Server;
import dev.interlock.local.ProtocolState.Waits;
import dev.interlock.local.ProtocolState.Work;
import dev.interlock.local.ProtocolState.World;
import java.util.Objects;

/** The steps of what an engine carries out for one instance: {@link Carrier}. */
final class ProtocolCarrier {
  private final Protocol.Steps steps;
  private final ProtocolState state;
  private final int of;
  private final Life life;
  private final Work work;
  private final World world;
  private final EffectClass effect;

  ProtocolCarrier(Protocol.Steps steps, int of) {
    this.steps = steps;
    this.state = steps.from();
    this.of = of;
    this.life = state.life(of);
    this.work = life.work();
    this.world = life.world();
    this.effect = steps.setup().plans().get(of).effect();
  }

  void steps() {
    if (work.at() != At.NOTHING && state.owner() == Owner.CLOSING) {
      // at once, even before it does anything; a write when the limit is over
      unseen("is interrupted", Work.NONE);
    }
    if (work.offered()) {
      return; // the committer goes on
    }
    switch (work.at()) {
      case NOTHING -> {}
      case LOSING, MARKING, REPORTING -> offers();
      case ASKING -> unseen("the model replies", report(Kind.REPLY));
      case BEGUN -> begun();
      case BEFORE_MARK -> point("before-mark", new Work(At.MARKING, false, work.what()));
      case AFTER_MARK -> point("after-mark", new Work(At.LOOKING, false, work.what()));
      case LOOKING -> looking();
      case BEFORE_SEND -> point("before-send-of-" + effect.word(), Work.at(At.SENDING));
      case SENDING -> sending();
      case WAITING -> waiting();
      case AFTER_SEND ->
          point("after-send-of-" + effect.word(), report(Objects.requireNonNull(work.what())));
      case PROBING -> probing();
    }
  }

  private void point(String name, Work next) {
    steps.point(name + " of " + of, state.with(life.with(next), of));
  }

  private void unseen(String name, Work next) {
    steps.unseen(name + " of " + of, state.with(life.with(next), of));
  }

  private static Work report(Kind what) {
    return new Work(At.REPORTING, false, what);
  }

  private void offers() {
    Kind what = work.at() == At.LOSING ? Kind.LOST : Objects.requireNonNull(work.what());
    ProtocolState offered = state.offered(new Item(of, what, Waits.WORK));
    boolean waits = !(work.at() == At.MARKING && steps.has(Flaw.SENDS_BEFORE_MARK));
    Work next =
        waits ? new Work(work.at(), true, what) : new Work(At.AFTER_MARK, false, work.what());
    steps.unseen("offer %s of %d".formatted(what, of), offered.with(life.with(next), of));
  }

  // ---- a call

  private void begun() {
    if (effect != EffectClass.WRITE) {
      unseen("needs no mark", Work.at(At.BEFORE_SEND));
      return;
    }
    if (state.left().failures() > 0) {
      steps.unseen(
          "the mark cannot be read",
          state.oneFailureLess().with(life.with(report(Kind.UNKNOWN)), of));
    }
    if (life.stored().mark() == Mark.DISPATCHED && !steps.has(Flaw.SENDS_WHAT_IS_MARKED)) {
      unseen("a mark is found", report(Kind.UNKNOWN));
      return;
    }
    boolean closes = steps.has(Flaw.SENDS_WHAT_IS_CLOSED) && world.time() > 0;
    if (life.stored().mark() == Mark.CLOSED || mayBeLate() || closes) {
      unseen("it is late", new Work(At.BEFORE_MARK, false, Kind.CLOSED));
    }
    if (life.stored().mark() != Mark.CLOSED && mayBeInTime()) {
      unseen("it is in time", new Work(At.BEFORE_MARK, false, Kind.DISPATCHED));
    }
  }

  private boolean mayBeLate() {
    return effect == EffectClass.WRITE
        && !steps.has(Flaw.SENDS_WHAT_IS_CLOSED)
        && (world.time() > 0 || anyTime());
  }

  private boolean mayBeInTime() {
    return !mayBeLate() || anyTime();
  }

  private boolean anyTime() {
    return state.left().lateness() == Faults.ANY;
  }

  private void looking() {
    boolean closed = work.what() == Kind.CLOSED && !steps.has(Flaw.SENDS_WHAT_IS_CLOSED);
    if (closed || mayBeLate()) {
      unseen("it is late after its mark", report(Kind.FAILED));
    }
    if (!closed && mayBeInTime()) {
      unseen("it is in time after its mark", Work.at(At.BEFORE_SEND));
    }
  }

  private void sending() {
    if (mayBeLate()) {
      unseen("it is late before it is sent", new Work(At.AFTER_SEND, false, Kind.FAILED));
    }
    if (mayBeInTime()) {
      World sent = new World(world.server(), world.coming() + 1, world.received(), world.time());
      steps.unseen(
          "its first byte goes out of " + of,
          state.with(life.with(Work.at(At.WAITING)).with(sent), of));
    }
  }

  private void waiting() {
    switch (world.server()) {
      case DID -> unseen("it returns", new Work(At.AFTER_SEND, false, Kind.RETURNED));
      case DID_NOT -> unseen("it fails", new Work(At.AFTER_SEND, false, Kind.FAILED));
      case ARRIVED, NOTHING -> {}
    }
    Kind silence = steps.has(Flaw.FAILS_WHAT_IS_SILENT) ? Kind.FAILED : Kind.UNKNOWN;
    unseen("no answer comes", new Work(At.AFTER_SEND, false, silence));
    if (steps.has(Flaw.SENDS_AGAIN) && world.coming() + world.received() < 2) {
      unseen("no answer comes, it is sent again", Work.at(At.SENDING));
    }
  }

  private void probing() {
    boolean any = anyTime() && !world.undecided();
    if (world.time() < 2 && !any && !steps.has(Flaw.PROBES_EARLY)) {
      return;
    }
    unseen(
        "the probe is answered",
        report(world.server() == Server.DID ? Kind.FOUND : Kind.NOT_FOUND));
    unseen("the probe decides nothing", report(Kind.UNDECIDED));
  }
}
