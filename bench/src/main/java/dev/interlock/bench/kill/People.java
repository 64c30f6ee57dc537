package dev.interlock.bench.kill;

import static dev.interlock.bench.kill.Request.OPERATOR;

import dev.interlock.bench.kill.Child.Pipe;
import dev.interlock.bench.kill.Child.Told;
import dev.interlock.core.decide.Occurrence.Answered;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * People who start instances, write, approve, stop and look after them. Each request is told to the
 * driver before it is sent, and what became of it before anything is done with that.
 */
final class People {
  private static final int PEOPLE = 3;
  private static final int MOST = 10_000;

  /** A person gives up if nothing happens for so long: then something is stuck. */
  private static final long PATIENCE_NANOS = 12_000_000_000L;

  private static final List<String> LIVE = List.of("running", "waiting", "escalated");

  private final Told told;
  private final Engine engine;
  private final Tools tools;
  private final Pipe pipe;

  People(Told told, Engine engine, Tools tools, Pipe pipe) {
    this.told = told;
    this.engine = engine;
    this.tools = tools;
    this.pipe = pipe;
  }

  /** Sends again what was sent to an engine that did not live to say what became of it. */
  void again(List<Request> requests) {
    requests.forEach(this::send);
  }

  /** Ends when there is nothing more to do. */
  void work() throws InterruptedException {
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < PEOPLE; i++) {
      Person person = new Person(i);
      all.add(Thread.ofPlatform().start(person));
    }
    for (Thread each : all) {
      each.join();
    }
  }

  private Acknowledgement send(Request request) {
    String line = request.line();
    pipe.say("try " + line);
    Acknowledgement acknowledgement = request.send(engine);
    switch (acknowledgement) {
      case Acknowledgement.Taken taken -> pipe.say("taken " + taken.seq() + " " + line);
      case Acknowledgement.Again again -> pipe.say("again 0 " + line);
      case Acknowledgement.Rejected rejected -> pipe.say("rejected 0 " + line);
    }
    return acknowledgement;
  }

  /** Looks after a part of the instances. */
  private final class Person implements Runnable {
    private final int number;
    private final SplittableRandom random;
    private final List<String> mine = new ArrayList<>();
    private final List<Kind> kinds = new ArrayList<>();

    /** A cancel of these waits for their calls. */
    private final Set<String> cancelled = new HashSet<>();

    private int started;

    /** The entries of all that are looked after, and since when there are no more. */
    private long seen;

    private long since = System.nanoTime();

    Person(int number) {
      this.number = number;
      this.random = new SplittableRandom(1_000_003L * told.seed() + 31L * told.life() + number);
    }

    @Override
    public void run() {
      try {
        for (String status : LIVE) {
          engine.list(OPERATOR, new Store.Filter(null, null, status, null, null, MOST)).stream()
              .map(Store.Row::instance)
              .filter(id -> Math.floorMod(id.hashCode(), PEOPLE) == number)
              .forEach(mine::add);
        }
        while (goesOn()) {
          Thread.sleep(2 + random.nextInt(4)); // people are not machines
        }
      } catch (Exception e) { // the driver takes every line that it does not know for a fault
        pipe.say("a person failed: " + e);
      }
    }

    private boolean goesOn() throws IOException {
      long entries = 0;
      for (String id : List.copyOf(mine)) {
        Instance instance = engine.get(OPERATOR, id).orElseThrow().instance();
        entries += instance.seq();
        if (Kind.of(id).settled(instance.status().word(), instance.state())) {
          mine.remove(id);
        } else if (instance.end() == null) {
          look(id, instance);
        }
      }
      while (started * PEOPLE < told.most() && mine.size() * PEOPLE < told.busy()) {
        String id = "%s%d-%d-%d".formatted(next().prefix(), told.life(), number, started++);
        mine.add(id);
        var unused = send(Request.start(id));
      }
      if (entries != seen) {
        seen = entries;
        since = System.nanoTime();
      }
      return !mine.isEmpty() && System.nanoTime() - since < PATIENCE_NANOS;
    }

    /** All kinds, in an order of the seed's, again and again. */
    private Kind next() {
      if (kinds.isEmpty()) {
        kinds.addAll(List.of(Kind.values()));
        Collections.shuffle(kinds, random);
      }
      return kinds.removeLast();
    }

    private void look(String id, Instance instance) throws IOException {
      if (!instance.unknown().isEmpty()) {
        // an operator asks the server
        Call call = instance.unknown().getFirst();
        var unused = send(Request.resolve(id, call.number(), tools.happened(call.key())));
        return;
      }
      Kind kind = Kind.of(id);
      boolean begun = instance.questions() > 0;
      if (kind == Kind.CANCEL && begun && (instance.turn() == null || cancelled.add(id))) {
        var unused = send(Request.cancel(id));
      } else if (kind == Kind.STOP && (begun || random.nextBoolean())) {
        var unused = send(Request.event(id, "stop", null));
      } else {
        switch (instance.status()) {
          case ESCALATED -> {
            var unused = send(Request.resume(id));
          }
          case WAITING -> waiting(id, instance);
          case RUNNING -> running(id, instance);
          case COMPLETED, ENDED_ESCALATED, CANCELLED -> {} // nothing more to do
        }
      }
    }

    private void waiting(String id, Instance instance) {
      Kind kind = Kind.of(id);
      if (!instance.parked().isEmpty()) {
        Parked parked = instance.parked().getFirst();
        if (kind != Kind.LEASE && !parked.approved()) {
          String answer = kind == Kind.DENY ? Answered.REJECTED : Answered.APPROVED;
          var unused = send(Request.answer(id, parked.number(), parked.hash(), answer));
        }
      } else if (instance.state().equals("Hold")) {
        if (kind == Kind.PAID) {
          var unused = send(Request.event(id, "paid", 12L));
        }
      } else if (kind == Kind.FORK && fork(id, instance)) {
        // both go on
      } else if (kind != Kind.SILENT || instance.questions() == 0) {
        String sent = "m" + (instance.questions() + 1);
        boolean paper = (id + sent).hashCode() % 2 == 0;
        var unused =
            send(paper ? Request.paper(id, sent, "please") : Request.message(id, sent, "please"));
      }
    }

    /** Whether it was forked now. */
    private boolean fork(String id, Instance instance) {
      String own = Kind.TALK.prefix() + id;
      if (instance.questions() == 0 || engine.get(OPERATOR, own).isPresent()) {
        return false;
      }
      if (send(Request.fork(id, instance.seq(), own)) instanceof Acknowledgement.Rejected) {
        return false;
      }
      mine.add(own);
      return true;
    }

    /** Some write while the model works; some pay before they are asked to. */
    private void running(String id, Instance instance) {
      if (Kind.of(id) == Kind.PAID && random.nextInt(4) == 0) {
        var unused = send(Request.event(id, "paid", 12L));
      } else if (told.busy() > 0 && random.nextInt(16) == 0) {
        var unused = send(Request.message(id, "r" + instance.seq(), "are you there?"));
      }
    }
  }
}
