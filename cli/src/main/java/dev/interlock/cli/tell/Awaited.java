package dev.interlock.cli.tell;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One thing that an instance waits for.
 *
 * @param kind who or what must do something
 * @param whom who or what it is
 * @param text what they must do, a sentence
 * @param details what is shown beside it, by name
 * @param commands what to type, each a whole line
 */
public record Awaited(
    Kind kind, String whom, String text, Map<String, Object> details, List<String> commands) {

  /** Digits of a hash that are shown, and that an answer must at least give. */
  public static final int HASH_DIGITS = 12;

  /** Who or what must do something. */
  public enum Kind {
    /** The model must answer a question. */
    MODEL,
    /** A tool must answer a call. */
    TOOL,
    /** The caller must write. */
    MESSAGE,
    /** The caller must say yes or no. */
    CONSENT,
    /** Somebody else must decide: a role, an operator. */
    DECISION,
    /** An event may come. */
    EVENT,
    /** Time passes. */
    TIMER;

    /** As programs read it. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** All that an instance waits for; empty once it has ended. */
  public static List<Awaited> of(View view, Instant now, Typing typing) {
    Instance instance = view.instance();
    if (instance.end() != null) {
      return List.of();
    }
    List<Awaited> awaited = new ArrayList<>();
    @Nullable Turn turn = instance.turn();
    if (turn != null) {
      turn(turn, awaited);
    }
    instance
        .liveCalls()
        .filter(call -> call.stage() == Call.Stage.UNKNOWN)
        .forEach(call -> awaited.add(unknown(view, call, typing)));
    instance.parked().forEach(parked -> parked(view, parked, now, typing, awaited));
    @Nullable Approval approval = instance.approval();
    if (approval != null) {
      awaited.add(approval(view, approval, typing));
    }
    if (instance.inEscalation()) {
      awaited.add(escalated(view, typing));
    } else if (turn == null
        && state(view) instanceof State.Agent agent
        && instance.visit().waiting()) {
      awaited.add(
          new Awaited(
              Kind.MESSAGE,
              instance.caller().id(),
              "to write",
              Map.of(),
              messages(view, agent, typing)));
    }
    if (!unknown(instance)) {
      events(view, typing, awaited);
    }
    instance.timers().values().stream()
        .filter(timer -> timer.kind() != Timer.Kind.EXPIRY)
        // what may be spent does not run out while a person is at it
        .filter(timer -> timer.kind() != Timer.Kind.DURATION || !instance.inEscalation())
        .min(Comparator.comparing(Timer::due))
        .ifPresent(timer -> awaited.add(timer(timer, now)));
    return awaited;
  }

  /** How to write, and how to fill the state's form as far as it is not filled. */
  private static List<String> messages(View view, State.Agent state, Typing typing) {
    Instance instance = view.instance();
    String send = "send %s%s --as %s";
    String fills =
        Contract.form(view.machine(), state).stream()
            .filter(field ->
                instance.facts().getOrDefault(field, List.of()) instanceof List<?> items
                    && items.isEmpty())
            .map(field ->
                view.machine().field(field).type() instanceof Type.Document
                    ? " --attach " + field + "=FILE"
                    : " --fill " + field + "=VALUE")
            .collect(Collectors.joining());
    List<String> messages = new ArrayList<>();
    messages.add(typing.command(send.formatted(instance.id(), " TEXT", asWhom(instance))));
    if (!fills.isEmpty()) {
      messages.add(typing.command(send.formatted(instance.id(), fills, asWhom(instance))));
    }
    return messages;
  }

  private static State state(View view) {
    return view.machine().state(view.instance().state());
  }

  /** Whether a call of unknown outcome must be settled before anything else can be done. */
  private static boolean unknown(Instance instance) {
    return instance.liveCalls().anyMatch(call -> call.stage() == Call.Stage.UNKNOWN);
  }

  private static String asWhom(Instance instance) {
    return Shell.word(instance.caller().id());
  }

  private static void turn(Turn turn, List<Awaited> awaited) {
    if (turn.open()) {
      awaited.add(
          new Awaited(
              Kind.MODEL,
              "the model",
              "to answer question no. " + turn.question(),
              Map.of(),
              List.of()));
    }
    for (Call call : turn.calls()) {
      if (call.stage() == Call.Stage.DISPATCHED) {
        awaited.add(
            new Awaited(
                Kind.TOOL, call.tool(), "to answer call " + call.number(), call.args(), List.of()));
      }
    }
  }

  private static Awaited unknown(View view, Call call, Typing typing) {
    String start = "resolve %s %d ".formatted(view.instance().id(), call.number());
    boolean fills =
        view.machine().context().values().stream()
            .anyMatch(field -> field.from().contains(call.tool()));
    return new Awaited(
        Kind.DECISION,
        "a person",
        "to find out whether call %d, %s, happened (%s)"
            .formatted(call.number(), call.tool(), call.note()),
        call.args(),
        List.of(
            typing.command(start + "--happened" + (fills ? " RESULT" : "")),
            typing.command(start + "--did-not-happen")));
  }

  private static void parked(
      View view, Parked parked, Instant now, Typing typing, List<Awaited> awaited) {
    String named =
        "%s %d@%s"
            .formatted(
                view.instance().id(), parked.number(), parked.hash().substring(0, HASH_DIGITS));
    for (Parked.Ask ask : parked.asks()) {
      if (ask.answered()) {
        continue;
      }
      Map<String, Object> details = new LinkedHashMap<>(parked.call().args());
      parked.shown().forEach((field, value) -> details.put("context." + field, value));
      boolean user = ask.role().equals(Rule.Ask.USER);
      String as = user ? " --as " + asWhom(view.instance()) : typing.as(ask.role());
      awaited.add(
          new Awaited(
              user ? Kind.CONSENT : Kind.DECISION,
              user ? view.instance().caller().id() : ask.role(),
              "to allow call %d, %s: %s (%sexpires %s)"
                  .formatted(
                      parked.number(),
                      parked.call().tool(),
                      String.join("; ", ask.rules()),
                      stillNeeded(ask.quorum().people(), ask.yes(), "said yes"),
                      Ago.until(parked.expires(), now)),
              details,
              List.of(
                  typing.command("approve " + named + as),
                  typing.command("reject " + named + as))));
    }
  }

  private static Awaited approval(View view, Approval approval, Typing typing) {
    String named =
        "%s %d@%s"
            .formatted(
                view.instance().id(), approval.number(), approval.hash().substring(0, HASH_DIGITS));
    String as = typing.as(approval.role());
    Map<String, Object> details = new LinkedHashMap<>(approval.shown());
    approval
        .given()
        .forEach(given -> {
          Map<String, Object> answer = new LinkedHashMap<>(Map.of("answer", given.answer()));
          answer.putAll(given.form());
          details.put("answered by " + given.by(), answer);
        });
    List<String> commands = new ArrayList<>();
    if (state(view) instanceof State.Approval asked) {
      for (Map.Entry<String, State.Answer> answer : asked.answers().entrySet()) {
        String fills =
            answer.getValue().fills().stream()
                .map(field -> " --fill " + field + "=VALUE")
                .collect(Collectors.joining());
        String verb =
            Verb.of(answer.getKey(), asked)
                .map(plain -> plain.word() + " " + named)
                .orElseGet(() -> "approve " + named + " --answer " + Shell.word(answer.getKey()));
        commands.add(typing.command(verb + fills + as));
      }
    }
    return new Awaited(
        Kind.DECISION,
        approval.role(),
        "to answer no. %d of %s%s"
            .formatted(
                approval.number(),
                view.instance().state(),
                approval.quorum().people() == 1
                    ? ""
                    : ": %d people must answer alike".formatted(approval.quorum().people())),
        details,
        commands);
  }

  /** How many yes are missing, where several are needed. */
  private static String stillNeeded(int people, List<String> given, String did) {
    return people == 1
        ? ""
        : given.isEmpty()
            ? "%d people needed; ".formatted(people)
            : "%d more of %d people needed, %s %s; "
                .formatted(people - given.size(), people, String.join(", ", given), did);
  }

  private static Awaited escalated(View view, Typing typing) {
    @Nullable Escalated escalated = view.instance().escalated();
    String ticket =
        escalated == null || escalated.ticket() == null
            ? "the desk has no ticket yet"
            : "ticket " + escalated.ticket();
    List<String> commands = new ArrayList<>();
    if (state(view) instanceof State.Escalation escalation && !unknown(view.instance())) {
      escalation
          .resume()
          .forEach(to ->
              commands.add(typing.command("resume %s %s".formatted(view.instance().id(), to))));
    }
    return new Awaited(
        Kind.DECISION, "a person", "to take it over (" + ticket + ")", Map.of(), commands);
  }

  private static void events(View view, Typing typing, List<Awaited> awaited) {
    Machine machine = view.machine();
    Map<String, Target> ways = new LinkedHashMap<>(machine.anywhere().on());
    ways.putAll(state(view).frame().on());
    Set<String> accepted = new LinkedHashSet<>(ways.keySet());
    accepted.retainAll(machine.events().keySet());
    for (String name : accepted) {
      EventType event = Objects.requireNonNull(machine.events().get(name));
      String carries = event.payload() == null ? "" : " JSON";
      awaited.add(
          new Awaited(
              Kind.EVENT,
              "event " + name,
              "would lead to " + ways.get(name),
              Map.of(),
              List.of(
                  typing.command(
                      "event %s %s%s%s"
                          .formatted(
                              view.instance().id(),
                              name,
                              carries,
                              asSender(view.instance(), event, typing))))));
    }
  }

  /** As the first who may send it; while it is escalated, as an operator, who may send all. */
  private static String asSender(Instance instance, EventType event, Typing typing) {
    if (instance.inEscalation() || event.by().isEmpty()) {
      return "";
    }
    String first = event.by().getFirst();
    return first.equals(EventType.CALLER) ? " --as " + asWhom(instance) : typing.as(first);
  }

  private static Awaited timer(Timer timer, Instant now) {
    String what =
        switch (timer.kind()) {
          case AFTER -> "the time in this state is up";
          case IDLE -> "it has waited for too long";
          case DURATION -> "the budget duration is spent";
          case EXPIRY -> "no. " + timer.number() + " expires";
        };
    return new Awaited(
        Kind.TIMER,
        "a timer",
        "%s, %s%s"
            .formatted(
                Ago.until(timer.due(), now),
                what,
                timer.target() == null ? "" : ": to " + timer.target()),
        Map.of(),
        List.of());
  }
}
