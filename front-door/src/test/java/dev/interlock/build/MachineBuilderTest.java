package dev.interlock.build;

import static dev.interlock.build.MachineBuilder.machine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.Interlock;
import dev.interlock.Session;
import dev.interlock.agent.ScriptedModel;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.load.Yaml;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.langchain4j.agent.tool.Tool;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine in Java is the machine in YAML. */
class MachineBuilderTest {
  private static final Path EXAMPLE = Path.of("..", "examples", "it-access");
  private static final Path REFERENCE = Path.of("..", "docs", "MACHINE.md");

  private static ToolLock exampleLock() throws IOException {
    return ToolLock.read("tools.lock", Files.readString(EXAMPLE.resolve("tools.lock"))).lock();
  }

  private static Machine loaded(String text, ToolLock lock) {
    MachineLoader.Loaded loaded = MachineLoader.load("machine.yaml", text, lock);
    assertThat(loaded.diagnostics()).isEmpty();
    return Objects.requireNonNull(loaded.machine());
  }

  private static MachineBuilder itAccess() {
    return machine("it-access")
        .version(1)
        .title("Password reset and device access")
        .constant("maxDevices", 2)
        .tool(
            "it.find_user", tool -> tool.effect("read").set("email", "caller.id").timeout("PT10S"))
        .tool(
            "it.reset_password",
            tool ->
                tool.effect("write")
                    .set("employee_id", "context.employee.id")
                    .timeout("PT5S")
                    .probe(probe ->
                        probe
                            .call("it.reset_by_key")
                            .with("key", "call.key")
                            .happened("result.found")))
        .tool("it.reset_by_key", tool -> tool.effect("read"))
        .tool("it.device_catalogue", tool -> tool.effect("read"))
        .tool(
            "it.grant_device",
            tool ->
                tool.effect("write")
                    .set("employee_id", "context.employee.id")
                    .timeout("PT10S")
                    .probe(probe ->
                        probe
                            .call("it.grant_by_key")
                            .with("key", "call.key")
                            .happened("result.found")))
        .tool("it.grant_by_key", tool -> tool.effect("read"))
        .tool(
            "it.send_mail",
            tool -> tool.effect("write").set("to", "context.employee.email").timeout("PT10S"))
        .field(
            "request",
            field -> field.type("string").enumerated("password", "device").source("agent"))
        .field(
            "employee",
            field ->
                field
                    .type("object")
                    .property("id", part -> part.type("string"))
                    .property("email", part -> part.type("string"))
                    .source("tool")
                    .from("it.find_user"))
        .field("purpose", field -> field.type("string").source("agent"))
        .field("done", field -> field.type("boolean").source("agent"))
        .event("not_needed", event -> event.by("caller"))
        .rule(
            "a device request says what it is for",
            rule ->
                rule.appliesTo(List.of("it.grant_device"))
                    .when("has(context.purpose)")
                    .say("Record the purpose that the person gave before you ask for the device."))
        .rule(
            "a device needs the manager's approval",
            rule ->
                rule.appliesTo(List.of("it.grant_device"))
                    .ask("manager")
                    .shows("purpose")
                    .expires("P1D"))
        .rule(
            "at most two devices in one case",
            rule -> rule.appliesTo(List.of("it.grant_device")).atMost("constants.maxDevices"))
        .rule(
            "one reset in one case", rule -> rule.appliesTo(List.of("it.reset_password")).atMost(1))
        .budgets(most -> most.turns(40).toolCalls(50).errors(3).tokens(200_000).duration("P3D"))
        .initial("CollectRequirements")
        .state(
            "CollectRequirements",
            state ->
                state
                    .goal("Learn whether the person needs a password reset or a device.")
                    .forbid("Do not promise an outcome.")
                    .record("request")
                    .transition("Identify", way -> way.requires("request"))
                    .idle("PT24H", "Escalate"))
        .state(
            "Identify",
            state ->
                state.type("call").call("it.find_user").on("ok", "Act").on("failed", "Escalate"))
        .state(
            "Act",
            state ->
                state
                    .goal(
                        "Carry the request out. For a device, record what it is for, then ask for"
                            + " it; a manager decides. When it is carried out, or will not be,"
                            + " record that you are done.")
                    .clears("done")
                    .tools("it.reset_password", "it.device_catalogue", "it.grant_device")
                    .record("purpose", "done")
                    .budgets(most -> most.turns(10))
                    .transition("Summarize", way -> way.requires("done"))
                    .idle("PT24H", "Escalate"))
        .state(
            "Summarize",
            state ->
                state
                    .goal("Mail the person what was done, then tell them in two sentences.")
                    .tools(List.of("it.send_mail"))
                    .otherwise("Done"))
        .state("Done", state -> state.type("final"))
        .state("Withdrawn", state -> state.type("final").outcome("withdrawn"))
        .state(
            "Escalate",
            state ->
                state
                    .type("escalation")
                    .bundle("request", "employee", "purpose")
                    .resume("Identify", "Act", "Summarize"))
        .anywhere(anywhere -> anywhere.on("not_needed", "Withdrawn").over("default", "Escalate"));
  }

  @Test
  void exampleInJavaHasTheIdentityOfItsFile() throws IOException {
    Machine inYaml = loaded(Files.readString(EXAMPLE.resolve("machine.yaml")), exampleLock());

    assertThat(itAccess().build(exampleLock()).identity()).isEqualTo(inYaml.identity());
    assertThat(itAccess().build(exampleLock()).pin()).isEqualTo(inYaml.pin());
  }

  @Test
  void otherOrderOfNamesIsAnotherMachine() throws IOException {
    MachineBuilder other = itAccess().state("More", state -> state.type("final"));

    assertThat(other.build(exampleLock()).identity())
        .isNotEqualTo(itAccess().build(exampleLock()).identity());
  }

  // ---- every key

  private static ToolLock referenceLock() {
    return ToolLock.lock(
            "tools.lock",
            List.of(
                offered("find_order", "order_id", "string"),
                offered("refund", "order_id", "string", "amount", "number", "customer", "string"),
                offered("refund_by_key", "key", "string"),
                offered("mail", "to", "string", "text", "string")))
        .lock();
  }

  private static Offered offered(String name, String... arguments) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      properties.put(arguments[i], Map.of("type", arguments[i + 1]));
    }
    return new Offered("shop." + name, name, Map.of("type", "object", "properties", properties));
  }

  private static String block() throws IOException {
    var found =
        Pattern.compile("(?s)```yaml\n(machine: refunds.*?)```")
            .matcher(Files.readString(REFERENCE));
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  /** docs/MACHINE.md's whole machine, which has every key of the format. */
  @Test
  void everyKeyOfTheFormatCanBeSaid() throws IOException {
    Machine inYaml = loaded(block(), referenceLock());

    assertThat(keys(Reference.refunds().text())).containsExactlyInAnyOrderElementsOf(keys(block()));
    assertThat(Reference.refunds().build(referenceLock()).identity()).isEqualTo(inYaml.identity());
  }

  /** Paths of keys, names that the author chose among them. */
  private static Set<String> keys(String text) {
    Set<String> keys = new HashSet<>();
    keys("", Yaml.read("machine.yaml", text).root(), keys);
    return keys;
  }

  private static void keys(String path, @Nullable Node node, Set<String> keys) {
    if (node instanceof Node.Mapping mapping) {
      for (Node.Member member : mapping.members()) {
        keys.add(path + "." + member.key());
        keys(path + "." + member.key(), member.node(), keys);
      }
    } else if (node instanceof Node.Sequence sequence) {
      for (int i = 0; i < sequence.items().size(); i++) {
        keys(path + "[" + i + "]", sequence.items().get(i), keys);
      }
    }
  }

  // ---- run

  /** The tools of docs/APPLICATION.md's machine. */
  static class DirectoryTools {
    @Tool("Unlocks a laptop.")
    String unlock(String laptop) {
      return laptop + " is unlocked";
    }
  }

  @Test
  @Timeout(60)
  void machineInJavaRunsAndIsTakenUpAgain(@TempDir Path folder) {
    // docs/APPLICATION.md
    var machine =
        MachineBuilder.machine("it-access")
            .version(1)
            .tool("it.unlock", tool -> tool.effect("write"))
            .rule("one unlock in one case", rule -> rule.appliesTo("it.unlock").atMost(1))
            .event("solved", event -> event.by("caller"))
            .initial("Help")
            .state("Help", state -> state.goal("Help.").tools("it.unlock").on("solved", "Solved"))
            .state("Solved", state -> state.type("final"));
    // until here
    ScriptedModel model =
        ScriptedModel.parse(
            "model",
            "replies: [[{call: it.unlock, with: {laptop: L-1}}], [{call: it.unlock, with: {laptop: L-2}}], Try now.]");
    Principal ana = new Principal("ana@example.com");
    for (String seen : List.of("Try now.", "Try now.")) {
      try (Interlock interlock =
          Interlock.open(folder.resolve("cases.db"))
              .machine(machine)
              .tools("it", new DirectoryTools())
              .model(model)
              .open()) {
        Session session = interlock.as(ana);
        if (session.get("case").isEmpty()) {
          session.start("it-access", "case", Map.of());
          session.send("case", "Locked.");
        }
        session.untilRest("case", Duration.ofSeconds(30));
        assertThat(session.conversation("case")).last().extracting("text").isEqualTo(seen);
      }
    }
  }

  @Test
  void docsShowWhatRuns() throws IOException {
    String here =
        Files.readString(Path.of("src/test/java/dev/interlock/build/MachineBuilderTest.java"));
    List<String> shown =
        here.substring(here.indexOf("// docs/APPLICATION.md\n"), here.indexOf("// until here"))
            .lines()
            .skip(1)
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    List<String> docs =
        Files.readString(Path.of("..", "docs", "APPLICATION.md"))
            .lines()
            .map(String::strip)
            .toList();

    assertThat(docs).containsSubsequence(shown);
  }

  // ---- what is wrong

  @Test
  void whatIsWrongIsNamedByItsPath() {
    MachineBuilder wrong =
        machine("Wrong")
            .version(1)
            .tool("it.nothing", tool -> tool.effect("read"))
            .initial("Begin")
            .state(
                "Begin",
                state ->
                    state
                        .transition("End")
                        .transition("Nowhere", way -> way.guard("context.unknown == 1")))
            .state("End", state -> state.type("fnal"));

    assertThatThrownBy(() -> wrong.build(ToolLock.EMPTY))
        .isInstanceOfSatisfying(
            UnfitMachineException.class,
            e ->
                assertThat(e.problems())
                    .anySatisfy(it -> assertThat(it).startsWith("machine: found the machine name"))
                    .anySatisfy(it -> assertThat(it).startsWith("tools.it.nothing: found "))
                    .anySatisfy(it ->
                        assertThat(it).startsWith("states.Begin.transitions[1].target: found "))
                    .anySatisfy(it -> assertThat(it).startsWith("states.End.type: found "))
                    .noneSatisfy(it -> assertThat(it).contains("machine:1:")));
  }

  @Test
  void whatIsSaidTwiceIsAnErrorAtOnce() {
    assertThatThrownBy(() -> machine("twice").version(1).version(2))
        .hasMessage("found `version` said twice, expected once");
    assertThatThrownBy(
            () -> machine("twice").state("A", state -> state.goal("a")).state("A", state -> {}))
        .hasMessage("found `A` twice in `states`, expected once");
  }

  @Test
  void textsOfAnyKindAreWrittenAsTheyAre() {
    String odd = "\"quotes\" \\ {braces}: # no comment\n\u00e9\ud83d\ude00 ${x} 'on'";
    MachineBuilder builder =
        machine("odd")
            .version(1)
            .title(odd)
            .constant("exact", new BigDecimal("9007199254740993.10"))
            .initial("End")
            .state("End", state -> state.type("final"));

    Machine read = builder.build(ToolLock.EMPTY);
    assertThat(read.title()).isEqualTo(odd);
    assertThat(read.constants().get("exact")).hasToString("9007199254740993.1");
  }
}
