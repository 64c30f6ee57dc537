package dev.interlock.core.check;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is proven of every run, and what is not. */
class PropertyCheckTest {
  private static final ToolLock LOCK =
      ToolLock.lock(
              "tools.lock",
              List.of(
                  tool("shop.order", "id", "string"),
                  tool("shop.cancel", "id", "string"),
                  tool("shop.pay", "amount", "number"),
                  tool("shop.mail", "text", "string")))
          .lock();

  private static Offered tool(String name, String argument, String type) {
    return new Offered(
        name,
        name,
        Map.of(
            "type",
            "object",
            "properties",
            Map.of(argument, Map.of("type", type)),
            "required",
            List.of(argument)),
        false);
  }

  /** An order is looked up and cancelled, and then perhaps paid back once somebody agrees. */
  private static final String MACHINE =
      """
      machine: m
      version: 1
      tools:
        shop.order:  {effect: read}
        shop.cancel: {effect: write}
        shop.pay:    {effect: write}
        shop.mail:   {effect: idempotent}
      context:
        orders: {type: object, properties: {open: {type: boolean}}, source: tool, from: shop.order, key: args.id}
        sum:    {type: decimal, source: agent}
        done:   {type: boolean, source: agent}
      rules:
        - {rule: looked up, for: [shop.cancel], when: 'args.id in context.orders'}
        - {rule: agreed, for: [shop.pay], ask: boss, unless: 'decimal(args.amount) <= 10'}
        - {rule: once, for: [shop.cancel], atMost: 1}
      initial: Work
      states:
        Work:
          goal: Work.
          tools: [shop.order, shop.cancel]
          record: [done]
          transitions: [{target: Ask, requires: [done]}]
        Ask:
          type: approval
          role: desk
          answers: {approve: {target: Pay}, reject: {target: Told}}
          after: {P1D: Told}
        Pay:
          goal: Pay.
          tools: [shop.pay]
          otherwise: Tell
        Tell: {type: call, call: shop.mail, with: {text: "'Done.'"}, on: {ok: Told, failed: Told}}
        Told: {type: final}
      anywhere: {over: {default: Told}}
      properties:
        - {name: it, PROPERTY}
      """;

  private static MachineCheck.Checked check(String property, String... replacing) {
    String text = MACHINE.replace("PROPERTY", property);
    for (int i = 0; i < replacing.length; i += 2) {
      assertThat(text).contains(replacing[i]);
      text = text.replace(replacing[i], replacing[i + 1]);
    }
    var loaded = MachineLoader.load("machine.yaml", text, LOCK);
    assertThat(loaded.diagnostics()).as(text).isEmpty();
    return MachineCheck.of(requireNonNull(loaded.machine()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "before: [shop.order, shop.cancel] | proven",
        "'before: [shop.order, shop.cancel], same: id' | proven",
        "before: [shop.cancel, shop.pay] | violated",
        "before: [yes desk, shop.pay] | proven",
        "before: [yes boss, shop.pay] | violated",
        "'before: [yes boss, shop.pay], if: decimal(args.amount) > 10' | proven",
        "'before: [yes boss, shop.pay], if: decimal(args.amount) > 9' | violated",
        "never: shop.cancel | violated",
        "'never: shop.cancel, after: Ask' | proven",
        "'never: shop.cancel, after: shop.cancel' | unknown",
        "'never: shop.pay, if: has(context.sum)' | proven",
        "'never: Tell, if: has(context.done)' | violated",
        "'never: Told, after: yes boss' | violated",
        "'never: Work, after: Ask' | proven",
        "'atMost: 1, of: shop.cancel' | proven",
        "'atMost: 0, of: shop.cancel' | violated",
        "'atMost: 1, of: shop.pay' | violated",
        "'atMost: 1, of: shop.mail' | proven",
        "'atMost: 1, of: Pay' | proven",
        "'atMost: 0, of: Pay' | violated",
        "eventually: [Told] | proven",
      })
  void propertyIsProvenOrARunIsShown(String property, String verdict) {
    MachineCheck.Checked checked = check(property);

    boolean proven = verdict.equals("proven");
    assertThat(checked.proven())
        .as(checked.findings().toString())
        .isEqualTo(proven ? List.of("it") : List.of());
    assertThat(
            checked.findings().stream()
                .filter(it -> it.code() == Code.NOT_PROVEN || it.code() == Code.VIOLATED))
        .hasSize(proven ? 0 : 1)
        .allSatisfy(it -> assertThat(it.trace()).isNotEmpty());
    assertThat(checked.violated())
        .as(checked.findings().toString())
        .hasSize(verdict.equals("violated") ? 1 : 0);
  }

  private static List<String> proven(String text) {
    var loaded = MachineLoader.load("machine.yaml", "machine: m\nversion: 1\n" + text, LOCK);
    assertThat(loaded.diagnostics()).isEmpty();
    return MachineCheck.of(requireNonNull(loaded.machine())).proven();
  }

  /** The boss says yes, the desk no, or never. */
  @Test
  void oneOfTwoRolesHasSaidYesThoughTheCallDoesNotGoOut() {
    assertThat(
            proven(
                """
                tools:
                  shop.order: {effect: read}
                  shop.pay:   {effect: write, label: private}
                rules:
                  - {rule: the boss agrees, for: [shop.pay], ask: boss}
                  - {rule: the desk agrees, for: [shop.pay], ask: desk}
                  - {rule: before all pay, for: [shop.order], when: "!('private' in run.labels)"}
                initial: Work
                states:
                  Work: {goal: Work., tools: [shop.order, shop.pay], otherwise: Done}
                  Done: {type: final}
                anywhere: {over: {default: Done}}
                properties:
                  - {name: after a yes, never: shop.order, after: yes boss}
                  - {name: after the pay, never: shop.order, after: shop.pay}
                  - {name: before, before: [yes boss, shop.pay]}
                """))
        .containsExactly("after the pay", "before");
  }

  @ParameterizedTest
  @CsvSource({"1, true", "2, false"})
  void oneOfTwoPeopleHasSaidYesThoughTheStateIsNotLeft(int people, boolean proven) {
    assertThat(
            proven(
                    """
                    initial: Ask
                    states:
                      Ask:
                        type: approval
                        role: boss
                        people: %d
                        answers: {approve: {target: Done}, reject: {target: Done}}
                        after: {P1D: Told}
                      Told: {type: final}
                      Done: {type: final}
                    properties:
                      - {name: it, never: Told, after: yes boss}
                    """
                        .formatted(people))
                .contains("it"))
        .isEqualTo(proven);
  }

  /** It may mean anything: no yes that must have been said, and perhaps one after which. */
  @Test
  void wordThatIsNoYesAndNoNoProvesNothing() {
    assertThat(
            proven(
                """
                initial: Ask
                states:
                  Ask:
                    type: approval
                    role: boss
                    answers: {forward: {target: Told}, reject: {target: Done}}
                    after: {P1D: Done}
                  Told: {type: final}
                  Done: {type: final}
                properties:
                  - {name: before, before: [yes boss, Told]}
                  - {name: after, never: Told, after: yes boss}
                  - {name: neither, never: Done, after: yes boss}
                """))
        .containsExactly("neither");
  }

  /** Without the rule, an order may be cancelled that was not looked up, though another one was. */
  @Test
  void anotherArgumentIsNotTheSame() {
    String[] withoutTheRule = {"args.id in context.orders", "size(context.orders) > 0"};

    assertThat(check("before: [shop.order, shop.cancel]", withoutTheRule).proven())
        .containsExactly("it");
    assertThat(check("before: [shop.order, shop.cancel], same: id", withoutTheRule).proven())
        .isEmpty();
  }

  @Test
  void whatIsCountedMayLoop() {
    String[] loop = {
      "with: {text: \"'Done.'\"}, on: {ok: Told", "with: {text: \"'Done.'\"}, on: {ok: Pay"
    };

    assertThat(check("atMost: 1, of: shop.mail", loop).proven()).isEmpty();
    assertThat(check("atMost: 1, of: Ask", loop).proven()).containsExactly("it");
  }
}
