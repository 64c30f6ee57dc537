package dev.interlock.testkit.simulate;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.End;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.testkit.simulate.Books.Doing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Judges all properties of a machine in one run, by its own books. */
final class PropertyJudge {
  private final Machine machine;
  private final BiConsumer<Property, String> broken;
  private final boolean conditional;
  private final Happenings happenings = new Happenings();
  private final List<Books> books = new ArrayList<>();
  private Instance instance = Instance.unborn(Run.INSTANCE);

  /** An outcome of an entry that is not folded yet. */
  private record Moment(Entry entry, int outcome) {}

  /**
   * For one run.
   *
   * @param broken is told what is broken, and by what
   */
  PropertyJudge(Machine machine, BiConsumer<Property, String> broken) {
    this.machine = machine;
    this.broken = broken;
    this.conditional = machine.properties().stream().anyMatch(it -> Books.condition(it) != null);
    machine.properties().forEach(property -> books.add(new Books(property)));
  }

  // ---- what happens

  void step(Entry entry) {
    for (int i = 0; i < entry.outcomes().size(); i++) {
      Moment moment = new Moment(entry, i);
      happenings.read(
          entry.outcomes().get(i),
          new Happenings.Ear() {
            @Override
            public void begins(Doing doing) {
              about(doing, moment);
            }

            @Override
            public void happened(Doing doing) {
              books.replaceAll(each -> after(each, doing));
            }
          });
    }
    if (conditional) {
      instance = Evolve.evolve(instance, entry);
    }
  }

  private Books after(Books before, Doing doing) {
    Books after = before.after(doing);
    if (after.times() > before.times()) {
      often(after);
    }
    return after;
  }

  private void often(Books books) {
    if (books.often() && books.property() instanceof Property.AtMost most) {
      broken.accept(most, "%s happened %d times".formatted(most.of(), books.times()));
    }
  }

  // ---- what is against them

  private void about(Doing doing, Moment moment) {
    for (Books each : books) {
      String against = each.against(doing);
      if (!against.isEmpty() && says(Books.condition(each.property()), doing, moment)) {
        broken.accept(each.property(), against);
      }
    }
  }

  private boolean says(@Nullable Expression when, Doing doing, Moment moment) {
    if (when == null) {
      return true;
    }
    Instance then = instance;
    for (Outcome outcome : moment.entry().outcomes().subList(0, moment.outcome())) {
      then = Evolve.evolve(then, outcome, moment.entry().at());
    }
    return Happenings.says(when, doing, machine, then, moment.entry().at());
  }

  // ---- at the end

  /** The run came to rest. */
  void rested(Run.Rest rest, Instance last) {
    boolean ended =
        rest == Run.Rest.ENDED
            && !(last.end() != null && last.end().status() == End.Status.CANCELLED);
    for (Books each : books) {
      Books all = each;
      for (Doing call : happenings.open()) { // they did not fail
        all = all.after(call);
      }
      often(all);
      if (each.property() instanceof Property.Eventually it
          && ended
          && !it.states().contains(last.state())) {
        broken.accept(it, "it ended in " + last.state());
      }
    }
  }
}
