package dev.interlock.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Way;
import dev.interlock.testkit.Desks;
import dev.interlock.testkit.ScriptedTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioRunnerTest {
  private static final Machine MACHINE = Desks.machine();

  /** Two answered questions, one call of the machine, and then the place of the test. */
  private static final String BEGINNING =
      """
      scenario: a loan
      caller: {id: ana@example.com, roles: [employee]}
      tools:
        d.find: [{returns: {id: E1, email: ana@example.com}}]
        d.look: [{returns: {price: 250, owner: otto}}]
        d.lend: [{returns: {ok: true}}]
      steps:
        - user: I need a laptop
        - expect: {state: Collect, status: running, waits: model}
        - model: [{say: Let me see.}, {call: record, with: {request: lend}}]
        - expect: {state: Act, said: Let me, fields: {request: lend, person: {id: E1, email: ana@example.com}}, calls: [d.find]}
      """;

  private static final String PARKED =
      BEGINNING
          + """
            - model: [{call: d.look, with: {item: laptop}}]
            - model: [{call: d.lend, with: {item: laptop}}]
          """;

  @Test
  void caseIsPlayedToItsEnd() {
    ScenarioResult result =
        play(
            PARKED
                + """
                  - model: We wait for two people.
                  - expect: {waits: [manager, owner], calls: [d.look], status: waiting, notCalled: d.lend}
                  - answer: {as: {id: bob, roles: [manager]}, say: approved}
                  - answer: {as: {id: otto, roles: [owner]}, say: approved}
                  - expect: {calls: [d.lend]}
                  - model: [{call: record, with: {done: true}}]
                  - expect: {state: Confirm, waits: manager}
                  - answer: {as: {id: bob, roles: [manager]}, say: 'yes', form: {remark: fine}}
                  - event: {name: picked, payload: {by: Ana}}
                  - model: It is done.
                  - expect: {state: Done, status: completed, fields: {remark: fine}, noCanary: SECRET}
                """);

    assertThat(Diagnostic.format(result.problems())).isEmpty();
    assertThat(result.visited())
        .contains(
            new Way("Collect", "Identify", "transition"),
            new Way("Identify", "Act", "ok"),
            new Way("Confirm", "Sort", "answer yes"),
            new Way("Sort", "Pickup", "transition"),
            new Way("Pickup", "Close", "event picked"),
            new Way("Close", "Done", "otherwise"));
  }

  @Test
  void unmetExpectationsAreAllReportedWithTheirPlace() {
    ScenarioResult result =
        play(
            BEGINNING
                + """
                  - expect:
                      state: Collect
                      waits: manager
                      calls: [d.look]
                      refused: [{tool: d.look}]
                      fields: {request: refund}
                      unset: person
                      escalated: {reason: errors}
                      noCanary: E1
                  - model: Bye.
                """);

    assertThat(Diagnostic.format(result.problems()))
        .isEqualTo(
            """
            test.yaml:13:14: found state Act, expected Collect [IL171]
            test.yaml:14:14: found the instance is running in Act and waits for model, expected that it waits for manager [IL171]
            test.yaml:15:14: found calls [], expected [d.look] [IL171]
            test.yaml:16:16: found refused [], expected [d.look by any rule] [IL171]
            test.yaml:17:16: found field request "lend", expected "refund" [IL171]
            test.yaml:18:14: found field person {"email":"ana@example.com","id":"E1"}, expected nothing [IL171]
            test.yaml:19:18: found escalated not at all, expected {reason=errors} [IL171]
            test.yaml:20:17: found E1 in question 2, expected it nowhere [IL171]\
            """);
  }

  @Test
  void unknownWordsAreReportedWithTheNearestKnownOne() {
    ScenarioResult result =
        play(
            """
            scenario: words
            calller: ana
            tools:
              d.fnd: [{return: 1}]
            steps:
              - usr: hello
              - model: {}
              - expect: {stat: Act, state: Actt, fields: {requst: lend}, calls: [d.lokk]}
              - resume: {state: Act, grant: {turn: 3}}
            """);

    assertThat(result.problems()).hasSizeGreaterThan(8);
    assertThat(Diagnostic.format(result.problems()))
        .contains("test.yaml:2:1: found the key `calller`", "did you mean `caller`?")
        .contains("test.yaml:4:3: found the tool `d.fnd`", "did you mean `d.find`?")
        .contains("test.yaml:6:5: found the key `usr`", "did you mean `user`?")
        .contains("test.yaml:8:14", "test.yaml:8:32", "did you mean `Act`?")
        .contains("did you mean `request`?", "did you mean `d.look`?", "did you mean `turns`?");
  }

  @Test
  void rejectedStepFailsUnlessItIsExpected() {
    String answer = "  - answer: {as: {id: bob, roles: [manager]}, say: approved, hash: wrong}\n";

    assertThat(Diagnostic.format(play(PARKED + answer + "  - model: Bye.\n").problems()))
        .contains("test.yaml:14:5: found the rejection \"HASH: ")
        .contains("test.yaml:15:5: found 1 reply was never asked for");
    assertThat(play(PARKED + answer + "  - rejected: HASH\n  - model: Bye.\n").problems())
        .isEmpty();
    assertThat(
            Diagnostic.format(
                play(PARKED + answer + "  - rejected: ENDED\n  - model: Bye.\n").problems()))
        .contains("expected ENDED");
    assertThat(Diagnostic.format(play(PARKED + "  - rejected: HASH\n").problems()))
        .contains("test.yaml:14:5: found that it was taken, expected a rejection: HASH");
  }

  @Test
  void repliesThatNobodyAskedForAreCounted() {
    ScenarioResult result =
        play(
            BEGINNING
                + """
                  - model: Bye.
                  - model: one
                  - model: two
                  - model: three
                """);

    assertThat(Diagnostic.format(result.problems()))
        .isEqualTo(
            """
            test.yaml:13:5: found no open question: the instance is waiting in Act and waits for user, expected one that this reply answers [IL172]
            test.yaml:14:5: found 2 replies were never asked for, expected every reply to answer a question; mend the step above first [IL173]\
            """);
  }

  @Test
  void questionLeftOpenFails() {
    assertThat(Diagnostic.format(play(BEGINNING).problems()))
        .contains("test.yaml:11:5: found question 2 to the model left open")
        .contains("[IL173]");
    assertThat(play(BEGINNING + "  - expect: {waits: model}\n").problems()).isEmpty();
  }

  @Test
  void timePassesAndTimersFireInOrder() {
    ScenarioResult result =
        play(
            PARKED
                + """
                  - model: We wait.
                  - time: P1D
                  - expect: {waits: model, notCalled: d.lend}
                  - model: Nobody answered.
                  - time: P2D
                  - expect: {status: escalated, escalated: {from: Act, reason: entered, name: idle}}
                  - resume: {state: Act, grant: {turns: 5}}
                  - model: Where were we?
                  - cancel: no longer needed
                  - expect: {status: cancelled}
                """);

    assertThat(Diagnostic.format(result.problems())).isEmpty();
  }

  @Test
  void unknownOutcomeIsResolvedByAPerson() {
    ScenarioResult result =
        play(
            BEGINNING
                    .replace("d.lend: [{returns: {ok: true}}]", "d.refund: [{unknown: silence}]")
                    .replace("price: 250", "price: 50")
                + """
                  - model: [{call: d.look, with: {item: pen}}]
                  - model: [{call: d.refund, with: {item: pen}}]
                  - model: Please confirm.
                  - answer: {as: ana@example.com, say: approved}
                  - expect: {status: escalated, escalated: {reason: outcome-unknown}, calls: [d.look, d.refund]}
                  - resume: {state: Act}
                  - rejected: unknown
                  - resolve: {happened: true, result: {ok: true}}
                  - resume: {state: Act}
                  - model: It went out after all.
                """);

    assertThat(Diagnostic.format(result.problems())).isEmpty();
  }

  @Test
  void toolsWithoutCannedAnswersAreCalledOnTheRealHost() {
    ScriptedTools real = new ScriptedTools().answer("d.find", java.util.Map.of("id", "E7"));

    ScenarioReport report =
        ScenarioRunner.run(
            MACHINE,
            List.of(
                new ScenarioRunner.Source(
                    "test.yaml",
                    """
                    scenario: real
                    caller: ana
                    steps:
                      - user: hello
                      - model: [{call: record, with: {request: lend}}]
                      - expect: {fields: {person: {id: E7}}, waits: model}
                    """)),
            real);

    assertThat(report.problems()).isEmpty();
    assertThat(report.passed()).isTrue();
    assertThat(real.arrived("d.find")).hasSize(1);
    assertThat(report.neverVisited())
        .contains(
            new Way("Act", "Confirm", "transition"),
            new Way("anywhere", "Clarify", "event unclear"))
        .doesNotContain(new Way("Identify", "Act", "ok"));
  }

  @Test
  void filesBesideTheScenarioAreAttached(@TempDir Path folder) throws Exception {
    Path scenarios = folder.resolve("scenarios");
    Files.createDirectories(scenarios.resolve("files"));
    Files.writeString(folder.resolve("outside.pdf"), "%PDF-9");
    Files.writeString(scenarios.resolve("files/a.pdf"), "%PDF-1");
    Files.writeString(scenarios.resolve("files/b.pdf"), "%PDF-2");
    Files.writeString(scenarios.resolve("files/lie.pdf"), "a text");
    Files.createSymbolicLink(scenarios.resolve("files/link.pdf"), folder.resolve("outside.pdf"));
    String steps =
        """
        scenario: documents
        caller: ana
        steps:
          - {user: "", attach: {papers: [files/a.pdf, files/b.pdf]}}
          - model: Thank you.
          - {user: "", attach: {papers: files/lie.pdf}}
          - rejected: bytes of lie.pdf are of no media type
        """;

    assertThat(Diagnostic.format(play(steps, scenarios).problems())).isEmpty();
    for (String path : List.of("files/none.pdf", "../outside.pdf", "files/link.pdf", "files")) {
      assertThat(play(steps.replace("files/a.pdf", path), scenarios).problems())
          .as(path)
          .extracting(Diagnostic::code)
          .containsExactly(LoadCode.NOT_THERE);
    }
    assertThat(play(steps).problems()).extracting(Diagnostic::code).contains(LoadCode.NOT_THERE);
  }

  private static ScenarioResult play(String text, Path folder) {
    return ScenarioRunner.run(
            MACHINE, List.of(new ScenarioRunner.Source("test.yaml", text, folder)))
        .results()
        .getFirst();
  }

  @Test
  void nothingIsThrownWhateverTheText() {
    for (String text : List.of("", "- a", "scenario: {", "steps: 5", "scenario: x\nsteps: [[]]")) {
      assertThat(play(text).passed()).as(text).isFalse();
    }
  }

  private static ScenarioResult play(String text) {
    return ScenarioRunner.run(MACHINE, List.of(new ScenarioRunner.Source("test.yaml", text)))
        .results()
        .getFirst();
  }
}
