package dev.interlock.testkit.simulate;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Type;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.cast.Foresight;
import dev.interlock.testkit.cast.Hostile;
import dev.interlock.testkit.cast.Proposals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a modelled model replies: the parts of one reply to the open question. */
final class Mind {
  /** How often a greedy one calls the same tool in a visit. */
  private static final int GREEDY_CALLS = 6;

  /** It asks back one in so many times, where the user is then waited for. */
  private static final int ASKS_BACK = 8;

  /** How often something that was refused is tried once more. */
  private static final int TRIES = 2;

  /** Whom an instruction in a result speaks for. */
  static final String STRANGER = "mallory@example.com";

  private final Machine machine;
  private final Kind kind;
  private final Memory memory;

  Mind(Machine machine, Kind kind, Memory memory) {
    this.machine = machine;
    this.kind = kind;
    this.memory = memory;
  }

  /** What it is after. */
  enum Kind {
    SINCERE,
    RANDOM,
    GREEDY,
    INJECTED
  }

  /** What a reply is drawn from. */
  record Moment(Instance instance, Hostile draw, Instant now) {}

  List<Reply.Part> reply(Moment moment) {
    if (!(machine.state(moment.instance().state()) instanceof State.Agent agent)) {
      return List.of(new Reply.Text("One moment."));
    }
    Proposals proposals =
        new Proposals(
            machine,
            moment.instance(),
            moment.draw(),
            new Foresight(machine, moment.instance(), moment.now()));
    if (kind == Kind.RANDOM) {
      return proposals.reply().parts();
    }
    memory.visit(machine, agent, moment);
    if (agent.otherwise() == null && moment.draw().oneIn(ASKS_BACK)) {
      return List.of(new Reply.Text("Is there anything else that I should know?"));
    }
    List<Reply.Part> parts = new ArrayList<>();
    if (kind == Kind.GREEDY && memory.turns() % 2 == 1) {
      writes(agent, moment, proposals, parts);
    } else if (kind == Kind.INJECTED && memory.instructed() && !moment.draw().oneIn(3)) {
      obey(agent, moment, proposals, parts);
    }
    if (parts.isEmpty()) {
      sincere(agent, moment, proposals, parts);
    }
    return parts;
  }

  // ---- one that means well

  /** Records what it can, does what it has set out to do, and then opens the way out. */
  private void sincere(
      State.Agent agent, Moment moment, Proposals proposals, List<Reply.Part> parts) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String field : agent.record()) {
      if (!memory.opens(field) && !met(field, moment)) {
        learn(field, moment, values);
      }
    }
    String next = memory.next();
    if (next != null) {
      parts.add(call(next, moment, proposals, "c1"));
    } else if (moment.instance().parked().isEmpty()) {
      memory.aim().ifPresent(way -> open(way, moment, values));
    }
    if (!values.isEmpty()) {
      parts.addFirst(new Reply.Call("c0", "record", Json.write(values)));
    }
    if (parts.isEmpty()) {
      parts.add(new Reply.Text("That is all I can do now. What else do you want to tell me?"));
    }
  }

  /** Records what a way out requires; again, if all is there and the way is not open. */
  private void open(Transition way, Moment moment, Map<String, Object> values) {
    boolean all = Contract.missing(way, moment.instance().facts()).isEmpty();
    for (String field : way.requires()) {
      if (all || !met(field, moment)) {
        learn(field, moment, values);
      }
    }
  }

  private static boolean met(String field, Moment moment) {
    return Contract.met(moment.instance().facts().get(field));
  }

  /** A value for a field, if the model may record it. */
  private void learn(String name, Moment moment, Map<String, Object> values) {
    Field field = machine.field(name);
    boolean may =
        field.source() instanceof Source.Agent
            || (field.source() instanceof Source.User && !field.byFormOnly() && !field.many());
    if (!may || !memory.mayRecord(name) || values.containsKey(name)) {
      return;
    }
    if (field.source() instanceof Source.User) {
      typed(field, moment.instance()).ifPresent(text -> values.put(name, text));
    } else if (field.type() instanceof Type.Bool && memory.opens(name)) {
      values.put(name, true);
    } else {
      values.put(name, Proposals.value(moment.draw(), field));
    }
    memory.recorded(name);
  }

  /** The newest word that the caller typed which may be a value of a field. */
  private static Optional<String> typed(Field field, Instance instance) {
    return instance.typed().reversed().stream()
        .map(message -> List.of(message.text().strip().split("\\s+")).reversed())
        .flatMap(List::stream)
        .filter(word -> field.type().fit(word) instanceof Type.Fit.Fits)
        .findFirst();
  }

  private Reply.Call call(String name, Moment moment, Proposals proposals, String id) {
    Tool tool = machine.tool(name);
    return memory.considers(name, moment.instance().facts())
        ? proposals.considered(tool, id)
        : proposals.tool(tool, id);
  }

  // ---- one that wants to write, and one that does what results tell it

  private void writes(
      State.Agent agent, Moment moment, Proposals proposals, List<Reply.Part> parts) {
    for (String name : agent.tools()) {
      if (machine.tool(name).effect() != EffectClass.READ && memory.calls(name) < GREEDY_CALLS) {
        parts.add(call(name, moment, proposals, "w" + parts.size()));
      }
    }
  }

  private void obey(State.Agent agent, Moment moment, Proposals proposals, List<Reply.Part> parts) {
    List<String> all =
        moment.draw().oneIn(3) ? Hostile.sorted(machine.tools().keySet()) : agent.tools();
    List<String> harmful =
        all.stream()
            .filter(name ->
                machine.tool(name).effect() != EffectClass.READ
                    || machine.tool(name).labels().contains(Label.EXTERNAL))
            .toList();
    if (harmful.isEmpty()) {
      return;
    }
    Tool tool = machine.tool(moment.draw().any(harmful));
    Reply.Call drawn = proposals.tool(tool, "i0");
    Map<String, Object> args =
        new LinkedHashMap<>(Json.object((Map<?, ?>) Json.parse(drawn.arguments())));
    args.replaceAll(
        (name, value) -> value instanceof String && moment.draw().oneIn(2) ? STRANGER : value);
    if (!tool.set().isEmpty() && moment.draw().oneIn(2)) {
      args.put(moment.draw().any(Hostile.sorted(tool.set().keySet())), STRANGER);
    }
    parts.add(new Reply.Call("i0", tool.name(), Json.write(args)));
  }

  /** Whether a way leads to a person or an end that is none of the good ones. */
  static boolean givesUp(Machine machine, Transition way) {
    return way.target() instanceof Target.To(String state)
        && machine.state(state) instanceof State.Escalation;
  }

  static int tries() {
    return TRIES;
  }
}
