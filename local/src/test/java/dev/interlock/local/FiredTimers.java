package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.journal.Entry;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** What a journal says of timers: none fired before its time, twice, or before an earlier one. */
final class FiredTimers {
  private FiredTimers() {}

  /**
   * Checks a whole journal.
   *
   * @return how many fired
   */
  static int check(String instance, List<Entry> journal) {
    Instance before = Instance.unborn(instance);
    int fired = 0;
    for (Entry entry : journal) {
      if (entry.occurrence() instanceof Occurrence.TimerFired occurrence) {
        String what = "entry %d of %s".formatted(entry.seq(), instance);
        assertThat(before.timers()).as(what + " fires what is set").containsKey(occurrence.timer());
        Timer timer = Objects.requireNonNull(before.timers().get(occurrence.timer()));
        assertThat(timer.due()).as(what + " is due").isBeforeOrEqualTo(entry.at());
        assertThat(before.timers().values().stream().min(first()))
            .as(what + " is the first")
            .contains(timer);
        fired++;
      }
      before = Evolve.evolve(before, entry);
    }
    return fired;
  }

  private static Comparator<Timer> first() {
    return Comparator.comparing(Timer::due).thenComparing(Timer::id);
  }
}
