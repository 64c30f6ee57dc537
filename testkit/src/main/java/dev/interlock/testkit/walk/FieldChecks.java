package dev.interlock.testkit.walk;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Result;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Type;
import dev.interlock.testkit.walk.Ledger.Booked;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks that fields are filled by their source only, and keeps their values. */
final class FieldChecks {
  private final Ledger ledger;
  private Findings findings = new Findings(0);
  private @Nullable Occurrence occurrence;

  FieldChecks(Ledger ledger) {
    this.ledger = ledger;
  }

  void begin(Findings into, Entry entry) {
    findings = into;
    occurrence = entry.occurrence();
    ledger.stale.clear();
  }

  void set(Outcome.FieldSet set) {
    Field field = known(set.field());
    if (field == null) {
      return;
    }
    source(field, set.key(), set.value(), set.value());
    ledger.stale.remove(field.name());
    Object value = put(ledger.facts.get(field.name()), set.key(), set.value(), false);
    ledger.facts.put(field.name(), value);
    bounded(field, value);
  }

  /**
   * A call goes out, or did happen after all: what it makes stale is empty before anything else.
   */
  void stale(int number) {
    Booked call = ledger.calls.get(number);
    Tool tool = call == null ? null : ledger.machine.tools().get(call.tool);
    if (tool != null) {
      ledger.stale.addAll(tool.forgets());
    }
  }

  /** After the entry: nothing that went stale in it is still known, unless it was filed since. */
  void forgotten() {
    for (String name : ledger.stale) {
      Object value = ledger.facts.get(name);
      boolean empty =
          value == null
              || (value instanceof Map<?, ?> map && map.isEmpty())
              || (value instanceof Collection<?> items && items.isEmpty());
      findings.hold(empty, Promise.SOURCES, name + " is still known, and went stale");
    }
  }

  void append(Outcome.FieldAppended appended) {
    Field field = known(appended.field());
    if (field == null) {
      return;
    }
    hold(field.many(), field, "items are added, but it is no list");
    source(field, appended.key(), appended.items(), appended.items());
    ledger.stale.remove(field.name());
    Object value = put(ledger.facts.get(field.name()), appended.key(), appended.items(), true);
    ledger.facts.put(field.name(), value);
    bounded(field, value);
  }

  void clear(Outcome.FieldCleared cleared) {
    Field field = known(cleared.field());
    if (field == null) {
      return;
    }
    boolean mayBe =
        ledger.state().isEmpty()
            || ledger.stale.contains(field.name())
            || ledger.machine.state(ledger.state()).frame().clears().contains(field.name())
            || onTheWay().contains(field.name());
    hold(mayBe, field, "cleared in " + ledger.state());
    if (field.keyed()) {
      ledger.facts.put(field.name(), Map.of());
    } else if (field.many()) {
      ledger.facts.put(field.name(), List.of());
    } else {
      ledger.facts.remove(field.name());
    }
  }

  private List<String> onTheWay() {
    return switch (ledger.machine.state(ledger.state())) {
      case State.Agent agent -> clears(agent.transitions());
      case State.Choice choice -> clears(choice.transitions());
      case State.Approval approval ->
          approval.answers().values().stream().flatMap(one -> one.clears().stream()).toList();
      case State.Call call -> List.of();
      case State.Wait wait -> List.of();
      case State.Escalation escalation -> List.of();
      case State.Final end -> List.of();
    };
  }

  private static List<String> clears(List<Transition> ways) {
    return ways.stream().flatMap(way -> way.clears().stream()).toList();
  }

  private @Nullable Field known(String name) {
    Field field = ledger.machine.context().get(name);
    if (field == null) {
      findings.broken(Promise.SOURCES, "the unknown field " + name + " changes");
    }
    return field;
  }

  private void hold(boolean holds, Field field, String otherwise) {
    findings.hold(holds, Promise.SOURCES, field.name() + ": " + otherwise);
  }

  // ---- who may fill it

  private void source(Field field, List<Object> key, Object value, Object filed) {
    hold(key.size() == field.key().size(), field, "filed under " + key);
    hold(fitted(field, value).equals(Optional.of(value)), field, "does not fit: " + value);
    switch (field.source()) {
      case Source.Input(Object standard) ->
          hold(
              occurrence instanceof Occurrence.Started started
                  && Optional.of(filed)
                      .equals(
                          Optional.ofNullable(started.input().getOrDefault(field.name(), standard))
                              .flatMap(sent -> fitted(field, sent))),
              field,
              "an input changes");
      case Source.Agent a -> byAgent(field, filed);
      case Source.Human h ->
          hold(
              occurrence instanceof Occurrence.Answered answered
                  && ledger.machine.state(ledger.state()) instanceof State.Approval approval
                  && approval.answers().containsKey(answered.answer())
                  && fills(approval, answered.answer()).contains(field.name())
                  && sent(field, answered.form(), filed),
              field,
              "filled with " + filed + ", but nobody's form says so");
      case Source.Tools tools -> byTool(field, key, filed);
      case Source.User u -> byUser(field, filed);
      case Source.Event event -> byEvent(field, event, filed);
      case Source.Derived d -> hold(false, field, "a derived field is stored");
    }
  }

  private static List<String> fills(State.Approval approval, String answer) {
    State.Answer declared = approval.answers().get(answer);
    return declared == null ? List.of() : declared.fills();
  }

  private void byAgent(Field field, Object filed) {
    boolean listed =
        ledger.machine.state(ledger.state()) instanceof State.Agent agent
            && agent.record().contains(field.name());
    hold(listed, field, "the model fills it in " + ledger.state());
    Booked newest =
        ledger.turn == null || ledger.turn.calls.isEmpty() ? null : ledger.turn.calls.getLast();
    hold(
        occurrence instanceof Occurrence.QuestionReplied
            && newest != null
            && newest.tool.equals("record")
            && newest.stage == Ledger.Stage.PROPOSED
            && sent(field, newest.proposed, filed),
        field,
        "filled with " + filed + ", but the model did not record that");
  }

  /**
   * By the caller's form, in a state that asks for it, or by what the model records and it typed.
   */
  private void byUser(Field field, Object filed) {
    boolean open =
        ledger.machine.state(ledger.state()) instanceof State.Agent agent
            && agent.record().contains(field.name());
    hold(open, field, "filled in " + ledger.state());
    if (occurrence instanceof Occurrence.MessageSent message) {
      boolean document = field.type() instanceof Type.Document;
      Map<String, Object> form = document ? documents(message) : message.form();
      boolean caller = message.from().id().equals(ledger.caller.id());
      hold(
          caller && form != null && sent(field, form, filed),
          field,
          "filled with " + filed + ", but no form of the caller says so");
      return;
    }
    hold(typed(filed), field, "filled with " + filed + ", which the caller never typed");
    byAgent(field, filed);
  }

  /** What came with a message: of a list the documents, else the one. */
  private Map<String, Object> documents(Occurrence.MessageSent message) {
    Map<String, Object> came = new LinkedHashMap<>();
    if (message.documents() != null) {
      message
          .documents()
          .forEach((name, all) -> {
            Field field = ledger.machine.context().get(name);
            boolean one =
                field != null && !field.many() && all instanceof List<?> l && l.size() == 1;
            came.put(name, one ? ((List<?>) all).getFirst() : all);
          });
    }
    return came;
  }

  /** Whether it, or all of its items, stand somewhere in what was typed: the least that must be. */
  private boolean typed(Object value) {
    return switch (value) {
      case List<?> items -> items.stream().allMatch(item -> item != null && typed(item));
      case Boolean bool -> false;
      case Map<?, ?> map -> false;
      case Long number ->
          ledger.typed.stream().anyMatch(text -> digits(text).contains(digits(value)));
      case Decimal number ->
          ledger.typed.stream().anyMatch(text -> digits(text).contains(digits(value)));
      default ->
          ledger.typed.stream()
              .anyMatch(text ->
                  text.toLowerCase(Locale.ROOT)
                      .contains(value.toString().toLowerCase(Locale.ROOT).strip()));
    };
  }

  private static String digits(Object value) {
    return value.toString().replaceAll("[^0-9]", "");
  }

  private void byEvent(Field field, Source.Event source, Object filed) {
    Ledger.Waiting taken = ledger.taken;
    Object payload = taken == null ? null : taken.payload();
    Object part = payload == null ? null : Json.at(payload, source.at());
    hold(
        taken != null
            && source.from().contains(taken.name())
            && part != null
            && fitted(field, part).equals(Optional.of(filed)),
        field,
        "filled with " + filed + ", but no event that was taken brought it");
  }

  private static boolean sent(Field field, Map<String, Object> values, Object filed) {
    Object sent = values.get(field.name());
    return sent != null && fitted(field, sent).equals(Optional.of(filed));
  }

  private void byTool(Field field, List<Object> key, Object filed) {
    for (Booked call : ledger.calls.values()) {
      if (!field.from().contains(call.tool)) {
        continue;
      }
      Result.Fact fact =
          call.unfiled.stream()
              .filter(one -> one.field().equals(field.name()) && one.key().equals(key))
              .filter(one -> items(field, one.value()).equals(filed))
              .findFirst()
              .orElse(null);
      if (fact != null) {
        call.unfiled.remove(fact);
        List<Object> asked = new ArrayList<>();
        for (ArgRef part : field.key()) {
          Object value = part.of(call.args);
          asked.add(value == null ? "" : value);
        }
        hold(asked.equals(key), field, "filed under %s, asked with %s".formatted(key, asked));
        return;
      }
    }
    hold(
        false,
        field,
        "filled with %s, but none of %s returned it".formatted(Json.write(filed), field.from()));
  }

  private static Object items(Field field, Object value) {
    return field.append() && !(value instanceof List<?>) ? List.of(value) : value;
  }

  private static Optional<Object> fitted(Field field, Object sent) {
    return field.entryType().fit(sent) instanceof Type.Fit.Fits(Object value)
        ? Optional.of(value)
        : Optional.empty();
  }

  private void bounded(Field field, Object value) {
    boolean within =
        switch (value) {
          case Collection<?> items when field.many() -> items.size() <= field.max();
          case Map<?, ?> entries when field.keyed() -> entries.size() <= field.max();
          default -> true;
        };
    hold(within, field, "holds more than " + field.max());
  }

  private static Object put(@Nullable Object old, List<Object> key, Object value, boolean added) {
    if (key.isEmpty()) {
      if (added && value instanceof List<?> items) {
        List<Object> all = old instanceof List<?> list ? new ArrayList<>(list) : new ArrayList<>();
        all.addAll(items);
        return all;
      }
      return value;
    }
    Map<Object, Object> next = new LinkedHashMap<>();
    if (old instanceof Map<?, ?> map) {
      next.putAll(map);
    }
    Object first = key.getFirst();
    next.put(first, put(next.get(first), key.subList(1, key.size()), value, added));
    return next;
  }
}
