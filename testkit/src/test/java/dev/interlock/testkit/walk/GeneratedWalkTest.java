package dev.interlock.testkit.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.Replay;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.Decider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Walks over machines that nobody wrote. {@code -Dinterlock.walk.machines=N} draws more of them.
 */
class GeneratedWalkTest {
  /** As many as a build has time for. */
  private static final long MACHINES = Long.getLong("interlock.walk.machines", 40L);

  /** How many walks each machine is walked: a patient one and a wild one. */
  private static final int WALKS = 2;

  /** What the texts of those machines must say, each at least once. */
  private static final List<String> FEATURES =
      List.of(
          "effect: read",
          "effect: idempotent",
          "effect: write",
          "set: {who: caller.id}",
          "set: {who: context.",
          "forgets: [",
          "probe: {",
          "retry: {",
          "label: private",
          "label: untrusted",
          "label: external",
          "secret: [text]",
          "source: input",
          "source: agent",
          "source: user",
          "source: tool",
          "source: human",
          "source: event",
          "is: '",
          "default: a",
          "many: true",
          "append: true",
          "once: true",
          "key: args.id",
          "value: args.",
          "additionalProperties: ",
          "properties: ",
          "pattern: ",
          "format: email",
          "type: integer",
          "type: number",
          "type: decimal",
          "type: boolean",
          "type: date,",
          "type: timestamp",
          "type: duration",
          "type: document",
          "mediaTypes: ",
          "pii: true",
          "secret: true",
          "keep: true",
          "for: all",
          "for: ['t.*']",
          "for: [reads]",
          "for: [writes]",
          "except: ",
          "in: [S1, S2]",
          "when: ",
          "atMost: ",
          "per: args.",
          "ask: user",
          "ask: boss",
          "people: ",
          "notFrom: []",
          "notFrom: [caller, note]",
          "shows: [",
          "expires: ",
          "unless: ",
          "say: Not like this.",
          "history: ",
          "type: call",
          "call: t.",
          "calls:",
          "type: approval",
          "fills: [",
          "type: wait",
          "type: choice",
          "type: escalation",
          "resume: []",
          "type: final",
          "outcome: stopped",
          "autonomous: true",
          "skip: true",
          "quiet: true",
          "otherwise: ",
          "idle: ",
          "after: {",
          "at: 'run.started",
          "target: back",
          "guard: ",
          "clears: [",
          "over: ",
          "say: \"It is {{",
          "said(",
          "before: [t.look, t.do]",
          "before: [t.look, Done]",
          "before: [S1, S2]",
          "eventually: ");

  @Test
  void promisesAreKeptOnEveryGeneratedMachine() {
    Set<String> met = new TreeSet<>();
    Set<String> unsaid = new TreeSet<>(FEATURES);
    seeds()
        .forEach(seed -> {
          Generated generated = Generated.of(seed);
          unsaid.removeIf(feature -> generated.text().contains(feature));
          for (int i = 0; i < WALKS; i++) {
            Trail trail = Walk.over(generated.machine(), seed * WALKS + i);
            assertThat(trail.broken()).as(() -> shown(generated, trail)).isEmpty();
            for (Entry entry : trail.journal()) {
              entry.outcomes().forEach(outcome -> met.add(outcome.getClass().getSimpleName()));
            }
          }
        });

    if (Long.getLong("interlock.walk.machine") == null) {
      Set<String> all = new TreeSet<>();
      for (Class<?> kind : Outcome.class.getPermittedSubclasses()) {
        all.add(kind.getSimpleName());
      }
      all.remove(Outcome.Migrated.class.getSimpleName()); // a walk has one machine
      assertThat(met).as("every kind of outcome is met").isEqualTo(all);
      assertThat(unsaid).as("of the format, what no machine says").isEmpty();
    }
  }

  /** A generator that rots draws and draws. */
  @Test
  void nearlyEveryTextThatIsDrawnLoads() {
    long drawn = 0;
    for (long seed = 0; seed < 100; seed++) {
      drawn += Generated.of(seed).drawn();
    }

    assertThat(drawn).isLessThan(110);
  }

  @Test
  void sameSeedDrawsTheSameMachineAndItsTextLoadsAsTheSame() {
    Generated one = Generated.of(7);
    Generated other = Generated.of(7);

    assertThat(other.text()).isEqualTo(one.text());
    assertThat(MachineLoader.load("other.yaml", other.text(), other.lock()).machine())
        .extracting(Machine::pin)
        .isEqualTo(one.machine().pin());
  }

  /** Promise 4, with the journal as it is written in between. */
  @Test
  void whatWasWrittenDownIsDecidedAgainWithTheSameOutcomes() {
    for (long seed = 0; seed < 12; seed++) {
      Generated generated = Generated.of(seed);
      Trail trail = Walk.over(generated.machine(), seed, Walk.STEPS, Decider.TRUE);
      List<Entry> read = new ArrayList<>();
      for (Entry entry : trail.journal()) {
        read.add(JournalJson.entry(JournalJson.write(entry)));
      }

      assertThat(read).as(() -> shown(generated, trail)).isEqualTo(trail.journal());
      Replay replay = new Replay(pin -> generated.machine(), null, ref -> Optional.empty());
      assertThat(replay.replay("walk", read).same()).as(() -> shown(generated, trail)).isTrue();
    }
  }

  private static String shown(Generated generated, Trail trail) {
    return "On the machine below, which is drawn by -Dinterlock.walk.machine=%d\n%s\n%s"
        .formatted(generated.seed(), trail, generated.text());
  }

  private static LongStream seeds() {
    Long one = Long.getLong("interlock.walk.machine");
    return one != null ? LongStream.of(one) : LongStream.range(0, MACHINES);
  }
}
