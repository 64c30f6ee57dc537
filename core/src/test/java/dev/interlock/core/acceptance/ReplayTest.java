package dev.interlock.core.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Replay;
import dev.interlock.core.machine.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * {@link Replay} under other machines; that each case replays as it was is {@link
 * AcceptanceTest}'s.
 */
class ReplayTest {
  /** A change goes out and returns; a grant is parked and approved. */
  private static Journey played() {
    Journey journey = new Journey("played", Machines.of("desk"));
    for (Map<String, Object> step :
        List.<Map<String, Object>>of(
            Map.of("start", Map.of()),
            Map.of("user", "hello"),
            Map.of("reply", List.of(Map.of("call", "it.change"))),
            Map.of("returns", Map.of("receipt", "R-1")),
            Map.of("reply", List.of(Map.of("call", "it.grant", "with", Map.of("device", "lamp")))),
            Map.of("reply", "A manager is asked."),
            Map.of("answer", "approved"))) {
      journey.play(step);
    }
    assertThat(journey.entries()).hasSize(7);
    return journey;
  }

  private static Machine desk(String from, String to) {
    return Machines.changed(
        "desk",
        text -> {
          assertThat(text).contains(from);
          return text.replace(from, to);
        });
  }

  @Test
  void aRuleThatForbidsWhatWasDoneIsFoundWhereItWasDone() {
    Replay.Report report =
        played()
            .replay(
                desk(
                    "rules:\n",
                    "rules:\n  - {rule: no changes, for: [it.change], when: 'false'}\n"));

    Replay.Difference parted = Objects.requireNonNull(report.parted());
    assertThat(parted.recorded().seq()).isEqualTo(3);
    assertThat(parted.now()).anyMatch(it -> it instanceof Outcome.CallRefused);
    assertThat(report.entries()).isEqualTo(3);
    assertThat(report.others()).isEmpty();
  }

  @Test
  void aRuleThatHoldsIsAnotherVerdictOnTheSameCourse() {
    Replay.Report report =
        played()
            .replay(
                desk(
                    "rules:\n",
                    "rules:\n  - {rule: any change, for: [it.change], when: 'true'}\n"));

    assertThat(report.parted()).isNull();
    assertThat(report.entries()).isEqualTo(7);
    assertThat(report.others()).extracting(it -> it.recorded().seq()).containsExactly(3L);
    assertThat(report.same()).isFalse();
  }

  @Test
  void whatTheModelIsToldIsNotDecided() {
    assertThat(played().replay(desk("Do what the person asks.", "Do it.")).same()).isTrue();
  }

  @Test
  void resultsAreFiledAsTheOtherMachineFilesThem() {
    Replay.Report report =
        played()
            .replay(
                desk(
                    "  receipt: {type: string, source: tool, from: it.change, at: /receipt}",
                    "  receipt: {type: string, source: human}\n"
                        + "  slip: {type: string, source: tool, from: it.change, at: /receipt}"));

    assertThat(report.parted()).isNull();
    assertThat(report.others())
        .flatExtracting(Replay.Difference::now)
        .anyMatch(it -> it instanceof Outcome.FieldSet set && set.field().equals("slip"));
  }

  @Test
  void anApprovalThatIsNoLongerAskedPartsWhereItWas() {
    Replay.Report report =
        played()
            .replay(
                desk(
                    "  - {rule: a grant needs a manager, for: [it.grant], ask: manager, expires: PT4H}\n",
                    ""));

    assertThat(Objects.requireNonNull(report.parted()).recorded().seq()).isEqualTo(5);
  }

  @Test
  void anEntryThatThisVersionWouldNotWriteIsFound() {
    Journey journey = played();
    List<Entry> entries = new ArrayList<>(journey.entries());
    Entry sixth = entries.get(5);
    entries.set(
        5,
        new Entry(
            sixth.instance(),
            sixth.seq(),
            sixth.at(),
            "0",
            sixth.occurrence(),
            sixth.outcomes().subList(0, sixth.outcomes().size() - 1)));
    Machine desk = Machines.of("desk");

    Replay.Report report =
        new Replay(pin -> desk, null, ref -> Optional.empty()).replay("played", entries);

    assertThat(Objects.requireNonNull(report.parted()).recorded()).isEqualTo(entries.get(5));
  }

  @Test
  void whatIsNoLongerTakenPartsThere() {
    Replay.Report report = played().replay(desk("it.grant, it.mail]", "it.mail]"));

    assertThat(Objects.requireNonNull(report.parted()).recorded().seq()).isEqualTo(5);
  }
}
