package dev.interlock.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The tool server of a crash test. It lives in the test's own process, so it outlives every engine
 * that is killed: what was sent to it happens, also when nobody is left to be told. The only effect
 * is a line with the call's key in its log.
 *
 * <p>A connection is one request: {@code KEY TOOL INSTANCE} is answered by {@code done}; {@code ?
 * KEY} by whether there was such an effect.
 */
final class CrashServer implements AutoCloseable {
  private static final long SLOW_MILLIS = 15;

  private final ServerSocket socket;
  private final Witness log;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile CountDownLatch held = new CountDownLatch(0);

  CrashServer(Witness log) throws IOException {
    this.log = log;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  /** From now on nothing happens, until that is let go. */
  CountDownLatch hold() {
    held = new CountDownLatch(1);
    return held;
  }

  /** How many effects were asked for that have not happened yet. */
  int underWay() {
    return underWay.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket peer = socket.accept();
        Thread.ofVirtual().start(() -> serve(peer));
      }
    } catch (IOException e) {
      // the test ends
    }
  }

  private void serve(Socket peer) {
    try (peer;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8))) {
      String request = in.readLine();
      if (request != null) {
        peer.getOutputStream().write((answer(request) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // the engine is gone; what it asked for has happened all the same
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String answer(String request) throws IOException, InterruptedException {
    if (request.startsWith("? ")) {
      String key = request.substring(2) + " ";
      return String.valueOf(log.lines().stream().anyMatch(line -> line.startsWith(key)));
    }
    underWay.incrementAndGet();
    try {
      held.await();
      if (request.hashCode() % 2 == 0) {
        Thread.sleep(SLOW_MILLIS);
      }
      log.append(request);
      return "done";
    } finally {
      underWay.decrementAndGet();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
