package dev.interlock.local;

import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.Engine.Answer;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.engine.Watcher.Working;
import dev.interlock.core.engine.Watcher.Writing;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Prompted;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Lets other processes on this machine talk to an engine, through a Unix-domain socket beside its
 * file. Who speaks is the peer's OS user.
 */
public final class SocketServer implements AutoCloseable {
  /** So many connections at once; one more is told to try again. */
  static final int MAX_CONNECTIONS = 200;

  /** So many more that knock at once wait to be let in; the system refuses what is beyond. */
  static final int MAX_KNOCKING = 1_000;

  /** So many of them may watch; one more is told to try again, and there is room for the others. */
  static final int MAX_WATCHING = MAX_CONNECTIONS / 2;

  /** How long a peer may take to send its request, its documents, and to read what it is told. */
  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  /** How long nobody is let in after that failed, as with too many open files. */
  private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

  private static final System.Logger LOG = System.getLogger(SocketServer.class.getName());

  private final Engine engine;
  private final Store store;
  private final Map<String, String> machines;
  private final Peer peer;
  private final Duration requestTimeout;
  private final Path socket;
  private final ServerSocketChannel listening;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final Semaphore watching = new Semaphore(MAX_WATCHING);
  private final Transfers transfers = new Transfers();
  private volatile boolean closed;

  private SocketServer(Listening on, Served served, Peer peer, Duration requestTimeout) {
    this.socket = on.socket();
    this.listening = on.channel();
    this.engine = served.engine();
    this.store = served.store();
    this.machines = served.machines();
    this.peer = peer;
    this.requestTimeout = requestTimeout;
  }

  private record Listening(Path socket, ServerSocketChannel channel) {}

  /**
   * What is served.
   *
   * @param store where the engine's machines are read from
   * @param machines the pin of each that instances are started of, by name
   */
  public record Served(Engine engine, Store store, Map<String, String> machines) {
    public Served {
      machines = Map.copyOf(machines);
    }
  }

  /**
   * Listens. The server closes neither the engine nor the store. Whoever opens it owns the file: a
   * socket that is there already was left behind, and is replaced.
   *
   * @param file the engine's database; the socket lies beside it
   * @throws StoreException if the socket cannot be made
   */
  public static SocketServer open(Path file, Served served, Speakers speakers) {
    return open(file, served, speakers, REQUEST_TIMEOUT);
  }

  static SocketServer open(Path file, Served served, Speakers speakers, Duration requestTimeout) {
    Path socket = SocketPlace.of(file);
    ServerSocketChannel listening = null;
    try {
      SocketPlace.prepare(file, speakers.group());
      Files.deleteIfExists(socket);
      listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listening.bind(UnixDomainSocketAddress.of(socket), MAX_KNOCKING);
      SocketPlace.restrict(socket, "rw-------", "rw-rw----", speakers.group());
      Peer peer = new Peer(SocketPlace.owner(file), speakers);
      SocketServer server =
          new SocketServer(new Listening(socket, listening), served, peer, requestTimeout);
      Door door = listening::accept;
      Thread.ofVirtual().name("interlock-socket").start(() -> accept(door, server::begin));
      return server;
    } catch (IOException e) {
      closeQuietly(listening);
      throw DiskErrors.of("cannot listen on " + socket, e);
    }
  }

  /** Where the owner of that file listens. */
  public static Path socketOf(Path file) {
    return SocketPlace.of(file);
  }

  /** Where peers come in. */
  interface Door {
    SocketChannel accept() throws IOException;
  }

  /** Lets peers in until the door is closed. */
  static void accept(Door door, Consumer<SocketChannel> begin) {
    try {
      while (true) {
        try {
          begin.accept(door.accept());
        } catch (ClosedChannelException e) {
          return; // the server closes
        } catch (IOException e) {
          LOG.log(Level.WARNING, "a peer cannot be let in; this is tried again", e);
          Thread.sleep(ACCEPT_PAUSE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many peers are let in. */
  int connections() {
    return open.size();
  }

  void begin(SocketChannel channel) {
    boolean room = open.size() < MAX_CONNECTIONS;
    open.add(channel);
    if (closed) {
      closeQuietly(channel); // it came in while the door closed: nobody answers for this engine
    }
    Thread.ofVirtual().name("interlock-peer").start(() -> serve(channel, room));
  }

  private void serve(SocketChannel channel, boolean room) {
    try (channel) {
      if (!room) {
        write(
            channel,
            refusal(
                Rejection.Code.LIMIT,
                "found %d connections, expected at most that many: try again later"
                    .formatted(MAX_CONNECTIONS)));
        return;
      }
      answer(channel);
    } catch (IOException e) {
      // the peer is gone: it will ask again, and ids make that safe
    } finally {
      open.remove(channel);
    }
  }

  private void answer(SocketChannel channel) throws IOException {
    try {
      String user = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
      InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
      Optional<Map<String, Object>> request =
          inTime(channel, () -> Wire.read(in, Wire.MAX_REQUEST));
      if (request.isPresent()) {
        answer(channel, in, user, request.get());
      }
    } catch (Wire.WireException e) {
      tell(channel, refusal(Rejection.Code.VALUES, String.valueOf(e.getMessage())));
    }
  }

  /** Something that a peer sends, or reads. */
  private interface Exchange<T> {
    T run() throws IOException;
  }

  /** A peer that does not send or read in time is hung up on. */
  private <T> T inTime(SocketChannel channel, Exchange<T> exchange) throws IOException {
    AtomicBoolean read = new AtomicBoolean();
    Thread limit =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Thread.sleep(requestTimeout);
                if (!read.get()) {
                  closeQuietly(channel);
                }
              } catch (InterruptedException e) {
                // the request is there
              }
            });
    try {
      return exchange.run();
    } finally {
      read.set(true);
      limit.interrupt();
    }
  }

  private void answer(
      SocketChannel channel, InputStream in, String user, Map<String, Object> request)
      throws IOException {
    switch (peer.speak(user, Wire.principal(request, "by"))) {
      case Peer.Speaking.Refused(String why) ->
          tell(channel, refusal(Rejection.Code.NOT_ALLOWED, why));
      case Peer.Speaking.As(Principal by) -> {
        try {
          answer(channel, in, by, request);
        } catch (
            RuntimeException e) { // whatever the engine throws is told, and only this peer ends
          tell(channel, Wire.object("failed", String.valueOf(e.getMessage())));
        }
      }
    }
  }

  private void answer(
      SocketChannel channel, InputStream in, Principal by, Map<String, Object> request)
      throws IOException {
    String what = Wire.text(request, "do");
    switch (what) {
      case "hello" -> tell(channel, Wire.object("hello", Wire.principal(by), "machines", machines));
      case "get" -> {
        Optional<Engine.View> view = engine.get(by, Wire.text(request, "instance"));
        tell(
            channel,
            view.isEmpty()
                ? Wire.object("none", true)
                : Wire.object(
                    "machine",
                    view.get().instance().machine(),
                    "instance",
                    JournalJson.write(view.get().instance())));
      }
      case "machine" -> {
        Optional<Store.PutMachine> machine = store.machine(Wire.text(request, "pin"));
        tell(
            channel,
            machine.isEmpty()
                ? Wire.object("none", true)
                : Wire.object(
                    "name",
                    machine.get().name(),
                    "text",
                    machine.get().text(),
                    "lock",
                    machine.get().lock()));
      }
      case "journal" -> {
        long after = Wire.number(request, "after");
        for (Entry entry : engine.journal(by, Wire.text(request, "instance"), after)) {
          tell(channel, Wire.object("entry", JournalJson.write(entry)));
        }
        tell(channel, Wire.object("end", true));
      }
      case "prompt" -> {
        Optional<Prompted> asked =
            engine.prompt(by, Wire.text(request, "instance"), Wire.number(request, "seq"));
        write(
            channel,
            asked.isEmpty()
                ? Wire.object("none", true)
                : Wire.object("question", JournalJson.write(Prompted.class, asked.get())));
      }
      case "list" -> {
        for (Store.Row row : engine.list(by, filter(request))) {
          tell(channel, Wire.object("row", JournalJson.write(row)));
        }
        tell(channel, Wire.object("end", true));
      }
      case "watch" -> {
        if (!watching.tryAcquire()) {
          tell(
              channel,
              refusal(
                  Rejection.Code.LIMIT,
                  "found %d who watch, expected at most that many: try again later"
                      .formatted(MAX_WATCHING)));
          return;
        }
        try {
          watch(channel, in, by, request);
        } finally {
          watching.release();
        }
      }
      case "attach" -> transfers.run(() -> attach(channel, in, by, request));
      case "document" -> transfers.run(() -> document(channel, by, request));
      default -> tell(channel, Wire.answer(take(what, by, request)));
    }
  }

  private void attach(
      SocketChannel channel, InputStream in, Principal by, Map<String, Object> request)
      throws IOException {
    List<Map<String, Object>> named = Wire.objects(request, "documents");
    String tooMuch = Transfers.tooMuch(named);
    if (!tooMuch.isEmpty()) {
      tell(channel, refusal(Rejection.Code.LIMIT, tooMuch));
      return;
    }
    var documents = inTime(channel, () -> Transfers.read(in, named));
    tell(channel, Wire.answer(send(by, request, documents)));
  }

  private void document(SocketChannel channel, Principal by, Map<String, Object> request)
      throws IOException {
    Optional<Attachment> found =
        engine.document(by, Wire.text(request, "instance"), Wire.text(request, "hash"));
    if (found.isEmpty()) {
      tell(channel, Wire.object("none", true));
      return;
    }
    Document document = found.get().document();
    inTime(
        channel,
        () -> {
          write(channel, Wire.object("name", document.name(), "size", document.size()));
          write(channel, ByteBuffer.wrap(found.get().bytes()));
          return document;
        });
  }

  private Acknowledgement send(
      Principal by, Map<String, Object> request, Map<String, List<Attachment>> documents)
      throws IOException {
    return engine.send(
        by,
        Wire.text(request, "instance"),
        Wire.optionalText(request, "id"),
        Wire.text(request, "text"),
        request.containsKey("form") ? Wire.values(request, "form") : Map.of(),
        documents);
  }

  private Acknowledgement take(String what, Principal by, Map<String, Object> request)
      throws IOException {
    String id = Wire.optionalText(request, "id");
    if (what.equals("start")) {
      return engine.start(
          by,
          new Engine.Start(
              Wire.text(request, "machine"),
              id,
              Wire.principal(request, "caller"),
              Wire.values(request, "input"),
              Boolean.TRUE.equals(request.get("despiteErrors"))));
    }
    String instance = Wire.text(request, "instance");
    return switch (what) {
      case "send" -> send(by, request, Map.of());
      case "event" ->
          engine.event(by, instance, id, Wire.text(request, "name"), request.get("payload"));
      case "answer" ->
          engine.answer(
              by,
              instance,
              id,
              new Answer(
                  Wire.smallNumber(request, "number"),
                  Wire.text(request, "hash"),
                  Wire.text(request, "answer"),
                  Wire.values(request, "form")));
      case "resolve" ->
          engine.resolve(
              by,
              instance,
              Wire.smallNumber(request, "call"),
              Boolean.TRUE.equals(request.get("happened")),
              Wire.optionalText(request, "result"));
      case "resume" ->
          engine.resume(by, instance, Wire.text(request, "state"), Wire.grants(request, "grants"));
      case "fork" ->
          engine.fork(by, instance, Wire.number(request, "seq"), Wire.optionalText(request, "id"));
      case "migrate" ->
          engine.migrate(
              by,
              instance,
              new Engine.Migration(
                  Wire.text(request, "machine"),
                  Wire.texts(request, "states"),
                  Boolean.TRUE.equals(request.get("tried"))));
      case "cancel" -> engine.cancel(by, instance, Wire.text(request, "why"));
      default ->
          throw new Wire.WireException(
              "found the request %s, which this version does not know: the owner of the file is"
                      .formatted(what)
                  + " older, restart it");
    };
  }

  private static Store.Filter filter(Map<String, Object> request) throws IOException {
    return new Store.Filter(
        Wire.optionalText(request, "machineName"),
        Wire.optionalText(request, "state"),
        Wire.optionalText(request, "status"),
        Wire.optionalText(request, "escalatedFrom"),
        Wire.optionalText(request, "caller"),
        Wire.smallNumber(request, "limit"));
  }

  /** Until the peer hangs up. A peer that reads slowly misses entries. */
  private void watch(
      SocketChannel channel, InputStream in, Principal by, Map<String, Object> request)
      throws IOException {
    @Nullable String instance = Wire.optionalText(request, "instance");
    boolean writings = Boolean.TRUE.equals(request.get("writings")); // older clients know of none
    boolean workings = Boolean.TRUE.equals(request.get("workings"));
    try (AutoCloseable watching =
        engine.watch(
            by,
            instance,
            new Watcher() {
              @Override
              public void entry(Entry entry) {
                writeQuietly(channel, Wire.object("entry", JournalJson.write(entry)));
              }

              @Override
              public void writing(Writing writing) {
                if (writings) {
                  writeQuietly(channel, Wire.writing(writing));
                }
              }

              @Override
              public void working(Working working) {
                if (workings) {
                  writeQuietly(channel, Wire.working(working));
                }
              }
            })) {
      Objects.requireNonNull(watching);
      write(channel, Wire.object("watching", true));
      while (in.read() >= 0) {
        // a watcher has nothing to say
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) { // AutoCloseable declares it; an engine's watch throws none
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> refusal(Rejection.Code code, String message) {
    return Wire.answer(new Acknowledgement.Rejected(new Rejection(code, message)));
  }

  /** A peer that does not read it in time is hung up on. */
  private void tell(SocketChannel channel, Map<String, Object> answer) throws IOException {
    inTime(
        channel,
        () -> {
          write(channel, answer);
          return answer;
        });
  }

  private static void write(SocketChannel channel, Map<String, Object> answer) throws IOException {
    write(channel, ByteBuffer.wrap(Wire.line(answer)));
  }

  private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
    synchronized (channel) { // lines of a watcher must not mix
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /** To a peer that may be gone. */
  private static void writeQuietly(SocketChannel channel, Map<String, Object> answer) {
    try {
      write(channel, answer);
    } catch (IOException e) {
      closeQuietly(channel);
    }
  }

  private static void closeQuietly(@Nullable AutoCloseable channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (Exception e) { // it is closed as far as anybody cares
        Objects.requireNonNull(e);
      }
    }
  }

  /** Takes no more requests, and ends the open ones. */
  @Override
  public void close() {
    closed = true;
    closeQuietly(listening);
    open.forEach(SocketServer::closeQuietly);
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      throw DiskErrors.of("cannot remove " + socket, e);
    }
  }
}
