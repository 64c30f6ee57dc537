package dev.interlock.local;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Prompted;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * An engine in another process of this machine, through its socket. Who asks is the OS user of this
 * process: give {@link #SELF}. Only the owner of the file may give another principal and speak as
 * that one. Thread-safe; each request is a connection of its own.
 *
 * <p>Every method throws {@link SocketException} if the owner of the file is gone.
 */
public final class SocketClient implements Engine {
  /** Whoever this process runs as. */
  public static final Principal SELF = new Principal("");

  private final Path file;
  private final Function<Store.PutMachine, Machine> compile;
  private final Map<String, Machine> machines = new ConcurrentHashMap<>();
  private final Map<String, String> startable = new ConcurrentHashMap<>();
  private final Set<SocketChannel> watching = ConcurrentHashMap.newKeySet();

  private SocketClient(Path file, Function<Store.PutMachine, Machine> compile) {
    this.file = file;
    this.compile = compile;
  }

  /** The owner is gone, could not do it, or does not let this user speak. */
  public static final class SocketException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SocketException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * The engine that owns a file, or empty if none does, or if its owner is leaving: whoever asks
   * again finds the next one.
   *
   * @param compile makes a machine of its text and lock
   * @throws SocketException if there is one that does not let this user speak
   */
  public static Optional<SocketClient> connect(
      Path file, Function<Store.PutMachine, Machine> compile) {
    SocketClient client = new SocketClient(file, compile);
    try {
      Optional<SocketChannel> channel = client.open();
      if (channel.isEmpty()) {
        return Optional.empty();
      }
      channel.get().close();
      Map<String, Object> hello = readable(client.ask(SELF, Wire.object("do", "hello")));
      if (hello.containsKey("machines")) { // else its owner is of an earlier version
        client.startable.putAll(Wire.texts(hello, "machines"));
      }
      return Optional.of(client);
    } catch (SocketException e) {
      if (e.getCause() instanceof IOException cause && !(cause instanceof Wire.WireException)) {
        return Optional.empty(); // it hung up between the two
      }
      throw e;
    } catch (IOException e) {
      throw client.gone(e);
    }
  }

  private SocketException gone(IOException e) {
    return new SocketException(
        "cannot talk to the owner of %s: %s".formatted(file, String.valueOf(e.getMessage())), e);
  }

  // ---- the connection

  /** A connection to the owner, or empty if nobody listens. */
  private Optional<SocketChannel> open() throws IOException {
    Path socket = SocketPlace.of(file);
    SocketPlace.refuseAnothers(file);
    if (!Files.exists(socket)) {
      return Optional.empty();
    }
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      String owner = SocketPlace.owner(file);
      String other = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
      if (!other.equals(owner)) {
        throw new IOException(
            "found %s listening on %s, expected %s".formatted(other, socket, owner));
      }
      return Optional.of(channel);
    } catch (java.net.ConnectException e) { // it was left behind by an owner that was killed
      channel.close();
      return Optional.empty();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private SocketChannel send(Principal by, Map<String, Object> request) throws IOException {
    return send(by, request, List.of());
  }

  private SocketChannel send(Principal by, Map<String, Object> request, List<Attachment> documents)
      throws IOException {
    SocketChannel channel =
        open().orElseThrow(() -> new IOException("nobody listens: the engine was stopped"));
    Map<String, Object> whole = Wire.object("by", by.equals(SELF) ? null : Wire.principal(by));
    whole.putAll(request);
    try {
      write(channel, Wire.line(whole));
      for (Attachment document : documents) {
        write(channel, document.bytes());
      }
      return channel;
    } catch (IOException e) {
      // the owner may have answered and hung up before it read everything: read what it said
      return channel;
    }
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  /** The one line that answers a request. */
  private Map<String, Object> ask(Principal by, Map<String, Object> request) {
    return ask(by, request, List.of());
  }

  private Map<String, Object> ask(
      Principal by, Map<String, Object> request, List<Attachment> documents) {
    try (SocketChannel channel = send(by, request, documents)) {
      return checked(answer(reader(channel)));
    } catch (IOException e) {
      throw gone(e);
    }
  }

  /** The lines that answer a request, up to the last. */
  private List<Map<String, Object>> askAll(Principal by, Map<String, Object> request) {
    List<Map<String, Object>> lines = new ArrayList<>();
    try (SocketChannel channel = send(by, request)) {
      InputStream in = reader(channel);
      Map<String, Object> line = readable(checked(answer(in)));
      while (!line.containsKey("end")) {
        lines.add(line);
        line = readable(checked(answer(in)));
      }
      return lines;
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private static InputStream reader(SocketChannel channel) {
    return new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
  }

  private static Map<String, Object> answer(InputStream in) throws IOException {
    return Wire.read(in, Wire.MAX_ANSWER)
        .orElseThrow(() -> new IOException("it hung up without an answer"));
  }

  private static Map<String, Object> checked(Map<String, Object> answer) {
    String failed = Wire.optionalText(answer, "failed");
    if (failed != null) {
      throw new SocketException(failed, null);
    }
    return answer;
  }

  /** An answer to a question about what is there: a rejection has no other way out. */
  private static Map<String, Object> readable(Map<String, Object> answer) throws IOException {
    if (Wire.answerIsRejection(answer)) {
      throw new SocketException(
          ((Acknowledgement.Rejected) Wire.acknowledgement(answer)).rejection().message(), null);
    }
    return answer;
  }

  private Acknowledgement take(Principal by, Map<String, Object> request) {
    try {
      return Wire.acknowledgement(ask(by, request));
    } catch (IOException e) {
      throw gone(e);
    }
  }

  // ---- what is sent

  @Override
  public Acknowledgement start(Principal by, Start start) {
    return take(
        by,
        Wire.object(
            "do",
            "start",
            "machine",
            start.machine(),
            "id",
            start.id(),
            "caller",
            Wire.principal(start.caller()),
            "input",
            start.input(),
            "despiteErrors",
            start.despiteErrors()));
  }

  @Override
  public Acknowledgement send(
      Principal by,
      String instance,
      @Nullable String id,
      String text,
      Map<String, Object> form,
      Map<String, List<Attachment>> documents) {
    Map<String, Object> request =
        Wire.object("do", "send", "instance", instance, "id", id, "text", text, "form", form);
    List<Attachment> all = new ArrayList<>();
    List<Object> named = new ArrayList<>();
    documents.forEach((field, several) ->
        several.forEach(one -> {
          all.add(one);
          named.add(
              Wire.object(
                  "field", field, "name", one.document().name(), "size", one.document().size()));
        }));
    if (!all.isEmpty()) {
      request.put("do", "attach"); // an owner that does not know it must not take the rest alone
      request.put("documents", named);
    }
    try {
      return Wire.acknowledgement(ask(by, request, all));
    } catch (IOException e) {
      throw gone(e);
    }
  }

  @Override
  public Acknowledgement event(
      Principal by, String instance, @Nullable String id, String name, @Nullable Object payload) {
    return take(
        by,
        Wire.object(
            "do", "event", "instance", instance, "id", id, "name", name, "payload", payload));
  }

  @Override
  public Acknowledgement answer(Principal by, String instance, @Nullable String id, Answer answer) {
    return take(
        by,
        Wire.object(
            "do",
            "answer",
            "instance",
            instance,
            "id",
            id,
            "number",
            (long) answer.number(),
            "hash",
            answer.hash(),
            "answer",
            answer.answer(),
            "form",
            answer.form()));
  }

  @Override
  public Acknowledgement resolve(
      Principal by, String instance, int call, boolean happened, @Nullable String result) {
    return take(
        by,
        Wire.object(
            "do",
            "resolve",
            "instance",
            instance,
            "call",
            (long) call,
            "happened",
            happened,
            "result",
            result));
  }

  @Override
  public Acknowledgement resume(
      Principal by, String instance, String state, Map<Budget, Decimal> grants) {
    return take(
        by,
        Wire.object(
            "do", "resume", "instance", instance, "state", state, "grants", Wire.grants(grants)));
  }

  @Override
  public Acknowledgement migrate(Principal by, String instance, Migration migration) {
    return take(
        by,
        Wire.object(
            "do",
            "migrate",
            "instance",
            instance,
            "machine",
            migration.machine(),
            "states",
            migration.states(),
            "tried",
            migration.tried()));
  }

  @Override
  public Acknowledgement fork(Principal by, String instance, long seq, @Nullable String id) {
    return take(by, Wire.object("do", "fork", "instance", instance, "seq", seq, "id", id));
  }

  @Override
  public Acknowledgement cancel(Principal by, String instance, String why) {
    return take(by, Wire.object("do", "cancel", "instance", instance, "why", why));
  }

  // ---- what is seen

  /** The machines that the owner starts instances of, as it was opened with them. */
  public List<Store.PutMachine> machines() {
    try {
      List<Store.PutMachine> all = new ArrayList<>();
      for (String pin : startable.values()) {
        all.add(stored(pin));
      }
      return all;
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private Store.PutMachine stored(String pin) throws IOException {
    Map<String, Object> answer = readable(ask(SELF, Wire.object("do", "machine", "pin", pin)));
    return new Store.PutMachine(
        pin, Wire.text(answer, "name"), Wire.text(answer, "text"), Wire.text(answer, "lock"));
  }

  @Override
  public Optional<View> get(Principal by, String instance) {
    try {
      Map<String, Object> answer =
          readable(ask(by, Wire.object("do", "get", "instance", instance)));
      if (answer.containsKey("none")) {
        return Optional.empty();
      }
      Machine machine = machine(Wire.text(answer, "machine"));
      return Optional.of(new View(machine, JournalJson.instance(Wire.text(answer, "instance"))));
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private Machine machine(String pin) throws IOException {
    Machine known = machines.get(pin);
    if (known == null) {
      known = compile.apply(stored(pin));
      machines.put(pin, known);
    }
    return known;
  }

  @Override
  public List<Entry> journal(Principal by, String instance, long afterSeq) {
    return askAll(by, Wire.object("do", "journal", "instance", instance, "after", afterSeq))
        .stream()
        .map(line -> JournalJson.entry(String.valueOf(line.get("entry"))))
        .toList();
  }

  @Override
  public Optional<Prompted> prompt(Principal by, String instance, long seq) {
    try {
      Map<String, Object> answer =
          readable(ask(by, Wire.object("do", "prompt", "instance", instance, "seq", seq)));
      return answer.containsKey("none")
          ? Optional.empty()
          : Optional.of(JournalJson.read(Prompted.class, Wire.text(answer, "question")));
    } catch (IOException e) {
      throw gone(e);
    }
  }

  @Override
  public Optional<Attachment> document(Principal by, String instance, String hash) {
    Map<String, Object> request = Wire.object("do", "document", "instance", instance, "hash", hash);
    try (SocketChannel channel = send(by, request)) {
      InputStream in = reader(channel);
      Map<String, Object> answer = readable(checked(answer(in)));
      return answer.containsKey("none")
          ? Optional.empty()
          : Optional.of(
              Attachment.of(
                  Wire.text(answer, "name"), Wire.bytes(in, Wire.number(answer, "size"))));
    } catch (IOException e) {
      throw gone(e);
    }
  }

  @Override
  public List<Store.Row> list(Principal by, Store.Filter filter) {
    return askAll(
            by,
            Wire.object(
                "do",
                "list",
                "machineName",
                filter.machineName(),
                "state",
                filter.state(),
                "status",
                filter.status(),
                "escalatedFrom",
                filter.escalatedFrom(),
                "caller",
                filter.caller(),
                "limit",
                (long) filter.limit()))
        .stream()
        .map(line -> JournalJson.row(String.valueOf(line.get("row"))))
        .toList();
  }

  @Override
  public AutoCloseable watch(Principal by, @Nullable String instance, Watcher watcher) {
    try {
      SocketChannel channel =
          send(
              by,
              Wire.object("do", "watch", "instance", instance, "writings", true, "workings", true));
      InputStream in = reader(channel);
      var unused = readable(checked(answer(in)));
      watching.add(channel);
      Thread.ofVirtual().name("interlock-watch").start(() -> watch(channel, in, watcher));
      return () -> stop(channel);
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private void watch(SocketChannel channel, InputStream in, Watcher watcher) {
    try {
      Optional<Map<String, Object>> line = Wire.read(in, Wire.MAX_ANSWER);
      while (line.isPresent()) {
        Map<String, Object> told = line.get();
        if (told.containsKey("writing")) {
          watcher.passing(Wire.writing(told));
        } else if (told.containsKey("working")) {
          watcher.passing(Wire.working(told));
        } else {
          watcher.entry(JournalJson.entry(Wire.text(told, "entry")));
        }
        line = Wire.read(in, Wire.MAX_ANSWER);
      }
    } catch (IOException e) {
      // it watches no more, or the owner is gone: the next request says so
    } finally {
      stop(channel);
    }
  }

  private void stop(SocketChannel channel) {
    watching.remove(channel);
    try {
      channel.close();
    } catch (IOException e) {
      throw gone(e);
    }
  }

  /** Stops watching. The engine goes on: it is another process's. */
  @Override
  public void close() {
    List.copyOf(watching).forEach(this::stop);
  }
}
