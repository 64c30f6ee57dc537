package dev.interlock.core.check;

import static dev.interlock.core.check.InfluenceCheckTest.ANYBODY;
import static dev.interlock.core.check.InfluenceCheckTest.ASK;
import static dev.interlock.core.check.InfluenceCheckTest.MINE;
import static dev.interlock.core.check.InfluenceCheckTest.ORDER;
import static dev.interlock.core.check.InfluenceCheckTest.ORDERS;
import static dev.interlock.core.check.InfluenceCheckTest.PAY;
import static dev.interlock.core.check.InfluenceCheckTest.PAYING;
import static dev.interlock.core.check.InfluenceCheckTest.listen;
import static dev.interlock.core.check.InfluenceCheckTest.machine;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Facts about anybody that are compared with the caller before they are used: by a guard that is
 * true, by one above that is not, by what excuses from an approval.
 */
class VettingTest {
  private static final String ACCOUNT = "IL018 tools/d.pay/set/account";
  private static final String AMOUNT = "IL018 tools/d.pay/set/amount";
  private static final String LISTEN =
      listen("tools: [d.me]\ntransitions: [{target: Check, requires: [me]}]\n");

  private static String check(String ways, String otherwise) {
    return LISTEN
        + "  Check:\n    type: choice\n    transitions:\n"
        + ways.indent(4)
        + "    otherwise: "
        + otherwise
        + "\n"
        + PAYING;
  }

  private static Arguments choice(String what, String ways, String otherwise, String... found) {
    List<String> fields =
        List.of(
            MINE,
            "mine: {type: boolean, is: context.me.mail == caller.id}",
            "other: {type: boolean, is: context.me.mail != caller.id}",
            "odd: {type: boolean, source: agent}");
    return machine(what, List.of(ANYBODY, PAY), fields, "", check(ways, otherwise), found);
  }

  static Stream<Arguments> machines() {
    return Stream.of(choices(), calls(), further()).flatMap(it -> it);
  }

  private static Stream<Arguments> choices() {
    String pay = "- {target: Pay, requires: [me]}";
    return Stream.of(
        choice(
            "somebody else's leads elsewhere, above",
            "- {target: Done, requires: [me], guard: context.me.mail != caller.id}\n" + pay,
            "Done"),
        choice(
            "somebody else's leads elsewhere, below",
            pay + "\n- {target: Done, requires: [me], guard: context.me.mail != caller.id}",
            "Done",
            ACCOUNT,
            AMOUNT),
        choice(
            "somebody else's leads elsewhere, and all others on",
            "- {target: Done, requires: [me], guard: context.me.mail != caller.id}",
            "Pay"),
        choice(
            "somebody else's leads elsewhere, if the model says so too",
            "- {target: Done, requires: [me, odd], guard: context.me.mail != caller.id}\n" + pay,
            "Done",
            ACCOUNT,
            AMOUNT),
        choice(
            "somebody else's leads elsewhere, or what the model says",
            "- {target: Done, requires: [me], guard: has(context.odd) || context.me.mail != caller.id}\n"
                + pay,
            "Done"),
        choice(
            "somebody else's leads elsewhere, where the model says so",
            "- {target: Done, requires: [me], guard: has(context.odd) && context.me.mail != caller.id}\n"
                + pay,
            "Done",
            ACCOUNT,
            AMOUNT),
        choice(
            "one's own leads elsewhere",
            "- {target: Done, requires: [me], guard: context.me.mail == caller.id}\n" + pay,
            "Done",
            ACCOUNT,
            AMOUNT),
        choice(
            "what is not one's own, negated",
            "- {target: Pay, requires: [me], guard: '!(context.me.mail != caller.id)'}",
            "Done"),
        choice(
            "what is one's own, negated",
            "- {target: Pay, requires: [me], guard: '!(context.me.mail == caller.id)'}",
            "Done",
            ACCOUNT,
            AMOUNT),
        choice(
            "either way one's own",
            "- {target: Pay, requires: [me], guard: 'context.me.mail == caller.id || (context.me.owed < 5 && caller.id == context.me.mail)'}",
            "Done"),
        choice(
            "one's own, or little",
            "- {target: Pay, requires: [me], guard: context.me.mail == caller.id || context.me.owed < 5}",
            "Done",
            ACCOUNT,
            AMOUNT),
        choice(
            "one's own, and else never",
            "- {target: Pay, requires: [me], guard: 'context.me.owed < 5 ? context.me.mail == caller.id : false'}",
            "Done"),
        choice("a derived truth is required", "- {target: Pay, requires: [me, mine]}", "Done"),
        choice(
            "a derived truth is one of two",
            "- {target: Pay, requires: [me], guard: 'has(context.mine) && context.mine && context.me.owed < 5'}",
            "Done"),
        choice(
            "a derived truth leads elsewhere",
            "- {target: Done, requires: [me], guard: '!has(context.other) || context.other'}\n"
                + pay,
            "Done"));
  }

  private static Arguments called(String what, String rules, String... found) {
    return machine(
        what,
        List.of(ANYBODY, PAY),
        List.of(MINE),
        rules,
        listen("tools: [d.me, d.pay]\notherwise: Done\n"),
        found);
  }

  private static Arguments led(String what, String guard, String... found) {
    return machine(
        what,
        List.of(ANYBODY, "d.refund: {effect: write, set: {amount: '5'}}"),
        List.of(MINE),
        "",
        check("- {target: Done, requires: [me], guard: %s}".formatted(guard), "Act")
                .replace(PAYING, "")
            + "  Act: {goal: Act., tools: [d.refund], otherwise: Done}\n",
        found);
  }

  private static Stream<Arguments> calls() {
    String refund = "d.refund: {effect: write, set: {amount: '5'}}";
    String asks = "- {rule: r, for: [d.pay], ask: boss, unless: '%s'}";
    String orders =
        listen(
                "tools: [d.order]\nrecord: [id]\ntransitions: [{target: Act, requires: [id], guard: 'context.orders[context.id].total > 5'}]\n")
            + "  Act: {goal: Act., tools: [d.refund], otherwise: Done}\n";
    List<String> fields = List.of(ORDERS, "id: {type: string, source: agent}");
    return Stream.of(
        called("one's own is not asked for", asks.formatted("context.me.mail == caller.id")),
        called(
            "somebody else's is not asked for",
            asks.formatted("context.me.mail != caller.id"),
            ACCOUNT,
            AMOUNT),
        called(
            "no rule refuses one's own",
            "- {rule: r, for: [d.pay], when: '!(context.me.mail != caller.id)'}"),
        machine(
            "one's own is not asked for, and else the account is not shown",
            List.of(ANYBODY, PAY.replace("{effect", "{secret: [account], effect")),
            List.of(MINE),
            asks.formatted("context.me.mail == caller.id"),
            listen("tools: [d.me, d.pay]\notherwise: Done\n"),
            ACCOUNT),
        machine(
            "the order that a call names is one's own",
            List.of(ORDER, refund),
            fields,
            "- {rule: r, for: [d.refund], when: 'context.orders[args.id].owner == caller.id'}\n- {rule: s, for: [d.refund], atMost: 1}",
            orders),
        machine(
            "the order that a call names is somebody's",
            List.of(ORDER, refund),
            fields,
            "- {rule: r, for: [d.refund], when: 'context.orders[args.id].total < 100'}\n- {rule: s, for: [d.refund], atMost: 1}",
            orders,
            "IL018 states/Listen/transitions/0"),
        led(
            "nothing but a fact about anybody leads on, as all others do not",
            "context.me.owed < 5",
            "IL018 states/Listen/transitions/0",
            "IL018 states/Check/otherwise"),
        led("a fact about the caller leads on", "context.me.mail != caller.id"));
  }

  private static final String TALK =
      listen(
          "tools: [d.me]\ntransitions:\n- {target: Done, requires: [me], guard: context.me.mail != caller.id}\n- {target: Next, requires: [me]}\n");

  private static Stream<Arguments> further() {
    List<String> tools =
        List.of(ANYBODY, "d.order: {effect: read, set: {id: context.me.account}}", PAY);
    String order =
        "order: {type: object, properties: {id: {type: string}, owner: {type: string}, total:"
            + " {type: decimal}}, source: tool, from: d.order}";
    String more = "more: {type: boolean, source: agent}";
    String ask = ASK.replace("shows: [me]", "shows: [me, order]");
    String pays =
        "  Next: {type: call, call: d.order, with: {year: '2026'}, on: {ok: Route, failed: Done}}\n  Route: {type: choice, transitions: [{target: Pay, requires: [order], guard: context.order.total > 5}], otherwise: Ask}\n"
            + ask
            + PAYING;
    String next =
        "  Next: {goal: Act., tools: [%s], record: [more], transitions: [{target: Side, requires: [more], clears: [more]}], otherwise: Done}\n  Side: {goal: Talk., tools: [%s], otherwise: back}\n";
    List<String> fields = List.of(MINE, order, more);
    String owed =
        "d.pay: {effect: write, set: {account: context.order.id, amount: context.order.total}}";
    return Stream.of(
        machine("what is looked up by what was compared leads on", tools, fields, "", TALK + pays),
        machine(
            "what is looked up by what was compared, and then found anew, leads on",
            tools,
            fields,
            "",
            TALK.replace("Next", "Again")
                + "  Again: {goal: Talk., tools: [d.me], otherwise: Next}\n"
                + pays,
            "IL017 states/Route/transitions/0",
            ACCOUNT,
            AMOUNT,
            "IL018 states/Route/transitions/0"),
        machine(
            "it leads round to what it is not about",
            List.of(
                tools.get(0),
                tools.get(1),
                "d.pay: {effect: write, set: {account: caller.id, amount: '5'}}"),
            fields,
            "",
            TALK + pays,
            "IL017 states/Route/transitions/0"),
        machine(
            "compared, and not found anew on the side",
            List.of(ANYBODY, ORDER, PAY),
            fields,
            "",
            TALK + next.formatted("d.pay", "d.order")),
        machine(
            "compared, and found anew on the side",
            List.of(ANYBODY, ORDER, PAY),
            fields,
            "",
            TALK + next.formatted("d.pay", "d.me"),
            ACCOUNT,
            AMOUNT),
        machine(
            "compared with what is compared, in the same call",
            List.of(ANYBODY, "d.order: {effect: read}", owed),
            fields,
            "- {rule: r, for: [d.pay], when: context.order.owner == context.me.account}\n- {rule: s, for: [d.pay], when: context.me.mail == caller.id}",
            listen("tools: [d.me, d.order, d.pay]\notherwise: Done\n")),
        machine(
            "compared with what nothing is compared with",
            List.of(ANYBODY, "d.order: {effect: read}", owed),
            fields,
            "- {rule: r, for: [d.pay], when: context.order.owner == context.me.account}",
            listen("tools: [d.me, d.order, d.pay]\notherwise: Done\n"),
            "IL018 rules/0/when",
            ACCOUNT,
            AMOUNT),
        machine(
            "kept for good, and compared before it is there",
            List.of(ANYBODY, PAY),
            List.of(MINE.replace("from: d.me", "from: d.me, once: true")),
            "",
            "  Check: {type: choice, transitions: [{target: Done, requires: [me], guard: context.me.mail != caller.id}], otherwise: Act}\n  Act: {goal: Act., tools: [d.me, d.pay], otherwise: Done}\n",
            ACCOUNT,
            AMOUNT),
        machine(
            "kept for good, and perhaps compared before it is there",
            List.of(ANYBODY, PAY),
            List.of(MINE.replace("from: d.me", "from: d.me, once: true")),
            "",
            "  Talk: {goal: Talk., tools: [d.me], otherwise: Check}\n  Check: {type: choice, transitions: [{target: Done, requires: [me], guard: context.me.mail != caller.id}], otherwise: Act}\n  Act: {goal: Act., tools: [d.me, d.pay], otherwise: Done}\n",
            ACCOUNT,
            AMOUNT),
        machine(
            "compared with what is compared, on the same way",
            List.of(ANYBODY, "d.order: {effect: read}", owed),
            fields,
            "",
            listen(
                    "tools: [d.me, d.order]\ntransitions: [{target: Pay, requires: [me, order], guard: context.order.owner == context.me.account && context.me.mail == caller.id}]\n")
                + PAYING),
        machine(
            "kept for good, and compared",
            List.of(ANYBODY, PAY),
            List.of(MINE.replace("from: d.me", "from: d.me, once: true")),
            "",
            TALK + "  Next: {goal: Act., tools: [d.me, d.pay], otherwise: Done}\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("machines")
  void whatIsComparedIsNotTold(String what, String machine, List<String> found) {
    InfluenceCheckTest.assertFound(machine, found);
  }
}
