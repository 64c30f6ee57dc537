package dev.interlock.core.counterexample;

import dev.interlock.core.counterexample.Books.Doing;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The judge of properties that simulations have, for tests that walk all runs: what a run has done
 * so far is a value, so that runs which have done the same are one.
 */
public final class RunsAgainst {
  private RunsAgainst() {}

  /**
   * Something that properties may be about.
   *
   * @param begins whether it begins now; else it has happened
   * @param unsaid the properties whose condition is false of it
   */
  record Happening(Doing doing, boolean begins, Set<Property> unsaid) {}

  /** What happens in one step. */
  public static final class Step {
    private final List<Happening> happenings;

    Step(List<Happening> happenings) {
      this.happenings = List.copyOf(happenings);
    }
  }

  /** What a run has done so far, as far as one property asks. */
  public static final class SoFar {
    private final Books books;

    SoFar(Books books) {
      this.books = books;
    }

    /** After one more step; null if that is against the property. */
    public @Nullable SoFar after(Step step) {
      Books now = books;
      for (Happening each : step.happenings) {
        if (each.begins()) {
          if (!now.against(each.doing()).isEmpty() && !each.unsaid().contains(now.property())) {
            return null;
          }
        } else {
          now = now.after(each.doing());
          if (now.often()) {
            return null;
          }
        }
      }
      return now.equals(books) ? this : new SoFar(now);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof SoFar it && it.books.equals(books);
    }

    @Override
    public int hashCode() {
      return books.hashCode();
    }
  }

  /** Whether a property is told by what a run has done, and not by what stood in its way. */
  public static boolean judges(Property property) {
    return switch (property) {
      case Property.Before before -> !before.monitored();
      case Property.Never n -> true;
      case Property.AtMost a -> true;
      case Property.Eventually e -> false;
    };
  }

  /** Of a run that has not begun. */
  public static SoFar of(Property property) {
    return new SoFar(new Books(property));
  }

  /** What happens when an instance goes on by these outcomes. */
  public static Step step(Machine machine, Instance from, List<Outcome> outcomes, Instant at) {
    if (machine.properties().stream().noneMatch(RunsAgainst::judges)) {
      return new Step(List.of());
    }
    boolean conditional = machine.properties().stream().anyMatch(it -> Books.condition(it) != null);
    List<Happening> all = new ArrayList<>();
    Happenings happenings = new Happenings(from);
    Instance it = from;
    for (Outcome outcome : outcomes) {
      Instance then = it;
      happenings.read(
          outcome,
          new Happenings.Ear() {
            @Override
            public void begins(Doing doing) {
              Set<Property> unsaid = new HashSet<>();
              for (Property property : machine.properties()) {
                if (!Happenings.says(Books.condition(property), doing, machine, then, at)) {
                  unsaid.add(property);
                }
              }
              all.add(new Happening(doing, true, unsaid));
            }

            @Override
            public void happened(Doing doing) {
              all.add(new Happening(doing, false, Set.of()));
            }
          });
      it = conditional ? Evolve.evolve(it, outcome, at) : it;
    }
    return new Step(all);
  }
}
