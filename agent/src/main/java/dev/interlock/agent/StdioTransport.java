package dev.interlock.agent;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The wire to a server process: a message a line over its stdin and stdout.
 *
 * <p>Unlike the SDK's own, it survives lines that are no messages, keeps no long ones, keeps
 * numbers exact, knows of every request whether its first byte left, and tells when the process
 * ends.
 */
final class StdioTransport implements Wire {
  /** The most messages that wait to be written. */
  static final int MAX_QUEUED = 1_000;

  /** How long after a process ended its last output is waited for. */
  private static final Duration DRAIN = Duration.ofMillis(500);

  /** What the writer does next. */
  private sealed interface Outgoing {}

  private record Line(String text, Exchange exchange) implements Outgoing {}

  private record Close() implements Outgoing {}

  private final String server;
  private final Process process;
  private final Tail tail = new Tail();
  private final Inbox inbox;
  private final BlockingQueue<Outgoing> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
  private final CompletableFuture<Boolean> outputEnded = new CompletableFuture<>();
  private volatile boolean ended;

  /**
   * @param toolsChanged told when the server says that its list of tools changed
   */
  StdioTransport(String server, Process process, Runnable toolsChanged) {
    this.server = server;
    this.process = process;
    this.inbox = new Inbox("stdout", tail, toolsChanged);
  }

  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> inbound) {
    return Mono.fromRunnable(() -> {
      inbox.deliverTo(inbound);
      pump("stdin", this::write);
      Thread errors = pump("stderr", this::readErrors);
      Thread output = pump("stdout", this::read);
      pump("end", () -> awaitEnd(output, errors));
    });
  }

  /** These block for as long as the server lives, so they are threads of their own. */
  private Thread pump(String what, Runnable work) {
    return Thread.ofPlatform().daemon().name("mcp-" + server + "-" + what).start(work);
  }

  /** A server has ended when its process has, or when it closed its stdout. */
  private void awaitEnd(Thread output, Thread errors) {
    try {
      CompletableFuture.anyOf(process.onExit(), outputEnded).join();
      output.join(DRAIN);
      errors.join(DRAIN);
      process.onExit().completeOnTimeout(process, DRAIN.toMillis(), MILLISECONDS).join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end();
    ServerProcess.end(process);
  }

  /** Tells whoever waits for an answer that none comes. */
  private void end() {
    ended = true;
    closeInput();
    inbox.giveUpAll("ended");
  }

  @Override
  public boolean hasEnded() {
    return ended;
  }

  @Override
  public boolean isIdle() {
    return inbox.isIdle();
  }

  @Override
  public @Nullable String exit() {
    return ended ? exitCode() : null;
  }

  private String exitCode() {
    return process.isAlive() ? "" : " (exit code " + process.exitValue() + ")";
  }

  @Override
  public String lastWords() {
    return tail.asClause();
  }

  @Override
  public boolean hears() {
    return true;
  }

  // Out

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.deferContextual(context -> {
      Exchange exchange =
          message instanceof JSONRPCRequest && context.hasKey(Exchange.class)
              ? context.get(Exchange.class)
              : new Exchange();
      if (message instanceof JSONRPCRequest request) {
        inbox.expect(request, exchange);
      }
      return enqueue(message, exchange).doOnError(e -> inbox.forget(exchange));
    });
  }

  private Mono<Void> enqueue(JSONRPCMessage message, Exchange exchange) {
    try {
      String line = Inbox.encode(message) + "\n";
      if (ended) {
        return Mono.error(new IOException("the server has ended" + exitCode()));
      }
      if (!queue.offer(new Line(line, exchange))) {
        return Mono.error(
            new IOException(
                "%,d messages wait for the server to read them, the most that may (MAX_QUEUED)"
                    .formatted(MAX_QUEUED)));
      }
      return Mono.empty();
    } catch (IOException e) {
      return Mono.error(e);
    }
  }

  private void write() {
    try (OutputStream out = process.getOutputStream()) {
      while (queue.take() instanceof Line line) {
        if (line.exchange().send()) {
          out.write(line.text().getBytes(StandardCharsets.UTF_8));
          out.flush();
        }
      }
    } catch (IOException e) {
      tail.add("stdin: " + e.getMessage() + "\n"); // its end is noticed on stdout
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void abandon(Exchange exchange) {
    Object id = exchange.id();
    if (inbox.giveUp(exchange, "abandoned") && id != null && !exchange.drop()) {
      enqueue(Inbox.cancelled(id), new Exchange()).onErrorComplete().subscribe();
    }
  }

  // In

  private void read() {
    LineInput lines = new LineInput(process.getInputStream(), Inbox.MAX_MESSAGE);
    try {
      LineInput.Line line;
      while ((line = lines.next()) != null) {
        switch (line) {
          case LineInput.Whole whole -> inbox.take(whole.text());
          case LineInput.TooLong tooLong -> inbox.takeLong(Skim.of(tooLong.bytes()));
        }
      }
    } catch (IOException e) {
      tail.add("stdout: " + e + "\n");
    } finally {
      outputEnded.complete(true); // also where memory ran out: a deaf server must not stay
    }
  }

  private void readErrors() {
    try (InputStream errors = process.getErrorStream()) {
      byte[] chunk = new byte[1 << 12];
      int count;
      while ((count = errors.read(chunk)) >= 0) {
        tail.add(new String(chunk, 0, count, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // The process is gone, and what it wrote before is kept.
    }
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return Inbox.convert(data, type);
  }

  // End

  /** Closes the server's stdin, ends it and its children, and waits until they are gone. */
  @Override
  public void stop() {
    closeInput();
    ServerProcess.end(process);
    end();
  }

  /** What waits to be written never will be. */
  private void closeInput() {
    boolean closing = false;
    while (!closing) {
      queue.clear();
      closing = queue.offer(new Close());
    }
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(this::stop);
  }
}
