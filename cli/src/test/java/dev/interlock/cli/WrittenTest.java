package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model writes, seen while it writes it, and kept to be played back. */
class WrittenTest {
  @TempDir private Path here;
  private final CountDownLatch seen = new CountDownLatch(1);
  private HttpServer endpoint;
  private Path rooms;

  @BeforeEach
  void make() throws IOException {
    endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    endpoint.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    endpoint.createContext("/", this::reply);
    endpoint.start();
    rooms = FastServer.rooms(here);
    model(
        "{openai: gpt, url: \"http://127.0.0.1:%d/v1\"}"
            .formatted(endpoint.getAddress().getPort()));
  }

  @AfterEach
  void close() {
    endpoint.stop(0);
  }

  private void model(String model) throws IOException {
    Path file = rooms.resolve("interlock.yaml");
    String text = Files.readString(file);
    String changed = text.replaceFirst("(?m)^model: .*$", "model: " + model);
    assertThat(changed).isNotEqualTo(text);
    Files.writeString(file, changed);
  }

  /** The second half is written when the first was seen. */
  private void reply(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(chunk("{\"content\":\"Good m\"}", "null"));
      body.flush();
      seen.await();
      body.write(chunk("{\"content\":\"orning.\"}", "null"));
      body.write(chunk("{}", "\"stop\""));
      body.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  private static byte[] chunk(String delta, String reason) {
    return """
    data: {"id":"c","model":"gpt-1","choices":[{"index":0,"delta":%s,"finish_reason":%s}]}

    """
        .formatted(delta, reason)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void watchTellsAReplyPieceByPiece() {
    try (Cli.Running up = Cli.in(rooms).start("up")) {
      up.sees("Ctrl-C stops it.");
      Cli.in(rooms).run("start", "--id", "case-1", "--as", "ana", "--no-wait", "A room").ok();
      try (Cli.Running pieces = Cli.in(rooms).start("watch", "--json", "--pieces");
          Cli.Running one = Cli.in(rooms).onTerminal().start("watch", "case-1");
          Cli.Running plain = Cli.in(rooms).start("watch", "case-1", "--json")) {
        pieces.awaitErr("Watching all instances");
        plain.sees("\"type\":\"Asked\"");
        one.sees("A room");
        seen.countDown();
        pieces.sees(
            "{\"writing\":{\"attempt\":1,\"instance\":\"case-1\",\"offset\":6,\"question\":1,"
                + "\"text\":\"orning.\"}}\n");
        pieces.sees("\"type\":\"ReplyTaken\"");
        one.awaitErr("the model writes: ").sees("Good morning.");
        plain.sees("\"type\":\"ReplyTaken\"");
        assertThat(plain.out().toString()).doesNotContain("writing\":");
      }
    }
  }

  @Test
  void recordedRepliesPlayBack() throws IOException {
    seen.countDown();
    Cli.Run recorded =
        Cli.in(rooms)
            .typing("A room\n")
            .run("run", "--id", "case-1", "--as", "ana", "--record", "replies.jsonl")
            .ok();
    assertThat(recorded.out()).contains("agent     Good morning.");
    endpoint.stop(0);

    model("{recorded: replies.jsonl}");
    Cli.Run again =
        Cli.in(rooms).typing("A room\n").run("run", "--id", "case-2", "--as", "ana").ok();

    assertThat(again.out()).contains("agent     Good morning.");
  }

  @Test
  void nothingIsRecordedWhereAnotherProcessAsksTheModel() {
    try (Cli.Running up = Cli.in(rooms).start("up")) {
      up.sees("Ctrl-C stops it.");

      Cli.Run run = Cli.in(rooms).run("run", "--record", "replies.jsonl");

      assertThat(run.code()).isNotZero();
      assertThat(run.err()).contains("none while replies are recorded");
      assertThat(rooms.resolve("replies.jsonl")).doesNotExist();
    }
  }
}
