package dev.interlock.testkit.scenario;

import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.MappingReader;
import dev.interlock.core.load.Mark;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.prompt.Script;
import dev.interlock.testkit.ScriptedTools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a scenario and holds it against its machine: unknown words are reported, all of them. */
final class ScenarioReader {
  /** Whoever a step names that needs an operator and names nobody. */
  static final Principal OPERATOR = new Principal("operator", List.of(Principal.OPERATOR));

  private static final List<String> STEPS =
      List.of(
          "user",
          "model",
          "expect",
          "answer",
          "event",
          "time",
          "resolve",
          "resume",
          "cancel",
          "rejected");

  private final Machine machine;
  private final Reader reader;
  private final @Nullable Path folder;
  private Principal caller = new Principal("");

  private ScenarioReader(Machine machine, Reader reader, @Nullable Path folder) {
    this.machine = machine;
    this.reader = reader;
    this.folder = folder;
  }

  /**
   * The scenario; null if it could not be read at all. What is wrong is reported.
   *
   * @param folder where the files lie that it attaches; null if there are none
   */
  static @Nullable Scenario read(Machine machine, Node root, Reader reader, @Nullable Path folder) {
    MappingReader scenario = reader.mapping(root, "a scenario");
    return scenario == null ? null : new ScenarioReader(machine, reader, folder).scenario(scenario);
  }

  private Scenario scenario(MappingReader scenario) {
    Node.Scalar name = scenario.needWord("scenario");
    caller = orElse(principal(scenario.need("caller")), caller);
    Map<String, Object> input = object(scenario.take("input"), "`input`");
    Map<String, List<Answer>> tools = tools(scenario);
    Node list = scenario.need("steps");
    List<Node> items = list == null ? null : reader.list(list, "`steps`");
    List<Step> steps = new ArrayList<>();
    if (items != null) {
      items.forEach(item -> step(item).ifPresent(steps::add));
    }
    scenario.done();
    return new Scenario(
        name == null ? scenario.mark() : name.mark(),
        name == null ? "" : name.text(),
        caller,
        input,
        tools,
        steps);
  }

  // ---- canned answers

  private Map<String, List<Answer>> tools(MappingReader scenario) {
    Map<String, List<Answer>> tools = new LinkedHashMap<>();
    for (Node.Member member : scenario.members("tools")) {
      knownTool(member.mark(), member.key());
      List<Node> items = reader.list(member.node(), "the answers of " + member.key());
      List<Answer> answers = new ArrayList<>();
      if (items != null) {
        items.forEach(item -> answer(item).ifPresent(answers::add));
        if (items.isEmpty()) {
          reader.report(
              member.node().mark(),
              LoadCode.INCOMPLETE,
              "no answer",
              "at least one, such as {returns: {}}",
              null);
        }
      }
      tools.put(member.key(), answers);
    }
    return tools;
  }

  private Optional<Answer> answer(Node node) {
    MappingReader answer = reader.mapping(node, "an answer of a tool");
    if (answer == null) {
      return Optional.empty();
    }
    Node returns = answer.take("returns");
    String fails = answer.text("fails");
    boolean retryable = answer.bool("retryable", false);
    String unknown = answer.text("unknown");
    String drifts = answer.text("drifts");
    answer.done();
    if (returns != null) {
      return Optional.of(ScriptedTools.returned(returns.value()));
    }
    if (fails != null) {
      return Optional.of(new Answer.Failed(fails, retryable, null));
    }
    if (unknown != null) {
      return Optional.of(new Answer.Unknown(unknown));
    }
    if (drifts != null) {
      return Optional.of(new Answer.Drifted(drifts));
    }
    reader.report(
        node.mark(), LoadCode.INCOMPLETE, "no answer", "returns, fails, unknown or drifts", null);
    return Optional.empty();
  }

  // ---- steps

  private Optional<Step> step(Node node) {
    MappingReader step = reader.mapping(node, "a step");
    if (step == null) {
      return Optional.empty();
    }
    List<String> kinds = STEPS.stream().filter(step::has).toList();
    if (kinds.size() > 1) {
      reader.report(
          node.mark(),
          LoadCode.INCOMPLETE,
          String.join(" and ", kinds) + " in one step",
          "one of them",
          null);
      return Optional.empty();
    }
    Optional<Step> read =
        kinds.isEmpty() ? Optional.empty() : step(kinds.getFirst(), step, node.mark());
    step.done();
    return read;
  }

  private Optional<Step> step(String kind, MappingReader step, Mark mark) {
    Node node = step.take(kind);
    if (node == null) {
      return Optional.empty();
    }
    return switch (kind) {
      case "user" -> {
        Principal as = as(step);
        Map<String, Object> form = object(step.take("form"), "`form`");
        Map<String, List<Attachment>> documents = new AttachReader(reader, folder).read(step);
        yield text(node, "`user`").map(text -> new Step.User(mark, as, text, form, documents));
      }
      case "model" -> model(mark, node);
      case "expect" ->
          Optional.ofNullable(reader.mapping(node, "`expect`")).map(read -> expect(read, mark));
      case "answer" ->
          Optional.ofNullable(reader.mapping(node, "`answer`")).map(read -> answering(read, mark));
      case "event" -> event(mark, node);
      case "time" ->
          Optional.ofNullable(reader.duration(node, "`time`")).map(by -> new Step.Time(mark, by));
      case "resolve" ->
          Optional.ofNullable(reader.mapping(node, "`resolve`")).map(read -> resolve(read, mark));
      case "resume" ->
          Optional.ofNullable(reader.mapping(node, "`resume`")).map(read -> resume(read, mark));
      case "cancel" -> cancel(mark, node);
      case "rejected" -> text(node, "`rejected`").map(words -> new Step.Rejected(mark, words));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private Optional<String> text(Node node, String what) {
    return Optional.ofNullable(reader.text(node, what));
  }

  private Optional<Step> model(Mark mark, Node node) {
    if (node instanceof Node.Mapping) {
      MappingReader fails = Objects.requireNonNull(reader.mapping(node, "`model`"));
      String why = fails.needText("fails");
      fails.done();
      return Optional.of(new Step.ModelFails(mark, why == null ? "" : why));
    }
    try {
      Script.reply(node.value(), 1);
    } catch (IllegalArgumentException e) {
      reader.report(
          node.mark(), LoadCode.FORM, node.described(), String.valueOf(e.getMessage()), null);
    }
    return Optional.of(new Step.Model(mark, node.value()));
  }

  private Step answering(MappingReader answer, Mark mark) {
    answer.need("as");
    Principal as = as(answer);
    String say = answer.needText("say");
    int number = number(answer, "number");
    String hash = answer.take("hash") instanceof Node.Scalar written ? written.text() : null;
    Map<String, Object> form = object(answer.take("form"), "`form`");
    answer.done();
    return new Step.Answer(mark, orElse(as, caller), say == null ? "" : say, number, hash, form);
  }

  private static int number(MappingReader from, String key) {
    Long number = from.whole(key, 1);
    return number == null ? 0 : (int) Math.min(number, Integer.MAX_VALUE);
  }

  private Optional<Step> event(Mark mark, Node node) {
    if (node instanceof Node.Scalar) {
      return text(node, "`event`").map(name -> new Step.Event(mark, null, name, null));
    }
    MappingReader event = reader.mapping(node, "`event`");
    if (event == null) {
      return Optional.empty();
    }
    String name = event.needText("name");
    Principal as = as(event);
    Node payload = event.take("payload");
    event.done();
    return Optional.ofNullable(name)
        .map(n -> new Step.Event(mark, as, n, payload == null ? null : payload.value()));
  }

  private Step resolve(MappingReader resolve, Mark mark) {
    Principal as = as(resolve);
    int call = number(resolve, "call");
    resolve.need("happened");
    boolean happened = resolve.bool("happened", false);
    Node result = resolve.take("result");
    resolve.done();
    return new Step.Resolve(
        mark, orElse(as, OPERATOR), call, happened, result == null ? null : result.value());
  }

  private Step resume(MappingReader resume, Mark mark) {
    Principal as = as(resume);
    Node.Scalar state = resume.needWord("state");
    if (state != null) {
      known(state, "state", states());
    }
    Map<Budget, Decimal> grant = new EnumMap<>(Budget.class);
    for (Node.Member member : resume.members("grant")) {
      Optional<Budget> budget = Budget.of(member.key());
      if (budget.isEmpty()) {
        List<String> words = Arrays.stream(Budget.values()).map(Budget::word).toList();
        reader.unknown(member.mark(), LoadCode.UNKNOWN_WORD, "budget", member.key(), words);
      } else {
        Decimal amount = amount(budget.get(), member.node());
        if (amount != null) {
          grant.put(budget.get(), amount);
        }
      }
    }
    resume.done();
    return new Step.Resume(mark, orElse(as, OPERATOR), state == null ? "" : state.text(), grant);
  }

  private @Nullable Decimal amount(Budget budget, Node node) {
    String what = "a grant of " + budget;
    if (budget == Budget.DURATION) {
      Duration by = reader.duration(node, what);
      return by == null ? null : Decimal.of(by.toSeconds());
    }
    return reader.number(node, what);
  }

  private Optional<Step> cancel(Mark mark, Node node) {
    if (node instanceof Node.Scalar) {
      return text(node, "`cancel`").map(why -> new Step.Cancel(mark, OPERATOR, why));
    }
    MappingReader cancel = reader.mapping(node, "`cancel`");
    if (cancel == null) {
      return Optional.empty();
    }
    Principal as = as(cancel);
    String why = cancel.needText("why");
    cancel.done();
    return Optional.of(new Step.Cancel(mark, orElse(as, OPERATOR), why == null ? "" : why));
  }

  // ---- expectations

  private Step expect(MappingReader expect, Mark mark) {
    List<Expectation> all = new ArrayList<>();
    Node.Scalar state = expect.word("state");
    if (state != null) {
      known(state, "state", states());
      all.add(new Expectation.InState(state.mark(), state.text()));
    }
    Node.Scalar status = expect.word("status");
    if (status != null) {
      known(
          status, "status", words(Arrays.stream(Instance.Status.values()), Instance.Status::word));
      all.add(new Expectation.HasStatus(status.mark(), status.text()));
    }
    for (Node.Scalar whom : expect.words("waits")) {
      all.add(new Expectation.WaitsFor(whom.mark(), whom.text()));
    }
    for (Node.Scalar part : expect.words("said")) {
      all.add(new Expectation.Said(part.mark(), part.text()));
    }
    for (Node.Member field : expect.members("fields")) {
      knownField(field.mark(), field.key());
      all.add(new Expectation.HasField(field.mark(), field.key(), field.node().value()));
    }
    for (Node.Scalar field : expect.words("unset")) {
      knownField(field.mark(), field.text());
      all.add(new Expectation.Unset(field.mark(), field.text()));
    }
    calls(expect, all);
    Node.Scalar outcome = expect.word("outcome");
    if (outcome != null) {
      all.add(new Expectation.Outcome(outcome.mark(), outcome.text()));
    }
    for (Node.Scalar tool : expect.words("notCalled")) {
      knownTool(tool.mark(), tool.text());
      all.add(new Expectation.NotCalled(tool.mark(), tool.text()));
    }
    for (Node.Scalar canary : expect.words("noCanary")) {
      all.add(new Expectation.NoCanary(canary.mark(), canary.text()));
    }
    expect.done();
    return new Step.Expect(mark, all);
  }

  private void calls(MappingReader expect, List<Expectation> all) {
    Node calls = expect.take("calls");
    if (calls != null) {
      List<Node.Scalar> tools = expect.words("calls");
      tools.forEach(tool -> knownTool(tool.mark(), tool.text()));
      all.add(new Expectation.Calls(calls.mark(), tools.stream().map(Node.Scalar::text).toList()));
    }
    Node refused = expect.take("refused");
    if (refused != null) {
      List<Expectation.Refusal> refusals = new ArrayList<>();
      for (Node item : expect.list("refused")) {
        MappingReader refusal = reader.mapping(item, "a refusal");
        if (refusal != null) {
          refusals.add(
              new Expectation.Refusal(item.mark(), refusal.text("tool"), refusal.text("rule")));
          refusal.done();
        }
      }
      all.add(new Expectation.Refused(refused.mark(), refusals));
    }
    MappingReader escalated = expect.mapping("escalated");
    if (escalated != null) {
      all.add(escalated(escalated));
    }
  }

  private Expectation escalated(MappingReader escalated) {
    Map<String, String> parts = new LinkedHashMap<>();
    Node.Scalar from = escalated.word("from");
    if (from != null) {
      known(from, "state", states());
      parts.put("from", from.text());
    }
    Node.Scalar reason = escalated.word("reason");
    if (reason != null) {
      known(reason, "reason", words(Arrays.stream(Reason.values()), Reason::word));
      parts.put("reason", reason.text());
    }
    String name = escalated.text("name");
    if (name != null) {
      parts.put("name", name);
    }
    escalated.done();
    return new Expectation.EscalatedWith(escalated.mark(), parts);
  }

  // ---- words of the machine

  private void known(Node.Scalar word, String kind, Collection<String> known) {
    if (!known.contains(word.text())) {
      reader.unknown(word.mark(), LoadCode.UNKNOWN_NAME, kind, word.text(), known);
    }
  }

  private void knownTool(Mark mark, String tool) {
    if (!machine.tools().containsKey(tool)) {
      reader.unknown(mark, LoadCode.UNKNOWN_NAME, "tool", tool, machine.tools().keySet());
    }
  }

  private void knownField(Mark mark, String field) {
    if (!machine.context().containsKey(field)) {
      reader.unknown(mark, LoadCode.UNKNOWN_NAME, "field", field, machine.context().keySet());
    }
  }

  private Set<String> states() {
    Set<String> states = new LinkedHashSet<>(machine.states().keySet());
    states.add(Machine.BUILT_IN_ESCALATION.name());
    return states;
  }

  private static <T> Set<String> words(Stream<T> values, Function<T, String> word) {
    return values.map(word).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private Map<String, Object> object(@Nullable Node node, String what) {
    MappingReader object = node == null ? null : reader.mapping(node, what);
    return object != null && object.node().value() instanceof Map<?, ?> map
        ? Json.object(map)
        : Map.of();
  }

  /** Whoever {@code as} names; the caller, with all roles, if it is the caller's id. */
  private @Nullable Principal as(MappingReader from) {
    Principal named = principal(from.take("as"));
    boolean bare = named != null && named.roles().isEmpty() && named.id().equals(caller.id());
    return bare ? caller : named;
  }

  /** Somebody: an id, or {@code {id, roles}}. */
  private @Nullable Principal principal(@Nullable Node node) {
    if (node == null) {
      return null;
    }
    if (node instanceof Node.Scalar) {
      String id = reader.text(node, "an id");
      return id == null ? null : new Principal(id);
    }
    MappingReader somebody = reader.mapping(node, "somebody: an id, or {id: ID, roles: [ROLE]}");
    if (somebody == null) {
      return null;
    }
    String id = somebody.needText("id");
    List<String> roles = somebody.words("roles").stream().map(Node.Scalar::text).toList();
    somebody.done();
    return id == null ? null : new Principal(id, roles);
  }

  private static Principal orElse(@Nullable Principal named, Principal otherwise) {
    return named == null ? otherwise : named;
  }
}
