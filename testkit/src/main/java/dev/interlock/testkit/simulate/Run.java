package dev.interlock.testkit.simulate;

import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.cast.Crowd;
import dev.interlock.testkit.cast.Hostile;
import dev.interlock.testkit.cast.Proposals;
import dev.interlock.testkit.cast.Words;
import dev.interlock.testkit.simulate.Agenda.Due;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One run: an instance from its start until it ends or nothing can happen any more. It does what an
 * engine does, but in virtual time, and tells a {@link Witness} of each step.
 */
final class Run {
  /** A run of more steps than this never comes to rest. */
  static final int MAX_STEPS = 3_000;

  /** The id of the instance. */
  static final String INSTANCE = "simulated";

  /** As engines wait for, where nothing is configured. */
  private static final Duration SETTLE_AFTER = Duration.ofSeconds(30);

  /** How often somebody does what nobody asked for, at most: of the wild, and of the others. */
  private static final int WILD_WHIMS = 20;

  private static final int WHIMS = 2;

  private final Setting setting;
  private final Machine machine;
  private final Profile profile;
  private final Witness witness;
  private final Random random;
  private final Agenda agenda = new Agenda();
  private final Memory memory;
  private final Mind mind;
  private final Tools tools;
  private final People people;
  private Instance instance = Instance.unborn(INSTANCE);
  private Instant now = ManualClock.START;
  private Instant newest = ManualClock.START;
  private Words.@Nullable Known known;
  private int steps;
  private int whims;
  private boolean broken;

  /** What came of it, at its end. */
  enum Rest {
    ENDED,
    /** Nothing can happen any more, and it has not ended. */
    WAITS,
    /** It took {@link #MAX_STEPS}, and could go on. */
    NEVER,
    /** A decision was owed and there was none. */
    BROKEN
  }

  Run(Setting setting, Profile profile, long seed, Witness witness) {
    this.setting = setting;
    this.machine = setting.machine();
    this.profile = profile;
    this.witness = witness;
    this.random = new Random(seed);
    this.memory = new Memory(setting);
    this.mind = new Mind(machine, profile.mind(), memory);
    this.tools = new Tools(setting, profile);
    this.people = new People(machine, profile);
  }

  /** Plays it to its rest. */
  Rest play() {
    offer(started());
    whimLater();
    while (!broken && instance.end() == null && steps < MAX_STEPS) {
      Due due = agenda.next();
      if (due == null) {
        return Rest.WAITS;
      }
      now = due.at();
      due.act();
    }
    return broken ? Rest.BROKEN : instance.end() != null ? Rest.ENDED : Rest.NEVER;
  }

  Instance instance() {
    return instance;
  }

  /** Whether a tool was made to answer what fits nothing. */
  boolean misfits() {
    return tools.misfits();
  }

  /** How much time has passed in it, up to its newest step. */
  Duration lived() {
    return Duration.between(ManualClock.START, newest);
  }

  private Hostile draw() {
    return new Hostile(random, known(), profile.patience());
  }

  private Words.Known known() {
    if (known == null) {
      known = setting.words().of(instance);
    }
    return known;
  }

  private Occurrence started() {
    Map<String, Object> input = new LinkedHashMap<>();
    Hostile draw = draw();
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Input(Object standard)
          && (standard == null || draw.oneIn(2))) {
        input.put(field.name(), Proposals.value(draw, field));
      }
    }
    return new Occurrence.Started(INSTANCE, now, Crowd.CALLER, Crowd.CALLER, input);
  }

  // ---- a step

  private void offer(Occurrence occurrence) {
    steps++;
    try {
      if (setting.decider().decide(machine, instance, occurrence)
          instanceof Decision.Accepted accepted) {
        accept(occurrence, accepted);
      } else {
        witness.rejected();
      }
    } catch (RuntimeException e) { // a decision is owed whatever occurs: a report says where not
      witness.threw(occurrence, e);
      broken = true;
    }
  }

  private void accept(Occurrence occurrence, Decision.Accepted accepted) {
    Entry entry = Entry.next(instance, occurrence, accepted.outcomes());
    accepted.outcomes().forEach(memory::take);
    witness.step(entry, accepted.effects());
    instance = Evolve.evolve(instance, entry);
    newest = now;
    accepted.outcomes().forEach(this::learn);
    accepted.effects().forEach(this::carryOut);
    people.newly(instance).forEach(this::personLater);
  }

  private void learn(Outcome outcome) {
    switch (outcome) {
      case Outcome.CallReturned returned -> {
        if (instructs(returned.call())) {
          memory.instruct();
        }
      }
      case Outcome.FieldSet set -> known = null;
      case Outcome.FieldAppended appended -> known = null;
      case Outcome.FieldCleared cleared -> known = null;
      case Outcome.TextTyped text -> known = null;
      default -> {}
    }
  }

  private boolean instructs(int call) {
    Tool tool = machine.tools().get(memory.tool(call));
    return profile == Profile.INJECTED && tool != null && setting.untrusted(tool);
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.Ask(long number) -> agenda.at(after(profile.pace().model()), () -> reply(number));
      case Effect.Dispatch dispatch -> dispatch(dispatch);
      case Effect.Probe(int call, Instant deadline) ->
          agenda.at(deadline.plus(SETTLE_AFTER), () -> probe(call));
      case Effect.SetTimer(String timer, Instant due) ->
          agenda.timer(
              timer,
              due.isBefore(now) ? now : due,
              () -> offer(new Occurrence.TimerFired(now, timer)));
      case Effect.CancelTimer(String timer) -> agenda.cancel(timer);
      case Effect.OpenTicket ticket ->
          agenda.at(
              now,
              () ->
                  offer(
                      new Occurrence.TicketOpened(
                          now, ticket.escalation(), "T-" + ticket.escalation())));
      case Effect.AbandonQuestion abandoned -> {} // its reply finds that nobody waits for it
      case Effect.AbandonCall abandoned -> {}
      case Effect.Notify notify -> {}
    }
  }

  /** Some time from now: the average of all such times is the one given. */
  private Instant after(Duration average) {
    double times = -StrictMath.log(1 - random.nextDouble());
    return now.plusMillis((long) (times * average.toMillis()));
  }

  // ---- the model

  private void reply(long number) {
    if (instance.turn() == null
        || !instance.turn().open()
        || instance.turn().question() != number) {
      return;
    }
    Hostile draw = draw();
    int fault = profile.faults().model();
    if (fault > 0 && draw.oneIn(fault)) {
      offer(new Occurrence.QuestionFailed(now, number, "it cannot be reached"));
    } else if (machine.history() != null && fault > 0 && draw.oneIn(fault)) {
      offer(new Occurrence.QuestionOverflowed(now, number, 20_000, "too long"));
    } else {
      offer(new Occurrence.QuestionReplied(now, number, written(draw, fault)));
    }
  }

  private Reply written(Hostile draw, int fault) {
    long read = 1_000 + 150 * Math.min(instance.questions(), 100) + random.nextInt(500);
    long written = 20L + random.nextInt(180);
    Reply.Usage usage =
        new Reply.Usage(read, written, setting.price().of(read, 0, written).max(BigDecimal.ZERO));
    if (instance.turn() != null && instance.turn().summing()) {
      return new Reply(List.of(new Reply.Text("They talked.")), Reply.Stop.END, "model", usage);
    }
    if (fault > 0 && draw.oneIn(fault)) {
      return new Reply(List.of(), Reply.Stop.END, "model", usage);
    }
    List<Reply.Part> parts = mind.reply(new Mind.Moment(instance, draw, now));
    Reply.Stop stop =
        parts.stream().anyMatch(Reply.Call.class::isInstance) ? Reply.Stop.CALLS : Reply.Stop.END;
    return new Reply(parts, stop, "model", usage);
  }

  // ---- tools

  private void dispatch(Effect.Dispatch dispatch) {
    Tool tool = machine.tool(dispatch.tool());
    Answer answer = tools.answer(draw(), tool);
    Duration left = Duration.between(now, dispatch.deadline());
    double seconds = profile.pace().tool() * tool.timeout().toMillis();
    Instant at = after(Duration.ofMillis((long) seconds));
    if (at.isBefore(dispatch.deadline())) {
      witness.answered(tool.name(), answer);
      agenda.at(at, () -> offer(tools.reported(dispatch, answer, instance, now)));
      return;
    }
    Answer silence = new Answer.Unknown("no answer in " + left);
    witness.answered(tool.name(), silence);
    agenda.at(dispatch.deadline(), () -> offer(tools.reported(dispatch, silence, instance, now)));
    if (tool.effect() != EffectClass.READ && random.nextBoolean()) {
      agenda.at(at, () -> offer(tools.reported(dispatch, answer, instance, now)));
    }
  }

  private void probe(int call) {
    Projection.Probing probing = tools.probing(instance, call, now);
    if (probing instanceof Projection.Probing.Ask(String name, Map<String, Object> args)) {
      Answer answer = tools.answer(draw(), machine.tool(name));
      witness.answered(name, answer);
      offer(tools.probed(instance, call, answer, now));
    } else if (probing instanceof Projection.Probing.Impossible(String why)) {
      offer(new Occurrence.CallProbed(now, call, null, why));
    }
  }

  // ---- people

  private void personLater(String about) {
    int silent = profile.pace().silent();
    if (silent > 0 && random.nextInt(silent) == 0) {
      return;
    }
    agenda.at(
        after(profile.pace().person()),
        () -> {
          Occurrence act = people.act(about, draw(), instance, now);
          if (act != null) {
            offer(act);
          }
        });
  }

  private void whimLater() {
    if (whims++ < (profile == Profile.RANDOM ? WILD_WHIMS : WHIMS)) {
      agenda.at(
          after(profile.pace().whim()),
          () -> {
            if (instance.end() == null && !instance.inEscalation()) {
              offer(people.whim(draw(), instance, now));
            }
            whimLater();
          });
    }
  }
}
