package dev.interlock.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Evidence;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Quorum;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SealingTest {
  private final List<Entry> journal = Samples.journal();
  private final List<SealedEntry> sealed = sealed(journal);

  private static List<SealedEntry> sealed(List<Entry> journal) {
    Sealing sealing = new Sealing(Samples.KEY);
    List<SealedEntry> sealed = new ArrayList<>();
    String prev = SealedEntry.NO_PREV;
    for (Entry entry : journal) {
      SealedEntry next = sealing.seal(entry, prev);
      sealed.add(next);
      prev = next.hash();
    }
    return sealed;
  }

  private static Optional<Chain.Fault> check(List<SealedEntry> entries, long newest) {
    Chain chain = new Chain("device-1", Samples.KEY);
    for (SealedEntry entry : entries) {
      Optional<Chain.Fault> fault = chain.next(entry);
      if (fault.isPresent()) {
        return fault;
      }
    }
    return chain.end(newest);
  }

  private List<SealedEntry> with(int index, UnaryOperator<SealedEntry> change) {
    List<SealedEntry> changed = new ArrayList<>(sealed);
    changed.set(index, change.apply(changed.get(index)));
    return changed;
  }

  @Test
  void sealedEntriesOpenAgain() {
    assertThat(sealed.stream().map(Sealing::open)).isEqualTo(journal);
  }

  @Test
  void hashOfWhatWasApprovedIsContentButShownWhereValuesAreHidden() {
    String hash = "5b5dd65058a6".repeat(5) + "beef";
    Outcome asked =
        new Outcome.ApprovalAsked(
            7, "manager", Map.of("amount", 5L), hash, new Quorum(1, List.of()));
    Entry entry =
        Samples.entry(
            1,
            new Occurrence.Answered(
                "a1",
                Instant.EPOCH,
                new Principal("bo"),
                7,
                hash,
                "approved",
                Map.of("why", "5b5")),
            List.of(asked));

    SealedEntry sealed = new Sealing(Samples.KEY).seal(entry, SealedEntry.NO_PREV);
    Entry shown =
        JournalJson.withContent(entry, content -> content instanceof String ? "hidden" : content);

    assertThat(sealed.skeleton()).doesNotContain(hash);
    assertThat(sealed.content()).contains(hash);
    assertThat(Sealing.open(sealed)).isEqualTo(entry);
    assertThat(shown).isEqualTo(entry);
  }

  @Test
  void untouchedJournalIsWhole() {
    assertThat(check(sealed, sealed.size())).isEmpty();
  }

  @Test
  void rowThatNamesAnotherEndIsTold() {
    int size = sealed.size();

    assertThat(check(sealed, size + 1).orElseThrow())
        .hasToString(
            "device-1, entry %d: it is missing, while the row says that there are %d: the end was cut off, or the row was edited"
                .formatted(size + 1, size + 1));
    assertThat(check(sealed, size - 1).orElseThrow())
        .hasToString(
            "device-1, entry %d: the row names the one before as the newest: the row was edited"
                .formatted(size));
  }

  @Test
  void contentStandsBesideTheEntry() {
    Entry entry =
        Samples.entry(
            1,
            new Occurrence.MessageSent(
                "m1", Instant.EPOCH, new Principal("ana"), "my secret", null),
            List.of(
                new Outcome.FieldSet(
                    "mail",
                    List.of(),
                    Map.of("to", "hidden"),
                    new Evidence(1, Instant.EPOCH, "ana", null))));

    SealedEntry one = sealed(List.of(entry)).getFirst();

    assertThat(one.skeleton()).doesNotContain("secret").doesNotContain("hidden");
    assertThat(one.content()).isEqualTo("[\"my secret\",[],{\"to\":\"hidden\"}]");
  }

  @Test
  void whatIsSaidTwiceStandsOnceAndNothingStandsUnsaid() {
    Map<String, Object> twice = Map.of("to", "hidden");
    Evidence evidence = new Evidence(1, Instant.EPOCH, "ana", null);
    Entry entry =
        Samples.entry(
            1,
            new Occurrence.MessageSent("m1", Instant.EPOCH, new Principal("ana"), "secret", null),
            List.of(
                new Outcome.FieldSet("mail", List.of(), twice, evidence),
                new Outcome.FieldSet("other", List.of(), twice, evidence)));

    SealedEntry one = sealed(List.of(entry)).getFirst();

    assertThat(one.content()).isEqualTo("[\"secret\",[],{\"to\":\"hidden\"}]");
    assertThat(Sealing.open(one)).isEqualTo(entry);
    assertThat(check(List.of(one), 1)).isEmpty();
    String more = "[\"secret\",[],{\"to\":\"hidden\"},\"more\"]";
    SealedEntry edited =
        new SealedEntry(one.instance(), 1, one.skeleton(), more, one.prev(), one.hash());
    assertThat(check(List.of(edited), 1))
        .hasValueSatisfying(
            fault -> assertThat(fault.toString()).contains("its content was edited"));
  }

  /** What was not made content by whoever wrote a type would stand in the clear for good. */
  @Test
  void noValueOfAFieldStandsInTheEntry() {
    assertThat(sealed).noneMatch(entry -> entry.skeleton().contains("looks like a tag"));
  }

  @Test
  void deepestValueOpensAgain() {
    Object deep = "bottom";
    for (int i = 0; i < Json.MAX_DEPTH - 1; i++) {
      deep = Map.of("down", deep);
    }
    Entry entry =
        Samples.entry(
            1,
            new Occurrence.EventSent("e1", Instant.EPOCH, new Principal("ana"), "paid", deep),
            List.of());

    assertThat(Sealing.open(sealed(List.of(entry)).getFirst())).isEqualTo(entry);
  }

  @Test
  void anotherKeyGivesOtherPlaces() {
    SealedEntry other = new Sealing("f".repeat(64)).seal(journal.getFirst(), SealedEntry.NO_PREV);

    assertThat(other.content()).isEqualTo(sealed.getFirst().content());
    assertThat(other.skeleton()).isNotEqualTo(sealed.getFirst().skeleton());
  }

  @Test
  void editedEntryIsFound() {
    List<SealedEntry> edited =
        with(
            2,
            e ->
                new SealedEntry(
                    e.instance(),
                    e.seq(),
                    e.skeleton().replace("\"version\":\"1\"", "\"version\":\"2\""),
                    e.content(),
                    e.prev(),
                    e.hash()));

    assertThat(check(edited, sealed.size()))
        .hasValueSatisfying(
            fault -> assertThat(fault.toString()).contains("entry 3: it was edited"));
  }

  @Test
  void entryEditedTogetherWithItsHashIsFound() {
    SealedEntry old = sealed.get(2);
    String skeleton = old.skeleton().replace("\"version\":\"1\"", "\"version\":\"2\"");
    String hash = new Sealing(Samples.KEY).hash(old.prev(), skeleton);
    List<SealedEntry> edited =
        with(2, e -> new SealedEntry(e.instance(), e.seq(), skeleton, e.content(), e.prev(), hash));

    assertThat(check(edited, sealed.size()))
        .hasValueSatisfying(fault -> assertThat(fault.seq()).isEqualTo(4));
  }

  @Test
  void editedContentIsFound() {
    int withText = 1;
    List<SealedEntry> edited =
        with(
            withText,
            e ->
                new SealedEntry(
                    e.instance(),
                    e.seq(),
                    e.skeleton(),
                    e.content().replace("text", "lies"),
                    e.prev(),
                    e.hash()));

    assertThat(edited).isNotEqualTo(sealed);
    assertThat(check(edited, sealed.size()))
        .hasValueSatisfying(
            fault -> assertThat(fault.toString()).contains("its content was edited"));
  }

  @Test
  void gapIsFound() {
    List<SealedEntry> gap = new ArrayList<>(sealed);
    gap.remove(3);

    assertThat(check(gap, sealed.size()))
        .hasValueSatisfying(
            fault -> assertThat(fault.toString()).contains("entry 4: found entry 5"));
  }

  @Test
  void cutIsFound() {
    assertThat(check(sealed.subList(0, 4), sealed.size()))
        .hasValueSatisfying(
            fault -> assertThat(fault.toString()).contains("entry 5: it is missing"));
    assertThat(check(sealed.subList(1, sealed.size()), sealed.size())).isPresent();
  }

  @Test
  void entryOfAnotherInstanceIsFound() {
    Chain chain = new Chain("device-2", Samples.KEY);

    assertThat(chain.next(sealed.getFirst()))
        .hasValueSatisfying(fault -> assertThat(fault.what()).contains("belongs to another place"));
  }

  @Test
  void erasedContentLeavesTheChainWhole() {
    List<SealedEntry> erased =
        with(1, e -> new SealedEntry(e.instance(), e.seq(), e.skeleton(), "", e.prev(), e.hash()));

    assertThat(check(erased, sealed.size())).isEmpty();
    assertThatThrownBy(() -> Sealing.open(erased.get(1)))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("it was erased");
  }

  /** A wide bound: it finds an accident of a hundred times, not a slow machine. */
  @Test
  void sealingTakesMicroseconds() {
    Entry entry =
        Samples.entry(
            1,
            new Occurrence.MessageSent(
                "m1", Instant.EPOCH, new Principal("ana"), "A laptop, please", null),
            List.of(
                new Outcome.Remembered("m1", "ab12"),
                new Outcome.Said("One moment."),
                new Outcome.CallProposed(
                    1, "c1", "it.find_user", Map.of("email", "ana@example.com")),
                new Outcome.CallAccepted(1, Map.of("email", "ana@example.com")),
                new Outcome.CallDispatched(
                    1, "device-1/1/0", Instant.EPOCH, Instant.EPOCH, List.of()),
                new Outcome.TurnEnded()));
    Sealing sealing = new Sealing(Samples.KEY);
    int times = 5_000;
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long begin = System.nanoTime();
      for (int i = 0; i < times; i++) {
        sealing.seal(entry, SealedEntry.NO_PREV);
      }
      best = Math.min(best, System.nanoTime() - begin);
    }

    assertThat(Duration.ofNanos(best / times)).isLessThan(Duration.ofMillis(1));
  }
}
