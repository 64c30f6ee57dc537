package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.engine.ErasedException;
import dev.interlock.engine.verify.Verification;
import dev.interlock.testkit.ContractMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErasureTest {
  @TempDir private Path folder;
  private KeptStore kept = new KeptStore(Path.of("cases.db"));

  @BeforeEach
  void make() {
    kept = KeptStore.make(folder.resolve("cases.db"));
  }

  @Test
  void whatWasSaidIsNowhereInTheFileAndTheChainHolds() throws Exception {
    kept.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    assertThat(kept.holds(KeptStore.word("ended"))).isTrue();

    assertThat(Erasure.of(kept.file(), Set.of("ended"))).isEmpty();

    assertThat(kept.holds(KeptStore.word("ended"))).isFalse();
    assertThat(kept.holds(KeptStore.word("other"))).isTrue();
    assertThat(kept.faults()).isEmpty();
    assertThat(kept.instances()).contains("ended");
    try (SqliteStore store = SqliteStore.openToVerify(kept.file())) {
      Verification verification = new Verification(store, KeptStore::compile);
      assertThat(verification.verify("ended").erased()).isPositive();
      assertThat(verification.verify("other").erased()).isZero();
    }
    kept.sql("UPDATE entry SET skeleton = skeleton || ' '");
    assertThat(kept.faults()).anyMatch(fault -> fault.instance().equals("ended"));
  }

  @Test
  void whatWasErasedSaysSoToWhoeverReadsIt() {
    Erasure.of(kept.file(), Set.of("ended"));
    Erasure.of(kept.file(), Set.of("ended"));

    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      assertThatThrownBy(() -> engine.get(KeptStore.OPERATOR, "ended"))
          .isInstanceOf(ErasedException.class)
          .hasMessageContaining("the content of ended was erased");
      assertThatThrownBy(() -> engine.send(KeptStore.ANA, "ended", "m9", "hello"))
          .isInstanceOf(ErasedException.class);
      assertThat(engine.get(KeptStore.OPERATOR, "other")).isPresent();
    }
    assertThat(kept.faults()).isEmpty();
  }

  @Test
  void whoHasNotEndedIsNotErasedNorIsAnybodyElse() throws Exception {
    assertThatThrownBy(() -> Erasure.of(kept.file(), Set.of("ended", "waiting")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("waiting has not ended")
        .hasMessageContaining("interlock cancel waiting");
    assertThatThrownBy(() -> Erasure.of(kept.file(), Set.of("nobody")))
        .hasMessageContaining("found no instance nobody");
    assertThatThrownBy(() -> Erasure.of(folder.resolve("none.db"), Set.of("ended")))
        .hasMessageContaining("found no file");

    assertThat(kept.column("SELECT DISTINCT instance FROM content")).hasSize(3);
  }

  @Test
  void whoRunsAnEngineIsNotDisturbed() {
    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      assertThatThrownBy(() -> Erasure.of(kept.file(), Set.of("ended")))
          .isInstanceOf(OwnedElsewhereException.class);
      assertThat(engine.get(KeptStore.OPERATOR, "ended")).isPresent();
    }
  }

  @Test
  void aReaderKeepsTheOldBytesAndThatIsSaid() throws Exception {
    try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + kept.file());
        Statement statement = reader.createStatement()) {
      statement.execute("BEGIN");
      statement.executeQuery("SELECT * FROM instance").close();
      assertThatThrownBy(() -> Erasure.of(kept.file(), Set.of("ended")))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("its bytes may still be in the file; run the command again");
    }
    Erasure.of(kept.file(), Set.of("ended"));
    assertThat(kept.holds(KeptStore.word("ended"))).isFalse();
  }

  @Test
  void forksAreNamed() {
    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      assertThat(engine.fork(KeptStore.OPERATOR, "ended", 1, "copy"))
          .isInstanceOf(Acknowledgement.Taken.class);
    }

    assertThat(Erasure.of(kept.file(), Set.of("ended"))).containsExactly("copy");
    assertThat(kept.faults()).isEmpty();
  }

  /** Whoever was stopped before the end does it again, and hears of forks then. */
  @Test
  void forksAreNamedAlsoTheSecondTime() {
    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      engine.fork(KeptStore.OPERATOR, "ended", 1, "copy");
      engine.fork(KeptStore.OPERATOR, "copy", 0, "next");
    }
    Erasure.of(kept.file(), Set.of("ended"));

    assertThat(Erasure.of(kept.file(), Set.of("ended"))).containsExactly("copy", "next");
  }

  @Test
  void whatARestoreThatWasKilledHasLeftGoes() throws Exception {
    Path left = folder.resolve("cases.db.restoring");
    Files.copy(kept.file(), left);

    Erasure.of(kept.file(), Set.of("ended"));

    assertThat(left).doesNotExist();
  }
}
