package dev.interlock.core.check;

import static dev.interlock.core.check.InfluenceCheckTest.ASK;
import static dev.interlock.core.check.InfluenceCheckTest.FIND;
import static dev.interlock.core.check.InfluenceCheckTest.ME;
import static dev.interlock.core.check.InfluenceCheckTest.MINE;
import static dev.interlock.core.check.InfluenceCheckTest.PAY;
import static dev.interlock.core.check.InfluenceCheckTest.PAYING;
import static dev.interlock.core.check.InfluenceCheckTest.listen;
import static dev.interlock.core.check.InfluenceCheckTest.machine;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Arguments that the machine fills with this or with that, rules that only count what a run has
 * done, and what the caller does beside the model.
 */
class CasesTest {
  private static final List<String> FIELDS =
      List.of(
          MINE,
          "to: {type: string, source: agent}",
          "sum: {type: decimal, source: agent}",
          "gold: {type: boolean, source: agent}",
          "typed: {type: string, source: user}",
          "ready: {type: boolean, source: agent}");

  static Stream<Arguments> machines() {
    return Stream.of(filled(), counted(), sent(), confirmed(), skipped(), measured())
        .flatMap(it -> it);
  }

  private static Arguments pays(String what, String argument, String with, String... found) {
    String other = argument.equals("account") ? "amount: '5'" : "account: context.me.account";
    return machine(
        what,
        List.of(
            ME, "d.pay: {effect: write, set: {" + other + ", " + argument + ": \"" + with + "\"}}"),
        FIELDS,
        "",
        FIND + listen("tools: [d.pay]\nrecord: [to, sum, gold, typed]\notherwise: Done\n"),
        found);
  }

  private static Stream<Arguments> filled() {
    String account = "IL018 tools/d.pay/set/account";
    String amount = "IL018 tools/d.pay/set/amount";
    return Stream.of(
        pays(
            "the model's where a fact is",
            "account",
            "context.me.account != '' ? context.to : context.me.account",
            account),
        pays(
            "the model's where it says one",
            "account",
            "has(context.to) ? context.to : context.me.account",
            account),
        pays(
            "what was said, else a fact",
            "account",
            "said(context.to) ? context.to : context.me.account"),
        pays(
            "what was not said",
            "account",
            "!said(context.to) ? context.to : context.me.account",
            account),
        pays(
            "what the caller filled in",
            "account",
            "has(context.typed) ? context.typed : context.me.account"),
        pays(
            "what is one of a person's own",
            "account",
            "context.to == context.me.mail ? context.to : context.me.account"),
        pays(
            "one of two facts, as the model says",
            "account",
            "has(context.gold) && context.gold ? context.me.mail : context.me.account"),
        pays(
            "a word of the machine's, as the model says",
            "account",
            "has(context.gold) && context.gold ? 'gold' : context.me.account",
            account),
        pays(
            "a word of the machine's, as a fact says",
            "account",
            "context.me.owed > 5 ? 'gold' : context.me.account"),
        pays(
            "a word of the machine's, as both say",
            "account",
            "context.me.owed > 5 && has(context.gold) && context.gold ? 'gold' : context.me.account"),
        pays(
            "the less of both",
            "amount",
            "context.sum < context.me.owed ? context.sum : context.me.owed"),
        pays(
            "the more of both",
            "amount",
            "context.sum > context.me.owed ? context.sum : context.me.owed",
            amount),
        machine(
            "fewer must agree, as the model says, whatever the facts are",
            List.of(ME, PAY),
            FIELDS,
            "- {rule: r, for: [d.pay], ask: boss, people: 'has(context.gold) && context.gold ? 1 : (context.me.owed > 5 ? 2 : 1)'}",
            FIND + listen("tools: [d.pay]\nrecord: [gold]\notherwise: Done\n"),
            "IL018 rules/0/people"),
        pays(
            "within a fact, by what is refused",
            "amount",
            "context.sum > context.me.owed ? context.me.owed : context.sum"));
  }

  private static Arguments counts(String what, String rules, String... found) {
    return machine(
        what,
        List.of(ME, PAY),
        FIELDS,
        rules,
        FIND + listen("tools: [d.pay]\notherwise: Done\n"),
        found);
  }

  private static Stream<Arguments> counted() {
    String when = "- {rule: r, for: [d.pay], when: \"%s\"}";
    return Stream.of(
        counts("enough calls", when.formatted("run.toolCalls >= 3"), "IL018 rules/0/when"),
        counts(
            "enough turns or calls",
            when.formatted("run.state.turns > 3 || run.turn.calls > 1"),
            "IL018 rules/0/when"),
        counts("not too many calls", when.formatted("run.toolCalls < 3")),
        counts("nothing of others was read", when.formatted("!('untrusted' in run.labels)")),
        counts("something was said", when.formatted("run.turn.said")),
        counts(
            "enough calls, and somebody is asked",
            when.formatted("run.toolCalls >= 3") + "\n- {rule: s, for: [d.pay], ask: boss}"));
  }

  private static Arguments hurried(String what, String by, String states, String... found) {
    @Nullable Object[] machine = machine(what, List.of(ME, PAY), FIELDS, "", states, found).get();
    machine[1] =
        String.valueOf(machine[1])
            .replace(
                "initial:",
                "events:\n  hurry: {by: [%s]}\n  come: {by: [clerk]}\ninitial:".formatted(by));
    return Arguments.of(machine);
  }

  private static Stream<Arguments> sent() {
    String asks = FIND.replace("Listen", "Ask") + PAYING;
    String hurried = ASK.replace("shows:", "on: {hurry: Pay}\n    shows:");
    String waiting =
        FIND.replace("Listen", "Wait")
            + "  Wait: {type: wait, on: {come: %s, hurry: %s}, after: {P3D: Done}}\n";
    String waits = listen("record: [ready]\ntransitions: [{target: Ask, requires: [ready]}]\n%s");
    return Stream.of(
        hurried("the caller goes round", "caller", asks + hurried, "IL017 states/Ask/on/hurry"),
        hurried("somebody else goes round", "boss", asks + hurried),
        hurried("an operator goes round", "", asks + hurried),
        hurried(
            "the caller leads to an end",
            "caller",
            asks + hurried.replace("hurry: Pay", "hurry: Done")),
        hurried(
            "the caller need not ask themself", "caller", asks + hurried.replace("boss", "user")),
        hurried(
            "the caller goes round while the model listens",
            "caller",
            FIND + waits.formatted("on: {hurry: Pay}\n") + ASK + PAYING,
            "IL017 states/Listen/on/hurry"),
        hurried(
            "the caller does not wait for who leads to the boss",
            "caller",
            waiting.formatted("Ask", "Pay") + ASK + PAYING,
            "IL017 states/Wait/on/hurry"),
        hurried(
            "the caller leads on to the boss too",
            "caller",
            waiting.formatted("Ask", "Ask") + ASK + PAYING),
        hurried(
            "the caller leads on as somebody else does",
            "caller",
            waiting.formatted("Pay", "Pay") + PAYING),
        hurried(
            "the caller may have somebody asked",
            "caller",
            FIND
                + listen(
                    "record: [ready]\non: {hurry: Ask}\ntransitions: [{target: Pay, requires: [ready]}]\n")
                + ASK
                + PAYING));
  }

  private static Stream<Arguments> confirmed() {
    String ask = ASK.replace("shows: [me]", "shows: [me, to]");
    String states =
        FIND
            + listen("record: [to]\ntransitions: [{target: Ask, requires: [to]}]\n")
            + ask
            + "  Pay: {goal: Pay., tools: [d.pay], otherwise: Done}\n";
    String once = "- {rule: once, for: [d.pay], atMost: 1}\n";
    List<String> tools = List.of(ME, "d.pay: {effect: write, set: {account: context.to}}");
    return Stream.of(
        machine(
            "the caller agrees to what the boss was not shown",
            tools,
            FIELDS,
            once + "- {rule: r, for: [d.pay], ask: user}",
            states,
            "IL019 states/Pay"),
        machine(
            "the boss agrees to what the boss was not shown",
            tools,
            FIELDS,
            once + "- {rule: r, for: [d.pay], ask: boss}",
            states),
        machine(
            "what the caller agreed to excuses from the boss",
            tools,
            FIELDS,
            once + "- {rule: r, for: [d.pay], ask: boss, unless: context.to == 'x'}",
            states.replace("boss", "user"),
            "IL018 rules/1/unless",
            "IL019 states/Pay"),
        machine(
            "what a clerk agreed to excuses from the boss",
            tools,
            FIELDS,
            once + "- {rule: r, for: [d.pay], ask: boss, unless: context.to == 'x'}",
            states.replace("boss", "clerk"),
            "IL019 states/Pay"));
  }

  private static Arguments looks(String what, String rule, String... found) {
    return machine(
        what,
        List.of(ME, "d.order: {effect: read, set: {id: caller.id, year: '2026'}}", PAY),
        List.of(
            MINE,
            "order: {type: object, properties: {bad: {type: boolean}}, source: tool, from: d.order}",
            "receipt: {type: object, properties: {bad: {type: boolean}}, source: tool, from: d.pay}"),
        "- {rule: r, for: [d.pay], " + rule + "}",
        FIND + listen("tools: [d.order, d.pay]\notherwise: Done\n"),
        found);
  }

  private static Stream<Arguments> measured() {
    List<String> tools = List.of(ME, "d.pay: {effect: write, set: {account: context.me.account}}");
    String rule = "- {rule: r, for: [d.pay], when: decimal(args.amount) <= context.me.owed}";
    String pay =
        "  Pay: {type: call, call: d.pay, with: {amount: '5'}, on: {ok: %s, failed: Done}}\n";
    return Stream.of(
        machine(
            "measured by a fact, once",
            tools,
            FIELDS,
            rule,
            FIND.replace("Listen", "Pay") + pay.formatted("Done")),
        machine(
            "measured by a fact, again and again",
            tools,
            FIELDS,
            rule,
            FIND.replace("Listen", "Pay")
                + pay.formatted("Talk")
                + "  Talk: {goal: Talk., otherwise: Pay}\n",
            "IL021 tools/d.pay"));
  }

  private static Stream<Arguments> skipped() {
    return Stream.of(
        looks(
            "refused by what nobody looked up",
            "when: '!(has(context.order) && context.order.bad)'",
            "IL018 rules/0/when"),
        looks("refused by what is looked up", "when: '!context.order.bad'"),
        looks(
            "refused by what is looked up, beside a fact",
            "when: 'has(context.order) && !context.order.bad || context.me.owed < 5'"),
        looks(
            "refused by what is looked up, which a fact asks for",
            "when: 'context.me.owed < 5 && (!has(context.order) || !context.order.bad)'",
            "IL018 rules/0/when"),
        machine(
            "refused by what the call is made with",
            List.of(
                ME,
                "d.order: {effect: read, set: {id: caller.id, year: '2026'}}",
                "d.pay: {effect: write, set: {account: context.order.account, amount: '5'}}"),
            List.of(
                MINE,
                "order: {type: object, properties: {account: {type: string}, bad: {type: boolean}}, source: tool, from: d.order}"),
            "- {rule: r, for: [d.pay], when: '!has(context.order) || !context.order.bad'}",
            FIND + listen("tools: [d.order, d.pay]\notherwise: Done\n")),
        looks(
            "refused by what was done before",
            "when: '!has(context.receipt) || context.receipt.bad'"),
        looks(
            "excused by what nobody looked up",
            "ask: boss, unless: '!has(context.order) || !context.order.bad'",
            "IL018 rules/0/unless"),
        looks(
            "excused by what is looked up",
            "ask: boss, unless: 'has(context.order) && !context.order.bad'"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("machines")
  void whatIsTheModelsChoiceInSomeCaseIsTold(String what, String machine, List<String> found) {
    InfluenceCheckTest.assertFound(machine, found);
  }
}
