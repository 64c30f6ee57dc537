package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Store.Filter;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.testkit.ContractMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bits of a store's file are flipped, or its end is cut off: it cannot be opened and says why, or
 * {@code verify-journal} names what is damaged, or all that it holds is as it was.
 */
class BitFlipTest {
  private static final int FLIPS = Integer.getInteger("interlock.flips", 100);
  private static final long SEED = Long.getLong("interlock.flips.seed", System.nanoTime());
  private static final Filter ALL = new Filter(null, null, null, null, null, 100);

  @TempDir private static Path made;
  private static byte[] bytes = {};
  private static List<String> held = List.of();
  @TempDir private Path folder;

  @BeforeAll
  static void make() throws Exception {
    System.out.println("flipped bits, seed " + SEED);
    Path file = made.resolve("cases.db");
    KeptStore.make(file);
    bytes = Files.readAllBytes(file);
    held = held(file);
  }

  /** What came of one. */
  private enum Found {
    REFUSED,
    NAMED,
    HARMLESS
  }

  @Test
  void aFlippedBitIsRefusedOrNamedOrHarmless() throws Exception {
    Random random = new Random(SEED);
    Map<Found, Integer> found = new EnumMap<>(Found.class);
    for (int i = 0; i < FLIPS; i++) {
      // Half of them in the pages that say how to read the others.
      int at = random.nextInt(i % 2 == 0 ? bytes.length : 8 * 4_096);
      int bit = random.nextInt(8);
      UnaryOperator<byte[]> flip =
          whole -> {
            whole[at] ^= (byte) (1 << bit);
            return whole;
          };
      found.merge(look("bit %d of byte %d".formatted(bit, at), flip), 1, Integer::sum);
    }
    System.out.printf("%d flips: %s%n", FLIPS, found);
    assertThat(found).containsKey(Found.NAMED);
  }

  @Test
  void aFileThatIsCutIsRefusedOrNamedUnlessNothingStoodThere() throws Exception {
    Random random = new Random(SEED);
    Map<Found, Integer> found = new EnumMap<>(Found.class);
    for (int i = 0; i < FLIPS / 10; i++) {
      int length = 1 + random.nextInt(bytes.length - 1);
      found.merge(look("cut at " + length, whole -> Arrays.copyOf(whole, length)), 1, Integer::sum);
    }
    assertThat(found.getOrDefault(Found.HARMLESS, 0)).isLessThan(FLIPS / 10 / 2);
  }

  private Found look(String what, UnaryOperator<byte[]> damage) throws Exception {
    Path file = Files.createTempDirectory(folder, "flip").resolve("cases.db");
    Files.write(file, damage.apply(bytes.clone()));
    try {
      List<Fault> faults = KeptStore.faults(file);
      String opened = opened(file);
      if (opened != null) {
        return Found.REFUSED;
      }
      if (!faults.isEmpty()) {
        return Found.NAMED;
      }
      assertThat(held(file)).as(what).isEqualTo(held);
      return Found.HARMLESS;
    } catch (StoreException e) {
      assertThat(e).as(what).hasMessageContaining("cases.db");
      return Found.REFUSED;
    } catch (RuntimeException | SQLException e) {
      throw new AssertionError(what + ": " + e, e);
    }
  }

  /** Why an engine does not open it, or does not read all of its instances; null if it does. */
  private static @Nullable String opened(Path file) {
    KeptStore kept = new KeptStore(file);
    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      for (var row : engine.list(KeptStore.OPERATOR, ALL)) {
        engine.journal(KeptStore.OPERATOR, row.instance(), 0);
        engine.get(KeptStore.OPERATOR, row.instance());
      }
      return null;
    } catch (StoreException e) {
      return e.getMessage();
    }
  }

  /** Every row of every table, but for the time of a mark: no journal has that. */
  private static List<String> held(Path file) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String table : SqliteHoldings.TABLES) {
        try (ResultSet all =
            statement.executeQuery("SELECT * FROM " + table + " ORDER BY instance")) {
          while (all.next()) {
            StringBuilder row = new StringBuilder(table);
            int columns = table.equals("mark") ? 3 : all.getMetaData().getColumnCount();
            for (int i = 1; i <= columns; i++) {
              row.append(' ').append(Arrays.hashCode(all.getBytes(i)));
            }
            rows.add(row.toString());
          }
        }
      }
    }
    rows.sort(null);
    return rows;
  }
}
