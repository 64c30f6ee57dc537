package dev.interlock.bench.fire;

import dev.interlock.agent.McpToolHost;
import dev.interlock.bench.Folders;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Tool.Retry;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.engine.verify.Verification;
import dev.interlock.local.LocalEngine;
import dev.interlock.local.SqliteStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * The local engine among a model that lies, tools that fail and people who err, each in every way
 * and all at the same time. Two real MCP servers are processes of their own that die and are
 * killed. What they write down, and what people said, is held against a policy that knows nothing
 * of the engine. The last line is JSON; exit code 1 if anything was found, 2 if nothing was, but
 * something that it is there to test never happened: {@code untested} says what.
 *
 * <p>The seed fixes what is proposed, answered and sent, by question, call and person; not when.
 */
public final class Fire {
  private static final int PEOPLE = 16;
  private static final Duration BETWEEN_ACTS = Duration.ofMillis(20);

  /** A server over stdio is started again at once, one over HTTP is left alone for a minute. */
  private static final double STDIO_KILLS = 10;

  private static final double HTTP_KILLS = 120;
  private static final Duration LOOK = Duration.ofMillis(100);

  /** How long the instances have to come to rest once everybody does what is right. */
  private static final Duration DRAIN = Duration.ofSeconds(90);

  /** Exit codes. */
  private static final int FOUND = 1;

  private static final int UNTESTED = 2;

  private static final Logger TOOLS_LOG = Logger.getLogger("dev.interlock.agent");

  /** At most so many of each kind of finding are told. */
  private static final int TOLD = 5;

  private static final Settings SETTINGS =
      new Settings(
          Duration.ofSeconds(3),
          Duration.ofSeconds(2),
          new Retry(2, Duration.ofMillis(50)),
          Duration.ofMillis(200),
          Settings.DEFAULT.maxRunning());

  /**
   * What is attacked.
   *
   * @param seconds for how long
   * @param instances how many at a time
   * @param machine the machine file; the policy stays that of {@link FireMachine#TEXT}
   * @param host between the engine and the servers
   * @param front between people and the engine
   * @param untilFound whether it ends as soon as the policy finds something, and does not wait
   *     until all instances rest: for a product that has a fault
   */
  public record Attack(
      double seconds,
      int instances,
      long seed,
      String machine,
      UnaryOperator<ToolHost> host,
      Front front,
      boolean untilFound) {
    /** The product as it is. */
    public Attack(double seconds, int instances, long seed) {
      this(seconds, instances, seed, FireMachine.TEXT, host -> host, engine -> engine, false);
    }
  }

  /** Between people and the engine. */
  @FunctionalInterface
  public interface Front {
    Engine of(Engine engine);
  }

  private final Map<String, Object> found = new LinkedHashMap<>();
  private final List<String> lost = new ArrayList<>();
  private final List<String> doubled = new ArrayList<>();
  private final List<String> forbidden = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private final List<String> stuck = new ArrayList<>();
  private final Witness witness = new Witness();
  private final Attack attack;
  private final Liar liar;
  private volatile boolean over;

  private Fire(Attack attack) {
    this.attack = attack;
    this.liar = new Liar(attack.seed());
  }

  /**
   * Runs it.
   *
   * @param args {@code --minutes M --instances N --seed S}: 10, 200 and one made up
   */
  public static void main(String[] args) throws Exception {
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    double minutes = Double.parseDouble(options.getOrDefault("--minutes", "10"));
    int instances = Integer.parseInt(options.getOrDefault("--instances", "200"));
    String made = String.valueOf(ThreadLocalRandom.current().nextLong(1_000_000_000));
    TOOLS_LOG.setLevel(Level.OFF); // it tells of every bad answer
    long seed = Long.parseLong(options.getOrDefault("--seed", made));
    Path folder = Files.createTempDirectory("interlock-fire");
    Map<String, Object> found = run(new Attack(60 * minutes, instances, seed), folder);
    if (sound(found)) {
      Folders.delete(folder);
    } else {
      found.put("kept", folder.toString());
    }
    System.out.println(Json.write(found));
    System.exit(!sound(found) ? FOUND : untested(found).isEmpty() ? 0 : UNTESTED);
  }

  /** What never happened of what the run is there to test, a sentence each. */
  public static List<?> untested(Map<String, Object> found) {
    return (List<?>) found.getOrDefault("untested", List.of());
  }

  /** Whether nothing was found. */
  public static boolean sound(Map<String, Object> found) {
    return Stream.of("forbidden", "lost", "doubled", "stuck", "broken")
        .allMatch(what -> Long.valueOf(0).equals(found.get(what)));
  }

  /**
   * Attacks, and tells what came of it; the details of findings go to standard error.
   *
   * @param folder where all of it lies, and stays
   */
  public static Map<String, Object> run(Attack attack, Path folder)
      throws IOException, InterruptedException {
    Fire fire = new Fire(attack);
    System.err.println("seed " + attack.seed());
    fire.run(folder);
    return fire.found;
  }

  private void run(Path folder) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Machines machines = FireMachine.machines(attack.machine());
    SqliteStore store = SqliteStore.open(folder.resolve("fire.db"));
    try (Servers servers = new Servers(folder, attack.seed());
        McpToolHost host = new McpToolHost(servers.configured());
        LocalEngine engine =
            LocalEngine.open(
                store,
                machines,
                new Ports(
                    liar, attack.host().apply(host), Map.of("main", desk()), Clock.systemUTC()),
                SETTINGS)) {
      host.start();
      put("heap_mb_start", heap());
      put("threads_start", threads());
      DoneLog log = new DoneLog(servers.logs());
      Crowd crowd = new Crowd(attack.front().of(engine), witness, log, attack.instances());
      fight(crowd, servers);
      if (!attack.untilFound()) {
        servers.calmDown();
        liar.calmDown();
        drain(store, engine, crowd, servers);
        verify(store, machines);
      }
      Set<String> ways = check(servers, engine, crowd);
      put("heap_mb_end", heap());
      put("threads_end", threads());
      tell(crowd, servers);
      tellUntested(ways);
    }
    put("seed", attack.seed());
    put("seconds", (System.nanoTime() - begin) / 1_000_000_000);
  }

  /** A desk that fails now and then. */
  private static Desk desk() {
    return new Desk() {
      @Override
      public String open(Ticket ticket) {
        fail();
        return ticket.key();
      }

      @Override
      public void notify(Notice notice) {
        fail();
      }

      private void fail() {
        if (ThreadLocalRandom.current().nextInt(5) == 0) {
          throw new DeskException("the desk is away", new IllegalStateException());
        }
      }
    };
  }

  private void fight(Crowd crowd, Servers servers) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    List<Thread> people = people(crowd);
    double stdio = Math.min(STDIO_KILLS, attack.seconds() / 3);
    double http = Math.min(HTTP_KILLS, attack.seconds() / 1.5);
    double killedStdio = 0;
    double killedHttp = 0;
    double now = 0;
    while (now < attack.seconds() && !(attack.untilFound() && seen(crowd, servers))) {
      Thread.sleep(LOOK);
      servers.revive();
      now = (System.nanoTime() - begin) / 1e9;
      if (now - killedStdio > stdio) {
        killedStdio = now;
        servers.killStdio();
      }
      if (now - killedHttp > http) {
        killedHttp = now;
        servers.killHttp();
      }
    }
    over = true;
    for (Thread person : people) {
      person.join();
    }
  }

  private List<Thread> people(Crowd crowd) {
    List<Thread> people = new ArrayList<>();
    for (int i = 0; i < PEOPLE; i++) {
      Random random = new Random(attack.seed() + i);
      people.add(Thread.ofVirtual().start(() -> act(crowd, random)));
    }
    return people;
  }

  private void act(Crowd crowd, Random random) {
    while (!over) {
      try {
        crowd.act(random);
        Thread.sleep(BETWEEN_ACTS);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) { // whoever asks is told so, and goes on
        lost("somebody was told " + e);
      }
    }
  }

  private boolean seen(Crowd crowd, Servers servers) throws IOException {
    Policy policy = new Policy(witness, crowd.callers());
    policy.check(servers.received());
    return !policy.forbidden().isEmpty() || !policy.doubled().isEmpty();
  }

  private synchronized void lost(String what) {
    lost.add(what);
  }

  private void drain(SqliteStore store, LocalEngine engine, Crowd crowd, Servers servers)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + DRAIN.toNanos();
    List<String> live = store.live("", 10_000);
    while (!live.isEmpty() && System.nanoTime() < end) {
      servers.revive();
      for (String id : live) {
        engine
            .get(Crowd.OPERATOR, id)
            .map(Engine.View::instance)
            .filter(instance -> instance.escalated() != null)
            .ifPresent(crowd::resolve);
      }
      Thread.sleep(LOOK);
      live = store.live("", 10_000);
    }
    stuck.addAll(live);
  }

  // ---- what is checked

  /** The ways in which tools answered. */
  private Set<String> check(Servers servers, LocalEngine engine, Crowd crowd) throws IOException {
    List<Witness.Line> lines = servers.received();
    Policy policy = new Policy(witness, crowd.callers());
    policy.check(lines);
    forbidden.addAll(policy.forbidden());
    forbidden.addAll(witness.forbidden());
    doubled.addAll(policy.doubled());
    Journals journals = new Journals(engine, crowd.callers().keySet());
    journals.compare(witness.acknowledged(), lines);
    lost.addAll(journals.lost());
    doubled.addAll(journals.doubled());
    put("instances", (long) crowd.callers().size());
    put("entries", journals.entries());
    put("turns", journals.turns());
    put("calls", lines.stream().filter(line -> line.what().equals("got")).count());
    put(
        "writes_done",
        lines.stream()
            .filter(line -> line.what().equals("did") && Policy.write(line.tool()))
            .count());
    put("refused", journals.refused());
    put("unknown", journals.unknown());
    Map<String, Object> ways = new TreeMap<>();
    for (Witness.Line line : lines) {
      if (line.what().equals("got")) {
        ways.merge(line.way(), 1L, (a, b) -> (Long) a + (Long) b);
      }
    }
    put("tools", ways);
    put("granted", lines.stream().filter(Policy::granted).count());
    put("acknowledged", (long) witness.acknowledged().size());
    return ways.keySet();
  }

  /** Nothing was found where nothing was tried. */
  private List<String> untested(Set<String> lies, Set<String> ways) {
    List<String> untested = new ArrayList<>();
    Map.of(
            "acknowledged", "nothing that anybody sent was acknowledged",
            "refused", "no proposal of the model was refused",
            "writes_done", "no tool did a write",
            "granted", "no grant went out after a manager's yes",
            "unknown", "no outcome of a write was unknown",
            "servers_killed", "no tool server was killed")
        .forEach((count, words) -> {
          if (Long.valueOf(0).equals(found.get(count))) {
            untested.add(words);
          }
        });
    Liar.lies()
        .filter(lie -> !lies.contains(lie))
        .forEach(lie -> untested.add("the model never lied by " + lie));
    FireServer.ways()
        .filter(way -> !ways.contains(way))
        .forEach(way -> untested.add("no tool answered by " + way));
    untested.sort(Comparator.naturalOrder());
    return untested;
  }

  private void verify(SqliteStore store, Machines machines) {
    Verification verification = new Verification(store, machines.compile());
    verification.faults().forEach(fault -> broken.add(fault.toString()));
    for (String id : verification.instances()) {
      verification.verify(id).faults().forEach(fault -> broken.add(fault.toString()));
    }
  }

  private void tell(Crowd crowd, Servers servers) {
    put("model", liar.told());
    put("people", crowd.did());
    put("servers_killed", (long) servers.killed());
    tell("forbidden", forbidden);
    tell("lost", lost);
    tell("doubled", doubled);
    tell("stuck", stuck);
    tell("broken", broken);
  }

  private void tellUntested(Set<String> ways) {
    List<String> untested = untested(liar.told().keySet(), ways);
    put("untested", untested);
    untested.forEach(what -> System.err.println("untested: " + what));
  }

  private void tell(String what, List<String> findings) {
    put(what, (long) findings.size());
    findings.stream().limit(TOLD).forEach(finding -> System.err.println(what + ": " + finding));
  }

  private void put(String name, Object value) {
    found.put(name, value);
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
  }

  private static long threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }
}
