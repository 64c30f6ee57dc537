package dev.interlock.local;

import dev.interlock.core.machine.EffectClass;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where everybody stands who takes part in the protocol of commit and dispatch: see {@link
 * Protocol}.
 *
 * @param owner whether an engine has the store
 * @param left how many faults may still come
 * @param queue what waits for the committer, oldest first
 */
record ProtocolState(Owner owner, Faults left, List<Item> queue, Group group, List<Life> lives) {
  /** An engine that has the store. */
  enum Owner {
    OPEN,
    CLOSING,
    GONE
  }

  /**
   * Faults.
   *
   * @param ends of an engine, by a crash or a close
   * @param failures of commits
   * @param lateness how far time goes: see {@link World}; {@link #ANY} if nobody looks at it, and
   *     whoever asks whether something is late may be told either
   */
  record Faults(int ends, int failures, int lateness) {
    static final int ANY = 3;
  }

  /** Somebody who waits for an acknowledgement. */
  enum Waits {
    SENDER,
    SECOND,
    PERSON,
    WORK,
    NOBODY
  }

  /** What a submission is, and how the points of its commit are called. */
  enum Kind {
    START("request"),
    ANSWER("answer"),
    REPLY("reply"),
    TIMER("timer"),
    LOST("report"),
    DISPATCHED("mark"),
    CLOSED("mark"),
    RETURNED("result"),
    FAILED("report"),
    UNKNOWN("report"),
    FOUND("report"),
    NOT_FOUND("report"),
    UNDECIDED("report"),
    HAPPENED("request"),
    DID_NOT("request");

    final String point;

    Kind(String point) {
      this.point = point;
    }
  }

  /** A submission. */
  record Item(int of, Kind kind, Waits waits) {}

  /** Something that follows from a step, for the carrier. */
  enum Effect {
    ASK,
    CALL,
    PROBE
  }

  /**
   * A submission that is in the group.
   *
   * @param after what its instance is then; null if it is no step of one
   * @param effect that follows, or null
   * @param writes whether anything is to be written
   */
  record Taken(Item item, @Nullable Facts after, @Nullable Effect effect, boolean writes) {}

  /** Where the committer stands. */
  enum Phase {
    TAKING,
    BEFORE,
    INSIDE,
    MID,
    AFTER,
    HANDING
  }

  /**
   * The open group.
   *
   * @param passed points of its phase, or parts of what follows its commit
   */
  record Group(Phase phase, int passed, List<Taken> taken) {
    static final Group EMPTY = new Group(Phase.TAKING, 0, List.of());

    Group at(Phase next, int count) {
      return new Group(next, count, taken);
    }
  }

  /** What the journal says of a call. */
  enum Call {
    NONE,
    OPEN,
    UNKNOWN,
    /** Unknown, and a person must say. */
    ASKED,
    HAPPENED,
    FAILED
  }

  /**
   * An instance.
   *
   * @param starts how often it was started
   * @param middles how often what leads to its call was recorded
   */
  record Facts(int starts, int middles, Call call) {
    static final Facts UNBORN = new Facts(0, 0, Call.NONE);

    Facts with(Call next) {
      return new Facts(starts, middles, next);
    }
  }

  /** A mark in the store. */
  enum Mark {
    NONE,
    DISPATCHED,
    CLOSED
  }

  /** What is durable of an instance. */
  record Stored(Facts facts, Mark mark) {}

  /** Somebody who sends something once, and again until it is acknowledged. */
  enum Sender {
    ABSENT,
    SILENT,
    OFFERED,
    ACKNOWLEDGED
  }

  record People(Sender sender, Sender second, Sender person) {
    People map(UnaryOperator<Sender> each) {
      return new People(each.apply(sender), each.apply(second), each.apply(person));
    }

    Sender of(Waits who) {
      return who == Waits.SENDER ? sender : who == Waits.SECOND ? second : person;
    }

    People with(Waits who, Sender next) {
      return new People(
          who == Waits.SENDER ? next : sender,
          who == Waits.SECOND ? next : second,
          who == Waits.PERSON ? next : person);
    }
  }

  /** Where the thread stands that carries an effect out. */
  enum At {
    NOTHING,
    LOSING,
    ASKING,
    BEGUN,
    BEFORE_MARK,
    MARKING,
    AFTER_MARK,
    LOOKING,
    BEFORE_SEND,
    SENDING,
    WAITING,
    AFTER_SEND,
    PROBING,
    REPORTING
  }

  /**
   * What is carried out for an instance.
   *
   * @param offered whether it waits for the committer
   * @param what it writes or reports, where it does
   */
  record Work(At at, boolean offered, @Nullable Kind what) {
    static final Work NONE = new Work(At.NOTHING, false, null);

    static Work at(At at) {
      return new Work(at, false, null);
    }
  }

  /** What the tool's server has made of a call. */
  enum Server {
    NOTHING,
    ARRIVED,
    DID,
    DID_NOT
  }

  /**
   * What is the same whoever owns the store.
   *
   * @param coming how often the call is on its way to the server
   * @param received how often it came
   * @param time 1: the deadline has passed, 2: and {@code settleAfter}
   */
  record World(Server server, int coming, int received, int time) {
    World with(Server next) {
      return new World(next, coming, received, time);
    }

    World at(int later) {
      return new World(server, coming, received, later);
    }

    /** What its server makes of it is not known yet; what it made of a key stands. */
    boolean undecided() {
      return server == Server.ARRIVED || (server == Server.NOTHING && coming > 0);
    }
  }

  /**
   * What there is of an instance.
   *
   * @param memory as the committer has it in memory, or null
   */
  record Life(Stored stored, @Nullable Facts memory, People people, Work work, World world) {
    Life with(Stored next) {
      return new Life(next, memory, people, work, world);
    }

    Life remembering(@Nullable Facts next) {
      return new Life(stored, next, people, work, world);
    }

    Life with(People next) {
      return new Life(stored, memory, next, work, world);
    }

    Life with(Work next) {
      return new Life(stored, memory, people, next, world);
    }

    Life with(World next) {
      return new Life(stored, memory, people, work, next);
    }

    Call call() {
      return stored.facts().call();
    }
  }

  /** How an instance comes to its call. */
  enum Middle {
    /** It begins with it. */
    NONE,
    REPLY,
    ANSWER,
    TIMER
  }

  /**
   * What an instance does.
   *
   * @param twice whether its start is sent twice
   */
  record Plan(Middle middle, EffectClass effect, boolean probe, boolean twice) {}

  ProtocolState with(Life life, int of) {
    List<Life> next = new ArrayList<>(lives);
    next.set(of, life);
    return new ProtocolState(owner, left, queue, group, List.copyOf(next));
  }

  ProtocolState eachLife(UnaryOperator<Life> change) {
    return new ProtocolState(owner, left, queue, group, lives.stream().map(change).toList());
  }

  ProtocolState with(Group next) {
    return new ProtocolState(owner, left, queue, next, lives);
  }

  ProtocolState with(Owner next) {
    return new ProtocolState(next, left, queue, group, lives);
  }

  ProtocolState queued(List<Item> next) {
    return new ProtocolState(owner, left, next, group, lives);
  }

  ProtocolState offered(Item item) {
    List<Item> longer = new ArrayList<>(queue);
    longer.add(item);
    return queued(List.copyOf(longer));
  }

  ProtocolState oneEndLess() {
    return new ProtocolState(
        owner, new Faults(left.ends() - 1, left.failures(), left.lateness()), queue, group, lives);
  }

  ProtocolState oneFailureLess() {
    return new ProtocolState(
        owner, new Faults(left.ends(), left.failures() - 1, left.lateness()), queue, group, lives);
  }

  Life life(int of) {
    return lives.get(of);
  }
}
