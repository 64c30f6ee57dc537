package dev.interlock.bench.kill;

import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.journal.Store;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Script;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.local.LocalEngine;
import dev.interlock.local.SqliteStore;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The process that is killed: an engine on a file, and people who keep it busy. What they do
 * follows from what they see, so that an engine that starts goes on where the one before it was
 * killed. It reads from its input what may have to be sent again, a line each.
 */
public final class Child {
  private static final int SLOW_MODEL_MILLIS = 12;

  /** How a process differs from a sound one, in what a test breaks. */
  interface Fault {
    Fault NONE = new Fault() {};

    default Store store(Store sound) {
      return sound;
    }

    default ToolHost tools(ToolHost sound) {
      return sound;
    }
  }

  /**
   * What a process is told.
   *
   * @param life its number, which the ids of what it starts bear
   * @param busy how many instances are under way at once; 0: none is started
   * @param most how many it starts at most; then it brings all to their end, and ends itself
   */
  record Told(Path store, long seed, int life, int busy, int most, int port) {
    List<String> arguments() {
      return List.of(store.toString(), "" + seed, "" + life, "" + busy, "" + most, "" + port);
    }

    static Told of(String... arguments) {
      return new Told(
          Path.of(arguments[0]),
          Long.parseLong(arguments[1]),
          Integer.parseInt(arguments[2]),
          Integer.parseInt(arguments[3]),
          Integer.parseInt(arguments[4]),
          Integer.parseInt(arguments[5]));
    }
  }

  private Child() {}

  /** Runs a sound engine. */
  public static void main(String[] args) throws Exception {
    run(Told.of(args), Fault.NONE);
  }

  static void run(Told told, Fault fault) throws IOException, InterruptedException {
    Tools tools = new Tools(told.port());
    Ports ports =
        new Ports(
            Child::reply, fault.tools(tools), Map.of("main", new KeyedDesk()), Clock.systemUTC());
    LocalEngine engine =
        LocalEngine.open(
            fault.store(SqliteStore.open(told.store())),
            KillMachine.machines(),
            ports,
            Settings.DEFAULT
                .withSettleAfter(Duration.ofMillis(300))
                .withClockCheck(Duration.ofMillis(50)));
    Pipe pipe = new Pipe();
    pipe.say("open");
    People people = new People(told, engine, tools, pipe);
    people.again(unsettled());
    people.work();
    engine.close();
    pipe.say("closed");
  }

  private static List<Request> unsettled() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    return in.lines().map(Request::of).toList();
  }

  /** The same reply to the same question, whoever asks; some take their time. */
  private static Reply reply(Question question) throws InterruptedException {
    Thread.sleep(Math.floorMod(question.instance().hashCode(), SLOW_MODEL_MILLIS));
    Kind kind = Kind.of(question.instance());
    return Script.reply(kind.reply(question.instance(), question.number()), question.number());
  }

  /** What is said to the driver: a line in one write, which a kill does not tear. */
  static final class Pipe {
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    synchronized void say(String line) {
      try {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
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
