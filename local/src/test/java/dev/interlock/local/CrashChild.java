package dev.interlock.local;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Script;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The process that a crash test kills: an engine on a file, and people who keep it busy. What they
 * do follows from what they see, so that a child that starts goes on where the one before it was
 * killed. Arguments: folder, number of the child, how many instances it starts at once (0: it only
 * brings all of them to their end, and then closes), the port of the {@link CrashServer}, and how
 * many instances it starts in all, if that has an end.
 */
final class CrashChild {
  static final Principal ANA = new Principal("ana", List.of("employee"));
  static final Principal BOB = new Principal("bob", List.of("manager"));
  static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));

  /** What instances do, by the beginning of their ids. */
  static final List<String> KINDS = List.of("talk", "order", "mail", "lend", "note", "silent");

  private static final int PEOPLE = 4;
  private static final int MOST = 100_000;

  private final LocalEngine engine;
  private final WitnessedTools tools;
  private final Witness acknowledged;
  private final String child;
  private final int busy;
  private int most = Integer.MAX_VALUE;

  private CrashChild(Path folder, String child, int busy, int port) throws IOException {
    this.tools = new WitnessedTools(port);
    this.acknowledged = new Witness(folder.resolve("acknowledged.log"));
    this.child = child;
    this.busy = busy;
    Machine machine = CrashMachine.machine();
    Ports ports =
        new Ports(CrashChild::reply, tools, Map.of("main", new KeyedDesk()), Clock.systemUTC());
    this.engine =
        LocalEngine.open(
            SqliteStore.open(folder.resolve("cases.db")),
            new Machines(
                List.of(new Machines.Definition(machine, "made by hand", "")), stored -> machine),
            ports,
            Settings.DEFAULT
                .withSettleAfter(Duration.ofMillis(50))
                .withClockCheck(Duration.ofMillis(50)));
  }

  public static void main(String[] args) throws Exception {
    CrashChild child =
        new CrashChild(
            Path.of(args[0]), args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    if (args.length > 4) {
      child.most = Integer.parseInt(args[4]);
    }
    System.err.println("open");
    child.run();
    System.err.println("closed");
  }

  private void run() throws InterruptedException {
    try (ExecutorService people = Executors.newFixedThreadPool(PEOPLE)) {
      for (int i = 0; i < PEOPLE; i++) {
        int person = i;
        var unused =
            people.submit(() -> {
              try {
                work(person);
              } catch (Exception e) { // it is seen, and the test fails for it
                System.err.println("a person failed: " + e);
              }
            });
      }
      people.shutdown();
      boolean ended = people.awaitTermination(1, TimeUnit.MINUTES);
      if (!ended) {
        throw new IllegalStateException("the people have not come to an end");
      }
    }
    engine.close();
  }

  /** Each person looks after a part of the instances. */
  private void work(int person) throws InterruptedException, IOException {
    List<String> mine = new ArrayList<>();
    for (Store.Row row :
        engine.list(OPERATOR, new Store.Filter(null, null, null, null, null, MOST))) {
      if (Math.floorMod(row.instance().hashCode(), PEOPLE) == person) {
        mine.add(row.instance());
      }
    }
    int started = 0;
    while (true) {
      mine.removeIf(id -> engine.get(OPERATOR, id).orElseThrow().instance().end() != null);
      while (mine.size() * PEOPLE < busy && started * PEOPLE < most) {
        String kind = KINDS.get((started + person) % KINDS.size());
        String id = "%s-%s-%d-%d".formatted(kind, child, person, started++);
        acknowledge(id, id, engine.start(ANA, CrashMachine.NAME, id, null, Map.of()));
        mine.add(id);
      }
      if (mine.isEmpty()) {
        return;
      }
      for (String id : mine) {
        look(id, engine.get(OPERATOR, id).orElseThrow().instance());
      }
      Thread.sleep(2);
    }
  }

  private void look(String id, Instance instance) throws IOException {
    if (instance.status() == Status.ESCALATED) {
      escalated(id, instance);
    } else if (instance.status() == Status.WAITING && !instance.parked().isEmpty()) {
      Parked parked = instance.parked().getFirst();
      if (!parked.approved()) {
        String sent = "yes-" + parked.number();
        Engine.Answer yes =
            new Engine.Answer(
                parked.number(), parked.hash(), Occurrence.Answered.APPROVED, Map.of());
        acknowledge(id, sent, engine.answer(BOB, id, sent, yes));
      }
    } else if (instance.status() == Status.WAITING && !silent(id, instance)) {
      String sent = "m" + (instance.questions() + 1);
      acknowledge(id, sent, engine.send(ANA, id, sent, "please", Map.of(), paper(id, sent)));
    }
  }

  /** A document of its own with each message. */
  private static Map<String, List<Attachment>> paper(String id, String sent) {
    byte[] bytes = ("%PDF-1.7 " + id + " " + sent).getBytes(StandardCharsets.UTF_8);
    return Map.of("papers", List.of(Attachment.of("paper.pdf", bytes)));
  }

  private static boolean silent(String id, Instance instance) {
    return id.startsWith("silent") && instance.questions() > 0;
  }

  /** An operator asks the server and says what became of an unknown call. */
  private void escalated(String id, Instance instance) throws IOException {
    if (instance.unknown().isEmpty()) {
      var unused = engine.resume(OPERATOR, id, "Work", Map.of());
      return;
    }
    Call call = instance.unknown().getFirst();
    var unused = engine.resolve(OPERATOR, id, call.number(), tools.happened(call.key()), null);
  }

  /** Whoever sends notes what was acknowledged, after it was. */
  private void acknowledge(String instance, String sent, Acknowledgement acknowledgement)
      throws IOException {
    if (acknowledgement instanceof Acknowledgement.Taken taken) {
      acknowledged.append("%s %s %d".formatted(instance, sent, taken.seq()));
    }
  }

  /** The same reply to the same question, whoever asks. */
  private static Reply reply(Question question) throws ChatModel.ModelException {
    String kind = question.instance().replaceAll("-.*", "");
    Object done = List.of(Map.of("call", "record", "with", Map.of("done", true)));
    long number = question.number();
    Object reply =
        switch (kind) {
          case "talk", "silent" -> number == 1 ? "Good morning." : done;
          case "order" -> number == 1 ? call("d.order", "item") : done;
          case "mail" -> number == 1 ? call("d.mail", "text") : done;
          case "note" -> number == 1 ? call("d.note", "text") : done;
          case "lend" -> number == 1 ? call("d.lend", "item") : number == 2 ? "It waits." : done;
          default -> throw new ChatModel.ModelException("no such kind: " + kind, false, null, null);
        };
    return Script.reply(reply, number);
  }

  private static Object call(String tool, String argument) {
    return List.of(Map.of("call", tool, "with", Map.of(argument, "x")));
  }

  /** A desk that gives the same ticket for the same key, whichever process asks. */
  private static final class KeyedDesk implements Desk {
    @Override
    public String open(Ticket ticket) {
      return "T-" + ticket.key();
    }

    @Override
    public void notify(Notice notice) {}
  }
}
