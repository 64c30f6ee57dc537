package dev.interlock.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Type;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineLoaderTest {
  static String resource(String name) throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(MachineLoaderTest.class.getResourceAsStream("/machines/" + name))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static Machine load(String text) {
    MachineLoader.Loaded loaded = MachineLoader.load("machine.yaml", text, Locks.IT);
    assertThat(Diagnostic.format(loaded.diagnostics())).isEmpty();
    return Objects.requireNonNull(loaded.machine());
  }

  @ParameterizedTest
  @ValueSource(strings = {"it-access", "agentic"})
  void shippedMachineLoads(String name) throws IOException {
    Path folder = Path.of("..", "examples", name);
    ToolLock.Read lock =
        ToolLock.read("tools.lock", Files.readString(folder.resolve("tools.lock")));
    assertThat(lock.diagnostics()).isEmpty();

    MachineLoader.Loaded loaded =
        MachineLoader.load(
            "machine.yaml", Files.readString(folder.resolve("machine.yaml")), lock.lock());

    assertThat(Diagnostic.format(loaded.diagnostics())).isEmpty();
    assertThat(loaded.machine()).isNotNull();
  }

  @Test
  void sketchOfTheDesignLoads() throws IOException {
    Machine machine = load(resource("it-access.yaml"));

    assertThat(machine.name()).isEqualTo("it-access");
    assertThat(machine.states().keySet())
        .containsExactly(
            "CollectRequirements", "Identify", "Act", "Summarize", "Done", "Withdrawn", "Escalate");
    assertThat(machine.tool("it.find_user").modelName()).isEqualTo("it__find_user");
    assertThat(machine.tool("it.reset_password").timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(machine.rules())
        .extracting(Rule::sentence)
        .containsExactly(
            "a device needs the manager's approval",
            "at most two devices in one case",
            "one reset in one case");
    assertThat(Objects.requireNonNull(machine.rules().get(1).atMost()).count()).isEqualTo(2);
    assertThat(machine.budgets().limit(Budget.DURATION)).isEqualTo(Decimal.of(3 * 86_400));
    assertThat(machine.budgets().limit(Budget.CALLS_PER_TURN)).isEqualTo(Decimal.of(20));
    assertThat(machine.budgets().limit(Budget.COST)).isNull();
    assertThat(machine.state("CollectRequirements"))
        .isInstanceOfSatisfying(
            State.Agent.class,
            agent ->
                assertThat(agent.idle())
                    .isEqualTo(
                        List.of(
                            new TimerRule.In(Duration.ofHours(24), new Target.To("Escalate")))));
    assertThat(machine.anywhere().on()).containsEntry("not_needed", new Target.To("Withdrawn"));
  }

  @Test
  void everyKeyIsTaken() throws IOException {
    Machine machine = load(resource("everything.yaml"));

    Tool find = machine.tool("it.find_user");
    assertThat(find.timeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(find.retry()).isEqualTo(new Tool.Retry(5, Duration.ofMillis(100)));
    assertThat(Objects.requireNonNull(machine.tool("it.reset_password").probe()).call())
        .isEqualTo("it.reset_by_key");
    assertThat(machine.tool("it.grant_device").effect()).isEqualTo(EffectClass.IDEMPOTENT);

    assertThat(machine.tool("it.device_catalogue").labels()).containsExactly(Label.UNTRUSTED);
    assertThat(machine.tool("it.grant_device").labels())
        .containsExactly(Label.EXTERNAL, Label.PRIVATE);
    assertThat(machine.tool("it.grant_device").forgets()).containsExactly("employee", "granted");

    Field granted = machine.field("granted");
    assertThat(granted.key())
        .containsExactly(new ArgRef(List.of("employee_id")), new ArgRef(List.of("device")));
    assertThat(granted.max()).isEqualTo(50);
    assertThat(Objects.requireNonNull(((Source.Tools) granted.source()).value()).source())
        .isEqualTo("args.device + '!'");
    assertThat(((Source.Tools) machine.field("employee").source()).at()).isEqualTo("/employee");
    assertThat(machine.field("employee").type())
        .isEqualTo(
            new Type.Struct(
                Map.of(
                    "id", Type.Text.ANY,
                    "tags", new Type.ListOf(Type.Text.ANY),
                    "sizes", new Type.MapOf(new Type.Exact(false)))));
    assertThat(machine.field("case").source())
        .isEqualTo(new Source.Input("3f2504e0-4f89-11d3-9a0c-0305e82c3301"));
    assertThat(machine.field("seen"))
        .matches(seen -> seen.many() && seen.append() && seen.type() instanceof Type.Opaque);

    Rule own = machine.rules().get(0);
    assertThat(own.in()).containsExactly("Work");
    assertThat(own.say()).isEqualTo("You may act for yourself only.");
    assertThat(machine.rules().get(1).atMost())
        .isEqualTo(new Rule.AtMost(2, List.of(new ArgRef(List.of("device")))));
    Rule asked = machine.rules().get(2);
    assertThat(asked.tools()).containsExactly("it.reset_password", "it.grant_device");
    assertThat(Objects.requireNonNull(asked.ask()).shows()).containsExactly("employee", "amount");
    assertThat(asked.ask().expires()).isEqualTo(Duration.ofHours(2));

    assertThat(machine.budgets().limit(Budget.COST)).isEqualTo(Decimal.of("2.5"));
    State.Agent work = (State.Agent) machine.state("Work");
    assertThat(work.tools())
        .containsExactly(
            "it.find_user", "it.device_catalogue", "it.reset_by_key", "it.grant_device");
    assertThat(work.transitions().get(1).target()).isEqualTo(new Target.Back());
    assertThat(work.skip()).isTrue();
    assertThat(work.frame().after()).hasSize(2);
    assertThat(work.frame().budgets().limit(Budget.DURATION)).isEqualTo(Decimal.of(3_600));
    assertThat(work.frame().over().of(Reason.GUARD_ERROR)).isEqualTo(new Target.To("Escalate"));
    assertThat(work.frame().over().of(Reason.MODEL)).isEqualTo(new Target.To("Work"));
    assertThat(((State.Call) machine.state("Look")).calls().getFirst().with())
        .containsOnlyKeys("key");
    assertThat(((State.Call) machine.state("Both")).calls())
        .extracting(State.Made::tool)
        .containsExactly("it.find_user", "it.reset_by_key");
    assertThat(asked.ask().notFrom()).containsExactly("caller", "note");
    assertThat(Objects.requireNonNull(asked.ask().people()).source())
        .isEqualTo("args.employee_id == 'x' ? 2 : 1");
    assertThat(((State.Approval) machine.state("Ask")).notFrom()).isEmpty();
    assertThat(Objects.requireNonNull(((State.Approval) machine.state("Ask")).people()).source())
        .isEqualTo("2");
    assertThat(((State.Approval) machine.state("Ask")).answers())
        .containsExactly(
            Map.entry(
                "approved",
                new State.Answer(new Target.To("Done"), List.of("note"), List.of("done"))),
            Map.entry("rejected", new State.Answer(new Target.Back(), List.of(), List.of())));
    assertThat(((State.Escalation) machine.state("Escalate")).resume())
        .containsExactly("Work", "Look");
    assertThat(machine.properties())
        .containsExactly(
            new Property.Before("found before granted", "it.find_user", "it.grant_device"),
            new Property.Before("looked before asked", "Look", "Ask"),
            new Property.Eventually("always an end", List.of("Done", "Gone")));
    assertThat(machine.events().get("paid"))
        .isEqualTo(
            new EventType(
                "paid", List.of(), new Type.Struct(Map.of("amount", new Type.Exact(false))), true));
  }

  @Test
  void twentyStatesWithGuardsLoadFast() {
    StringBuilder text = new StringBuilder("machine: m\nversion: 1\ninitial: S0\ncontext:\n");
    for (int i = 0; i < 50; i++) {
      text.append(
          "  f%d: {type: object, properties: {a: {type: string}}, source: input}\n".formatted(i));
    }
    text.append("states:\n  Done: {type: final}\n");
    for (int i = 0; i < 20; i++) {
      text.append(
          "  S%d: {goal: Work., transitions: [{target: Done, guard: context.f%d.a == 'x'}]}\n"
              .formatted(i, i));
    }
    load(text.toString());
    long before = System.nanoTime();
    load(text.toString());

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void machineOfTenMegabytesIsRefused() {
    MachineLoader.Loaded loaded =
        MachineLoader.load("machine.yaml", "machine: m\n".repeat(1_000_000), ToolLock.EMPTY);

    assertThat(loaded.machine()).isNull();
    assertThat(Diagnostic.format(loaded.diagnostics()))
        .isEqualTo(
            "machine.yaml:1:1: found 11,000,000 characters, expected at most 1,048,576; split the"
                + " file, or take out what is not used [IL106]");
  }

  /** Seeded: words of the format in any order, and each line of a good machine broken in turn. */
  @Test
  void noMachineMakesItThrow() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    String good = resource("everything.yaml");
    String[] breakers = {
      "", "[", "{", ": ", "- ", "'", "\"", "x", "&a ", "*a", "!t ", "|", "null", "1", "(", "&&"
    };
    for (int round = 0; round < 400; round++) {
      StringBuilder broken = new StringBuilder(good);
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        int at = random.nextInt(broken.length() - 20);
        broken.replace(at, at + random.nextInt(20), breakers[random.nextInt(breakers.length)]);
      }
      MachineLoader.Loaded loaded = MachineLoader.load("m.yaml", broken.toString(), Locks.IT);
      assertThat(loaded.machine() == null).isNotEqualTo(loaded.diagnostics().isEmpty());
    }
  }
}
