package dev.interlock.bench.decide;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Reply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A machine of 20 states with rules, and an instance of it in the middle of a conversation. */
final class TwentyStates {
  private static final int STATES = 20;
  private static final List<String> TOOLS = List.of("b.look", "b.search", "b.lend", "b.pay");
  private static final Instant AT = Instant.parse("2026-01-05T10:00:00Z");
  private static final Principal CALLER = new Principal("ana", List.of("customer"));

  private static final String HEAD =
      """
      machine: twenty
      version: 1
      constants: {most: 100000, limit: 500}
      tools:
        b.look: {effect: read}
        b.search: {effect: read, label: untrusted}
        b.lend: {effect: write}
        b.pay: {effect: write, label: external}
      context:
        amount: {type: decimal, source: agent}
        item: {type: object, properties: {id: {type: string}, price: {type: decimal}}, source: tool, from: b.search}
        step: {type: integer, source: agent}
        done: {type: boolean, source: agent}
      rules:
        - rule: what is looked at has a name
          for: reads
          when: "args.item != '' && size(args.item) < 200"
        - rule: nothing is looked at without end
          for: reads
          atMost: constants.most
        - rule: no more than the limit
          for: [b.pay]
          when: "context.amount <= constants.limit"
        - rule: only to customers
          for: writes
          when: "'customer' in caller.roles"
        - rule: a payment needs a manager
          for: [b.pay]
          ask: manager
          unless: "context.amount < 10"
        - rule: not too many errors before a write
          for: writes
          when: "run.errors < 3 && run.state.toolCalls < 10000"
      budgets: {turns: 5000, toolCalls: 5000, errors: 5, duration: P7D}
      initial: S01
      states:
      """;

  private final Machine machine;
  private final Instance asked;
  private final Instance calling;

  /**
   * @param turns that it has behind it
   */
  TwentyStates(int turns) {
    this.machine = machine();
    Instance instance = Instance.unborn("twenty-1");
    instance = step(instance, new Occurrence.Started("start", AT, CALLER, CALLER, Map.of()));
    instance =
        step(
            instance, new Occurrence.MessageSent("m1", AT, CALLER, "A laptop, please", null, null));
    for (int turn = 0; turn < turns; turn++) {
      instance = step(instance, replied(instance));
      instance = step(instance, returned(instance));
    }
    this.asked = instance;
    this.calling = step(instance, replied(instance));
  }

  Machine loaded() {
    return machine;
  }

  /** It waits for a reply. */
  Instance asked() {
    return asked;
  }

  /** It waits for a result. */
  Instance calling() {
    return calling;
  }

  /** A reply with a text and a call, which four rules judge. */
  static Occurrence replied(Instance instance) {
    List<Reply.Part> parts = new ArrayList<>();
    parts.add(new Reply.Text("I look that up."));
    parts.add(
        new Reply.Call(
            "c" + instance.questions(), "b.look", "{\"item\":\"the laptop of last week\"}"));
    return new Occurrence.QuestionReplied(
        AT, instance.questions(), new Reply(parts, Reply.Stop.CALLS, "bench", Reply.Usage.NONE));
  }

  /** The result of that call. */
  Occurrence returned(Instance instance) {
    Call call = instance.liveCalls().findFirst().orElseThrow();
    Result result = Projection.project(machine, call, "0".repeat(64), "x".repeat(200), null);
    return new Occurrence.CallReturned(AT, call.number(), result);
  }

  private Instance step(Instance instance, Occurrence occurrence) {
    if (!(Decide.decide(machine, instance, occurrence) instanceof Decision.Accepted accepted)) {
      throw new IllegalStateException("not accepted: " + occurrence);
    }
    return Evolve.evolve(instance, Entry.next(instance, occurrence, accepted.outcomes()));
  }

  private static Machine machine() {
    StringBuilder text = new StringBuilder(HEAD);
    for (int i = 1; i <= STATES; i++) {
      text.append(
          """
            S%02d:
              goal: Do step %d.
              tools: all
              record: [step, amount, done]
              transitions:
                - {target: Done, requires: [done]}
                - {target: S%02d, requires: [step], guard: "context.step == %d && run.state.turns > 1"}
              idle: {P2D: Escalate}
          """
              .formatted(i, i, i % STATES + 1, i));
    }
    text.append(
        """
          Done: {type: final}
          Escalate: {type: escalation, resume: [S01]}
        anywhere:
          over: {default: Escalate}
        """);
    List<Offered> offered =
        TOOLS.stream()
            .map(name ->
                new Offered(
                    name,
                    "Does " + name,
                    Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of("item", Map.of("type", "string")),
                        "required",
                        List.of("item"))))
            .toList();
    ToolLock lock = ToolLock.lock("tools.lock", offered).lock();
    MachineLoader.Loaded loaded = MachineLoader.load("machine.yaml", text.toString(), lock);
    return Objects.requireNonNull(loaded.machine(), Diagnostic.format(loaded.diagnostics()));
  }
}
