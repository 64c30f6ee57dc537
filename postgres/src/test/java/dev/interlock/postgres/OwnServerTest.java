package dev.interlock.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.journal.Store.Remember;
import dev.interlock.core.journal.Store.StoreException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done to a server here, only the tests' own one may suffer. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OwnServerTest {
  private static String url = "";

  @BeforeAll
  static void start() {
    url = TestServer.own();
  }

  private static void set(String name, String value) throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER SYSTEM SET %s = %s".formatted(name, value));
      statement.execute("SELECT pg_reload_conf()");
    }
    while (!setting(name).equals(value)) { // new sessions see it a little later
      Thread.onSpinWait();
    }
  }

  private static String setting(String name) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW " + name)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fsync", "full_page_writes", "synchronous_commit"})
  void serverThatForgetsIsRefused(String name) throws Exception {
    String schema = TestServer.newSchema();
    PostgresSettings settings = TestServer.settingsAt(url, schema);
    try (PostgresStore before = PostgresStore.open(settings)) {
      before.commit(List.of(new Remember("a", "m1")));
      set(name, "off");
      try {
        assertThatThrownBy(() -> PostgresStore.open(settings))
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("found %s = off on the server, expected on", name);
      } finally {
        set(name, "on");
      }
      before.commit(List.of(new Remember("a", "m2")));
    }
  }

  /** Writers go on while the server is killed twice: all that was confirmed is there. */
  @Test
  void whatWasConfirmedSurvivesTheServersDeath() {
    String schema = TestServer.newSchema();
    AtomicInteger confirmed = new AtomicInteger();
    int failed = 0;
    try (PostgresStore store = PostgresStore.open(TestServer.settingsAt(url, schema))) {
      for (int i = 0; i < 300; i++) {
        if (i % 100 == 50) {
          Thread killer = new Thread(TestServer::kill);
          killer.start();
          failed += writeUntilItFails(store, confirmed);
          join(killer);
          assertThat(TestServer.start()).isEqualTo(url);
        }
        try {
          store.commit(List.of(new Remember("a", String.valueOf(confirmed.get()))));
          confirmed.incrementAndGet();
        } catch (StoreException e) {
          failed++;
        }
      }

      assertThat(failed).isPositive();
      assertThat(confirmed.get()).isGreaterThan(200);
      for (int i = 0; i < confirmed.get(); i++) {
        assertThat(store.seen("a", String.valueOf(i))).as("no. %d", i).isTrue();
      }
    }
  }

  private static int writeUntilItFails(PostgresStore store, AtomicInteger confirmed) {
    while (true) {
      try {
        store.commit(List.of(new Remember("a", String.valueOf(confirmed.get()))));
        confirmed.incrementAndGet();
      } catch (StoreException e) {
        return 1;
      }
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
