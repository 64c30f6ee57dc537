package dev.interlock.core.machine;

import dev.interlock.core.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A versioned definition: states, the contract of each, tools, fields, rules and budgets.
 * Immutable.
 *
 * @param identity the SHA-256 of the canonical form, 64 hexadecimal digits
 * @param tools by the name {@code SERVER.TOOL}: the only tools that exist for this machine
 * @param context the fields, by name, in document order
 * @param rules in document order, which is the order of judging
 * @param budgets of the whole instance, every default filled in
 * @param states by name, in document order, without the built-in escalation
 * @param listens whether what the caller types is kept, for {@code said} and fields of source
 *     {@code user}
 * @param properties in document order
 * @param observes whether what it would refuse, or ask people about, is recorded and goes out all
 *     the same: of an agent that is watched before it is guarded
 * @param history when a conversation is summed up, or null if it never is
 */
public record Machine(
    String identity,
    String name,
    long version,
    String title,
    Map<String, Object> constants,
    Map<String, Tool> tools,
    Map<String, Field> context,
    Map<String, EventType> events,
    List<Rule> rules,
    Budgets budgets,
    String initial,
    Map<String, State> states,
    Anywhere anywhere,
    boolean listens,
    List<Property> properties,
    boolean observes,
    @Nullable History history) {

  /** One that judges in earnest, and sums nothing up. */
  public Machine(
      String identity,
      String name,
      long version,
      String title,
      Map<String, Object> constants,
      Map<String, Tool> tools,
      Map<String, Field> context,
      Map<String, EventType> events,
      List<Rule> rules,
      Budgets budgets,
      String initial,
      Map<String, State> states,
      Anywhere anywhere,
      boolean listens,
      List<Property> properties) {
    this(
        identity,
        name,
        version,
        title,
        constants,
        tools,
        context,
        events,
        rules,
        budgets,
        initial,
        states,
        anywhere,
        listens,
        properties,
        false,
        null);
  }

  /** The same, if a property of it were none. */
  public Machine without(Property property) {
    return new Machine(
        identity,
        name,
        version,
        title,
        constants,
        tools,
        context,
        events,
        rules,
        budgets,
        initial,
        states,
        anywhere,
        listens,
        properties.stream().filter(it -> !it.equals(property)).toList(),
        observes,
        history);
  }

  /** Where a reason leads when nothing in the machine says so: a ticket, and the end. */
  public static final State.Escalation BUILT_IN_ESCALATION =
      new State.Escalation("escalated", "", Frame.EMPTY, List.of(), List.of());

  /**
   * What an instance of it is pinned to for life: its identity, and the lock entries of its tools.
   *
   * @return 64 hexadecimal digits
   */
  public String pin() {
    Map<String, Object> locked = new TreeMap<>();
    tools.forEach((tool, declared) -> locked.put(tool, declared.locked().hash()));
    return Json.hash(Map.of("machine", identity, "tools", locked));
  }

  /** The state of that name, the built-in escalation among them. */
  public State state(String stateName) {
    return stateName.equals(BUILT_IN_ESCALATION.name())
        ? BUILT_IN_ESCALATION
        : Objects.requireNonNull(states.get(stateName), stateName);
  }

  /** Whether a way leads to an end, or hands the instance to a person. */
  public boolean endsOrEscalates(Target target) {
    return target instanceof Target.To(String name) && state(name).endsOrEscalates();
  }

  public Tool tool(String toolName) {
    return Objects.requireNonNull(tools.get(toolName), toolName);
  }

  public Field field(String fieldName) {
    return Objects.requireNonNull(context.get(fieldName), fieldName);
  }
}
