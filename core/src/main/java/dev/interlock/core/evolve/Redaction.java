package dev.interlock.core.evolve;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Result;
import dev.interlock.core.decide.Scopes;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Field.Privacy;
import dev.interlock.core.machine.Hidden;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Tool;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What people are shown of instances and journals: secret values never, personal ones the caller
 * only, and whom the machine shows them to decide. A value is hidden wherever it stands: in other
 * fields, arguments, results and texts. What the store holds is not changed.
 */
public final class Redaction {
  private Redaction() {}

  /** An instance as somebody may see it, once the parts that are not theirs are taken out. */
  public static Instance of(Machine machine, Instance instance, Instance seen, Principal by) {
    if (machine.context().values().stream().allMatch(it -> it.privacy() == Privacy.OPEN)
        && machine.tools().values().stream().allMatch(it -> it.secret().isEmpty())) {
      return seen;
    }
    Hidden hidden = hidden(machine, instance, least(instance, by));
    Draft shown = new Draft(JournalJson.withContent(seen, hidden::value));
    shown.typed = List.of(); // it may hold what a field no longer does; what was said is in entries
    Map<String, Object> facts = new LinkedHashMap<>();
    seen.facts()
        .forEach((name, value) -> {
          Field field = machine.context().get(name);
          boolean open = field == null || field.privacy().compareTo(least(instance, by)) < 0;
          facts.put(name, open || field == null ? hidden.value(value) : field.instead());
        });
    shown.facts = facts;
    Hidden secret = hidden(machine, instance, Privacy.SECRET);
    Instance asked = JournalJson.withContent(seen, secret::value);
    shown.parked = asked.parked();
    shown.approval = asked.approval();
    return shown.freeze();
  }

  /** Entries of an instance's journal, all of one machine, as somebody may see them. */
  public static List<Entry> of(
      Machine machine, Instance instance, List<Entry> entries, Principal by) {
    return of(pin -> machine, instance, entries, by);
  }

  /**
   * Entries of an instance's journal as somebody may see them.
   *
   * @param machines by pin: each entry hides what the machine hides that it is of
   * @param entries the newest ones, in order
   */
  public static List<Entry> of(
      Function<String, Machine> machines, Instance instance, List<Entry> entries, Principal by) {
    Hidden hidden = hidden(machines, instance, entries, by);
    return hidden.isEmpty()
        ? entries
        : entries.stream().map(entry -> JournalJson.withContent(entry, hidden::value)).toList();
  }

  /**
   * What is hidden from somebody of an instance and of entries of its journal, as of {@link #of}.
   */
  public static Hidden hidden(
      Function<String, Machine> machines, Instance instance, List<Entry> entries, Principal by) {
    Privacy least = least(instance, by);
    Hidden hidden = hidden(machines.apply(instance.machine()), instance, least);
    Map<Integer, Tool> tools = new HashMap<>();
    String pin = instance.machine();
    for (Entry entry : entries.reversed()) {
      pin = entry.occurrence() instanceof Occurrence.Migrated migrated ? migrated.was() : pin;
    }
    for (Entry entry : entries) {
      pin = entry.occurrence() instanceof Occurrence.Migrated migrated ? migrated.machine() : pin;
      Machine machine = machines.apply(pin);
      entry.outcomes().forEach(outcome -> collect(machine, outcome, least, tools, hidden));
    }
    return hidden;
  }

  /** Whether a value of the instance is hidden from somebody. */
  public static boolean hides(Machine machine, Instance instance, Principal by) {
    return !hidden(machine, instance, least(instance, by)).isEmpty();
  }

  /** The values of an instance that are as private as that, or more. */
  public static Hidden hidden(Machine machine, Instance instance, Privacy least) {
    Hidden hidden = new Hidden();
    Map<String, Object> facts = Scopes.of(machine, instance, instance.visit().entered()).context();
    for (Field field : machine.context().values()) {
      Object value = field.privacy().compareTo(least) < 0 ? null : facts.get(field.name());
      if (value != null) {
        hidden.add(machine, field.name(), value, least); // derived ones too
      }
    }
    for (Inbox.Message message : instance.inbox().messages()) {
      Map<String, Object> form = message.form();
      if (form != null) { // what a later one replaced before the model was told of either
        form.forEach((name, value) -> hidden.add(machine, name, value, least));
      }
    }
    instance
        .liveCalls()
        .forEach(call -> {
          Tool tool = machine.tools().get(call.tool());
          if (tool != null) {
            hidden.add(tool, call.proposed());
            hidden.add(tool, call.args());
          }
        });
    return hidden;
  }

  private static Privacy least(Instance instance, Principal by) {
    return by.id().equals(instance.caller().id()) ? Privacy.SECRET : Privacy.PII;
  }

  private static void collect(
      Machine machine, Outcome outcome, Privacy least, Map<Integer, Tool> tools, Hidden hidden) {
    switch (outcome) {
      case Outcome.FieldSet it -> hidden.add(machine, it.field(), it.value(), least);
      case Outcome.FieldAppended it -> hidden.add(machine, it.field(), it.items(), least);
      case Outcome.CallReturned it -> facts(machine, it.result(), least, hidden);
      case Outcome.UnknownSettled it -> facts(machine, it.result(), least, hidden);
      case Outcome.CallProposed it -> {
        Tool tool = machine.tools().get(it.tool());
        if (tool != null) {
          tools.put(it.call(), tool);
          hidden.add(tool, it.proposed());
        }
      }
      case Outcome.CallAccepted it -> {
        Tool tool = tools.get(it.call());
        if (tool != null) {
          hidden.add(tool, it.args());
        }
      }
      default -> {} // holds no value that is not in one of these
    }
  }

  private static void facts(
      Machine machine, @Nullable Result result, Privacy least, Hidden hidden) {
    if (result != null) {
      result.facts().forEach(fact -> hidden.add(machine, fact.field(), fact.value(), least));
    }
  }
}
