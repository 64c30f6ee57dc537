package dev.interlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.Append;
import dev.interlock.core.journal.Store.Claim;
import dev.interlock.core.journal.Store.ConflictException;
import dev.interlock.core.journal.Store.Create;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.journal.Store.PutMark;
import dev.interlock.core.journal.Store.PutResult;
import dev.interlock.core.journal.Store.Remember;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.Snapshot;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.journal.Store.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a store holds when several write to it at once. */
@SuppressWarnings("NullAway.Init") // the stores are opened before each test
public abstract class SharedStoreRules extends StoreSuite {
  private static final int WRITERS = 8;
  private static final int EACH = 20;
  private static final int ROUNDS = 25;

  /** The same store, opened beside the first if it can be. */
  private Store other;

  @BeforeEach
  void openOther() throws Exception {
    other = join(store);
  }

  @AfterEach
  void closeOther() {
    other.close();
  }

  private Store of(int writer) {
    return writer % 2 == 0 ? store : other;
  }

  /** What one of several does at the same time as the others. */
  private interface Part {
    void run(int writer) throws Exception;
  }

  private static void together(int writers, Part part) throws Exception {
    CyclicBarrier start = new CyclicBarrier(writers);
    try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        int writer = i;
        all.add(
            threads.submit(() -> {
              start.await();
              part.run(writer);
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get(2, TimeUnit.MINUTES);
      }
    }
  }

  private static long newest(Store store) {
    List<SealedEntry> entries = store.entries("a", 0, 10_000);
    return entries.isEmpty() ? 0 : entries.getLast().seq();
  }

  private static SealedEntry entryOf(String who, long seq) {
    return new SealedEntry("a", seq, "{}", "[\"%s\"]".formatted(who), "p", "h");
  }

  @Test
  void entryThatIsThereIsAConflict() {
    store.commit(
        List.of(new Create("a", "pin", KEY), new Append(entry("a", 1)), new Append(entry("a", 2))));

    for (long seq = 1; seq <= 2; seq++) {
      SealedEntry again = entryOf("other", seq);
      assertThatThrownBy(() -> other.commit(List.of(new Append(again))))
          .isInstanceOf(ConflictException.class)
          .hasMessage("entry %d of instance a is there already", again.seq());
    }
    assertThat(other.entries("a", 0, 9)).containsExactly(entry("a", 1), entry("a", 2));
    other.commit(List.of(new Append(entry("a", 3))));
    assertThat(store.entries("a", 2, 9)).containsExactly(entry("a", 3));
  }

  @Test
  void entryTwiceInOneCommitIsAConflict() {
    assertThatThrownBy(() ->
            store.commit(
                List.of(
                    new Create("a", "pin", KEY),
                    new Append(entry("a", 1)),
                    new Append(entryOf("again", 1)))))
        .isInstanceOf(ConflictException.class);
    assertThat(other.key("a")).isEmpty();
    assertThat(other.entries("a", 0, 9)).isEmpty();
  }

  @Test
  void entryThatDoesNotFollowIsNoConflict() {
    store.commit(List.of(new Create("a", "pin", KEY), new Append(entry("a", 1))));

    for (SealedEntry wrong : List.of(entry("a", 3), entry("a", 0), entry("nobody", 1))) {
      assertThatThrownBy(() -> other.commit(List.of(new Append(wrong))))
          .isInstanceOf(StoreException.class)
          .isNotInstanceOf(ConflictException.class)
          .hasMessageContaining("does not follow the newest");
    }
  }

  @Test
  void instanceThatIsThereIsAConflictWhateverItsKey() {
    store.commit(List.of(new Create("a", "pin", KEY)));

    for (String key : List.of(KEY, "cd".repeat(32))) {
      assertThatThrownBy(
              () -> other.commit(List.of(new Remember("a", "m1"), new Create("a", "pin", key))))
          .isInstanceOf(ConflictException.class)
          .hasMessage("instance a is there already");
    }
    assertThat(other.key("a")).contains(KEY);
    assertThat(other.seen("a", "m1")).isFalse();
  }

  @Test
  void conflictLeavesNothingOfItsCommit() {
    store.commit(
        List.of(
            new Create("a", "pin", KEY),
            new Append(entry("a", 1)),
            new Update(row("a", 0), new Snapshot("a", 1, "{}"))));

    assertThatThrownBy(() ->
            other.commit(
                List.of(
                    new PutResult("a", "ref", "text"),
                    new PutMark("a", "k", Mark.DISPATCHED, T0),
                    new Remember("a", "m1"),
                    new Update(row("a", 7), new Snapshot("a", 9, "[]")),
                    new Append(entry("a", 1)))))
        .isInstanceOf(ConflictException.class);

    assertThat(store.result("a", "ref")).isEmpty();
    assertThat(store.mark("a", "k")).isEmpty();
    assertThat(store.seen("a", "m1")).isFalse();
    assertThat(store.row("a")).contains(row("a", 0));
    assertThat(store.snapshot("a")).contains(new Snapshot("a", 1, "{}"));
  }

  /** Each reads the newest seq, and appends: all their entries come in, each once, none between. */
  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void nothingIsLostWhereManyAppend() throws Exception {
    store.commit(List.of(new Create("a", "pin", KEY)));
    Set<String> lost = ConcurrentHashMap.newKeySet();

    together(
        WRITERS,
        writer -> {
          for (int i = 0; i < EACH; ) {
            long seq = newest(of(writer)) + 1;
            String who = "%d/%d".formatted(writer, i);
            String attempt = who + "/" + seq;
            try {
              of(writer)
                  .commit(
                      List.of(
                          new PutResult("a", attempt, "text"),
                          new Append(entryOf(who, seq)),
                          new Remember("a", who),
                          new Update(seq(row("a", 0), seq), new Snapshot("a", seq, "{}"))));
              assertThat(of(1 - writer % 2).seen("a", who)).isTrue();
              i++;
            } catch (ConflictException e) { // somebody was first
              lost.add(attempt);
            }
          }
        });

    long all = WRITERS * EACH;
    List<SealedEntry> entries = store.entries("a", 0, 10_000);
    assertThat(entries).extracting(SealedEntry::seq).doesNotHaveDuplicates().hasSize((int) all);
    assertThat(entries.getLast().seq()).isEqualTo(all);
    assertThat(entries).extracting(SealedEntry::content).doesNotHaveDuplicates();
    assertThat(lost).allSatisfy(attempt -> assertThat(store.result("a", attempt)).isEmpty());
    assertThat(store.row("a").map(Row::seq)).contains(all);
    assertThat(store.snapshot("a").map(Snapshot::seq)).contains(all);
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void oneOfManyCreatesAnInstance() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String instance = "a" + round;
      Set<Integer> first = ConcurrentHashMap.newKeySet();

      together(
          WRITERS,
          writer -> {
            try {
              of(writer)
                  .commit(
                      List.of(
                          new Create(instance, "pin", "key of " + writer),
                          new Append(entry(instance, 1)),
                          new Remember(instance, "of " + writer)));
              first.add(writer);
            } catch (ConflictException e) {
              assertThat(of(writer).key(instance)).isPresent();
            }
          });

      assertThat(first).hasSize(1);
      int winner = first.iterator().next();
      assertThat(other.key(instance)).contains("key of " + winner);
      for (int writer = 0; writer < WRITERS; writer++) {
        assertThat(store.seen(instance, "of " + writer)).isEqualTo(writer == winner);
      }
    }
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void ofManyThatClaimAMarkOneDoes() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String key = "c" + round;
      Set<Integer> first = ConcurrentHashMap.newKeySet();

      together(
          WRITERS,
          writer -> {
            try {
              of(writer).commit(List.of(new Claim("a", key, T0)));
              first.add(writer);
            } catch (ConflictException e) {
              assertThat(of(writer).mark("a", key)).contains(Mark.DISPATCHED);
            }
          });

      assertThat(first).hasSize(1);
    }
    store.commit(List.of(new PutMark("a", "closed", Mark.CLOSED, T0)));
    assertThatThrownBy(() -> other.commit(List.of(new Claim("a", "closed", T0))))
        .isInstanceOf(ConflictException.class);
    assertThat(store.mark("a", "closed")).contains(Mark.CLOSED);
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void firstOfManyMarksStaysAndAllAreToldWhich() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String key = "k" + round;
      Set<Mark> told = ConcurrentHashMap.newKeySet();

      together(
          WRITERS,
          writer -> {
            Mark mark = writer / 2 % 2 == 0 ? Mark.DISPATCHED : Mark.CLOSED;
            of(writer).commit(List.of(new PutMark("a", key, mark, T0)));
            told.add(of(writer).mark("a", key).orElseThrow());
          });

      assertThat(told).hasSize(1);
      assertThat(store.mark("a", key)).isEqualTo(other.mark("a", key));
      assertThat(store.mark("a", key)).contains(told.iterator().next());
    }
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void commitsThatTouchTheSameInAnotherOrderAllSucceed() throws Exception {
    together(
        4,
        writer -> {
          for (int i = 0; i < EACH; i++) {
            List<Store.Write> writes = new ArrayList<>();
            for (String instance : List.of("a", "b", "c")) {
              writes.add(new Remember(instance, "m" + i));
              writes.add(new PutMark(instance, "k" + i, Mark.DISPATCHED, T0));
              writes.add(new Update(row(instance, i), null));
            }
            of(writer).commit(writer < 2 ? writes : writes.reversed());
          }
        });

    assertThat(store.rows(ALL, null)).hasSize(3);
    assertThat(other.seen("b", "m" + (EACH - 1))).isTrue();
  }
}
