package dev.interlock.temporal;

import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Script;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.local.SqliteStore;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker that a test kills. Arguments: the store's file, the server's address, the task queue,
 * and the address of the tools.
 */
final class WorkerChild {
  /** What its model and its tools take their time for, so that a kill finds them under way. */
  private static final Duration THINKING =
      Duration.ofMillis(Long.getLong("interlock.thinking", 150));

  private WorkerChild() {}

  public static void main(String[] args) {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(args[1]).build());
    Ports ports =
        new Ports(
            WorkerChild::reply,
            new Tools(URI.create(args[3])),
            Map.of("main", new KeyedDesk()),
            Clock.systemUTC());
    TemporalWorker.open(
        WorkflowClient.newInstance(stubs),
        new Place(args[2]),
        SqliteStore.openShared(Path.of(args[0])),
        OnTemporal.machines(),
        ports,
        settings());
    System.out.println("open");
    while (true) {
      LockSupport.park();
    }
  }

  static Settings settings() {
    return Settings.DEFAULT.withSettleAfter(Duration.ofSeconds(1));
  }

  /** The same reply to the same question, whichever worker asks. */
  private static Reply reply(Question question) throws InterruptedException {
    System.out.println("asked " + question.number());
    Thread.sleep(THINKING);
    String kind = question.instance().replaceAll("-.*", "");
    Object done = List.of(Map.of("call", "record", "with", Map.of("done", true)));
    long number = question.number();
    Object reply =
        switch (kind) {
          case "talk" -> number == 1 ? "Good morning." : done;
          case "find" -> number == 1 ? call("d.find", Map.of()) : done;
          case "order" -> number == 1 ? call("d.order", Map.of("item", "x")) : done;
          case "mail" -> number == 1 ? call("d.mail", Map.of("text", "x")) : done;
          case "note" -> number == 1 ? call("d.note", Map.of("text", "x")) : done;
          case "lend" ->
              number == 1 ? call("d.lend", Map.of("item", "x")) : number == 2 ? "It waits." : done;
          default -> throw new IllegalArgumentException(kind);
        };
    return Script.reply(reply, number);
  }

  private static Object call(String tool, Map<String, Object> with) {
    return List.of(Map.of("call", tool, "with", with));
  }

  /** Tools whose only effect is that the test knows of the call. */
  private record Tools(URI at) implements ToolHost {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Override
    public List<Offered> offered(String server) {
      return List.of();
    }

    @Override
    public Answer call(ToolCall call) {
      try {
        if (call.tool().equals("d.by_key")) {
          String found = get("/happened?" + call.arguments().get("key"));
          return new Answer.Returned("", Json.write(Map.of("found", found.equals("true"))));
        }
        return new Answer.Returned("", get("/call?" + call.tool() + "&" + call.key()));
      } catch (IOException e) {
        return new Answer.Unknown(String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Answer.Unknown("interrupted");
      }
    }

    private String get(String path) throws IOException, InterruptedException {
      HttpRequest request = HttpRequest.newBuilder(at.resolve(path)).build();
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @Override
    public void close() {}
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
