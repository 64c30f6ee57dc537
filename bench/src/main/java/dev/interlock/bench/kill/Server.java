package dev.interlock.bench.kill;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The tool server. It lives in the driver's process, so it outlives every engine that is killed:
 * what was sent to it happens, also when nobody is left to be told. It writes down what it
 * received, and which of that had its effect.
 *
 * <p>A connection is one request: {@code KEY TOOL TOKEN} is answered by {@code done}, {@code
 * failed} (nothing happened) or {@code again} (nothing happened yet); {@code ? KEY} by whether
 * there was such an effect.
 */
final class Server implements AutoCloseable {
  /** The longest that it takes for a call. */
  static final int SLOWEST_MILLIS = 500;

  private static final int SLOW_MILLIS = 15;

  /** A request was received. */
  record Receipt(String key, String tool, String token) {
    boolean write() {
      return !tool.equals("d.note") && !tool.equals("d.look");
    }
  }

  private final ServerSocket socket;
  private final List<Receipt> received = new ArrayList<>();
  private final Set<String> effects = new HashSet<>();

  /** Connections that are not answered yet, by the order of their coming: the key, once read. */
  private final TreeMap<Long, String> open = new TreeMap<>();

  private long connections;

  /** The tool whose calls wait; empty if none do. */
  private String held = "";

  Server() throws IOException {
    this.socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  /** From now on calls of that tool are not taken. */
  synchronized void hold(String tool) {
    held = tool;
  }

  /** Takes all, and waits until what came so far is done. */
  synchronized void release() throws InterruptedException {
    held = "";
    notifyAll();
    while (!open.isEmpty()) {
      wait();
    }
  }

  synchronized List<Receipt> received() {
    return List.copyOf(received);
  }

  /** The keys of calls that had their effect. */
  synchronized Set<String> effects() {
    return Set.copyOf(effects);
  }

  private void accept() {
    try {
      while (true) {
        Socket peer = socket.accept();
        long number = begin();
        Thread.ofVirtual().start(() -> serve(peer, number));
      }
    } catch (IOException e) {
      // it was closed
    }
  }

  private synchronized long begin() {
    open.put(++connections, "");
    return connections;
  }

  private synchronized void end(long number) {
    open.remove(number);
    notifyAll();
  }

  private void serve(Socket peer, long number) {
    try (peer;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8))) {
      String request = in.readLine();
      if (request != null) {
        String answer = answer(request, number) + "\n";
        peer.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // the engine is gone; what it asked for has happened all the same
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(number);
    }
  }

  private String answer(String request, long number) throws InterruptedException {
    String[] parts = request.split(" ", -1);
    if (parts[0].equals("?")) {
      return String.valueOf(happened(parts[1], number));
    }
    Receipt receipt = new Receipt(parts[0], parts[1], parts[2]);
    boolean first = receive(receipt, number);
    int dice = Math.floorMod(receipt.key().hashCode(), 6);
    Thread.sleep(
        receipt.tool().equals("d.slow") && dice < 2 ? SLOWEST_MILLIS : dice * SLOW_MILLIS / 6);
    if (receipt.tool().equals("d.fail") && dice < 3) {
      return "failed";
    }
    if (!receipt.write() && first && dice < 2) {
      return "again";
    }
    happen(receipt.key());
    return "done";
  }

  /** Whether it is the first of its key. */
  private synchronized boolean receive(Receipt receipt, long number) throws InterruptedException {
    open.put(number, receipt.key());
    notifyAll();
    while (held.equals(receipt.tool())) {
      wait();
    }
    boolean first = received.stream().noneMatch(other -> other.key().equals(receipt.key()));
    received.add(receipt);
    return first;
  }

  private synchronized void happen(String key) {
    effects.add(key);
  }

  /** Waits for what came before and may be, or is, of that key. */
  private synchronized boolean happened(String key, long number) throws InterruptedException {
    open.put(number, "?");
    while (open.headMap(number).values().stream().anyMatch(k -> k.isEmpty() || k.equals(key))) {
      wait();
    }
    return effects.contains(key);
  }

  /** What it received, as the driver writes it down. */
  synchronized List<String> lines() {
    return received.stream()
        .map(r -> "%s %s %s %s".formatted(r.key(), r.tool(), r.token(), effects.contains(r.key())))
        .toList();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
