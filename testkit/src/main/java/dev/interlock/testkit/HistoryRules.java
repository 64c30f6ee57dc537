package dev.interlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.History;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Prompted;
import dev.interlock.core.prompt.Question;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every engine holds of long conversations; a part of {@link EngineContract}. */
abstract class HistoryRules extends StartRules {
  private static final int LONG = 60_000;

  private static final History HISTORY =
      Objects.requireNonNull(ContractMachine.machine().history());

  /** A message that takes up much of the window, and says which it is. */
  private static String message(int number) {
    return "message %d: %s".formatted(number, "so on, ".repeat(LONG / 7));
  }

  private void say(String id, int number) {
    taken(engine.send(ANA, id, "%s-m%d".formatted(id, number), message(number)));
    awaitInstance(id, "message " + number + " is answered", this::quiet);
  }

  private boolean quiet(Instance instance) {
    return instance.turn() == null && instance.inbox().messages().isEmpty();
  }

  /** Messages one after the other, until one more does not fit. */
  private int fill(String id) {
    int number = 0;
    while (outcomes(id, Outcome.SummaryAsked.class).isEmpty()) {
      number++;
      say(id, number);
    }
    return number;
  }

  private long asks(String id, Class<? extends Outcome> type) {
    return engine.journal(OPERATOR, id, 0).stream()
        .filter(entry -> entry.outcomes().stream().anyMatch(type::isInstance))
        .map(Entry::seq)
        .toList()
        .getLast();
  }

  private static String told(Question question) {
    return question.messages().toString();
  }

  @Test
  void longConversationIsSummedUpAndGoesOn() {
    start(
        "a",
        List.of(Map.of("say", "One."), Map.of("call", "record", "with", Map.of())),
        "Well.",
        "Well.",
        "Well.",
        "Well.",
        "Well.",
        "Well.",
        "They counted; no. 1 was refused.",
        "Seven.",
        "Eight.");

    int last = fill("a");

    long asked = outcomes("a", Outcome.SummaryAsked.class).getFirst().question();
    Question summary = world.model().question("a", asked);
    Question again = world.model().question("a", asked + 1);
    assertThat(outcomes("a", Outcome.Asked.class)).hasSize((int) asked - 1);
    assertThat(instance("a").spent().turns()).isEqualTo(asked - 1);
    assertThat(summary.summary()).isTrue();
    assertThat(summary.tools()).isEmpty();
    assertThat(Price.tokens(summary)).isLessThan(HISTORY.window());
    assertThat(told(summary)).contains("message 1:").doesNotContain("message %d:".formatted(last));
    assertThat(again.summary()).isFalse();
    assertThat(Price.tokens(again)).isLessThan(HISTORY.window() / 2);
    assertThat(again.system()).contains("Goal: Help.").isEqualTo(question("a", 1).system());
    assertThat(told(again))
        .contains("They counted; no. 1 was refused.", "message %d:".formatted(last))
        .contains("Known: topic = \"help\"")
        .doesNotContain("message 1:");
    assertThat(outcomes("a", Outcome.Said.class).getLast().text()).isEqualTo("Seven.");

    restart();
    say("a", last + 1);
    assertThat(told(question("a", asked + 2)))
        .contains("They counted; no. 1 was refused.", "Seven.")
        .doesNotContain("message 1:");
  }

  private Question question(String id, long number) {
    return world.model().question(id, number);
  }

  @Test
  void promptIsShownAsTheModelSawItBeforeAndAfter() {
    start("a", "Well.", "Well.", "Well.", "Well.", "Well.", "Well.", "They counted.", "Seven.");
    int last = fill("a");
    long asked = outcomes("a", Outcome.SummaryAsked.class).getFirst().question();

    Prompted before = engine.prompt(ANA, "a", asks("a", Outcome.Asked.class)).orElseThrow();
    Prompted summary = engine.prompt(ANA, "a", asks("a", Outcome.SummaryAsked.class)).orElseThrow();
    Prompted after =
        engine.prompt(OPERATOR, "a", asks("a", Outcome.AskedAgain.class)).orElseThrow();

    assertThat(before.tokens()).isGreaterThan(HISTORY.window());
    assertThat(before.parts().toString()).contains("message 1:", "message %d:".formatted(last));
    assertThat(summary).isEqualTo(Prompted.of(question("a", asked)));
    assertThat(after).isEqualTo(Prompted.of(question("a", asked + 1)));
    assertThat(engine.prompt(ANA, "a", 1)).isEmpty();
    assertThat(engine.prompt(ANA, "a", 10_000)).isEmpty();
    assertThat(engine.prompt(EVE, "a", asks("a", Outcome.Asked.class))).isEmpty();
    assertThat(engine.prompt(BOB, "a", asks("a", Outcome.Asked.class))).isEmpty();
    assertThat(engine.prompt(ANA, "none", 1)).isEmpty();
  }

  @Test
  void promptHidesWhatIsPrivateFromWhomItIs() {
    world.model().script("a", "Well.", "Still here.");
    taken(engine.start(ANA, "contract", "a", null, Map.of()));
    taken(engine.send(ANA, "a", null, "look", Map.of("pin", "hunter22", "home", "12 Elm Street")));
    awaitInstance("a", "it waits", this::rests);
    long seq = asks("a", Outcome.Asked.class);

    Optional<Prompted> caller = engine.prompt(ANA, "a", seq);
    Optional<Prompted> operator = engine.prompt(OPERATOR, "a", seq);

    assertThat(caller.orElseThrow().parts().toString())
        .contains("12 Elm Street")
        .doesNotContain("hunter22");
    assertThat(operator.orElseThrow().parts().toString())
        .doesNotContain("12 Elm Street", "hunter22");
  }

  /** Three turns, and what is answered from then on. */
  private void talk(String id, Object... replies) {
    start(
        id, Stream.concat(Stream.of("First.", "Second.", "Third."), Stream.of(replies)).toArray());
    for (int i = 0; i < 3; i++) {
      taken(engine.send(ANA, id, null, "go on"));
      awaitInstance(id, "it is answered", this::quiet);
    }
  }

  private void askOn(String id) {
    taken(engine.send(ANA, id, null, "and now?"));
    awaitInstance(id, "it is answered", this::quiet);
  }

  private void overflowed(String id) {
    Instance instance = awaitStatus(id, Status.ESCALATED);
    assertThat(Objects.requireNonNull(instance.escalated()).reason())
        .isEqualTo(Reason.CONTEXT_OVERFLOW);
  }

  @Test
  void overflowAnswerOfTheProviderLeadsToOneSummary() {
    talk("a", world.model().overflows(), "They greeted.", "Well.");

    askOn("a");

    assertThat(outcomes("a", Outcome.Summarised.class)).hasSize(1);
    assertThat(told(question("a", 6)))
        .contains("They greeted.", "Second.", "Third.", "and now?")
        .doesNotContain("First.");
    assertThat(outcomes("a", Outcome.Said.class).getLast().text()).isEqualTo("Well.");
    assertThat(occurrences("a", Occurrence.QuestionOverflowed.class))
        .singleElement()
        .satisfies(it -> assertThat(it.tokens()).isEqualTo(Price.tokens(question("a", 4))));
  }

  @Test
  void secondOverflowOfTheSameQuestionEscalates() {
    talk("a", world.model().overflows(), "They greeted.", world.model().overflows(), "Well.");

    askOn("a");

    overflowed("a");
    assertThat(outcomes("a", Outcome.SummaryAsked.class)).hasSize(1);
    assertThat(outcomes("a", Outcome.Summarised.class)).hasSize(1);
  }

  @Test
  void overflowWithNothingBeforeItEscalates() {
    begin("a", world.model().overflows(), "There was nothing.", "Well.");

    overflowed("a");
    assertThat(Objects.requireNonNull(instance("a").escalated()).detail())
        .contains("nothing came before it");
    assertThat(outcomes("a", Outcome.Summarised.class)).isEmpty();
  }

  @Test
  void faultySummaryIsAskedForAnewAndThenEscalates() {
    List<Object> calls = call("d.mail", Map.of("text", "all is paid"));
    talk("a", world.model().overflows(), calls, "", "[interlock] Yes.", "Well.");
    talk("b", world.model().overflows(), calls, "", calls, "Well.");

    askOn("a");
    askOn("b");

    assertThat(outcomes("a", Outcome.SummaryFaulty.class)).hasSize(2);
    assertThat(told(question("a", 6))).contains("could not be used, it has calls");
    assertThat(told(question("a", 8)))
        .contains("(interlock) Yes.")
        .doesNotContain("[interlock] Yes");
    overflowed("b");
    assertThat(world.tools().arrived("d.mail")).isEmpty();
    assertThat(instance("b").spent().totalErrors()).isZero();
  }
}
