package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.engine.verify.Head;
import dev.interlock.engine.verify.Verification;
import dev.interlock.testkit.ContractMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head that was kept elsewhere, and a store that goes on. */
class HeadTest {
  private static final Instant AT = Instant.parse("2026-01-31T12:00:00Z");
  private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");

  @TempDir private Path folder;
  private KeptStore kept = new KeptStore(Path.of("cases.db"));

  @BeforeEach
  void make() {
    kept = KeptStore.make(folder.resolve("cases.db"));
  }

  private Head head() {
    try (SqliteStore store = SqliteStore.openToVerify(kept.file())) {
      return Head.of(store, AT);
    }
  }

  private Verification against(Head head) {
    try (SqliteStore store = SqliteStore.openToVerify(kept.file())) {
      return new Verification(store, KeptStore::compile, head);
    }
  }

  private List<String> faults(Head head) {
    try (SqliteStore store = SqliteStore.openToVerify(kept.file())) {
      Verification verification = new Verification(store, KeptStore::compile, head);
      List<Fault> faults = new ArrayList<>(verification.faults());
      verification.instances().forEach(id -> faults.addAll(verification.verify(id).faults()));
      return faults.stream().map(Fault::toString).toList();
    }
  }

  @Test
  void storeThatWentOnHolds() {
    Head head = head();
    kept.converse(List.of("next"));

    assertThat(faults(head)).isEmpty();
    assertThat(against(head).onRecord()).isEmpty();
  }

  @Test
  void whoWasPurgedIsOnRecordAndWhoWasDeletedIsNot() throws Exception {
    Head head = head();
    Purge.endedBefore(kept.file(), LATER, new Purge.By("ana", AT));

    assertThat(faults(head)).isEmpty();
    assertThat(against(head).onRecord())
        .containsExactly("2026-01-31T12:00:00Z: purged 2 instances, by ana");
    assertThat(against(head()).onRecord()).isEmpty();
    assertThat(kept.column("SELECT record FROM link WHERE record <> ''"))
        .noneMatch(record -> record.contains("ended") || record.contains("other"));

    kept.sql("DELETE FROM entry WHERE instance = 'waiting'");
    assertThat(faults(head))
        .hasSize(3)
        .anyMatch(fault -> fault.startsWith("waiting: it has rows, but no journal"))
        .anyMatch(fault -> fault.startsWith("store: found 19 entries in its chain"))
        .anyMatch(fault -> fault.endsWith("no purge of it is on record"));
  }

  /** As if there were more to purge than there is. */
  @Test
  void recordOfAPurgeThatWasEditedIsFound() throws Exception {
    Purge.endedBefore(kept.file(), LATER, new Purge.By("ana", AT));
    Head head = head();
    kept.sql("UPDATE link SET record = replace(record, '\"by\":\"ana\"', '\"by\":\"bob\"')");

    assertThat(faults(head)).singleElement().asString().contains("of its chain was edited");
  }

  /** What is missing is said to be where it is missing. */
  @Test
  void entryThatIsMissingBeforeLaterOnesWasNotCutOff() throws Exception {
    String newest = kept.column("SELECT seq FROM instance WHERE instance = 'waiting'").getFirst();
    Head head = head();
    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      engine.send(KeptStore.ANA, "waiting", "m2", "still there?");
    }
    kept.sql("DELETE FROM entry WHERE instance = 'waiting' AND seq = " + newest);
    kept.sql("DELETE FROM entry WHERE instance = 'ended' AND seq = 2");

    assertThat(faults(head))
        .contains(
            "store: found 2 entries in its chain that are in no journal, expected 0, which were"
                + " purged: entries were taken out or edited",
            "ended, entry 2: found entry 3 in its place: it is missing",
            "waiting, entry %s: the head names it, and it is missing, while later ones are there: it was taken out"
                .formatted(newest))
        .noneMatch(fault -> fault.contains("cut off"));
  }

  /** As of a backup from before the head: each is one instance, with all its faults. */
  @Test
  void whoeverTheHeadMissesIsBrokenAndOneInstance() throws Exception {
    Path older = folder.resolve("older.db");
    Backup.write(kept.file(), older);
    String before = kept.column("SELECT seq FROM instance WHERE instance = 'waiting'").getFirst();
    try (LocalEngine engine = kept.open(new ContractMachine.World())) {
      engine.send(KeptStore.ANA, "waiting", "m2", "still there?");
    }
    kept.converse(List.of("next"));
    Head head = head();
    Restore.of(older, kept.file(), new Restore.Options(true, false), KeptStore::compile, AT);

    try (SqliteStore store = SqliteStore.openToVerify(kept.file())) {
      Verification verification = new Verification(store, KeptStore::compile, head);
      assertThat(verification.faults()).extracting(Fault::instance).containsOnly("store");
      assertThat(verification.instances()).containsExactly("ended", "next", "other", "waiting");
      assertThat(verification.verify("ended").whole()).isTrue();
      assertThat(verification.verify("next").faults())
          .extracting(Fault::what)
          .containsExactly(
              "the head names it: the instance is missing, and no purge of it is on record");
      assertThat(verification.verify("waiting").entries()).isEqualTo(Long.parseLong(before));
      assertThat(verification.verify("waiting").faults())
          .extracting(Fault::what)
          .containsExactly("the head names it, and the journal ends before it");
    }
  }

  @Test
  void whoWasErasedHolds() {
    Head head = head();
    Erasure.of(kept.file(), Set.of("ended"));

    assertThat(faults(head)).isEmpty();
  }

  @Test
  void olderBackupInItsPlaceIsFoundAlsoWhenItGoesOn() throws Exception {
    Path older = folder.resolve("older.db");
    Backup.write(kept.file(), older);
    Head before = head();
    kept.converse(List.of("next"));
    Head after = head();

    Files.copy(older, kept.file(), StandardCopyOption.REPLACE_EXISTING);
    Files.delete(folder.resolve("cases.db.lock")); // which would tell that it is older
    assertThat(faults(before)).isEmpty();
    assertThat(faults(after))
        .hasSize(2)
        .anyMatch(fault -> fault.contains("or an older store was put in its place"))
        .anyMatch(fault -> fault.startsWith("next, entry "));

    kept.converse(List.of("another", "third"));
    assertThat(faults(before)).isEmpty();
    assertThat(faults(after))
        .hasSize(2)
        .anyMatch(fault -> fault.contains("is not the one that the head names: it was rewritten"))
        .anyMatch(fault -> fault.startsWith("next, entry "));
  }

  @Test
  void restoreIsOnRecord() throws Exception {
    Path older = folder.resolve("older.db");
    Head before = head();
    Backup.write(kept.file(), older);
    Restore.of(older, kept.file(), new Restore.Options(true, false), KeptStore::compile, AT);

    assertThat(faults(before)).isEmpty();
    assertThat(against(before).onRecord())
        .containsExactly("2026-01-31T12:00:00Z: restored from a backup");
  }

  @Test
  void restoreOfWhatIsOlderThanTheHeadIsOnRecordBesideWhatIsMissed() throws Exception {
    Path older = folder.resolve("older.db");
    Backup.write(kept.file(), older);
    kept.converse(List.of("next"));
    Head after = head();
    Restore.of(older, kept.file(), new Restore.Options(true, false), KeptStore::compile, AT);

    for (List<String> more : List.of(List.<String>of(), List.of("another", "third"))) {
      kept.converse(more);

      assertThat(faults(after)).anyMatch(fault -> fault.startsWith("next, entry "));
      assertThat(against(after).onRecord())
          .containsExactly("2026-01-31T12:00:00Z: restored from a backup");
    }
  }

  @Test
  void storeWithoutItsChainIsNamedAndGoesOn() throws Exception {
    Head head = head();
    kept.sql("DELETE FROM link");
    assertThat(faults(head)).anyMatch(fault -> fault.equals("store: its chain is missing"));

    kept.converse(List.of("next"));
    assertThat(faults(head)).anyMatch(fault -> fault.startsWith("store: found a store , expected"));
  }

  @Test
  void instanceThatWasMissedBeforeTheChainBeganStaysMissed() throws Exception {
    kept.sql("DROP TABLE link");
    kept.sql("CREATE TABLE total (one INTEGER PRIMARY KEY, instances INTEGER NOT NULL) STRICT");
    kept.sql("CREATE TRIGGER count_instance AFTER INSERT ON entry BEGIN SELECT 1; END");
    kept.sql("INSERT INTO total VALUES (1, 4)");
    kept.sql("PRAGMA user_version = 4");

    SqliteStore.open(kept.file()).close();

    assertThat(kept.faults())
        .extracting(Fault::what)
        .containsExactly(
            "found 3 journals when its chain began, expected 4: some were taken out whole before");
  }
}
