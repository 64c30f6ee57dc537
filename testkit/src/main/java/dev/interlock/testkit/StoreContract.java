package dev.interlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.Append;
import dev.interlock.core.journal.Store.Create;
import dev.interlock.core.journal.Store.Filter;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.journal.Store.PutDocument;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.journal.Store.PutMark;
import dev.interlock.core.journal.Store.PutResult;
import dev.interlock.core.journal.Store.Remember;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.Snapshot;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.journal.Store.Update;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Principal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What every store holds. A subclass says how one is made and, if it can, opened again, or by two
 * at once.
 */
public abstract class StoreContract extends SharedStoreRules {
  private void put(Row... rows) {
    for (Row row : rows) {
      store.commit(List.of(new Update(row, null)));
    }
  }

  @Test
  void whatWasCommittedIsThereAfterReopening() throws Exception {
    Snapshot snapshot = new Snapshot("a", 1, "{}");
    PutMachine machine = new PutMachine("pin", "it-access", "machine: it-access", "{}");
    store.commit(
        List.of(
            machine,
            new Create("a", "pin", KEY),
            new Append(entry("a", 1)),
            new Update(row("a", 0), snapshot),
            new Remember("a", "m1"),
            new PutResult("a", "ref", "a long result"),
            new PutMark("a", "a/1/0", Mark.DISPATCHED, T0)));

    closeAndReopen();

    assertThat(store.row("a")).contains(row("a", 0));
    assertThat(store.key("a")).contains(KEY);
    assertThat(store.entries("a", 0, 10)).containsExactly(entry("a", 1));
    assertThat(store.snapshot("a")).contains(snapshot);
    assertThat(store.seen("a", "m1")).isTrue();
    assertThat(store.result("a", "ref")).contains("a long result");
    assertThat(store.mark("a", "a/1/0")).contains(Mark.DISPATCHED);
    assertThat(store.machine("pin")).contains(machine);
  }

  @Test
  void whatIsNotThereIsEmpty() {
    assertThat(store.row("a")).isEmpty();
    assertThat(store.rows(ALL, null)).isEmpty();
    assertThat(store.key("a")).isEmpty();
    assertThat(store.entries("a", 0, 10)).isEmpty();
    assertThat(store.snapshot("a")).isEmpty();
    assertThat(store.seen("a", "m1")).isFalse();
    assertThat(store.result("a", "ref")).isEmpty();
    assertThat(store.mark("a", "a/1/0")).isEmpty();
    assertThat(store.machine("pin")).isEmpty();
    assertThat(store.live("", 10)).isEmpty();
    assertThat(store.due(T0, 10)).isEmpty();
  }

  @Test
  void groupWithOneBadWriteLeavesNothing() {
    store.commit(List.of(new Create("a", "pin", KEY), new Append(entry("a", 1))));

    assertThatThrownBy(() ->
            store.commit(
                List.of(
                    new Create("b", "pin", KEY),
                    new Append(entry("b", 1)),
                    new Remember("b", "m1"),
                    new Append(entry("a", 1)))))
        .isInstanceOf(StoreException.class);

    assertThat(store.key("b")).isEmpty();
    assertThat(store.entries("b", 0, 10)).isEmpty();
    assertThat(store.seen("b", "m1")).isFalse();
    store.commit(List.of(new Append(entry("a", 2))));
    assertThat(store.entries("a", 0, 10)).hasSize(2);
  }

  @Test
  void firstMarkStays() {
    store.commit(List.of(new PutMark("a", "k", Mark.CLOSED, T0)));
    store.commit(List.of(new PutMark("a", "k", Mark.DISPATCHED, T0)));

    assertThat(store.mark("a", "k")).contains(Mark.CLOSED);
  }

  @Test
  void firstMarkOfOneGroupStays() {
    store.commit(
        List.of(
            new PutMark("a", "k", Mark.DISPATCHED, T0), new PutMark("a", "k", Mark.CLOSED, T0)));

    assertThat(store.mark("a", "k")).contains(Mark.DISPATCHED);
  }

  @Test
  void storedMachineNeverChanges() {
    PutMachine first = new PutMachine("pin", "it-access", "one", "{}");
    store.commit(List.of(first));
    store.commit(List.of(new PutMachine("pin", "it-access", "two", "{}")));

    assertThat(store.machine("pin")).contains(first);
  }

  @Test
  void sameIdAndSameResultAreTakenAgain() {
    store.commit(List.of(new Remember("a", "m1"), new PutResult("a", "ref", "text")));
    store.commit(List.of(new Remember("a", "m1"), new PutResult("a", "ref", "text")));

    assertThat(store.seen("a", "m1")).isTrue();
    assertThat(store.seen("b", "m1")).isFalse();
    assertThat(store.result("b", "ref")).isEmpty();
  }

  @Test
  void entriesAreReadInPages() {
    store.commit(List.of(new Create("a", "pin", KEY)));
    for (int seq = 1; seq <= 5; seq++) {
      store.commit(List.of(new Append(entry("a", seq))));
    }

    assertThat(store.entries("a", 0, 2)).extracting(SealedEntry::seq).containsExactly(1L, 2L);
    assertThat(store.entries("a", 2, 2)).extracting(SealedEntry::seq).containsExactly(3L, 4L);
    assertThat(store.entries("a", 5, 2)).isEmpty();
  }

  @Test
  void newestSnapshotAndRowStay() {
    store.commit(List.of(new Update(row("a", 0), new Snapshot("a", 1, "{\"one\":1}"))));
    store.commit(List.of(new Update(due(row("a", 0), T0, true), new Snapshot("a", 2, "{}"))));
    store.commit(List.of(new Update(row("a", 0), null)));

    assertThat(store.snapshot("a")).contains(new Snapshot("a", 2, "{}"));
    assertThat(store.row("a")).contains(row("a", 0));
  }

  @Test
  void rowsAreListedNewestFirst() {
    put(row("a", 0), row("b", 2), row("c", 1));

    assertThat(store.rows(ALL, null)).extracting(Row::instance).containsExactly("b", "c", "a");
    assertThat(store.rows(new Filter(null, null, null, null, null, 1), null)).hasSize(1);
  }

  @Test
  void rowsAreCountedByMachineAndStatus() {
    assertThat(store.counts()).isEmpty();
    put(row("a", 0), row("b", 2), escalated());

    assertThat(store.counts())
        .containsExactlyInAnyOrder(
            new Store.Count(row("a", 0).machineName(), row("a", 0).status(), 2),
            new Store.Count("refund", "escalated", 1));
  }

  private static Row escalated() {
    return new Row(
        "e",
        "pin",
        "refund",
        "eve",
        "Escalate",
        "escalated",
        "Act",
        "errors",
        T0,
        T0,
        null,
        false,
        4,
        List.of("manager", "it's"));
  }

  @Test
  void rowsAreFiltered() {
    Row escalated = escalated();
    put(row("a", 0), escalated);

    assertThat(store.rows(new Filter("refund", null, null, null, null, 9), null))
        .containsExactly(escalated);
    assertThat(store.rows(new Filter(null, "Escalate", null, null, null, 9), null))
        .containsExactly(escalated);
    assertThat(store.rows(new Filter(null, null, "escalated", null, null, 9), null))
        .containsExactly(escalated);
    assertThat(store.rows(new Filter(null, null, null, "Act", null, 9), null))
        .containsExactly(escalated);
    assertThat(store.rows(new Filter(null, null, null, null, "eve", 9), null))
        .containsExactly(escalated);
    assertThat(store.rows(new Filter("refund", "Act", null, null, null, 9), null)).isEmpty();
  }

  @Test
  void principalSeesItsOwnAndWhatItMustDecide() {
    Row asks =
        new Row(
            "b",
            "pin",
            "it-access",
            "ben",
            "Act",
            "waiting",
            null,
            null,
            T0,
            T0,
            null,
            false,
            1,
            List.of("hr", "it's"));
    put(row("a", 0), asks);

    assertThat(store.rows(ALL, new Principal("ana", List.of("employee"))))
        .extracting(Row::instance)
        .containsExactly("a");
    assertThat(store.rows(ALL, new Principal("zoe", List.of("employee", "it's"))))
        .containsExactly(asks);
    assertThat(store.rows(ALL, new Principal("zoe", List.of("h", "%", "employee")))).isEmpty();
    assertThat(store.rows(ALL, new Principal("zoe"))).isEmpty();
  }

  @Test
  void liveInstancesAreFoundInPages() {
    put(due(row("c", 0), null, true), due(row("a", 1), null, true), row("b", 2));

    assertThat(store.live("", 1)).containsExactly("a");
    assertThat(store.live("a", 9)).containsExactly("c");
  }

  @Test
  void dueTimersAreFoundEarliestFirst() {
    put(
        due(row("a", 0), T0.plusMillis(20), false),
        due(row("b", 0), T0.plusMillis(10), false),
        due(row("c", 0), T0.plusMillis(30), false),
        row("d", 0));

    assertThat(store.due(T0.plusMillis(30), 9))
        .containsExactly(
            new Store.Due("b", T0.plusMillis(10)), new Store.Due("a", T0.plusMillis(20)));
    assertThat(store.due(T0.plusMillis(30), 1)).hasSize(1);
  }

  @Test
  void timesAreKeptToTheMillisecond() {
    put(due(row("a", 0), Instant.MAX, false), due(row("b", 0), T0.plusNanos(1_999_999), false));

    assertThat(store.row("b").map(Row::due)).contains(T0.plusMillis(1));
    assertThat(store.due(T0.plusSeconds(9), 9)).hasSize(1);
  }

  @Test
  void readingGoesOnWhileWriting() throws Exception {
    store.commit(List.of(new Create("a", "pin", KEY)));
    CompletableFuture<Integer> reader =
        CompletableFuture.supplyAsync(() -> {
          int most = 0;
          while (most < 200) {
            List<SealedEntry> entries = store.entries("a", 0, 1_000);
            assertThat(entries).hasSizeGreaterThanOrEqualTo(most);
            most = entries.size();
          }
          return most;
        });
    for (int seq = 1; seq <= 200; seq++) {
      store.commit(List.of(new Append(entry("a", seq))));
    }

    assertThat(reader.get()).isEqualTo(200);
  }

  @Test
  void documentIsKeptOnceForEachInstanceAndContent() throws Exception {
    byte[] bytes = new byte[3 << 20];
    Arrays.fill(bytes, (byte) 0xa5);
    Attachment document = Attachment.of("one.bin", bytes);
    String hash = document.document().hash();
    Attachment other = Attachment.of("two.bin", new byte[] {0, 1});
    store.commit(List.of(new PutDocument("a", document), new PutDocument("a", other)));
    store.commit(List.of(new PutDocument("a", Attachment.of("again.bin", bytes))));
    store.commit(List.of(new PutDocument("b", document)));

    closeAndReopen();

    assertThat(store.document("a", hash).orElseThrow()).isEqualTo(bytes);
    assertThat(store.documents("a"))
        .isEqualTo(Map.of(hash, (long) bytes.length, other.document().hash(), 2L));
    assertThat(store.documents("b")).isEqualTo(Map.of(hash, (long) bytes.length));
    assertThat(store.document("c", hash)).isEmpty();
    assertThat(store.document("b", other.document().hash())).isEmpty();
    assertThat(store.documents("c")).isEmpty();
  }

  @Test
  void largeAndOddTextsComeBackAsTheyWere() {
    String large = "x".repeat(3 << 20) + "\u0000' ; -- 😀\n";
    store.commit(List.of(new PutResult("a", "ref", large), new Remember("a", "'; drop--")));

    assertThat(store.result("a", "ref").map(text -> text.equals(large))).contains(true);
    assertThat(store.seen("a", "'; drop--")).isTrue();
  }

  /** As long as an engine lets them be, of characters that take three bytes. */
  @Test
  void longestIdsAreTaken() {
    String instance = "a".repeat(200);
    String id = "字".repeat(200);
    store.commit(
        List.of(
            new Create(instance, "pin", KEY),
            new Append(entry(instance, 1)),
            new Remember(instance, id),
            new PutResult(instance, id, "text"),
            new PutMark(instance, instance + "/" + id, Mark.CLOSED, T0)));

    assertThat(store.seen(instance, id)).isTrue();
    assertThat(store.seen(instance, id + "字")).isFalse();
    assertThat(store.result(instance, id)).contains("text");
    assertThat(store.mark(instance, instance + "/" + id)).contains(Mark.CLOSED);
  }

  /** U+0000 among them, and what a store might write in its place. */
  @Test
  void anyTextMayHoldAnyCharacter() throws Exception {
    String odd = "a\u0000b\u001a0\u001a\\0\\\u0001'%_;--\r\n\uffff😀";
    SealedEntry entry =
        new SealedEntry(odd, 1, odd + "skeleton", odd + "content", odd + "prev", odd + "hash");
    Row row =
        new Row(
            odd,
            odd + "pin",
            odd + "name",
            odd + "caller",
            odd + "state",
            odd + "status",
            odd + "from",
            odd + "reason",
            T0,
            T0,
            T0,
            true,
            1,
            List.of("one", odd + "role"));
    Snapshot snapshot = new Snapshot(odd, 1, odd + "json");
    PutMachine machine = new PutMachine(odd, odd + "name", odd + "text", odd + "lock");
    store.commit(
        List.of(
            machine,
            new Create(odd, odd + "pin", odd + "key"),
            new Append(entry),
            new Update(row, snapshot),
            new Remember(odd, odd),
            new PutResult(odd, odd, odd + "result"),
            new PutDocument(odd, Attachment.of("one.bin", new byte[] {0, 1})),
            new PutMark(odd, odd, Mark.DISPATCHED, T0)));

    closeAndReopen();

    assertThat(store.machine(odd)).contains(machine);
    assertThat(store.key(odd)).contains(odd + "key");
    assertThat(store.entries(odd, 0, 9)).containsExactly(entry);
    assertThat(store.row(odd)).contains(row);
    assertThat(store.snapshot(odd)).contains(snapshot);
    assertThat(store.result(odd, odd)).contains(odd + "result");
    assertThat(store.documents(odd)).hasSize(1);
    assertThat(store.mark(odd, odd)).contains(Mark.DISPATCHED);
    assertThat(store.live("", 9)).containsExactly(odd);
    assertThat(store.live(odd, 9)).isEmpty();
    assertThat(store.due(Instant.MAX, 9)).extracting(Store.Due::instance).containsExactly(odd);
    assertThat(store.counts()).containsExactly(new Store.Count(odd + "name", odd + "status", 1));
    assertThat(
            store.rows(
                new Filter(
                    odd + "name", odd + "state", odd + "status", odd + "from", odd + "caller", 9),
                new Principal("zoe", List.of(odd + "role"))))
        .containsExactly(row);
    assertThat(store.seen(odd, odd)).isTrue();
    for (String near : List.of("a", odd.replace("\u0000", ""), odd.replace("\u0000", "\u001a0"))) {
      assertThat(store.seen(odd, near)).isFalse();
      assertThat(store.seen(near, odd)).isFalse();
    }
  }
}
