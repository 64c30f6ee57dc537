package dev.interlock.core.check;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the model may choose and what it may not: small machines that pay somebody, in pairs that
 * differ in one thing. Expected are the codes from IL017 on, each with its place.
 */
class InfluenceCheckTest {
  private static final ToolLock LOCK =
      ToolLock.lock(
              "tools.lock",
              List.of(
                  tool("d.me", "email", "string"),
                  tool("d.page", "url", "string"),
                  tool("d.order", "id", "string", "year", "integer"),
                  tool("d.pay", "account", "string", "amount", "number"),
                  tool("d.refund", "id", "string", "amount", "number"),
                  tool("d.mail", "to", "string", "text", "string")))
          .lock();

  private static Offered tool(String name, String... arguments) {
    Map<String, Object> properties = new TreeMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      properties.put(arguments[i], Map.of("type", arguments[i + 1]));
    }
    Map<String, Object> schema =
        Map.of(
            "type",
            "object",
            "properties",
            properties,
            "required",
            List.copyOf(properties.keySet()));
    return new Offered(name, name, schema, false);
  }

  static final String ME = "d.me: {effect: read, set: {email: caller.id}}";
  static final String ANYBODY = "d.me: {effect: read}";
  static final String ORDER = "d.order: {effect: read, set: {year: '2026'}}";
  static final String PAY =
      "d.pay: {effect: write, set: {account: context.me.account, amount: context.me.owed}}";
  static final String PAY_FREELY = "d.pay: {effect: write, set: {account: context.me.account}}";
  static final String MINE =
      "me: {type: object, properties: {account: {type: string}, mail: {type: string}, owed: {type:"
          + " decimal}}, source: tool, from: d.me}";
  static final String ORDERS =
      "orders: {type: object, properties: {owner: {type: string}, total: {type: decimal}}, source:"
          + " tool, from: d.order, key: args.id}";
  static final String FIND =
      """
        Find: {type: call, call: d.me, on: {ok: Listen, failed: Done}}
      """;
  static final String ASK =
      """
        Ask:
          type: approval
          role: boss
          shows: [me]
          answers: {approve: {target: Pay}, reject: {target: Done}}
          after: {P1D: Done}
      """;
  static final String PAYING =
      """
        Pay: {type: call, call: d.pay, on: {ok: Done, failed: Done}}
      """;

  static String listen(String more) {
    return "  Listen:\n    goal: Listen.\n" + more.indent(4);
  }

  static Arguments machine(
      String what,
      List<String> tools,
      List<String> fields,
      String rules,
      String states,
      String... found) {
    String text =
        "machine: m\nversion: 1\ntools:\n"
            + String.join("\n", tools).indent(2)
            + "context:\n"
            + String.join("\n", fields).indent(2)
            + (rules.isEmpty() ? "" : "rules:\n" + rules.indent(2))
            + "initial: "
            + states.strip().split(":", 2)[0]
            + "\nstates:\n"
            + states
            + "  Done: {type: final}\nanywhere: {over: {default: Done}}\n";
    return Arguments.of(what, text, List.of(found));
  }

  static Stream<Arguments> machines() {
    return Stream.of(routes(), rules(), facts(), approvals(), flows()).flatMap(it -> it);
  }

  private static Stream<Arguments> routes() {
    List<String> tools = List.of(ME, PAY);
    List<String> fields =
        List.of(
            MINE,
            "small: {type: boolean, source: agent}",
            "ready: {type: boolean, source: agent}",
            "cheap: {type: boolean, is: 'context.me.owed * 2 < 10'}",
            "vague: {type: boolean, is: 'context.me.owed * 2 < 10 && context.small'}");
    return Stream.of(
        machine(
            "a field of the model's chooses",
            tools,
            fields,
            "",
            FIND
                + listen(
                    "record: [small, ready]\ntransitions:\n- {target: Pay, requires: [ready, small]}\n- {target: Ask, requires: [ready]}\n")
                + ASK
                + PAYING,
            "IL017 states/Listen/transitions/0"),
        machine(
            "a fact of the caller's chooses",
            tools,
            fields,
            "",
            FIND
                + listen(
                    "record: [small, ready]\ntransitions:\n- {target: Pay, requires: [ready, me], guard: context.me.owed < 10}\n- {target: Ask, requires: [ready]}\n")
                + ASK
                + PAYING),
        machine(
            "a fact of the caller's, and the model's field as well",
            tools,
            fields,
            "",
            FIND
                + listen(
                    "record: [small, ready]\ntransitions:\n- {target: Pay, requires: [ready, me], guard: context.me.owed < 10 && has(context.small)}\n- {target: Ask, requires: [ready]}\n")
                + ASK
                + PAYING,
            "IL017 states/Listen/transitions/0"),
        machine(
            "arithmetic over a fact of the caller's",
            tools,
            fields,
            "",
            FIND
                + listen(
                    "record: [ready]\ntransitions:\n- {target: Pay, requires: [ready, me], guard: context.me.owed * 2 < 10}\n- {target: Ask, requires: [ready]}\n")
                + ASK
                + PAYING),
        machine(
            "a derived field over a fact of the caller's",
            tools,
            fields,
            "",
            FIND
                + listen(
                    "record: [ready]\ntransitions:\n- {target: Pay, requires: [ready, cheap]}\n- {target: Ask, requires: [ready]}\n")
                + ASK
                + PAYING),
        machine(
            "the end of a turn chooses",
            tools,
            fields,
            "",
            FIND
                + listen(
                    "record: [ready]\ntransitions: [{target: Ask, requires: [ready]}]\notherwise: Pay\n")
                + ASK
                + PAYING,
            "IL017 states/Listen"),
        machine(
            "spent turns lead round",
            tools,
            fields,
            "",
            FIND
                + listen(
                    "record: [ready]\ntransitions: [{target: Ask, requires: [ready]}]\nbudgets: {turns: 3}\nover: {turns: Pay}\n")
                + ASK
                + PAYING,
            "IL017 states/Listen"),
        machine(
            "time leads round",
            tools,
            fields,
            "",
            FIND
                + listen("record: [ready]\ntransitions: [{target: Ask, requires: [ready]}]\n")
                + ASK.replace("P1D: Done", "P1D: Pay")
                + PAYING),
        machine(
            "a call of the state itself, and one after an approval",
            tools,
            fields,
            "",
            FIND
                + listen(
                    "tools: [d.pay]\nrecord: [ready]\ntransitions: [{target: Ask, requires: [ready]}]\n")
                + ASK
                + PAYING,
            "IL017 states/Listen"),
        machine(
            "a fact that need not be looked up",
            tools,
            fields,
            "",
            listen(
                    "tools: [d.me]\nrecord: [ready]\ntransitions:\n- {target: Ask, requires: [me], guard: context.me.owed > 10}\n- {target: Look, requires: [ready]}\n")
                + "  Look: {type: call, call: d.me, on: {ok: Pay, failed: Done}}\n"
                + ASK
                + PAYING,
            "IL017 states/Listen/transitions/1"),
        machine(
            "a rule of one state only",
            List.of(ME, PAY),
            fields,
            "- {rule: little, for: [d.pay], in: [Pay], when: context.me.owed < 10}",
            FIND
                + listen(
                    "record: [small, ready]\ntransitions:\n- {target: Pay, requires: [ready]}\n- {target: Also, requires: [small]}\n")
                + PAYING
                + PAYING.replace("Pay:", "Also:"),
            "IL017 states/Listen/transitions/1"),
        machine(
            "a lookup that fails by what the model chose",
            List.of(ME, ORDER, PAY),
            List.of(MINE, ORDERS, "ready: {type: string, source: agent}"),
            "",
            FIND
                + listen("record: [ready]\ntransitions: [{target: Check, requires: [ready]}]\n")
                + "  Check: {type: call, call: d.order, with: {id: context.ready}, on: {ok: Ask, failed: Pay}}\n"
                + ASK
                + PAYING,
            "IL017 states/Check"),
        machine(
            "a time that the model says",
            tools,
            List.of(
                MINE,
                "ready: {type: boolean, source: agent}",
                "at: {type: timestamp, source: agent}"),
            "",
            FIND
                + listen(
                    "record: [ready, at]\ntransitions: [{target: Ask, requires: [ready]}]\nafter: [{at: context.at, target: Pay}]\n")
                + ASK
                + PAYING,
            "IL017 states/Listen"),
        machine(
            "fewer must say yes",
            tools,
            fields,
            "",
            FIND
                + listen(
                    "record: [small, ready]\ntransitions:\n- {target: Ask, requires: [small]}\n- {target: Both, requires: [ready]}\n")
                + ASK
                + ASK.replace("Ask:", "Both:").replace("role: boss", "role: boss\n    people: 2")
                + PAYING,
            "IL017 states/Listen/transitions/0",
            "IL017 states/Listen/transitions/1"),
        machine(
            "an operator leads round",
            tools,
            fields,
            "",
            FIND
                + listen(
                    "record: [ready]\ntransitions: [{target: Ask, requires: [ready]}]\nover: {default: Help}\n")
                + ASK
                + PAYING
                + "  Help: {type: escalation, bundle: [me], resume: [Pay]}\n"));
  }

  private static Stream<Arguments> rules() {
    List<String> fields =
        List.of(
            MINE,
            "ok: {type: boolean, source: agent}",
            "limit: {type: decimal, source: agent}",
            "typed: {type: integer, source: user}");
    String pays = FIND + listen("tools: [d.pay]\nrecord: [ok, limit, typed]\notherwise: Done\n");
    List<String> tools = List.of(ME, PAY_FREELY);
    return Stream.of(
        machine(
            "a rule of the model's field",
            tools,
            fields,
            "- {rule: r, for: [d.pay], when: context.ok}",
            pays,
            "IL018 rules/0/when"),
        machine(
            "that is shown to whoever says yes",
            tools,
            fields,
            "- {rule: r, for: [d.pay], when: context.ok}\n- {rule: s, for: [d.pay], ask: boss, shows: [ok]}",
            pays),
        machine(
            "that is not shown to whoever says yes",
            tools,
            fields,
            "- {rule: r, for: [d.pay], when: context.ok}\n- {rule: s, for: [d.pay], ask: boss}",
            pays,
            "IL018 rules/0/when"),
        machine(
            "an argument under the model's limit",
            tools,
            fields,
            "- {rule: r, for: [d.pay], when: decimal(args.amount) <= context.limit}",
            pays,
            "IL018 rules/0/when"),
        machine(
            "an argument under a constant",
            tools,
            fields,
            "- {rule: r, for: [d.pay], when: decimal(args.amount) <= 100}",
            pays),
        machine(
            "a fact or the model's word",
            tools,
            fields,
            "- {rule: r, for: [d.pay], when: context.me.owed > 5 || context.ok}",
            pays,
            "IL018 rules/0/when"),
        machine(
            "a fact and the model's word",
            tools,
            fields,
            "- {rule: r, for: [d.pay], when: context.me.owed > 5 && context.ok}",
            pays),
        machine(
            "what the caller typed",
            tools,
            fields,
            "- {rule: r, for: [d.pay], when: context.typed > 3}",
            pays),
        machine(
            "what was said",
            tools,
            fields,
            "- {rule: r, for: [d.pay], when: said(context.limit)}",
            pays),
        machine(
            "excused by the model's word",
            tools,
            fields,
            "- {rule: r, for: [d.pay], ask: boss, unless: context.ok}",
            pays,
            "IL018 rules/0/unless"),
        machine(
            "excused by a fact and the model's word",
            tools,
            fields,
            "- {rule: r, for: [d.pay], ask: boss, unless: context.me.owed < 5 && context.ok}",
            pays,
            "IL018 rules/0/unless"),
        machine(
            "excused once the model has said something",
            tools,
            fields,
            "- {rule: r, for: [d.pay], ask: boss, unless: run.turn.said}",
            pays,
            "IL018 rules/0/unless"),
        machine(
            "excused by an argument",
            tools,
            fields,
            "- {rule: r, for: [d.pay], ask: boss, unless: decimal(args.amount) < 5}",
            pays),
        machine(
            "filled with the model's word",
            List.of(
                ME,
                "d.pay: {effect: write, set: {account: context.me.account, amount: context.limit}}"),
            fields,
            "",
            pays,
            "IL018 tools/d.pay/set/amount"),
        machine(
            "filled with the model's word, which a person sees",
            List.of(
                ME,
                "d.pay: {effect: write, set: {account: context.me.account, amount: context.limit}}"),
            fields,
            "- {rule: s, for: [d.pay], ask: boss}",
            pays),
        machine(
            "filled with the model's word, which a person does not see",
            List.of(
                ME,
                "d.pay: {effect: write, secret: [amount], set: {account: context.me.account, amount: context.limit}}"),
            fields,
            "- {rule: s, for: [d.pay], ask: boss}",
            pays,
            "IL018 tools/d.pay/set/amount"));
  }

  private static Stream<Arguments> facts() {
    List<String> fields = List.of(MINE, ORDERS);
    String listen = listen("tools: [d.me, d.order, d.pay, d.refund]\notherwise: Done\n");
    String refund = "d.refund: {effect: write, forgets: [orders]}";
    return Stream.of(
        machine(
            "anybody's account",
            List.of(ANYBODY, ORDER, PAY, refund),
            fields,
            "",
            listen,
            "IL018 tools/d.pay/set/account",
            "IL018 tools/d.pay/set/amount"),
        machine(
            "anybody's account, compared with the caller",
            List.of(ANYBODY, ORDER, PAY, refund),
            fields,
            "- {rule: r, for: [d.pay], when: context.me.mail == caller.id}",
            listen),
        machine(
            "an account that is not the caller's",
            List.of(ANYBODY, ORDER, PAY, refund),
            fields,
            "- {rule: r, for: [d.pay], when: context.me.mail != caller.id}",
            listen,
            "IL018 tools/d.pay/set/account",
            "IL018 tools/d.pay/set/amount"),
        machine(
            "anybody's account, by a lookup that a rule binds",
            List.of(ANYBODY, ORDER, PAY, refund),
            fields,
            "- {rule: r, for: [d.me], when: args.email == caller.id}",
            listen),
        machine(
            "the order of the call",
            List.of(ME, ORDER, PAY, refund),
            fields,
            "- {rule: r, for: [d.refund], when: 'context.orders[args.id].total > 5'}",
            listen),
        machine(
            "the order of the call, by another argument of the model's",
            List.of(ME, "d.order: {effect: read}", PAY, refund),
            fields,
            "- {rule: r, for: [d.refund], when: 'context.orders[args.id].total > 5'}",
            listen,
            "IL018 rules/0/when"),
        machine(
            "some order",
            List.of(ME, ORDER, PAY, "d.refund: {effect: write}"),
            List.of(MINE, ORDERS, "which: {type: string, source: agent}"),
            "- {rule: r, for: [d.refund], when: 'context.orders[context.which].total > 5'}",
            listen("tools: [d.me, d.order, d.refund]\nrecord: [which]\notherwise: Done\n"),
            "IL018 rules/0/when"),
        machine(
            "an order as it was before",
            List.of(ME, ORDER, PAY, "d.refund: {effect: write}"),
            fields,
            "- {rule: r, for: [d.refund], when: 'context.orders[args.id].total > 5'}",
            listen,
            "IL021 tools/d.refund"),
        machine(
            "an order as it was before, once",
            List.of(ME, ORDER, PAY, "d.refund: {effect: write}"),
            fields,
            "- {rule: r, for: [d.refund], when: 'context.orders[args.id].total > 5', atMost: 1}",
            listen),
        machine(
            "found by the model, and then identified",
            List.of(ANYBODY, "d.refund: {effect: write}"),
            List.of(MINE),
            "",
            listen("tools: [d.me]\ntransitions: [{target: Act, requires: [me]}]\n")
                + "  Act: {goal: Act., tools: [d.refund], otherwise: Done}\n",
            "IL018 states/Listen/transitions/0"),
        machine(
            "found by the model, and compared",
            List.of(ANYBODY, PAY),
            List.of(MINE),
            "",
            listen(
                    "tools: [d.me]\ntransitions: [{target: Act, requires: [me], guard: context.me.mail == caller.id}]\n")
                + "  Act: {goal: Act., tools: [d.pay], otherwise: Done}\n"),
        machine(
            "compared in what many have",
            List.of(ANYBODY, ORDER, PAY, refund),
            List.of(MINE, ORDERS, "like: {type: string, source: input}"),
            "- {rule: r, for: [d.pay], when: context.me.mail == context.like}",
            listen,
            "IL018 tools/d.pay/set/account",
            "IL018 tools/d.pay/set/amount"),
        machine(
            "compared, forgotten, and found anew though it is kept",
            List.of(ANYBODY, PAY, "d.refund: {effect: write, forgets: [me]}"),
            List.of(MINE.replace("from: d.me", "from: d.me, once: true")),
            "",
            listen(
                    "tools: [d.me]\ntransitions: [{target: Act, requires: [me], guard: context.me.mail == caller.id}]\n")
                + "  Act: {goal: Act., tools: [d.pay, d.me, d.refund], otherwise: Done}\n",
            "IL018 tools/d.pay/set/account",
            "IL018 tools/d.pay/set/amount"),
        machine(
            "one order is compared, and another one counts",
            List.of(
                ME,
                ORDER,
                "d.refund: {effect: write, set: {amount: 'context.orders[context.which].total'}}"),
            List.of(
                MINE,
                ORDERS,
                "which: {type: string, source: agent}",
                "mine: {type: string, source: agent}"),
            "- {rule: r, for: [d.refund], when: 'context.orders[context.mine].owner == caller.id', atMost: 1}",
            listen("tools: [d.order, d.refund]\nrecord: [which, mine]\notherwise: Done\n"),
            "IL018 tools/d.refund/set/amount"),
        machine(
            "compared, and found anew",
            List.of(ANYBODY, PAY),
            List.of(MINE),
            "",
            listen(
                    "tools: [d.me]\ntransitions: [{target: Act, requires: [me], guard: context.me.mail == caller.id}]\n")
                + "  Act: {goal: Act., tools: [d.pay, d.me], otherwise: Done}\n",
            "IL018 tools/d.pay/set/account",
            "IL018 tools/d.pay/set/amount"));
  }

  private static Stream<Arguments> approvals() {
    List<String> tools =
        List.of(
            ME, "d.pay: {effect: write, set: {account: context.me.account, amount: context.sum}}");
    List<String> fields =
        List.of(MINE, "sum: {type: decimal, source: agent}", "why: {type: string, source: agent}");
    String sums =
        FIND
            + listen(
                "clears: [sum]\nrecord: [sum, why]\ntransitions: [{target: Ask, requires: [sum]}]\n");
    String shown = ASK.replace("shows: [me]", "shows: [sum]");
    String two =
        shown.replace("target: Pay", "target: Also")
            + "  Also: {goal: More., record: [sum], transitions: [{target: Clerk, requires: [sum]}]}\n"
            + shown.replace("Ask:", "Clerk:").replace("boss", "clerk");
    String acts = "  Pay: {goal: Pay., tools: [d.pay], record: [%s], otherwise: Done}\n";
    String once = "- {rule: once, for: [d.pay], atMost: 1}\n";
    return Stream.of(
        machine("a yes to the sum", tools, fields, once, sums + shown + acts.formatted("why")),
        machine(
            "a yes to the sum, for any number of calls",
            tools,
            fields,
            "",
            sums + shown + acts.formatted("why"),
            "IL021 tools/d.pay"),
        machine(
            "a yes to something else",
            tools,
            fields,
            once,
            sums + ASK + acts.formatted("why"),
            "IL018 tools/d.pay/set/amount",
            "IL019 states/Pay"),
        machine(
            "a yes to a sum of before",
            tools,
            fields,
            once,
            sums + shown + acts.formatted("sum"),
            "IL020 states/Pay"),
        machine(
            "a yes to another sum than somebody else's yes",
            tools,
            fields,
            once,
            sums + two + acts.formatted("why"),
            "IL020 states/Pay"),
        machine(
            "a yes before the amount is chosen",
            List.of(ME, PAY_FREELY),
            fields,
            once,
            sums + shown + acts.formatted("why"),
            "IL019 states/Pay"),
        machine(
            "a yes before the amount is chosen, which a rule ties",
            List.of(ME, PAY_FREELY),
            fields,
            once + "- {rule: r, for: [d.pay], when: decimal(args.amount) <= context.sum}",
            sums + shown + acts.formatted("why")),
        machine(
            "a yes before the amount is chosen, which a rule ties to more",
            List.of(ME, PAY_FREELY),
            fields,
            once + "- {rule: r, for: [d.pay], when: decimal(args.amount) >= context.sum}",
            sums + shown + acts.formatted("why"),
            "IL019 states/Pay"),
        machine(
            "a yes on the way, and one to each call",
            List.of(ME, PAY_FREELY),
            fields,
            "- {rule: r, for: [d.pay], ask: boss}",
            sums + shown + acts.formatted("why")),
        machine(
            "a yes to a call of which the amount is secret",
            List.of(ME, PAY_FREELY.replace("{effect", "{secret: [amount], effect")),
            fields,
            "- {rule: r, for: [d.pay], ask: boss}",
            sums + shown + acts.formatted("why"),
            "IL019 states/Pay"),
        machine(
            "as many must agree as the model says",
            tools,
            List.of(
                MINE, "sum: {type: decimal, source: agent}", "n: {type: integer, source: agent}"),
            "- {rule: r, for: [d.pay], ask: boss, people: 'has(context.n) ? context.n : 2'}",
            FIND + listen("record: [sum, n]\ntools: [d.pay]\notherwise: Done\n"),
            "IL018 rules/0/people"));
  }

  private static Stream<Arguments> flows() {
    String me = "d.me: {effect: read, label: private, set: {email: caller.id}}";
    String page = "d.page: {effect: read, label: untrusted}";
    String mail = "d.mail: {effect: idempotent, label: external}";
    List<String> fields = List.of(MINE, "text: {type: string, source: agent}");
    String reads = FIND + listen("tools: [d.page, d.mail]\nrecord: [text]\notherwise: Done\n");
    return Stream.of(
        machine(
            "both are read, then a mail goes out",
            List.of(me, page, mail),
            fields,
            "",
            reads,
            "IL022 states/Listen"),
        machine(
            "a person sees the mail",
            List.of(me, page, mail),
            fields,
            "- {rule: r, for: [d.mail], ask: user}",
            reads),
        machine(
            "a person does not see all of the mail",
            List.of(me, page, "d.mail: {effect: idempotent, label: external, secret: [text]}"),
            fields,
            "- {rule: r, for: [d.mail], ask: user}",
            reads,
            "IL019 states/Listen",
            "IL022 states/Listen"),
        machine(
            "no mail once a page was read",
            List.of(me, page, mail),
            fields,
            "- {rule: r, for: [d.mail], when: \"!('untrusted' in run.labels)\"}",
            reads),
        machine(
            "a mail that the machine writes",
            List.of(
                me,
                page,
                "d.mail: {effect: idempotent, label: external, set: {to: caller.id, text: \"'Hello.'\"}}"),
            fields,
            "",
            reads),
        machine(
            "a mail with what was recorded after both",
            List.of(
                me, page, "d.mail: {effect: idempotent, label: external, set: {to: caller.id}}"),
            fields,
            "",
            FIND
                + listen(
                    "tools: [d.page]\nrecord: [text]\ntransitions: [{target: Send, requires: [text]}]\n")
                + "  Send: {type: call, call: d.mail, with: {text: context.text}, on: {ok: Done, failed: Done}}\n",
            "IL022 states/Send"),
        machine(
            "a mail with what was recorded before the page",
            List.of(
                me, page, "d.mail: {effect: idempotent, label: external, set: {to: caller.id}}"),
            fields,
            "",
            FIND
                + listen("record: [text]\ntransitions: [{target: Read, requires: [text]}]\n")
                + "  Read: {goal: Read., tools: [d.page], otherwise: Send}\n  Send: {type: call, call: d.mail, with: {text: context.text}, on: {ok: Done, failed: Done}}\n"),
        machine("nothing private", List.of(ME, page, mail), fields, "", reads));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("machines")
  void whatIsTheModelsChoiceIsTold(String what, String machine, List<String> found) {
    assertFound(machine, found);
  }

  static void assertFound(String machine, List<String> found) {
    var loaded = MachineLoader.load("machine.yaml", machine, LOCK);
    assertThat(loaded.diagnostics()).as(machine).isEmpty();

    assertThat(
            MachineCheck.of(requireNonNull(loaded.machine())).findings().stream()
                .filter(it -> it.code().compareTo(Code.ROUTE_ROUND) >= 0)
                .map(it -> it.code().id() + " " + String.join("/", it.at()))
                .toList())
        .as(machine)
        .isEqualTo(found);
  }
}
