package dev.interlock.core.check;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.brute.Tiny;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The smallest machines of which check once said something else than all runs do, as brute force
 * found and shrank them.
 */
class DisagreementsTest {
  private static final int MOST = 2_000;

  private static Tiny tiny(String machine, String schemas) {
    return new Tiny(Json.parseObject(quoted(machine)), Json.parseObject(quoted(schemas)));
  }

  /** JSON with simple words unquoted is easier to read. */
  private static String quoted(String text) {
    return text.replaceAll("(?<![\\w.'\"/])([A-Za-z_][\\w.-]*)(?=\\s*[:,\\]}])", "\"$1\"")
        .replace("\"true\"", "true");
  }

  private static final String HEAD = "{machine: tiny, version: 1, initial: S0, ";

  private static final Map<String, Tiny> ONCE =
      Map.ofEntries(
          entry(
              "a free text may be what an enum is that no expression names",
              tiny(
                  HEAD
                      + """
                      tools: {t.act: {effect: write}},
                      context: {f: {type: string, enum: [c], source: input}},
                      rules: [{rule: "r", for: [t.act], when: "args.text == context.f"}],
                      states: {S0: {goal: "g", tools: [t.act], otherwise: Done}, Done: {type: final}}}
                      """,
                  "{t.act: {type: object, properties: {text: {type: string}}, required: [text]}}")),
          entry(
              "an argument that a schema requires is always there",
              tiny(
                  HEAD
                      + """
                      tools: {t.act: {effect: write}},
                      rules: [{rule: "r", for: [t.act], when: "args.flag || !args.flag"}],
                      states: {S0: {goal: "g", tools: [t.act], otherwise: Done}, Done: {type: final}}}
                      """,
                  "{t.act: {type: object, properties: {flag: {type: boolean}}, required: [flag]}}")),
          entry(
              "a reason leads back from where nothing was before",
              tiny(
                  HEAD
                      + """
                      context: {n: {type: integer, source: input}},
                      states: {
                        S0: {goal: "g", transitions: [{target: Done, guard: "10 / context.n > 1"}], over: {guard-error: back}},
                        Done: {type: final}}}
                      """,
                  "{}")),
          entry(
              "a write whose result does not fit has returned",
              tiny(
                  HEAD
                      + """
                      tools: {t.act: {effect: write}},
                      context: {f: {type: boolean, source: tool, from: t.act, at: "/f"}},
                      states: {
                        S0: {type: call, call: t.act, on: {ok: S0, failed: S0}},
                        Help: {type: escalation, resume: [S1]},
                        S1: {type: approval, role: boss, answers: {reject: {target: Help}}}},
                      anywhere: {over: {default: Help}},
                      properties: [{name: "p", before: [t.act, S1]}]}
                      """,
                  "{t.act: {type: object}}")),
          entry(
              "what an unknown call brought is filed after the escalation has cleared",
              tiny(
                  HEAD
                      + """
                      tools: {t.act: {effect: idempotent}},
                      context: {f: {type: string, source: tool, from: t.act, at: "/f"}},
                      states: {
                        S0: {goal: "g", tools: [t.act], otherwise: S1},
                        Help: {type: escalation, clears: [f], resume: [S1]},
                        S1: {type: choice, transitions: [{target: S2, guard: "has(context.f)"}],
                             otherwise: S3},
                        S2: {type: final}, S3: {type: final}},
                      anywhere: {over: {default: Help}}}
                      """,
                  "{t.act: {type: object}}")),
          entry(
              "that an unknown call happened may be said where a property has led",
              tiny(
                  HEAD
                      + """
                      tools: {t.act: {effect: write}},
                      events: {go: {}},
                      states: {S0: {goal: "g", tools: [t.act], otherwise: S0}, Done: {type: final}},
                      anywhere: {on: {go: Done}, over: {default: Done}},
                      properties: [{name: "p", before: [t.act, Done]}]}
                      """,
                  "{t.act: {type: object}}")),
          entry(
              "where a spent budget leads on, no visit may be left",
              tiny(
                  HEAD
                      + """
                      tools: {t.act: {effect: write}},
                      states: {
                        S0: {type: approval, role: boss, answers: {reject: {target: back}},
                             over: {guard-error: S1}},
                        S1: {goal: "g", transitions: [{target: S2}]},
                        S2: {type: call, call: t.act, on: {ok: S0, failed: Done}},
                        Done: {type: final}},
                      anywhere: {over: {default: Done}},
                      properties: [{name: "p", eventually: [Done]}]}
                      """,
                  "{t.act: {type: object}}")),
          entry(
              "an escalation that an event leads out of is come to again",
              tiny(
                  HEAD
                      + """
                      events: {stop: {}},
                      states: {S0: {goal: "g", otherwise: S0}, Help: {type: escalation}},
                      anywhere: {on: {stop: S0}, over: {default: Help}}}
                      """,
                  "{}")),
          entry(
              "a fact that is kept is there once its tool has returned",
              tiny(
                  HEAD
                      + """
                      tools: {t.look: {effect: read}},
                      context: {f: {type: boolean, source: tool, from: t.look, at: "/f", once: true}},
                      states: {
                        S0: {type: call, call: t.look, on: {ok: S1, failed: Done}},
                        S1: {type: choice, transitions: [{target: S2, guard: "has(context.f)"}],
                             otherwise: S3},
                        S2: {type: final}, S3: {type: final}, Done: {type: final}}}
                      """,
                  "{t.look: {type: object}}")),
          entry(
              "a property may keep a run in an escalation until no visit of it is left",
              tiny(
                  HEAD
                      + """
                      events: {go: {}},
                      states: {
                        S0: {goal: "g", otherwise: S0}, Help: {type: escalation},
                        S1: {type: wait, on: {go: Done}}, Done: {type: final}},
                      anywhere: {on: {go: Done}, over: {default: Help}},
                      properties: [{name: "p", before: [S1, Done]}]}
                      """,
                  "{}")),
          entry(
              "a yes is said to a call that is refused after all",
              tiny(
                  HEAD
                      + """
                      tools: {t.look: {effect: read}, t.act: {effect: write, forgets: [g]}},
                      context: {
                        g: {type: boolean, source: tool, from: t.look, at: "/g"},
                        f: {type: boolean, source: agent}, h: {type: boolean, source: agent}},
                      rules: [{rule: "r", for: [t.act], when: "context.f", ask: boss}],
                      states: {
                        S0: {type: call, call: t.look, on: {ok: S1, failed: Done}},
                        S1: {goal: "g", tools: [t.act], record: [f, h],
                             transitions: [{target: S2, requires: [h], guard: "has(context.g)"}]},
                        S2: {type: final}, Done: {type: final}},
                      properties: [{name: "p", never: S2, after: "yes boss"}]}
                      """,
                  "{t.look: {type: object}, t.act: {type: object}}")),
          entry(
              "an argument that nothing else reads is not the same in each call",
              tiny(
                  HEAD
                      + """
                      tools: {t.act: {effect: write}, t.look: {effect: read}},
                      context: {f: {type: string, source: tool, from: t.act, at: "/f"}},
                      states: {
                        S0: {goal: "g", tools: [t.act], transitions: [{target: S1, requires: [f]}]},
                        S1: {goal: "g", tools: [t.look], otherwise: Done}, Done: {type: final}},
                      properties: [{name: "p", before: [t.act, t.look], same: text}]}
                      """,
                  "{t.act: {type: object, properties: {text: {type: string}}, required: [text]},"
                      + " t.look: {type: object, properties: {text: {type: string}}, required: [text]}}")));

  @TestFactory
  Stream<DynamicTest> checkSaysWhatAllRunsDo() {
    return ONCE.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(it -> DynamicTest.dynamicTest(it.getKey(), () -> agrees(it.getValue())));
  }

  private static void agrees(Tiny tiny) {
    assertThat(tiny.loaded().diagnostics()).isEqualTo(List.of());
    Machine machine = tiny.load().orElseThrow();
    assertThat(Agreement.of(machine, MOST).differences()).as("%s", tiny).isEmpty();
  }
}
