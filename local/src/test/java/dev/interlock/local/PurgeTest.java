package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.testkit.ContractMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurgeTest {
  private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");

  private static final Purge.By BY = new Purge.By("ana", Instant.parse("2026-01-31T12:00:00Z"));

  @TempDir private Path folder;
  private KeptStore kept = new KeptStore(Path.of("cases.db"));

  @BeforeEach
  void make() {
    kept = KeptStore.make(folder.resolve("cases.db"));
  }

  @Test
  void onlyWhoEndedBeforeGoesAndGoesWhole() throws Exception {
    long before = Files.size(kept.file());

    Purge.Purged purged = Purge.endedBefore(kept.file(), LATER, BY);

    assertThat(purged.instances()).isEqualTo(2);
    assertThat(Files.size(kept.file())).isEqualTo(before - purged.bytes()).isLessThan(before);
    assertThat(kept.instances()).containsExactly("waiting");
    for (String table : SqliteHoldings.TABLES) {
      assertThat(kept.column("SELECT DISTINCT instance FROM " + table))
          .as(table)
          .isSubsetOf("waiting");
    }
    assertThat(kept.holds(KeptStore.word("ended"))).isFalse();
    assertThat(kept.faults()).isEmpty();
    kept.converse(List.of("next"));
    assertThat(kept.faults()).isEmpty();
    kept.sql("DELETE FROM entry WHERE instance = 'next'");
    assertThat(kept.faults())
        .anyMatch(fault ->
            fault
                .what()
                .startsWith("found 21 entries in its chain that are in no journal, expected 14"));
  }

  @Test
  void theTimeIsThatOfTheEnd() throws Exception {
    String end = kept.column("SELECT since FROM instance WHERE instance = 'ended'").getFirst();
    Instant ended = Instant.ofEpochMilli(Long.parseLong(end));

    assertThat(Purge.endedBefore(kept.file(), ended, BY).instances()).isZero();
    assertThat(kept.instances()).hasSize(3);
    assertThat(Purge.endedBefore(kept.file(), ended.plusMillis(1), BY).instances()).isPositive();
  }

  @Test
  void whoWasErasedIsPurgedToo() throws Exception {
    Erasure.of(kept.file(), Set.of("ended"));

    assertThat(Purge.endedBefore(kept.file(), LATER, BY).instances()).isEqualTo(2);
    assertThat(kept.faults()).isEmpty();
  }

  @Test
  void manyGoInMoreThanOneTransaction() throws Exception {
    kept.sql(
        """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450)
        INSERT INTO instance SELECT 'many' || i, machine, machine_name, caller, state, status,
          escalated_from, reason, started, since, due, live, seq, roles
        FROM instance, n WHERE instance = 'ended'\
        """);

    assertThat(Purge.endedBefore(kept.file(), LATER, BY).instances()).isEqualTo(452);
    assertThat(kept.instances()).containsExactly("waiting");
  }

  @Test
  void whatCannotBePurgedIsSaid() throws Exception {
    Path text = Files.writeString(folder.resolve("text.db"), "no database ".repeat(500));
    Path other = folder.resolve("other.db");
    new KeptStore(other).sql("CREATE TABLE theirs (a)");

    assertThatThrownBy(() -> Purge.endedBefore(folder.resolve("none.db"), LATER, BY))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("found no file");
    assertThat(folder.resolve("none.db")).doesNotExist();
    assertThatThrownBy(() -> Purge.endedBefore(text, LATER, BY))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("text.db");
    assertThatThrownBy(() -> Purge.endedBefore(other, LATER, BY))
        .hasMessageContaining("a database of another program");
    assertThatThrownBy(
            () -> Purge.endedBefore(Files.createDirectory(folder.resolve("sub")), LATER, BY))
        .isInstanceOf(StoreException.class);
    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      assertThatThrownBy(() -> Purge.endedBefore(kept.file(), LATER, BY))
          .isInstanceOf(OwnedElsewhereException.class);
      assertThat(engine.get(KeptStore.OPERATOR, "ended")).isPresent();
    }
  }
}
