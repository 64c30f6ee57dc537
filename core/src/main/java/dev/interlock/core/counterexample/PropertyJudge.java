package dev.interlock.core.counterexample;

import dev.interlock.core.counterexample.Books.Doing;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.End;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Judges all properties of a machine in one run, by its own books. */
public final class PropertyJudge {
  private final Machine machine;
  private final BiConsumer<Property, String> broken;
  private final boolean conditional;
  private final Happenings happenings = new Happenings();
  private final List<Books> books = new ArrayList<>();
  private final Set<String> near = new HashSet<>();
  private Instance instance = Instance.unborn("");

  /** An outcome of an entry that is not folded yet. */
  private record Moment(Entry entry, int outcome) {}

  /**
   * For one run.
   *
   * @param broken is told what is broken, and by what
   */
  public PropertyJudge(Machine machine, BiConsumer<Property, String> broken) {
    this.machine = machine;
    this.broken = broken;
    this.conditional = machine.properties().stream().anyMatch(it -> Books.condition(it) != null);
    machine.properties().forEach(property -> books.add(new Books(property)));
  }

  // ---- what happens

  /** One more step was taken. */
  public void step(Entry entry) {
    if (instance.seq() == 0) {
      instance = Instance.unborn(entry.instance());
    }
    for (int i = 0; i < entry.outcomes().size(); i++) {
      Outcome outcome = entry.outcomes().get(i);
      Moment moment = new Moment(entry, i);
      if (outcome instanceof Outcome.CallProposed proposed) {
        tried(proposed.tool());
      }
      happenings.read(
          outcome,
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
    if (books.property() instanceof Property.AtMost most) {
      if (books.times() >= most.count() && books.times() > 0) {
        near.add(most.name());
      }
      if (books.often()) {
        broken.accept(most, "%s happened %d times".formatted(most.of(), books.times()));
      }
    }
  }

  // ---- what comes near them

  /** A call was proposed, whatever becomes of it: it was at stake what is said of its tool. */
  private void tried(String tool) {
    for (Property property : machine.properties()) {
      boolean about =
          switch (property) {
            case Property.Before before -> false; // only what goes out, or is held back by it
            case Property.Never never -> never.what().equals(tool) && never.after() == null;
            case Property.AtMost most -> most.of().equals(tool) && most.count() == 0;
            case Property.Eventually e -> false;
          };
      if (about) {
        near.add(property.name());
      }
    }
  }

  /**
   * The properties that this run came near: what they are about was done, or was about to be.
   *
   * @return their names
   */
  public Set<String> near() {
    Set<String> all = new HashSet<>(near);
    for (Books each : books) {
      if (each.property() instanceof Property.Never never && each.happened()) {
        all.add(never.name());
      }
    }
    return all;
  }

  // ---- what is against them

  private void about(Doing doing, Moment moment) {
    for (Books each : books) {
      Property property = each.property();
      String against = each.against(doing);
      boolean stake =
          property instanceof Property.Before before && before.then().equals(doing.name());
      if ((stake || !against.isEmpty()) && says(Books.condition(property), doing, moment)) {
        if (stake) {
          near.add(property.name());
        }
        if (!against.isEmpty()) {
          broken.accept(property, against);
        }
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

  /**
   * The run came to rest.
   *
   * @param ended whether the instance has ended, and not only nothing can happen any more
   */
  public void rested(boolean ended, Instance last) {
    boolean comes = ended && !(last.end() != null && last.end().status() == End.Status.CANCELLED);
    for (Books each : books) {
      Books all = each;
      for (Doing call : happenings.open()) { // they did not fail
        all = all.after(call);
      }
      often(all);
      if (each.property() instanceof Property.Eventually it && comes) {
        near.add(it.name());
        if (!each.happened()) {
          broken.accept(it, "it ended in " + last.state());
        }
      }
    }
  }
}
