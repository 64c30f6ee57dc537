package dev.interlock.build;

import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A machine in Java. Each method is a key of the format, with its name where Java allows it;
 * docs/MACHINE.md says what it means. What is said here is written as text and loaded as a file is:
 * so every rule of loading stands once, and the identity is that of the same machine in YAML.
 * Expressions are CEL, durations ISO 8601, as there.
 *
 * <pre>{@code
 * var machine = MachineBuilder.machine("it-access").version(1)
 *     .tool("it.unlock", tool -> tool.effect("write"))
 *     .rule("one unlock in one case", rule -> rule.appliesTo("it.unlock").atMost(1))
 *     .initial("Help")
 *     .state("Help", state -> state.goal("Help.").tools("it.unlock").on("solved", "Solved"))
 *     .state("Solved", state -> state.type("final"))
 *     .event("solved", event -> event.by("caller"));
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class MachineBuilder extends Keys<MachineBuilder> {
  private MachineBuilder() {}

  /** Begins a machine of that name. */
  public static MachineBuilder machine(String name) {
    return new MachineBuilder().put("machine", name);
  }

  @Override
  MachineBuilder self() {
    return this;
  }

  /** A whole number for people. */
  public MachineBuilder version(long version) {
    return put("version", version);
  }

  /** One line, told to the model. */
  public MachineBuilder title(String title) {
    return put("title", title);
  }

  /** For a machine behind a guard: what would be refused is recorded and goes out. */
  public MachineBuilder observe(boolean observe) {
    return put("observe", observe);
  }

  /** A value for expressions: one of {@link dev.interlock.langchain4j.JavaValues}. */
  public MachineBuilder constant(String name, Object value) {
    return named("constants", name, dev.interlock.langchain4j.JavaValues.json(value));
  }

  /** A tool, {@code SERVER.TOOL}. */
  public MachineBuilder tool(String name, Consumer<ToolKeys> says) {
    return named("tools", name, of(new ToolKeys(), says));
  }

  /** A field of {@code context}. */
  public MachineBuilder field(String name, Consumer<FieldKeys> says) {
    return named("context", name, of(new FieldKeys(), says));
  }

  /** An event that may be sent. */
  public MachineBuilder event(String name, Consumer<EventKeys> says) {
    return named("events", name, of(new EventKeys(), says));
  }

  /** A rule, by its sentence. */
  public MachineBuilder rule(String sentence, Consumer<RuleKeys> says) {
    RuleKeys rule = new RuleKeys().put("rule", sentence);
    return item("rules", of(rule, says));
  }

  /** A property: the first must have happened before the second. */
  public MachineBuilder before(String name, String first, String second) {
    return item("properties", ordered("name", name, "before", List.of(first, second)));
  }

  /** A property: every run comes to one of these states. */
  public MachineBuilder eventually(String name, String... states) {
    return item("properties", ordered("name", name, "eventually", List.of(states)));
  }

  /** A property of another kind. */
  public MachineBuilder property(String name, Consumer<PropertyKeys> says) {
    return item("properties", of(new PropertyKeys().put("name", name), says));
  }

  /** What an instance may spend. */
  public MachineBuilder budgets(Consumer<BudgetKeys> says) {
    return put("budgets", of(new BudgetKeys(), says));
  }

  /**
   * When a conversation is summed up.
   *
   * @param window the most tokens of a question, as they are estimated
   * @param keep the most exchanges, the newest, that stay word for word
   */
  public MachineBuilder history(long window, int keep) {
    return put("history", ordered("window", window, "keep", (long) keep));
  }

  /** The first state. */
  public MachineBuilder initial(String state) {
    return put("initial", state);
  }

  /** A state. */
  public MachineBuilder state(String name, Consumer<StateKeys> says) {
    return named("states", name, of(new StateKeys(), says));
  }

  /** {@code on} and {@code over} of every state that is not an end. */
  public MachineBuilder anywhere(Consumer<AnywhereKeys> says) {
    return put("anywhere", of(new AnywhereKeys(), says));
  }

  static Map<String, Object> ordered(String key, Object value, String other, Object more) {
    Map<String, Object> keys = new java.util.LinkedHashMap<>();
    keys.put(key, value);
    keys.put(other, more);
    return keys;
  }

  /** As it is stored with the instances that it starts: JSON, which is YAML too. */
  public String text() {
    return Written.of(said);
  }

  /**
   * The machine.
   *
   * @param lock the tools that it may declare
   * @throws UnfitMachineException if something is wrong with it, each at its path
   */
  public Machine build(ToolLock lock) {
    String text = text();
    MachineLoader.Loaded loaded = MachineLoader.load(Paths.FILE, text, lock);
    @Nullable Machine machine = loaded.machine();
    if (machine == null) {
      throw new UnfitMachineException(Paths.of(text).name(loaded.diagnostics()));
    }
    return machine;
  }
}
