package dev.interlock.testkit.cast;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The people around an instance: its caller, operators, whoever has a role, and those who have not.
 * All of them write, send, answer and steer as they please.
 */
public final class Crowd {
  /** Whom the instance acts for. */
  public static final Principal CALLER =
      new Principal("ana@example.com", List.of("employee", "manager"));

  private static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));

  private final Machine machine;
  private final List<Principal> people = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();
  private int made;

  /** All that the machine has roles for. */
  public Crowd(Machine machine) {
    this.machine = machine;
    Set<String> roles = new LinkedHashSet<>();
    for (Rule rule : machine.rules()) {
      if (rule.ask() != null) {
        roles.add(rule.ask().role());
      }
    }
    for (State state : machine.states().values()) {
      if (state instanceof State.Approval approval) {
        roles.add(approval.role());
      }
    }
    for (String event : Hostile.sorted(machine.events().keySet())) {
      EventType type = machine.events().get(event);
      roles.addAll(type == null ? List.of() : type.by());
    }
    people.add(CALLER);
    people.add(OPERATOR);
    people.add(new Principal("eve@example.com"));
    people.add(new Principal("eve@example.com", List.copyOf(roles)));
    people.add(new Principal(CALLER.id(), List.copyOf(roles)));
    roles.forEach(role -> people.add(new Principal("the " + role, List.of(role))));
    people.add(new Principal("zoe@example.com", List.copyOf(roles)));
  }

  private Principal who(Hostile draw) {
    return draw.slips(4) ? draw.any(people) : CALLER;
  }

  private String id(Hostile draw) {
    if (!ids.isEmpty() && draw.slips(12)) {
      return draw.any(ids);
    }
    made++;
    ids.add("id-" + made);
    return ids.getLast();
  }

  // ---- messages

  /**
   * The caller writes what it is asked for: the state's form, as far as it is not filled in, or the
   * same in words.
   */
  public Occurrence told(Hostile draw, Instance instance, Instant now) {
    List<Field> form =
        machine.state(instance.state()) instanceof State.Agent agent
            ? agent.record().stream()
                .map(machine::field)
                .filter(field -> field.source() instanceof Source.User)
                .filter(field -> !Contract.met(instance.facts().get(field.name())))
                .toList()
            : List.of();
    boolean typed = draw.oneIn(2);
    List<String> words = new ArrayList<>(List.of("Please", "help", "me"));
    Map<String, Object> filled = new LinkedHashMap<>();
    Map<String, Object> attached = new LinkedHashMap<>();
    for (Field field : form) {
      if (field.type() instanceof Type.Document type) {
        attached.put(field.name(), List.of(fitting(draw, type)));
      } else if (typed && !field.byFormOnly() && !field.many()) {
        words.add(String.valueOf(draw.of(field.name(), field.type())));
      } else {
        filled.put(field.name(), Proposals.value(draw, field));
      }
    }
    return new Occurrence.MessageSent(
        id(draw),
        now,
        CALLER,
        String.join(" ", words),
        filled.isEmpty() ? null : filled,
        attached.isEmpty() ? null : attached);
  }

  private static Map<String, Object> fitting(Hostile draw, Type.Document type) {
    Map<String, Object> document = draw.document();
    for (int i = 0; i < 8 && !(type.fit(document) instanceof Type.Fit.Fits); i++) {
      document = draw.document();
    }
    return document;
  }

  /** Somebody writes. */
  public Occurrence message(Hostile draw, Instance instance, Instant now) {
    List<Field> form =
        machine.state(instance.state()) instanceof State.Agent agent
            ? agent.record().stream()
                .map(machine::field)
                .filter(field -> field.source() instanceof Source.User)
                .toList()
            : List.of();
    boolean whole = draw.patient() && !form.isEmpty() && draw.oneIn(2);
    return new Occurrence.MessageSent(
        id(draw),
        now,
        who(draw),
        text(draw, form),
        whole ? filled(draw, form) : form(draw),
        whole ? attached(draw, form) : documents(draw));
  }

  /** A few words, among them what may be recorded as said. */
  private String text(Hostile draw, List<Field> form) {
    List<String> words = new ArrayList<>();
    words.add(draw.word());
    if (machine.listens() && !draw.oneIn(3)) {
      for (Field field : form) {
        if (!field.byFormOnly()) {
          words.add(String.valueOf(draw.of(field.name(), field.type())));
        }
      }
      while (draw.oneIn(2)) {
        words.add(draw.word());
      }
    }
    return String.join(" ", words);
  }

  /** A form as it should be. */
  private static @Nullable Map<String, Object> filled(Hostile draw, List<Field> form) {
    Map<String, Object> filled = new LinkedHashMap<>();
    for (Field field : form) {
      if (!(field.type() instanceof Type.Document) && !draw.slips(4)) {
        filled.put(field.name(), Proposals.value(draw, field));
      }
    }
    return filled.isEmpty() ? null : filled;
  }

  private static @Nullable Map<String, Object> attached(Hostile draw, List<Field> form) {
    Map<String, Object> attached = new LinkedHashMap<>();
    for (Field field : form) {
      if (field.type() instanceof Type.Document type && !draw.slips(4)) {
        attached.put(field.name(), List.of(fitting(draw, type)));
      }
    }
    return attached.isEmpty() ? null : attached;
  }

  /** Values for fields, the caller's to fill or not, that fit or not; mostly none. */
  private @Nullable Map<String, Object> form(Hostile draw) {
    if (!draw.oneIn(8)) {
      return null;
    }
    List<Field> users =
        machine.context().values().stream()
            .filter(field -> field.source() instanceof Source.User)
            .toList();
    List<Field> all = List.copyOf(machine.context().values());
    List<Field> fields = users.isEmpty() || draw.oneIn(5) ? all : users;
    if (fields.isEmpty()) {
      return null;
    }
    Field field = draw.any(fields);
    return Map.of(field.name(), draw.slips(8) ? draw.anything() : Proposals.value(draw, field));
  }

  /**
   * What an engine says of documents that came along: the least that is sure is that it is that.
   */
  private @Nullable Map<String, Object> documents(Hostile draw) {
    List<Field> fields =
        machine.context().values().stream()
            .filter(field -> field.type() instanceof Type.Document || draw.oneIn(12))
            .toList();
    if (fields.isEmpty() || !draw.oneIn(6)) {
      return null;
    }
    Field field = draw.any(fields);
    List<Object> sent = new ArrayList<>(List.of(draw.document()));
    while (draw.oneIn(field.many() ? 2 : 20)) {
      sent.add(draw.document());
    }
    return Map.of(field.name(), sent);
  }

  // ---- events

  /** Somebody sends an event. */
  public Occurrence event(Hostile draw, Instance instance, Instant now) {
    List<String> names = Hostile.sorted(machine.events().keySet());
    names.add("no_such_event");
    String name = draw.any(names);
    if (draw.patient() && !draw.oneIn(12)) {
      State state = machine.state(instance.state());
      List<String> here = Hostile.sorted(state.frame().on().keySet());
      names.removeIf(this::ends);
      name =
          here.isEmpty() || (!draw.sincere() && draw.oneIn(4)) ? draw.any(names) : draw.any(here);
    }
    EventType type = machine.events().get(name);
    Object payload =
        type == null || type.payload() == null
            ? (draw.slips(10) ? "surprise" : null)
            : draw.slips(5) ? draw.anything() : draw.of(name, type.payload());
    List<String> by = type == null ? List.of() : type.by();
    List<Principal> may = people.stream().filter(one -> by.stream().anyMatch(one::has)).toList();
    Principal from =
        draw.patient() && !may.isEmpty() && !by.contains(EventType.CALLER)
            ? draw.any(may)
            : draw.sincere() && by.isEmpty() ? OPERATOR : draw.slips(2) ? draw.any(people) : CALLER;
    return new Occurrence.EventSent(id(draw), now, from, name, payload);
  }

  /** Whether an event leads to an end from anywhere. */
  private boolean ends(String event) {
    return machine.anywhere().on().get(event) instanceof Target.To(String state)
        && (machine.state(state) instanceof State.Final
            || machine.state(state) instanceof State.Escalation);
  }

  // ---- answers

  /** Somebody answers what is asked, if anything is. */
  public Occurrence answer(Hostile draw, Instance instance, Instant now) {
    Approval approval = instance.approval();
    int number = 1 + instance.numbers() / 2;
    String hash = "0123456789abcdef";
    String role = "";
    Set<String> before = new LinkedHashSet<>();
    List<String> words = new ArrayList<>(List.of("approved", "approved", "approved", "rejected"));
    Map<String, Object> form = new LinkedHashMap<>();
    if (approval != null && !draw.slips(10)) {
      number = approval.number();
      hash = approval.hash();
      role = approval.role();
      approval.given().forEach(given -> before.add(given.by()));
      if (!approval.given().isEmpty() && !draw.slips(4)) {
        words = List.of(approval.given().getFirst().answer());
        form.putAll(approval.given().getFirst().form());
      } else if (machine.state(instance.state()) instanceof State.Approval state) {
        String word = draw.any(Hostile.sorted(state.answers().keySet()));
        words = List.of(word);
        State.Answer answer = state.answers().get(word);
        if (answer != null) {
          for (String fill : answer.fills()) {
            Type type = machine.field(fill).type();
            form.put(fill, draw.slips(8) ? draw.anything() : draw.of(fill, type));
          }
        }
      }
    } else if (!instance.parked().isEmpty()) {
      Parked parked = draw.any(instance.parked());
      number = parked.number();
      hash = parked.hash();
      Parked.Ask ask = draw.any(parked.asks());
      role = ask.role();
      before.addAll(ask.yes());
    }
    if (draw.slips(10)) {
      hash = hash.replace(hash.charAt(0), hash.charAt(1));
    }
    if (draw.slips(10)) {
      number++;
    }
    String wanted = role;
    List<Principal> may =
        people.stream()
            .filter(one -> wanted.equals(Rule.Ask.USER) ? one.equals(CALLER) : one.has(wanted))
            .filter(one -> wanted.equals(Rule.Ask.USER) || !one.id().equals(CALLER.id()))
            .filter(one -> !before.contains(one.id()))
            .toList();
    Principal from = may.isEmpty() ? CALLER : draw.slips(4) ? draw.any(people) : draw.any(may);
    if (draw.slips(30)) {
      form.put("surprise", "x");
    }
    return new Occurrence.Answered(id(draw), now, from, number, hash, draw.any(words), form);
  }

  // ---- operators, and those who would be

  /** Somebody resolves, resumes or cancels. */
  public Occurrence steer(Hostile draw, Instance instance, Instant now) {
    Principal by = draw.slips(4) ? draw.any(people) : OPERATOR;
    List<Call> unknown =
        instance.liveCalls().filter(call -> call.stage() == Call.Stage.UNKNOWN).toList();
    if (!unknown.isEmpty() && !draw.slips(4)) {
      return resolved(draw, draw.any(unknown), by, now);
    }
    if (instance.inEscalation() && !draw.slips(4)) {
      return resume(draw, instance, by, now);
    }
    return draw.slips(12)
        ? new Occurrence.Cancelled(id(draw), now, by, "enough")
        : new Occurrence.Resolved(id(draw), now, by, 1 + instance.numbers(), true, null);
  }

  private Occurrence resolved(Hostile draw, Call call, Principal by, Instant now) {
    boolean happened = draw.oneIn(2);
    String text = Json.write(Answers.of(machine, draw, call.tool()));
    Result result = Projection.project(machine, call, Json.sha256(text), text, text);
    return new Occurrence.Resolved(
        id(draw), now, by, call.number(), happened, happened && !draw.slips(6) ? result : null);
  }

  private Occurrence resume(Hostile draw, Instance instance, Principal by, Instant now) {
    List<String> states = Hostile.sorted(machine.states().keySet());
    String to = draw.any(states);
    if (machine.state(instance.state()) instanceof State.Escalation escalation
        && !escalation.resume().isEmpty()
        && !draw.slips(6)) {
      to = draw.any(escalation.resume());
    }
    Map<Budget, Decimal> grants = new EnumMap<>(Budget.class);
    for (Budget budget : Budget.values()) {
      if (!draw.oneIn(5)) {
        grants.put(budget, Decimal.of(budget == Budget.DURATION ? 864_000 : 3));
      }
    }
    return new Occurrence.Resumed(id(draw), now, by, to, grants);
  }
}
