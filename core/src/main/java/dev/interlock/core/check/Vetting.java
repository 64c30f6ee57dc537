package dev.interlock.core.check;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Type;
import dev.interlock.core.machine.Way;
import dev.interlock.core.machine.Ways;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Facts that may be about anything that the model looks up, and are known to be about what it does
 * not choose: compared with such on every way to a state, or looked up by such. By the ways that
 * the machine declares; those of operators aside.
 */
final class Vetting {
  private final Machine machine;
  private final Influence influence;

  /** All facts of which that may be known. */
  private final Set<String> facts = new LinkedHashSet<>();

  private final Map<String, List<Led>> next = new HashMap<>();
  private final Map<String, Held> held = new HashMap<>();
  private final Map<String, Set<String>> at = new HashMap<>();

  /** A way that is declared, and what leads there. */
  private record Led(String to, String cause) {}

  /**
   * What is known in a state.
   *
   * @param vetted facts that are unset, or about what the model does not choose
   * @param kept of these, those that are set and kept for good
   */
  private record Held(Set<String> vetted, Set<String> kept) {
    Held and(@Nullable Held other) {
      if (other == null) {
        return this;
      }
      Set<String> both = new LinkedHashSet<>(vetted);
      both.retainAll(other.vetted);
      Set<String> good = new LinkedHashSet<>(kept);
      good.retainAll(other.kept);
      return new Held(both, good);
    }
  }

  Vetting(Machine machine, Influence influence) {
    this.machine = machine;
    this.influence = influence;
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Tools
          && !field.keyed()
          && influence.level(field.name()) == Influence.Level.LOOKED_UP) {
        facts.add(field.name());
      }
    }
    if (!facts.isEmpty()) {
      Ways.of(machine).keySet().forEach(this::declared);
      next.forEach((from, ways) -> back(from, ways));
      compute();
    }
  }

  private void declared(Way way) {
    if (way.cause().equals("resume")) {
      return;
    }
    if (way.from().equals(Way.ANYWHERE)) {
      machine.states().values().stream()
          .filter(state -> !(state instanceof State.Final))
          .forEach(state -> led(state.name(), way));
    } else {
      led(way.from(), way);
    }
  }

  private void led(String from, Way way) {
    next.computeIfAbsent(from, f -> new ArrayList<>()).add(new Led(way.target(), way.cause()));
  }

  /** {@code back} leads to whatever leads here. */
  private void back(String from, List<Led> ways) {
    boolean goesBack = ways.removeIf(way -> way.to().equals("back"));
    if (goesBack) {
      machine.states().keySet().stream()
          .filter(state -> leads(state, from))
          .forEach(state -> ways.add(new Led(state, "back")));
    }
  }

  private boolean leads(String from, String to) {
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty()) {
      for (Led led : next.getOrDefault(open.remove(), List.of())) {
        if (led.to().equals(to)) {
          return true;
        }
        if (seen.add(led.to())) {
          open.add(led.to());
        }
      }
    }
    return false;
  }

  private void compute() {
    Deque<String> open = new ArrayDeque<>(List.of(machine.initial()));
    held.put(machine.initial(), new Held(facts, Set.of()));
    while (!open.isEmpty()) {
      String from = open.remove();
      Held here = in(from);
      for (Led led : next.getOrDefault(from, List.of())) {
        if (machine.states().containsKey(led.to())) {
          @Nullable Held before = held.get(led.to());
          Held after = after(machine.state(from), led, here).and(before);
          if (!after.equals(before)) {
            held.put(led.to(), after);
            open.add(led.to());
          }
        }
      }
    }
  }

  /** What is known while an instance is in a state, whatever is looked up there. */
  private Held in(String state) {
    Held come = held.getOrDefault(state, new Held(Set.of(), Set.of()));
    Set<String> known = new LinkedHashSet<>(come.vetted());
    while (known.removeIf(
        fact -> !come.kept().contains(fact) && isFilledByAny(fact, machine.state(state), known))) {}
    return new Held(known, come.kept());
  }

  /** Whether a fact may be looked up in a state by what is the model's choice there. */
  private boolean isFilledByAny(String fact, State state, Set<String> known) {
    return machine.field(fact).from().stream()
        .filter(Contract.tools(state)::contains)
        .anyMatch(tool -> !influence.ofTheModel(machine.tool(tool), state, known).isEmpty());
  }

  private Held after(State from, Led led, Held here) {
    if (!led.cause().equals("transition") && !led.cause().equals("otherwise")) {
      return here;
    }
    List<Transition> ways = InfluenceCheck.transitions(from);
    if (led.cause().equals("otherwise")) {
      return with(here, by(ways, ways.size(), here.vetted()));
    }
    @Nullable Held all = null;
    for (int i = 0; i < ways.size(); i++) {
      String to = ways.get(i).target().toString();
      if (to.equals(led.to()) || to.equals("back")) {
        all = with(here, by(ways, i, here.vetted())).and(all);
      }
    }
    return all == null ? here : all;
  }

  private Held with(Held here, Set<String> vets) {
    Set<String> all = new LinkedHashSet<>(here.vetted());
    all.addAll(vets);
    Set<String> kept = new LinkedHashSet<>(here.kept());
    vets.stream().filter(this::isKept).forEach(kept::add);
    return new Held(all, kept);
  }

  /** Whether a fact stays as it was first filled. */
  private boolean isKept(String fact) {
    return machine.field(fact).source() instanceof Source.Tools source
        && source.once()
        && !Safeguards.emptied(machine, fact);
  }

  // ---- asked

  /** Facts that are vetted whenever something is done in a state. */
  Set<String> at(String state) {
    return facts.isEmpty() ? Set.of() : at.computeIfAbsent(state, it -> in(it).vetted());
  }

  /**
   * The same where a way of the state is taken, or none is: its number is then how many there are.
   */
  Set<String> by(State state, int taken) {
    Set<String> vetted = new LinkedHashSet<>(at(state.name()));
    vetted.addAll(by(InfluenceCheck.transitions(state), taken, vetted));
    return vetted;
  }

  /** What a way's guard vets that is true, and those above that are not. */
  private Set<String> by(List<Transition> ways, int taken, Set<String> known) {
    Set<String> vets = new LinkedHashSet<>(known);
    boolean more = true;
    while (more) { // what is compared with what is vetted
      Set<String> there = new HashSet<>();
      Set<String> found = new LinkedHashSet<>();
      if (taken < ways.size()) {
        Transition way = ways.get(taken);
        there.addAll(way.requires());
        found.addAll(influence.vets(way.requires(), vets));
        if (way.guard() != null) {
          found.addAll(influence.vets(way.guard(), true, Map.of(), vets));
        }
      }
      ways.subList(0, taken).forEach(above -> found.addAll(left(above, there, vets)));
      more = vets.addAll(found);
    }
    vets.removeAll(known);
    return vets;
  }

  /**
   * The facts that are vetted where a way was not taken, if these fields are as it requires. What
   * is unset is not believed either.
   */
  private Set<String> left(Transition way, Set<String> there, Set<String> known) {
    if (way.guard() == null) {
      return Set.of();
    }
    Set<String> vets = new LinkedHashSet<>(influence.vets(way.guard(), false, Map.of(), known));
    for (String field : way.requires()) {
      if (!there.contains(field)) {
        vets.removeIf(fact -> !fact.equals(field) || !isMetIfSet(field) || isKept(field));
      }
    }
    return vets;
  }

  private boolean isMetIfSet(String field) {
    return switch (machine.field(field).entryType()) {
      case Type.Struct t -> !machine.field(field).keyed();
      case Type.Whole t -> true;
      case Type.Exact t -> true;
      case Type.Time t -> true;
      case Type.Document t -> true;
      case Type.Bool t -> false;
      case Type.Text t -> false;
      case Type.ListOf t -> false;
      case Type.MapOf t -> false;
      case Type.Opaque t -> false;
    };
  }
}
