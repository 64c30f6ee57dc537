package dev.interlock.core.decide;

import dev.interlock.core.decide.Rejection.Code;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Visit;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Type;
import dev.interlock.core.machine.Ways;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One instance on its way to another version of its machine, between two turns: what is under way
 * was decided by the machine that it is of.
 *
 * <p>Promise: nothing that holds now is lost unsaid. What the other version has no place for
 * rejects all of it, by name; what rules may judge otherwise there (parked calls, an approval) is
 * void, and asked anew.
 */
final class Migration {
  private static final String WHY = "its machine is another version";

  private final Machine from;
  private final Machine to;
  private final Instance instance;
  private final Occurrence.Migrated occurrence;
  private final MigratedTimers timers;
  private final MigratedCounts counts;
  private final List<String> obstacles = new ArrayList<>();

  Migration(Machine from, Machine to, Instance instance, Occurrence.Migrated occurrence) {
    this.from = from;
    this.to = to;
    this.instance = instance;
    this.occurrence = occurrence;
    this.timers = new MigratedTimers(from, to, instance, this::there);
    this.counts = new MigratedCounts(from, to, instance, this::there);
  }

  /** What a state of the one is called in the other. */
  private String there(String state) {
    return occurrence.states().getOrDefault(state, state);
  }

  // ---- whether it may

  /** Why it is not migrated; empty if it is. */
  Optional<Rejection> rejection() {
    if (instance.end() != null) {
      return rejected(
          Code.ENDED, "%s has ended (%s)".formatted(instance.id(), instance.status().word()));
    }
    if (!occurrence.from().operator()) {
      return rejected(
          Code.NOT_ALLOWED,
          "%s is no operator; only an operator migrates".formatted(occurrence.from()));
    }
    if (!occurrence.was().equals(instance.machine())) {
      return rejected(
          Code.LATE,
          "%s is pinned to another machine by now: look at it again".formatted(instance.id()));
    }
    if (to.pin().equals(instance.machine())) {
      return rejected(
          Code.CONFLICT, "%s is pinned to that machine already".formatted(instance.id()));
    }
    if (!instance.unknown().isEmpty()) {
      return rejected(
          Code.UNKNOWN_CALL,
          "resolve no. %d first".formatted(instance.unknown().getFirst().number()));
    }
    if (!instance.atRest()) {
      return rejected(
          Code.LATE,
          instance.turn() == null
              ? "the ticket of %s is not open yet: send it again once it is"
                  .formatted(instance.id())
              : "a turn of %s is open: it is migrated between two turns, send it again once it waits"
                  .formatted(instance.id()));
    }
    if (!to.name().equals(from.name())) {
      obstacles.add(
          "it is one of %s, expected another version of %s".formatted(to.name(), from.name()));
    } else if (map() && states()) {
      fields();
      obstacles.addAll(counts.lost());
      property();
    }
    return obstacles.isEmpty()
        ? Optional.empty()
        : rejected(
            Code.VALUES,
            "%s cannot go on there: %s".formatted(instance.id(), String.join("; ", obstacles)));
  }

  private static Optional<Rejection> rejected(Code code, String message) {
    return Optional.of(new Rejection(code, message));
  }

  /** A map names what is gone, and where that goes on. */
  private boolean map() {
    occurrence
        .states()
        .forEach((old, other) -> {
          if (!from.states().containsKey(old)) {
            obstacles.add("the map has %s, which is no state of what it is now".formatted(old));
          } else if (to.states().containsKey(old)) {
            obstacles.add(
                "the map has %s, which is a state there too: only what is gone is called otherwise"
                    .formatted(old));
          } else if (!to.states().containsKey(other)) {
            obstacles.add(
                "the map has %s=%s, and there is no state %s there".formatted(old, other, other));
          }
        });
    return obstacles.isEmpty();
  }

  /** The state it is in, and those that it may go back to. */
  private boolean states() {
    boolean returns =
        Ways.of(to).keySet().stream().anyMatch(way -> way.target().equals(BACK)); // else none is
    for (Visit visit = instance.visit(); visit != null; visit = visit.wayBack()) {
      boolean open = visit.number() == instance.visit().number();
      if (open || returns) {
        state(visit.state(), open ? "it is in" : "it may go back to");
      }
    }
    if (obstacles.isEmpty()
        && to.state(there(instance.state())) instanceof State.Escalation state
        && state.resume().isEmpty()) {
      obstacles.add(
          "the state %s, which it is in, lists no resume there".formatted(instance.state()));
    }
    return obstacles.isEmpty();
  }

  private static final String BACK = "back";

  private void state(String name, String how) {
    String other = there(name);
    boolean builtIn = other.equals(Machine.BUILT_IN_ESCALATION.name());
    if (!builtIn && !to.states().containsKey(other)) {
      obstacles.add(
          "the state %s, which %s, is not there: map it to one that is".formatted(name, how));
    } else if (!from.state(name).getClass().equals(to.state(other).getClass())) {
      obstacles.add(
          "the state %s, which %s, is of type %s and there of type %s"
              .formatted(name, how, kind(from.state(name)), kind(to.state(other))));
    }
  }

  private static String kind(State state) {
    return switch (state) {
      case State.Agent s -> "agent";
      case State.Call s -> "call";
      case State.Approval s -> "approval";
      case State.Choice s -> "choice";
      case State.Wait s -> "wait";
      case State.Escalation s -> "escalation";
      case State.Final s -> "final";
    };
  }

  /** What it would be in must hold there as if it had entered it. */
  private void property() {
    Instance moved = Evolve.evolve(instance, outcome(), occurrence.at());
    Optional<Property.Before> broken = Properties.broken(to, moved, moved.state());
    broken.ifPresent(it ->
        obstacles.add(
            "the property \"%s\" keeps it from %s: %s"
                .formatted(it.name(), moved.state(), Properties.why(it))));
  }

  // ---- fields

  private void fields() {
    instance
        .facts()
        .forEach((name, value) -> {
          if (!Values.empty(value)) {
            String why = misfit(from.context().get(name), to.context().get(name), value);
            if (!why.isEmpty()) {
              obstacles.add("the field %s is filled, and %s".formatted(name, why));
            }
          }
        });
    for (Field field : from.context().values()) {
      Field now = to.context().get(field.name());
      boolean shown = now == null || now.privacy() != Field.Privacy.SECRET;
      if (field.privacy() == Field.Privacy.SECRET && shown) {
        obstacles.add(
            "the field %s is secret, and not there: the model would be shown what was ever in it"
                .formatted(field.name()));
      }
    }
    for (Field field : to.context().values()) {
      if (field.source() instanceof Source.Input(Object standard)
          && standard == null
          && Values.empty(instance.facts().get(field.name()))) {
        obstacles.add(
            "the input %s is required there, and it was started without".formatted(field.name()));
      }
    }
  }

  private static String misfit(@Nullable Field old, @Nullable Field now, Object value) {
    if (now == null || now.source() instanceof Source.Derived) {
      return "there is none of that name there that keeps a value";
    }
    if (old == null || !sameSource(old.source(), now.source())) {
      return "its source is another there (%s)".formatted(words(now.source()));
    }
    if (old.many() != now.many()) {
      return now.many() ? "it is a list there" : "it is no list there";
    }
    String why = fit(now, now.key().size(), value, old.type().equals(now.type()));
    return why.isEmpty() || now.privacy() == Field.Privacy.OPEN ? why : "it does not fit there";
  }

  private static String words(Source source) {
    return switch (source) {
      case Source.Tools tools ->
          "tool %s%s%s"
              .formatted(
                  String.join(", ", tools.from()),
                  tools.at().isEmpty() ? "" : " at " + tools.at(),
                  tools.key().isEmpty() ? "" : " by " + tools.key());
      case Source.Event event -> "event " + String.join(", ", event.from());
      default -> source.word();
    };
  }

  /** Whether whoever filled the one may fill the other with just that. */
  private static boolean sameSource(Source old, Source now) {
    return switch (now) {
      case Source.Tools tools ->
          old instanceof Source.Tools before
              && tools.from().containsAll(before.from())
              && tools.at().equals(before.at())
              && tools.key().equals(before.key())
              && Objects.equals(
                  tools.value() == null ? null : tools.value().source(),
                  before.value() == null ? null : before.value().source());
      case Source.Event event ->
          old instanceof Source.Event before
              && event.from().containsAll(before.from())
              && event.at().equals(before.at());
      case Source.Input s -> old instanceof Source.Input;
      case Source.Agent s -> old instanceof Source.Agent;
      case Source.User s -> old instanceof Source.User;
      case Source.Human s -> old instanceof Source.Human;
      case Source.Derived s -> false;
    };
  }

  /**
   * Why what a field holds is not what the other would hold; empty if it is.
   *
   * @param depth how many keys lie above the values
   */
  private static String fit(Field now, int depth, Object value, boolean sameType) {
    if (depth > 0 && value instanceof Map<?, ?> entries) {
      return entries.size() > now.max()
          ? "it holds %d, at most %d there".formatted(entries.size(), now.max())
          : entries.values().stream()
              .map(entry -> fit(now, depth - 1, entry, sameType))
              .filter(why -> !why.isEmpty())
              .findFirst()
              .orElse("");
    }
    if (now.many() && value instanceof List<?> items && items.size() > now.max()) {
      return "it holds %d, at most %d there".formatted(items.size(), now.max());
    }
    return sameType
        ? ""
        : switch (now.entryType().fit(value)) {
          case Type.Fit.Fits(Object kept) when kept.equals(value) -> "";
          case Type.Fit.Fits other -> "it would be kept otherwise there";
          case Type.Fit.Misfit(String why) -> "it does not fit there: " + why;
        };
  }

  // ---- how

  private Outcome.Migrated outcome() {
    Map<String, String> renamed = new LinkedHashMap<>(occurrence.states());
    renamed.values().removeIf(from.states()::containsKey); // what happened there happened there
    List<String> labels =
        instance.returned().stream()
            .map(tool -> to.tools().get(tool))
            .filter(Objects::nonNull)
            .map(Tool::labels)
            .flatMap(List::stream)
            .map(Label::word)
            .distinct()
            .filter(label -> !instance.labels().contains(label))
            .toList();
    return new Outcome.Migrated(
        to.pin(), visit(instance.visit()), renamed, counts.counted(), labels);
  }

  private Visit visit(Visit visit) {
    Visit back = visit.wayBack();
    return visit.in(
        there(visit.state()), timers.suspended(visit), back == null ? null : visit(back));
  }

  /**
   * Migrates it.
   *
   * @return why it cannot be, after all; then nothing of the step counts
   */
  Optional<Rejection> apply(Step step) {
    step.emit(outcome());
    List<String> parked =
        instance.parked().stream().map(Parked::call).map(it -> "no. " + it.number()).toList();
    People.voidAll(step, WHY);
    values(step);
    String why = timers.set(step);
    if (!why.isEmpty()) {
      return rejected(Code.VALUES, "%s cannot go on there: %s".formatted(instance.id(), why));
    }
    List<Inbox.Event> events = instance.inbox().events().stream().filter(e -> !taken(e)).toList();
    Moves.notTaken(step, events);
    step.note(
        Stream.of(
                told("Void: ", parked),
                told("Not taken: ", events.stream().map(Inbox.Event::name).toList()))
            .filter(text -> !text.isEmpty())
            .reduce((one, more) -> one + " " + more)
            .orElse(""));
    goOn(step);
    return Optional.empty();
  }

  private static String told(String what, List<String> names) {
    return names.isEmpty() ? "" : what + String.join(", ", names) + ".";
  }

  /** What is empty is so as the other has it; inputs that came with it have their defaults. */
  private void values(Step step) {
    for (String name : instance.facts().keySet()) {
      if (!to.context().containsKey(name)) {
        step.emit(new Outcome.FieldCleared(name, null)); // it is empty, or it would not be here
      }
    }
    for (Field field : to.context().values()) {
      Object held = instance.facts().get(field.name());
      if (!Values.empty(held) || field.source() instanceof Source.Derived) {
        continue;
      }
      Object empty = field.keyed() ? Map.of() : field.many() ? List.of() : null;
      if (!Objects.equals(held, empty)) {
        step.emit(new Outcome.FieldCleared(field.name(), empty));
      }
      if (field.source() instanceof Source.Input(Object standard)
          && standard != null
          && Values.fit(field, null, standard) instanceof Values.Fit.Fits(Object value)) {
        Values.file(step, field, List.of(), value, occurrence.from().toString());
      }
    }
  }

  /** Whether an event that was kept would be kept there, from whoever sent it. */
  private boolean taken(Inbox.Event event) {
    EventType old = from.events().get(event.name());
    EventType now = to.events().get(event.name());
    Object payload = event.payload();
    if (old == null || now == null || !now.keep()) {
      return false;
    }
    boolean mayBeSent = event.operator() || now.by().containsAll(old.by());
    return mayBeSent
        && fits(now.payload(), payload)
        && Values.misfit(to, event.name(), payload).isEmpty();
  }

  private static boolean fits(@Nullable Type type, @Nullable Object payload) {
    return type == null
        ? payload == null
        : payload != null && type.fit(payload) instanceof Type.Fit.Fits;
  }

  /** The state it is in goes on: whatever waited for people is asked by the other's rules. */
  private static void goOn(Step step) {
    if (Moves.takeEvent(step)) {
      return;
    }
    switch (step.state()) {
      case State.Agent agent -> Turns.rest(step, false);
      case State.Call call -> Turns.call(step, call);
      case State.Approval approval -> People.ask(step, approval);
      case State.Wait wait -> {}
      case State.Escalation escalation -> {}
      case State.Choice choice -> {} // nothing rests in it
      case State.Final end -> {}
    }
  }
}
