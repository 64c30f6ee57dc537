package dev.interlock.testkit.simulate;

import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.prompt.Price;
import dev.interlock.testkit.Decider;
import dev.interlock.testkit.cast.Words;
import java.util.HashMap;
import java.util.Map;

/** What all runs of a simulation have in common. Immutable. */
final class Setting {
  private final Machine machine;
  private final Decider decider;
  private final Price price;
  private final Words words;
  private final Map<String, String> names = new HashMap<>();
  private final boolean untrusted;

  Setting(Machine machine, Decider decider, Price price) {
    this.machine = machine;
    this.decider = decider;
    this.price = price;
    this.words = new Words(machine);
    machine.tools().values().forEach(tool -> names.put(tool.modelName(), tool.name()));
    this.untrusted =
        machine.tools().values().stream().anyMatch(it -> it.labels().contains(Label.UNTRUSTED));
  }

  Machine machine() {
    return machine;
  }

  Decider decider() {
    return decider;
  }

  Price price() {
    return price;
  }

  Words words() {
    return words;
  }

  /** A tool by its own name, also where the model spelled it as its provider allows. */
  String named(String spelled) {
    return names.getOrDefault(spelled, spelled);
  }

  /** Whether a tool may bring in instructions: those labelled so, or all if none is. */
  boolean untrusted(Tool tool) {
    return !untrusted || tool.labels().contains(Label.UNTRUSTED);
  }
}
