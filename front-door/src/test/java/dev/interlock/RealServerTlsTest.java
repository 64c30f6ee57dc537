package dev.interlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.EngineAt.Tls;
import dev.interlock.EngineAt.WorkerAt;
import dev.interlock.TlsProxy.Party;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.machine.Principal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** A Temporal server that is reached over TLS and asks for a client's certificate. */
@EnabledIfEnvironmentVariable(named = "TEMPORAL_ADDRESS", matches = ".+")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealServerTlsTest {
  private static final String NAME = "temporal.test";

  @TempDir private Path folder;
  private final String own = UUID.randomUUID().toString();
  private Party server;
  private Party client;

  @BeforeEach
  void make() throws Exception {
    server = Party.make(folder, "server", NAME);
    client = Party.make(folder, "client", "client.test");
    Files.writeString(
        folder.resolve("machine.yaml"),
        "machine: m\nversion: 1\ninitial: A\nstates: {A: {type: final}}\n");
  }

  private TlsProxy proxy() throws Exception {
    return new TlsProxy(server, client, System.getenv("TEMPORAL_ADDRESS"));
  }

  private Interlock open(TlsProxy proxy, @Nullable Tls tls) {
    return Interlock.open(folder.resolve("cases.db"))
        .machine(folder)
        .engine(
            new EngineAt.Temporal(
                proxy.address(),
                "default",
                own,
                own + "/",
                tls,
                null,
                Map.of(),
                new WorkerAt(4, 2, 10, null, null)))
        .open();
  }

  private Tls tls(Party me, Party ca, @Nullable String name) {
    return new Tls(me.certificate(), me.key(), ca.certificate(), name);
  }

  @Test
  void instanceRunsThroughIt() throws Exception {
    try (TlsProxy proxy = proxy();
        Interlock interlock = open(proxy, tls(client, server, NAME))) {
      Session ana = interlock.as(new Principal("ana"));
      String id = ana.start("m");

      assertThat(ana.untilRest(id, Duration.ofMinutes(1)).instance().status())
          .isEqualTo(Instance.Status.COMPLETED);
    }
  }

  @Test
  void whoeverIsNotLetInIsToldWhatToMend() throws Exception {
    Party stranger = Party.make(folder, "stranger", "client.test");
    try (TlsProxy proxy = proxy()) {
      assertFails(proxy, new Tls(null, null, server.certificate(), NAME), "`tls` of `temporal`");
      assertFails(proxy, tls(stranger, server, NAME), "`tls` of `temporal`");
      assertFails(proxy, tls(client, stranger, NAME), "certification path");
      assertFails(proxy, tls(client, server, "elsewhere.test"), "elsewhere.test");
      assertFails(proxy, tls(client, server, null), "127.0.0.1");
      assertFails(proxy, Tls.PLAIN, "`tls` of `temporal`");
      assertFails(proxy, null, "found no Temporal server that can be used at " + proxy.address());
    }
  }

  @Test
  void filesThatCannotBeUsedAreNamed() throws Exception {
    Party stranger = Party.make(folder, "stranger", "client.test");
    Path none = folder.resolve("none.pem");
    try (TlsProxy proxy = proxy()) {
      assertFails(proxy, new Tls(none, client.key(), null, null), none + " that can be read");
      assertFails(proxy, new Tls(null, null, none, null), "which `ca` of interlock.yaml names");
      assertFails(
          proxy, new Tls(null, null, folder.resolve("machine.yaml"), null), "no certificates in");
      assertFails(
          proxy,
          new Tls(client.certificate(), client.certificate(), null, null),
          "expected a certificate and its own key in PEM, PKCS 8");
      assertFails(
          proxy,
          new Tls(client.certificate(), stranger.key(), server.certificate(), NAME),
          "`tls` of `temporal`");
    }
  }

  private void assertFails(TlsProxy proxy, @Nullable Tls tls, String... contained) {
    assertThatThrownBy(() -> open(proxy, tls).close())
        .isInstanceOf(StoreException.class)
        .message()
        .contains(contained);
  }
}
