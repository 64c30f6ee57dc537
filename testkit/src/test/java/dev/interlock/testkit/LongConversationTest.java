package dev.interlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.History;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A thousand turns, each with a result of 20 kB or of 15: what the model is asked. */
class LongConversationTest {
  private static final Principal ANA = new Principal("ana", List.of());
  private static final int TURNS = 1_000;
  private static final int LARGE = 20_000;
  private static final int WHOLE = 15_000;

  private static final String TEXT =
      """
      machine: long
      version: 1
      tools:
        d.page:  {effect: read}
        d.grant: {effect: write}
      context:
        name:  {type: string, source: agent}
        terms: {type: string, source: agent}
        seen:  {type: integer, source: agent, many: true}
      rules:
        - {rule: a grant needs a manager, for: [d.grant], ask: manager}
      budgets: {turns: 2000, toolCalls: 2000, tokens: 1000000000, cost: 1000000}
      history: {window: 32000, keep: 5}
      initial: Read
      states:
        Read:
          goal: Read all of it.
          forbid: [Do not promise an outcome.]
          tools: all
          record: [name, terms, seen]
          idle: {P20D: Escalate}
        Escalate: {type: escalation}
      anywhere:
        over: {default: Escalate}
      """;

  private static Machine machine() {
    List<Offered> offered =
        Stream.of("d.page", "d.grant")
            .map(name ->
                new Offered(
                    name,
                    "Does " + name,
                    Map.of(
                        "type", "object", "properties", Map.of("no", Map.of("type", "integer")))))
            .toList();
    return ContractMachine.compile(TEXT, ToolLock.lock("tools.lock", offered).lock().write());
  }

  private static String page(@Nullable Object asked) {
    long number = asked instanceof Long known ? known : 0;
    return "page %d: %s".formatted(number, "x".repeat(number % 3 == 0 ? WHOLE : LARGE));
  }

  /** Asks for a page each turn, records as it goes, and keeps what it was asked. */
  private static final class Reader implements ChatModel {
    private final List<Long> tokens = new ArrayList<>();
    private final List<Long> summaries = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private final String terms = "not before noon; ".repeat(100);
    private String opened = "";

    @Override
    public Reply ask(Question question) {
      if (question.summary()) {
        summaries.add(Price.tokens(question));
        return Script.reply("Read so far, up to turn " + question.turn(), question.number());
      }
      tokens.add(Price.tokens(question));
      long turn = question.turn();
      String told = question.messages().toString();
      expect(question, question.system().contains("Goal: Read all of it."));
      expect(question, question.system().contains("Forbidden: Do not promise an outcome."));
      if (turn > 2) {
        expect(question, told.contains("Known: name = \"ana\""));
        expect(question, told.contains("No. 3, d.grant"));
      }
      if (turn > 2 && !summaries.isEmpty()) {
        expect(question, told.contains("Known: terms = \"" + terms + "\""));
        expect(question, told.contains("\"no\":7}, waits for manager"));
        expect(question, told.contains("Read so far, up to turn "));
      }
      if (turn == TURNS) {
        opened = told;
        return Script.reply("That was all.", turn);
      }
      return Script.reply(
          turn == 1
              ? List.of(
                  call("record", Map.of("name", "ana", "terms", terms)),
                  call("d__page", Map.of("no", turn)))
              : turn == 2
                  ? List.of(call("d__grant", Map.of("no", 7L)))
                  : turn == TURNS - 1
                      ? List.of(call("recall", Map.of("call", 6L)))
                      : List.of(
                          call("d__page", Map.of("no", turn)),
                          call("record", Map.of("seen", List.of(turn)))),
          question.number());
    }

    private static Map<String, Object> call(String tool, Map<String, Object> with) {
      return Map.of("call", tool, "with", with);
    }

    private void expect(Question question, boolean holds) {
      if (!holds) {
        wrong.add("turn %d: %s".formatted(question.turn(), question));
      }
    }
  }

  @Test
  void promptsStayWithinTheWindowAndTellContractAndFacts() {
    Machine machine = machine();
    History history = Objects.requireNonNull(machine.history());
    Reader model = new Reader();
    ScriptedTools tools =
        new ScriptedTools()
            .answer("d.page", call -> ScriptedTools.returned(page(call.arguments().get("no"))));
    InMemoryEngine engine =
        new InMemoryEngine(
            List.of(machine),
            new InMemoryEngine.Parts(new ManualClock(), model, tools, new MemoryDesk()));

    engine.start(ANA, "long", "a", null, Map.of());
    engine.send(ANA, "a", null, "go on");
    engine.settle();

    List<Entry> journal = engine.journal(ANA, "a", 0);
    long largest = model.tokens.stream().mapToLong(it -> it).max().orElseThrow();
    long largestSummary = model.summaries.stream().mapToLong(it -> it).max().orElseThrow();
    System.out.printf(
        "%d questions, the largest of about %,d tokens; %d summaries, the largest of %,d; window %,d%n",
        model.tokens.size(), largest, model.summaries.size(), largestSummary, history.window());
    assertThat(engine.get(ANA, "a").orElseThrow().instance().status()).isEqualTo(Status.WAITING);
    assertThat(model.tokens).hasSize(TURNS);
    assertThat(model.wrong).isEmpty();
    assertThat(largest).isLessThanOrEqualTo(history.window());
    assertThat(largestSummary).isLessThanOrEqualTo(history.window());
    assertThat(model.summaries).hasSizeBetween(10, TURNS / 4);
    assertThat(model.opened).contains("page 4: xxx");
    assertThat(
            journal.stream()
                .flatMap(entry -> entry.outcomes().stream())
                .filter(Outcome.CallReturned.class::isInstance))
        .hasSize(TURNS - 3);
  }
}
