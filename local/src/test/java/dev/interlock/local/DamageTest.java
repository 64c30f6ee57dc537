package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Script;
import dev.interlock.engine.DamagedException;
import dev.interlock.engine.Ports;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.MemoryDesk;
import dev.interlock.testkit.ScriptedTools;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One damaged instance is named and left alone; the others go on. */
class DamageTest {
  private static final Principal ANA = new Principal("ana", List.of("employee"));
  private static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));

  @TempDir private Path folder;
  private Path file = Path.of("cases.db");

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("cases.db");
    try (LocalEngine engine = open()) {
      for (String id : List.of("damaged", "well")) {
        engine.start(ANA, "contract", id, null, Map.of());
      }
    }
    sql("UPDATE instance SET live = 1"); // it is taken up at start
  }

  private LocalEngine open() {
    Ports ports =
        new Ports(
            question -> Script.reply("Well.", question.number()),
            new ScriptedTools(),
            Map.of("main", new MemoryDesk()),
            new ManualClock());
    return LocalEngine.open(
        SqliteStore.open(file), LocalRunning.machines(), ports, LocalRunning.settings());
  }

  private void sql(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE content SET content = substr(content, 2)",
        "UPDATE content SET content = '[]'",
        "UPDATE content SET content = '[1,2,3,4,5,6,7,8,9]'",
        "DELETE FROM content",
        "UPDATE entry SET skeleton = substr(skeleton, 2)",
        "UPDATE entry SET skeleton = '{}'",
        "DELETE FROM entry",
        "DELETE FROM instance_key",
        "INSERT INTO snapshot SELECT instance, seq, '{}' FROM instance",
        "INSERT INTO snapshot SELECT instance, seq, 'x' FROM instance",
        "UPDATE instance SET machine = 'another'",
        "UPDATE instance SET seq = 9",
        "UPDATE instance SET roles = '[7'",
      })
  void theOthersGoOn(String damage) throws Exception {
    sql(damage + " WHERE instance = 'damaged'");

    try (LocalEngine engine = open()) {
      assertThat(engine.send(ANA, "well", "m1", "please"))
          .isInstanceOf(Acknowledgement.Taken.class);
      assertThat(engine.get(OPERATOR, "well")).isPresent();
      named(() -> engine.get(OPERATOR, "damaged"));
      named(() -> engine.send(ANA, "damaged", "m1", "please"));
      assertThat(engine.list(OPERATOR, new Store.Filter(null, null, null, null, null, 10)))
          .hasSize(2);
    } catch (DamagedException e) {
      assertThat(damage).contains("roles"); // then a list cannot be made
      assertThat(e).hasMessageContaining("instance damaged");
    }
    try (SqliteStore store = SqliteStore.openReadOnly(file)) {
      named(
          () -> new StoreReader(store, LocalRunning.machines().compile()).get(OPERATOR, "damaged"));
    }
  }

  private static void named(Runnable reading) {
    assertThatThrownBy(reading::run)
        .isInstanceOf(DamagedException.class)
        .hasMessageStartingWith("found that instance damaged cannot be read (")
        .hasMessageContaining("`interlock verify-journal damaged` says what is damaged");
  }

  @Test
  void machineThatWasChangedIsOfThoseWhoRunIt() throws Exception {
    sql("UPDATE machine SET text = replace(text, 'Help.', 'Harm.')");

    try (SqliteStore store = SqliteStore.openReadOnly(file)) {
      assertThatThrownBy(
              () -> new StoreReader(store, LocalRunning.machines().compile()).get(OPERATOR, "well"))
          .isInstanceOf(DamagedException.class)
          .hasMessageContaining("instance well")
          .hasMessageContaining("was changed");
    }
  }
}
