package dev.interlock.core.difference;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.difference.Difference.Change;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DifferenceTest {
  private static final String TEXT =
      """
      machine: desk
      version: 1
      constants: {most: 2}
      tools:
        it.find: {effect: read, set: {who: caller.id}}
        it.pay: {effect: write, label: external, secret: [note]}
        it.grant: {effect: write, forgets: [known]}
      context:
        topic: {type: string, source: agent}
        amount: {type: integer, source: agent}
        known: {type: string, source: tool, from: it.find, at: /known}
        word: {type: string, source: user, secret: true}
      events:
        stop: {by: [caller]}
        paid: {by: [bank], keep: true}
      rules:
        - {rule: small payments, for: [it.pay], when: args.amount <= 100}
        - {rule: few payments, for: [it.pay], atMost: constants.most}
        - {rule: a manager agrees, for: [it.grant], ask: manager, shows: [topic], expires: P1D, unless: context.amount < 5}
      budgets: {turns: 10}
      initial: Talk
      states:
        Talk:
          goal: Talk.
          tools: [it.find]
          record: [topic, amount]
          transitions: [{target: Act, requires: [topic]}]
          after: {P1D: Escalate}
        Act:
          goal: Act.
          tools: [it.find, it.pay, it.grant]
          record: [amount, word]
          transitions: [{target: Sign, requires: [amount], guard: context.amount > 10}, {target: Done, requires: [known]}]
          budgets: {turns: 4}
        Sign:
          type: approval
          role: manager
          shows: [topic]
          answers: {approved: {target: Done}, rejected: {target: Act}}
        Done: {type: final}
        Escalate: {type: escalation, resume: [Talk]}
      anywhere:
        on: {stop: Done}
        over: {default: Escalate}
      properties:
        - {name: known first, before: [it.find, it.pay]}
      """;

  private static Machine machine(String text) {
    List<Offered> offered = new ArrayList<>();
    Map.of("it.find", "who", "it.pay", "amount", "it.grant", "what")
        .forEach((tool, argument) ->
            offered.add(
                new Offered(
                    tool,
                    "A tool.",
                    Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of(
                            argument,
                            Map.of("type", argument.equals("amount") ? "integer" : "string"),
                            "note",
                            Map.of("type", "string"))))));
    var loaded =
        MachineLoader.load("machine.yaml", text, ToolLock.lock("tools.lock", offered).lock());
    assertThat(loaded.diagnostics()).isEmpty();
    return requireNonNull(loaded.machine());
  }

  private static List<String> changes(String from, String to) {
    assertThat(TEXT).contains(from);
    return told(machine(TEXT), machine(TEXT.replace(from, to)));
  }

  private static List<String> told(Machine old, Machine now) {
    return Difference.of(old, now).changes().stream().map(DifferenceTest::told).toList();
  }

  private static String told(Change change) {
    return "%s %s: %s".formatted(change.kind(), change.where(), change.what());
  }

  @Test
  void sameMachineDiffersInNothing() {
    assertThat(Difference.of(machine(TEXT), machine(TEXT)).changes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "tools: [it.find]" | "tools: [it.find, it.pay]" | 'ALLOWED Talk: it.pay may be called, under "small payments", "few payments"'
          "tools: [it.find, it.pay, it.grant]" | "tools: [it.pay, it.grant]" | REFUSED Act: it.find may not be called any more
          "record: [topic, amount]" | "record: [topic]" | REFUSED Talk: the model may not record amount any more
          "args.amount <= 100" | "args.amount <= 500" | 'OTHERWISE Act: "small payments" refuses it.pay unless args.amount <= 500; before it was args.amount <= 100'
          "most: 2" | "most: 3" | 'ALLOWED Act: "few payments" refuses it.pay beyond 3, not 2'
          ", unless: context.amount < 5" | "" | 'REFUSED Act: "a manager agrees" asks before it.grant always; before it was unless context.amount < 5'
          "ask: manager, shows: [topic]" | "ask: manager" | 'ALLOWED Act: "a manager agrees" no longer shows topic beside it.grant'
          "ask: manager, " | "ask: finance, " | 'OTHERWISE Act: "a manager agrees" asks finance, not manager, before it.grant'
          "expires: P1D" | "expires: P2D" | 'BESIDE Act: "a manager agrees" waits for an answer to it.grant for PT48H, not PT24H'
          "a manager agrees" | "the manager agrees" | 'BESIDE Act: the rule for it.grant "a manager agrees" is called "the manager agrees"'
          ", set: {who: caller.id}" | "" | ALLOWED everywhere: the model chooses who of it.find, which the machine filled
          "who: caller.id" | "who: context.topic" | 'OTHERWISE everywhere: who of it.find is filled with context.topic, not with caller.id'
          "label: external" | "label: untrusted" | ALLOWED everywhere: it.pay is not labelled external any more
          ", forgets: [known]" | "" | 'ALLOWED everywhere: it.grant leaves known as they are, which it made stale'
          "effect: write, forgets" | "effect: idempotent, forgets" | 'OTHERWISE everywhere: it.grant is of effect idempotent, not write'
          "at: /known" | "at: /name" | 'OTHERWISE everywhere: known is filed otherwise from results (at, value, key, append or once)'
          ", secret: true" | "" | ALLOWED everywhere: word is shown to everybody who sees the instance
          "paid: {by: [bank]" | "paid: {by: [bank, caller]" | ALLOWED everywhere: caller may send the event paid
          "budgets: {turns: 10}" | "budgets: {turns: 20}" | 'ALLOWED everywhere: the budget turns is 20, not 10'
          "budgets: {turns: 4}" | "budgets: {turns: 3}" | 'REFUSED Act: the budget turns is 3, not 4'
          "guard: context.amount > 10" | "guard: context.amount > 9" | 'OTHERWISE Act: goes to Sign, requires amount, when context.amount > 9; before it was requires amount, when context.amount > 10'
          "after: {P1D: Escalate}" | "after: {P2D: Escalate}" | 'OTHERWISE Talk: goes to Escalate after PT48H; before it was PT24H'
          "on: {stop: Done}" | "on: {stop: Escalate}" | ALLOWED everywhere: the event stop leads to Escalate
          "rejected: {target: Act}" | "rejected: {target: Talk}" | ALLOWED Sign: the answer rejected leads to Talk
          "role: manager" | "role: finance" | 'OTHERWISE Sign: is answered by finance, not by manager'
          "shows: [topic]\\n" | "shows: [topic, known]\\n" | REFUSED Sign: shows known to whoever answers
          "resume: [Talk]" | "resume: [Talk, Act]" | ALLOWED Escalate: an operator may resume it in Act
          "goal: Talk." | "goal: Speak." | BESIDE Talk: its goal is worded otherwise
          """)
  void eachChangeIsSaidOfItsState(String from, String to, String said) {
    String before = from.replace("\"", "").replace("\\n", "\n");
    String after = to.replace("\"", "").replace("\\n", "\n");

    assertThat(changes(before, after)).contains(said);
  }

  @Test
  void whatIsNewlyAllowedComesFirst() {
    String rule = "  - {rule: small payments, for: [it.pay], when: args.amount <= 100}\n";
    String more = "  - {rule: no grants, for: [it.grant], when: \"false\"}\n";

    assertThat(changes(rule, more))
        .containsExactly(
            "ALLOWED Act: \"small payments\" no longer refuses it.pay unless args.amount <= 100",
            "REFUSED Act: \"no grants\" refuses it.grant unless false");
  }

  @Test
  void stateThatIsNewOrGoneIsSaidWithWhatMayBeCalledThere() {
    assertThat(changes("Talk", "Speak"))
        .contains(
            "ALLOWED Speak: it.find may be called, and no rule is for it there",
            "BESIDE Speak: the state is new, of type agent",
            "BESIDE Talk: the state is gone",
            "OTHERWISE everywhere: it begins in Speak, not in Talk");
  }

  @Test
  void orderOfWaysOutIsSaid() {
    assertThat(
            changes(
                "[{target: Sign, requires: [amount], guard: context.amount > 10}, {target: Done, requires: [known]}]",
                "[{target: Done, requires: [known]}, {target: Sign, requires: [amount], guard: context.amount > 10}]"))
        .containsExactly("OTHERWISE Act: its ways out are looked at in another order");
  }

  @Test
  void otherWordsAloneAreSaidToBeThat() {
    assertThat(changes("version: 1", "version: 2"))
        .containsExactly("BESIDE everywhere: only words and the order of parts differ");
  }

  /** Whatever is taken out of a machine is said, and what is put back is said the other way. */
  @Test
  void nothingIsTakenOutUnsaid() {
    Machine whole = machine(TEXT);
    List<Machine> lesser = new ArrayList<>();
    for (String part :
        List.of(
            "  - {rule: few payments, for: [it.pay], atMost: constants.most}\n",
            "  - {rule: a manager agrees, for: [it.grant], ask: manager, shows: [topic], expires: P1D, unless: context.amount < 5}\n",
            "    after: {P1D: Escalate}\n",
            "    budgets: {turns: 4}\n",
            ", {target: Done, requires: [known]}",
            "  - {name: known first, before: [it.find, it.pay]}\n",
            ", keep: true",
            ", secret: [note]")) {
      assertThat(TEXT).contains(part);
      String text = TEXT.replace(part, "");
      lesser.add(machine(text.replace("properties:\n\n", "").replaceAll("properties:\n$", "")));
    }

    for (Machine part : lesser) {
      List<Change> taken = Difference.of(whole, part).changes();
      List<Change> put = Difference.of(part, whole).changes();
      assertThat(Stream.concat(taken.stream(), put.stream()).map(Change::what))
          .isNotEmpty()
          .doesNotContain("only words and the order of parts differ");
      assertThat(taken).isNotEmpty();
      assertThat(put).isNotEmpty();
    }
  }
}
