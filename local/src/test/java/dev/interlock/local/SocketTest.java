package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.machine.Principal;
import dev.interlock.testkit.ContractMachine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SocketTest {
  private static final Principal ANA = new Principal("ana", List.of("employee"));

  @TempDir Path folder;
  private final ContractMachine.World world = new ContractMachine.World();
  private @Nullable LocalRunning owner;
  private @Nullable SocketServer server;

  private Path file() {
    return folder.resolve("cases.db");
  }

  private void up(Path file, Speakers speakers) {
    up(file, speakers, SocketServer.REQUEST_TIMEOUT);
  }

  private void up(Path file, Speakers speakers, Duration requestTimeout) {
    Store store = SqliteStore.open(file);
    owner = new LocalRunning(world, () -> store);
    server =
        SocketServer.open(
            file,
            new SocketServer.Served(owner.engine(), store, Map.of()),
            speakers,
            requestTimeout);
  }

  private void down() {
    if (server != null) {
      server.close();
    }
    if (owner != null) {
      owner.close();
    }
  }

  @AfterEach
  void close() {
    down();
  }

  private static Optional<Engine> connect(Path file) {
    return SocketClient.connect(file, LocalRunning.machines().compile()).map(it -> it);
  }

  private String raw(byte[] request) throws IOException {
    try (SocketChannel channel = peer()) {
      ByteBuffer bytes = ByteBuffer.wrap(request);
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        // it was hung up on before all was said: the answer is there all the same
      }
      InputStream in = Channels.newInputStream(channel);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketException e) {
      return ""; // it was hung up on with something left unread
    }
  }

  private SocketChannel peer() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(SocketServer.socketOf(file())));
  }

  @Test
  void ownerThatHangsUpIsLeaving() throws Exception {
    try (ServerSocketChannel leaving = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      leaving.bind(UnixDomainSocketAddress.of(SocketServer.socketOf(file())));
      Thread.startVirtualThread(() -> SocketServer.accept(leaving::accept, SocketTest::hangUp));

      assertThat(connect(file())).isEmpty();
    }
    Files.delete(SocketServer.socketOf(file()));
  }

  private static void hangUp(SocketChannel peer) {
    try {
      peer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void peerThatCameInWhileTheDoorClosedIsHungUpOn() throws Exception {
    up(file(), Speakers.OWNER_ONLY);
    SocketServer closing = Objects.requireNonNull(server);
    Path elsewhere = folder.resolve("door.sock");
    try (ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      door.bind(UnixDomainSocketAddress.of(elsewhere));
      try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(elsewhere))) {
        SocketChannel late = door.accept();
        closing.close();
        closing.begin(late);

        assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      }
    }
  }

  @Test
  void peersAreLetInAgainOnceThatIsPossible() {
    List<IOException> failures =
        new ArrayList<>(List.of(new IOException("Too many open files"), new IOException("again")));
    List<SocketChannel> letIn = new ArrayList<>();

    SocketServer.accept(
        () -> {
          if (!failures.isEmpty()) {
            throw failures.removeFirst();
          }
          if (letIn.isEmpty()) {
            return SocketChannel.open();
          }
          throw new ClosedChannelException();
        },
        letIn::add);

    assertThat(letIn).hasSize(1);
    assertThat(failures).isEmpty();
  }

  @Test
  void onePeerTooManyIsToldToTryAgain() throws Exception {
    up(file(), Speakers.OWNER_ONLY);
    List<SocketChannel> peers = new ArrayList<>();
    try {
      for (int i = 0; i < SocketServer.MAX_CONNECTIONS; i++) {
        peers.add(peer());
      }

      assertThat(raw(new byte[0])).contains("found 200 connections", "try again later");
    } finally {
      for (SocketChannel peer : peers) {
        peer.close();
      }
    }
    byte[] hello = "{\"do\":\"hello\"}\n".getBytes(StandardCharsets.UTF_8);
    while (!raw(hello).startsWith("{\"hello\":")) {
      Thread.onSpinWait(); // until it has noticed that they are gone
    }
  }

  @Test
  void oneWhoWatchesTooManyIsToldToTryAgain() throws Exception {
    up(file(), Speakers.OWNER_ONLY);
    byte[] watch = "{\"do\":\"watch\",\"instance\":null}\n".getBytes(StandardCharsets.UTF_8);
    List<SocketChannel> peers = new ArrayList<>();
    try {
      for (int i = 0; i < SocketServer.MAX_WATCHING; i++) {
        SocketChannel peer = peer();
        peers.add(peer);
        peer.write(ByteBuffer.wrap(watch));
        assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(1); // it watches
      }

      try (SocketChannel one = peer()) {
        one.write(ByteBuffer.wrap(watch));
        String told =
            new BufferedReader(
                    new InputStreamReader(Channels.newInputStream(one), StandardCharsets.UTF_8))
                .readLine();
        assertThat(told).contains("found 100 who watch", "try again later");
      }
      assertThat(connect(file())).isPresent();
    } finally {
      for (SocketChannel peer : peers) {
        peer.close();
      }
    }
  }

  @Test
  void peerThatDoesNotReadItsAnswerIsHungUpOn() throws Exception {
    up(file(), Speakers.OWNER_ONLY, Duration.ofMillis(100));
    Engine client = connect(file()).orElseThrow();
    client.start(ANA, "contract", "talk", null, Map.of());
    for (int i = 0; i < 40; i++) { // more than a socket's buffers hold
      client.send(ANA, "talk", "m" + i, "x".repeat(60_000));
    }
    SocketServer up = Objects.requireNonNull(server);
    try (SocketChannel peer = peer()) {
      byte[] journal =
          "{\"do\":\"journal\",\"instance\":\"talk\",\"after\":0}\n"
              .getBytes(StandardCharsets.UTF_8);
      peer.write(ByteBuffer.wrap(journal));
      awaitConnections(up, 1); // until it is let in
      awaitConnections(up, 0); // and until it is hung up on

      byte[] read = Channels.newInputStream(peer).readAllBytes();
      assertThat(new String(read, StandardCharsets.UTF_8)).doesNotContain("{\"end\":true}");
    }
  }

  private static void awaitConnections(SocketServer server, int count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (server.connections() != count) {
      assertThat(System.nanoTime()).as("it never came to %d", count).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void peerThatSaysNothingIsHungUpOn() throws Exception {
    up(file(), Speakers.OWNER_ONLY, Duration.ofMillis(100));

    assertThat(raw(new byte[0])).isEmpty();
  }

  @Test
  void nobodyIsFoundWhereNoneOwnsTheFile() {
    assertThat(connect(file())).isEmpty();
  }

  @Test
  void socketThatWasLeftBehindIsNobody() throws Exception {
    try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(SocketServer.socketOf(file())));
    }
    assertThat(SocketServer.socketOf(file())).exists();

    assertThat(connect(file())).isEmpty();
    up(file(), Speakers.OWNER_ONLY);
    assertThat(connect(file())).isPresent();
  }

  @Test
  void ownerIsAnOperatorWhoSpeaksAsOthersOnRecord() {
    up(file(), Speakers.OWNER_ONLY);
    Engine client = connect(file()).orElseThrow();
    String me = System.getProperty("user.name");

    client.start(ANA, "contract", "a", null, Map.of());

    Entry first = client.journal(SocketClient.SELF, "a", 0).getFirst();
    assertThat(first.occurrence())
        .extracting("from")
        .isEqualTo(new Principal("ana", List.of("employee"), me));
    assertThat(client.get(new Principal("eve"), "a")).isEmpty();
    assertThat(client.get(ANA, "a").orElseThrow().machine().name()).isEqualTo("contract");
  }

  @Test
  void socketIsPrivate() throws Exception {
    up(file(), Speakers.OWNER_ONLY);

    assertThat(permissions(SocketServer.socketOf(file()))).isEqualTo("rw-------");
  }

  @Test
  void socketIsOpenToANamedGroup() throws Exception {
    String group =
        Files.readAttributes(folder, java.nio.file.attribute.PosixFileAttributes.class)
            .group()
            .getName();
    up(file(), new Speakers(user -> Optional.empty(), group));

    assertThat(permissions(SocketServer.socketOf(file()))).isEqualTo("rw-rw----");
  }

  @Test
  void groupThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> up(file(), new Speakers(user -> Optional.empty(), "no-such-group")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot listen");
    assertThat(connect(file())).isEmpty();
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void longPathLeadsToAPrivateFolder() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("d".repeat(100)));
    Path file = deep.resolve("cases.db");
    up(file, Speakers.OWNER_ONLY);
    Path socket = SocketServer.socketOf(file);

    assertThat(socket.toString().length()).isLessThanOrEqualTo(SocketPlace.MAX_PATH);
    assertThat(permissions(socket)).isEqualTo("rw-------");
    assertThat(permissions(java.util.Objects.requireNonNull(socket.getParent())))
        .isEqualTo("rwx------");
    assertThat(connect(file)).isPresent();
  }

  @Test
  void closedServerLeavesNoSocket() {
    up(file(), Speakers.OWNER_ONLY);
    Engine client = connect(file()).orElseThrow();
    down();

    assertThat(SocketServer.socketOf(file())).doesNotExist();
    assertThat(connect(file())).isEmpty();
    assertThatThrownBy(() -> client.send(ANA, "a", null, "hello"))
        .isInstanceOf(SocketClient.SocketException.class)
        .hasMessageContaining("nobody listens");
  }

  @Test
  void requestsFromManyAreAnswered() {
    up(file(), Speakers.OWNER_ONLY);
    Engine client = connect(file()).orElseThrow();

    List<CompletableFuture<Acknowledgement>> all =
        Stream.iterate(0, i -> i < 50, i -> i + 1)
            .map(i ->
                CompletableFuture.supplyAsync(
                    () -> client.start(ANA, "contract", "a" + i, null, Map.of())))
            .toList();

    assertThat(all)
        .allSatisfy(one -> assertThat(one.join()).isInstanceOf(Acknowledgement.Taken.class));
    assertThat(client.list(ANA, new Store.Filter(null, null, null, null, null, 99))).hasSize(50);
  }

  static List<byte[]> nonsense() {
    byte[] binary = new byte[4_000];
    Arrays.fill(binary, (byte) 0xFF);
    return Stream.of(
            "hello?\n",
            "[]\n",
            "\n",
            "{}\n",
            "{\"do\":7}\n",
            "{\"do\":\"send\"}\n",
            "{\"do\":\"teleport\",\"instance\":\"a\"}\n",
            "{\"do\":\"list\",\"limit\":\"x\"}\n",
            "{\"do\":\"resume\",\"instance\":\"a\",\"state\":\"x\",\"grants\":{\"wishes\":\"3\"}}\n",
            "{\"do\":\"hello\",\"by\":[]}\n",
            "[".repeat(100_000) + "\n",
            new String(binary, StandardCharsets.ISO_8859_1) + "\n")
        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void nonsenseIsAnsweredOrHungUpOnAndNobodyElseNotices(byte[] request) throws Exception {
    up(file(), Speakers.OWNER_ONLY);

    String answer = raw(request);

    assertThat(answer).matches("(?s)\\{\"rejected\":.*\n");
    assertThat(connect(file())).isPresent();
  }

  private static byte[] attaching(String documents, String bytes) {
    return ("{\"do\":\"attach\",\"instance\":\"a\",\"text\":\"\",\"documents\":["
            + documents
            + "]}\n"
            + bytes)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String named(String size) {
    return "{\"field\":\"papers\",\"name\":\"a.pdf\",\"size\":" + size + "}";
  }

  @Test
  void documentsThatAreTooManyOrTooLargeAreNotRead() throws Exception {
    up(file(), Speakers.OWNER_ONLY);
    String ten = (named("1") + ",").repeat(10);

    assertThat(raw(attaching(named("1073741824"), "")))
        .contains("LIMIT", "at most 10 of 16,777,216");
    assertThat(raw(attaching(ten + named("1"), ""))).contains("LIMIT", "found 11 of");
    assertThat(raw(attaching(named("9000000") + "," + named("9000000"), ""))).contains("LIMIT");
    assertThat(raw(attaching(named("-1"), ""))).contains("found a document of -1 bytes");
    assertThat(raw(attaching(named("\"1\""), ""))).contains("found no size");
    assertThat(raw(attaching("{\"size\":1}", "x"))).contains("found no field");
    assertThat(raw(attaching("7", ""))).contains("found no documents");
    assertThat(raw(attaching(named("6"), "%PDF-1"))).contains("there is no instance a");
  }

  @Test
  void peerThatKeepsItsDocumentToItselfIsHungUpOn() throws Exception {
    up(file(), Speakers.OWNER_ONLY, Duration.ofMillis(500));
    LocalRunning running = Objects.requireNonNull(owner);
    running.engine().start(ANA, "contract", "a", null, Map.of());

    for (int i = 0; i <= Transfers.MAX; i++) {
      assertThat(raw(attaching(named("7"), "%PDF-"))).isEmpty();
    }

    assertThat(running.engine().journal(ANA, "a", 0)).hasSize(1);
  }

  @Test
  void unknownRequestSaysThatTheOwnerIsOlder() throws Exception {
    up(file(), Speakers.OWNER_ONLY);

    assertThat(raw("{\"do\":\"teleport\",\"instance\":\"a\"}\n".getBytes(StandardCharsets.UTF_8)))
        .contains("found the request teleport", "restart it");
  }

  @Test
  void endlessLineIsCutOffAtALimit() throws Exception {
    up(file(), Speakers.OWNER_ONLY);
    byte[] endless = new byte[Wire.MAX_REQUEST + (1 << 20)];
    Arrays.fill(endless, (byte) 'x');

    assertThat(raw(endless)).matches("(?s)|\\{\"rejected\":.*4,194,304 bytes.*");
    assertThat(connect(file())).isPresent();
  }

  @Test
  void watchEndsWhenTheOwnerDoes() throws Exception {
    up(file(), Speakers.OWNER_ONLY);
    Engine client = connect(file()).orElseThrow();
    CompletableFuture<Entry> seen = new CompletableFuture<>();
    try (AutoCloseable watching = client.watch(SocketClient.SELF, null, seen::complete)) {
      assertThat(watching).isNotNull();
      client.start(ANA, "contract", "a", null, Map.of());

      assertThat(seen.get(20, TimeUnit.SECONDS).instance()).isEqualTo("a");
      down();
    }
  }

  @Test
  void watchingAllIsForOperators() {
    up(file(), Speakers.OWNER_ONLY);
    Engine client = connect(file()).orElseThrow();

    assertThatThrownBy(() -> client.watch(ANA, null, entry -> {}))
        .isInstanceOf(SocketClient.SocketException.class)
        .hasMessageContaining("expected an operator");
  }
}
