package dev.interlock.testkit.simulate;

import dev.interlock.core.counterexample.Counterexample;
import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Result;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.cast.Crowd;
import dev.interlock.testkit.cast.Hostile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** Writes down one run as a scenario, up to where its surprise shows. */
final class Recording implements Witness {
  /** The longest line of a comment. */
  private static final int MAX_COMMENT = 300;

  /** What a file may be called that is written; a document may be called anything. */
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  private final Witness also;
  private final Surprise surprise;
  private final BooleanSupplier showing;
  private final Map<String, List<Object>> answers = new TreeMap<>();
  private final List<Object> steps = new ArrayList<>();
  private final List<Object> refused = new ArrayList<>();
  private final List<Object> called = new ArrayList<>();
  private final Map<Integer, String> tools = new LinkedHashMap<>();
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private Map<String, Object> input = Map.of();
  private Principal caller = Crowd.CALLER;
  private Instance instance = Instance.unborn(Run.INSTANCE);
  private Instant clock = ManualClock.START;
  private boolean shown;
  private boolean playable = true;

  /**
   * Of one run.
   *
   * @param also who is told of it too
   * @param showing whether the surprise has shown by now
   */
  Recording(Witness also, Surprise surprise, BooleanSupplier showing) {
    this.also = also;
    this.surprise = surprise;
    this.showing = showing;
  }

  /** Of a run that was decided before, all of it. */
  static Recording of(List<Entry> entries, Surprise surprise) {
    Recording recording = new Recording(Witness.NOBODY, surprise, () -> false);
    for (Entry entry : entries) {
      recording.answer(entry.occurrence());
      recording.step(entry, List.of());
    }
    return recording;
  }

  /** Notes what a tool has answered. */
  private void answer(Occurrence occurrence) {
    switch (occurrence) {
      case Occurrence.CallReturned(var at, int call, Result result) ->
          answered(tool(call), new Answer.Returned(result.preview(), result.preview()));
      case Occurrence.CallFailed(var at, int call, String why) ->
          answered(tool(call), new Answer.Failed(why, false, null));
      case Occurrence.CallUnknown(var at, int call, String why) ->
          answered(tool(call), new Answer.Unknown(why));
      case Occurrence.CallDrifted(var at, int call, String what) ->
          answered(tool(call), new Answer.Drifted(what));
      default -> {}
    }
  }

  private String tool(int call) {
    return tools.getOrDefault(call, "");
  }

  // ---- what happens

  @Override
  public void step(Entry entry, List<Effect> effects) {
    also.step(entry, effects);
    if (shown) {
      return;
    }
    write(entry.occurrence());
    instance = Evolve.evolve(instance, entry);
    for (Outcome outcome : entry.outcomes()) {
      if (outcome instanceof Outcome.CallProposed proposed) {
        tools.put(proposed.call(), proposed.tool());
      } else if (outcome instanceof Outcome.CallRefused(int call, var refusal)) {
        refused.add(Map.of("rule", refusal.rule()));
      } else if (outcome instanceof Outcome.CallDispatched sent) {
        called.add(tool(sent.call()));
      }
    }
    shown = showing.getAsBoolean();
  }

  @Override
  public void rejected() {
    also.rejected(); // what is not taken leaves no trace, and no step
  }

  @Override
  public void threw(Occurrence occurrence, RuntimeException why) {
    also.threw(occurrence, why);
    write(occurrence);
    shown = true;
  }

  @Override
  public void answered(String tool, Answer answer) {
    if (!shown) {
      answers.computeIfAbsent(tool, it -> new ArrayList<>()).add(canned(answer));
    }
  }

  private static Object canned(Answer answer) {
    return switch (answer) {
      case Answer.Returned(String text, var structured) -> Map.of("returns", Json.parse(text));
      case Answer.Failed failed -> Map.of("fails", failed.why());
      case Answer.Unknown(String why) -> Map.of("unknown", why);
      case Answer.Drifted(String what) -> Map.of("drifts", what);
    };
  }

  // ---- as steps

  private void write(Occurrence occurrence) {
    switch (occurrence) {
      case Occurrence.Started started -> {
        input = started.input();
        caller = started.caller();
      }
      case Occurrence.MessageSent sent -> step(sent.at(), message(sent));
      case Occurrence.EventSent sent -> step(sent.at(), Map.of("event", event(sent)));
      case Occurrence.Answered given -> step(given.at(), Map.of("answer", answer(given)));
      case Occurrence.Resolved resolved ->
          step(resolved.at(), Map.of("resolve", resolution(resolved)));
      case Occurrence.Resumed resumed -> step(resumed.at(), Map.of("resume", resumption(resumed)));
      case Occurrence.Cancelled cancelled ->
          step(
              cancelled.at(),
              Map.of("cancel", ordered("why", cancelled.why(), "as", who(cancelled.from()))));
      case Occurrence.QuestionReplied replied -> step(replied.at(), reply(replied.reply()));
      case Occurrence.QuestionFailed failed ->
          step(failed.at(), Map.of("model", Map.of("fails", failed.why())));
      case Occurrence.TimerFired fired -> passed(fired.at());
      case Occurrence.CallProbed probed -> passed(probed.at());
      case Occurrence.CallReturned r -> {} // canned: they answer at once
      case Occurrence.CallFailed r -> {}
      case Occurrence.CallUnknown r -> {}
      case Occurrence.CallDrifted r -> {}
      case Occurrence.TicketOpened r -> {}
      case Occurrence.QuestionOverflowed r -> playable = false;
      case Occurrence.ReplyLost r -> playable = false;
      case Occurrence.Forked r -> playable = false;
      case Occurrence.Migrated r -> playable = false;
    }
  }

  private void step(Instant at, Map<String, Object> step) {
    passed(at);
    steps.add(step);
  }

  private void passed(Instant at) {
    if (at.isAfter(clock)) {
      steps.add(Map.of("time", Duration.between(clock, at).toString()));
      clock = at;
    }
  }

  private Map<String, Object> message(Occurrence.MessageSent sent) {
    Map<String, Object> step = ordered("user", sent.text());
    if (!sent.from().equals(caller)) {
      step.put("as", who(sent.from()));
    }
    if (sent.form() != null) {
      step.put("form", sent.form());
    }
    if (sent.documents() != null) {
      Map<String, Object> attach = new LinkedHashMap<>();
      sent.documents()
          .forEach((field, documents) ->
              attach.put(field, ((List<?>) documents).stream().map(this::file).toList()));
      step.put("attach", attach);
    }
    return step;
  }

  /** Where a document lies that was sent. */
  private String file(Object document) {
    Map<String, Object> said = Json.object((Map<?, ?>) document);
    String hash = String.valueOf(said.get("hash"));
    String name = String.valueOf(said.get("name"));
    String path = "files/%s/%s".formatted(hash.substring(0, 8), name);
    Hostile.bytes(hash)
        .or(() -> Counterexample.bytes(hash))
        .filter(bytes -> FILE.matcher(name).matches())
        .ifPresentOrElse(bytes -> files.put(path, bytes), () -> playable = false);
    return path;
  }

  private Object event(Occurrence.EventSent sent) {
    Map<String, Object> event = ordered("name", sent.name());
    if (!sent.from().equals(caller)) {
      event.put("as", who(sent.from()));
    }
    if (sent.payload() != null) {
      event.put("payload", sent.payload());
    }
    return event;
  }

  private static Object answer(Occurrence.Answered given) {
    Map<String, Object> answer =
        ordered("as", who(given.from()), "number", (long) given.number(), "say", given.answer());
    if (!given.form().isEmpty()) {
      answer.put("form", given.form());
    }
    return answer;
  }

  private static Object resolution(Occurrence.Resolved resolved) {
    Map<String, Object> step =
        ordered(
            "as",
            who(resolved.from()),
            "call",
            (long) resolved.call(),
            "happened",
            resolved.happened());
    if (resolved.result() != null) {
      step.put("result", Json.parse(resolved.result().preview()));
    }
    return step;
  }

  private static Object resumption(Occurrence.Resumed resumed) {
    Map<String, Object> step = ordered("as", who(resumed.from()), "state", resumed.state());
    Map<String, Object> grant = new TreeMap<>();
    resumed.grants().forEach((budget, amount) -> grant.put(budget.word(), granted(budget, amount)));
    if (!grant.isEmpty()) {
      step.put("grant", grant);
    }
    return step;
  }

  private static Object granted(Budget budget, Decimal amount) {
    return budget == Budget.DURATION
        ? Duration.ofSeconds(amount.value().longValue()).toString()
        : amount;
  }

  private Map<String, Object> reply(Reply reply) {
    List<Object> parts = new ArrayList<>();
    for (Reply.Part part : reply.parts()) {
      switch (part) {
        case Reply.Text(String text) -> parts.add(Map.of("say", text));
        case Reply.Call call -> {
          Object with = arguments(call.arguments());
          playable &= with instanceof Map;
          parts.add(ordered("call", call.tool(), "with", with));
        }
        case Reply.Opaque opaque -> playable = false;
      }
    }
    playable &= reply.stop() == Reply.Stop.END || reply.stop() == Reply.Stop.CALLS;
    return Map.of("model", parts);
  }

  private static Object arguments(String text) {
    try {
      return Json.parse(text);
    } catch (JsonException e) {
      return text;
    }
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return map;
  }

  private static Object who(Principal principal) {
    return ordered("id", principal.id(), "roles", principal.roles());
  }

  // ---- the whole

  /** What must be found where it shows. */
  private Map<String, Object> expectation() {
    Map<String, Object> expected = new LinkedHashMap<>();
    boolean calling = instance.liveCalls().anyMatch(it -> !it.stage().settled());
    if (!calling) {
      expected.put("state", instance.state());
      expected.put("status", instance.status().word());
    }
    Escalated escalated = instance.escalated();
    if (escalated != null) {
      expected.put(
          "escalated",
          ordered(
              "from", escalated.from(),
              "reason", escalated.reason().word(),
              "name", escalated.name()));
    }
    if (surprise.kind() == Surprise.Kind.VIOLATED && !called.isEmpty()) {
      expected.put("calls", called);
    }
    if (surprise.kind() == Surprise.Kind.HELD_BACK && !refused.isEmpty()) {
      expected.put("refused", refused);
    }
    if (instance.turn() != null && instance.turn().open()) {
      expected.put("waits", "model");
    }
    return expected;
  }

  /**
   * The scenario.
   *
   * @param origin where it comes from, for people
   */
  SurprisingScenario scenario(String origin) {
    String what = surprise.what().isEmpty() ? "" : ": " + surprise.what();
    String title = surprise.kind().sentence() + what;
    StringBuilder text = new StringBuilder();
    comment(text, origin);
    comment(text, surprise.detail());
    text.append("scenario: ").append(Json.write(title)).append('\n');
    text.append("caller: ").append(Flow.of(who(caller))).append('\n');
    if (!input.isEmpty()) {
      text.append("input: ").append(Flow.of(input)).append('\n');
    }
    if (!answers.isEmpty()) {
      text.append("tools:\n");
      answers.forEach((tool, all) -> {
        text.append("  ").append(tool).append(":\n");
        all.forEach(it -> text.append("    - ").append(Flow.of(it)).append('\n'));
      });
    }
    text.append("steps:\n");
    steps.forEach(step -> text.append("  - ").append(bare(step)).append('\n'));
    Object expected = Map.of("expect", expectation());
    text.append("  - ").append(bare(expected)).append('\n');
    return new SurprisingScenario(surprise, text.toString(), Map.copyOf(files), playable);
  }

  private static void comment(StringBuilder text, String words) {
    if (words.isBlank()) {
      return;
    }
    String line = words.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "");
    text.append("# ").append(line, 0, Math.min(line.length(), MAX_COMMENT)).append('\n');
  }

  /** A step with one key needs no braces. */
  private static String bare(Object step) {
    String flow = Flow.of(step);
    return step instanceof Map<?, ?> map && map.size() == 1
        ? flow.substring(1, flow.length() - 1)
        : flow;
  }
}
