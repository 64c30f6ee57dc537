package dev.interlock.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.Interlock;
import dev.interlock.Session;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.machine.Principal;
import dev.interlock.langchain4j.CallContext;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.UserMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent that keeps its loop, with a machine in front of its tools. */
@Timeout(180)
class GuardTest {
  private static final Principal ANA = new Principal("ana@example.com");
  private static final Principal MIA = new Principal("mia@example.com", List.of("manager"));
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** The agent that a team has already. */
  interface Assistant {
    String chat(@MemoryId String memory, @UserMessage String text);
  }

  /** Its tools. */
  static class DirectoryTools {
    final List<String> done = new CopyOnWriteArrayList<>();

    @Tool("Unlocks a laptop.")
    String unlock(String laptop) {
      done.add("unlock " + laptop);
      return "unlocked";
    }

    @Tool("Gives a device.")
    String grantDevice(String employee, String device, CallContext call) {
      done.add("%s for %s under %s".formatted(device, employee, call.key()));
      return "granted " + device;
    }

    @Tool("Sends a mail.")
    String mail(String text) {
      if (text.isBlank()) {
        throw new IllegalStateException("the line went dead");
      }
      done.add("mail " + text);
      return "sent";
    }
  }

  @TempDir private Path folder;
  private final DirectoryTools directory = new DirectoryTools();
  private final Scripted model = new Scripted();
  private @Nullable Interlock interlock;
  private @Nullable Guard guard;
  private Principal signedIn = ANA;

  @BeforeEach
  void write() throws IOException {
    write("");
  }

  private void write(String observe) throws IOException {
    Files.createDirectories(folder.resolve("it-access"));
    Files.writeString(
        folder.resolve("it-access/machine.yaml"),
        """
        machine: it-access
        version: 1
        %s
        tools:
          it.unlock:      {effect: write}
          it.grantDevice: {effect: write, set: {employee: caller.id}}
          it.mail:        {effect: write}
        context:
          topic: {type: string, source: agent}
        events:
          solved: {by: [caller]}
        rules:
          - {rule: one unlock in one case, for: it.unlock, atMost: 1}
          - {rule: a device needs the manager, for: it.grantDevice, ask: manager}
          - {rule: mails are polite, for: it.mail, when: "args.text.contains('please') || args.text == ''"}
        initial: Help
        states:
          Help:
            goal: Help.
            tools: [it.unlock, it.grantDevice]
            record: [topic]
            transitions: [{target: Mail, requires: [topic]}]
          Mail: {goal: Mail., tools: [it.mail], on: {solved: Solved}}
          Solved: {type: final}
        anywhere:
          on: {solved: Solved}
        """
            .formatted(observe));
  }

  private Assistant assistant() {
    interlock =
        Interlock.open(folder.resolve("cases.db"))
            .guarded(folder.resolve("it-access"))
            .tools("it", directory)
            .environment(Map.of())
            .open();
    guard = Guard.of(interlock, "it-access", call -> signedIn);
    return AiServices.builder(Assistant.class)
        .chatModel(model)
        .chatMemoryProvider(id -> MessageWindowChatMemory.withMaxMessages(50))
        .toolProvider(guard)
        .registerListener(guard)
        .build();
  }

  @AfterEach
  void close() {
    if (interlock != null) {
      interlock.close();
    }
  }

  private Interlock interlock() {
    return Objects.requireNonNull(interlock);
  }

  private Guard guard() {
    return Objects.requireNonNull(guard);
  }

  private Session ana() {
    return interlock().as(ANA);
  }

  private String id() {
    return guard().instanceOf(ANA, "1").orElseThrow();
  }

  private Instance instance() {
    return ana().get(id()).orElseThrow().instance();
  }

  // ---- in an application that is there

  /** What an application has, and the lines that put a machine in front of it. */
  @Test
  void fiveLinesPutAMachineInFrontOfAnAgent() throws IOException {
    assertThat(
            added(
                between("// as it was", "// with a guard"),
                between("// with a guard", "// the end")))
        .as("lines that an application adds or changes")
        .hasSizeLessThanOrEqualTo(5)
        .isNotEmpty();
    model
        .calls("unlock", "{\"laptop\": \"L-1\"}")
        .calls("unlock", "{\"laptop\": \"L-2\"}")
        .says("Done.");
    Path file = folder.resolve("own.db");
    Path machine = folder.resolve("it-access");
    var tools = new DirectoryTools();

    // as it was
    Assistant before =
        AiServices.builder(Assistant.class)
            .chatModel(model)
            .chatMemoryProvider(id -> MessageWindowChatMemory.withMaxMessages(50))
            .tools(tools)
            .build();
    // with a guard
    var own = Guard.open(file, machine, Map.of("it", tools), call -> signedIn);
    Assistant after =
        AiServices.builder(Assistant.class)
            .chatModel(model)
            .chatMemoryProvider(id -> MessageWindowChatMemory.withMaxMessages(50))
            .toolProvider(own)
            .registerListener(own)
            .build();
    // the end

    assertThat(before).isNotNull();
    assertThat(after.chat("1", "My laptop is locked.")).isEqualTo("Done.");
    assertThat(tools.done).containsExactly("unlock L-1");
    own.close();
  }

  private static List<String> between(String from, String to) throws IOException {
    String source = Files.readString(Path.of("src/test/java/dev/interlock/guard/GuardTest.java"));
    int begin = source.indexOf("    " + from + "\n");
    return source
        .substring(begin, source.indexOf("    " + to + "\n", begin))
        .lines()
        .map(String::strip)
        .skip(1)
        .toList();
  }

  private static List<String> added(List<String> before, List<String> after) {
    List<String> more = new ArrayList<>(after);
    more.removeIf(line -> before.contains(line) || line.equals("Assistant after ="));
    return more;
  }

  // ---- judged

  @Test
  void eachCallIsJudgedAndTheRefusalsSentenceIsItsResult() {
    model
        .calls("unlock", "{\"laptop\": \"L-1\"}")
        .calls("unlock", "{\"laptop\": \"L-2\"}")
        .says("One is unlocked.");

    assertThat(assistant().chat("1", "My laptops are locked.")).isEqualTo("One is unlocked.");
    assertThat(directory.done).containsExactly("unlock L-1");
    assertThat(model.results().get(0)).startsWith("unlocked");
    assertThat(model.results().get(1)).contains("Refused by the rule \"one unlock in one case\"");
    assertThat(ana().conversation(id()))
        .extracting(Session.Line::text)
        .containsExactly("My laptops are locked.", "One is unlocked.");
    assertThat(instance().status()).isEqualTo(Instance.Status.WAITING);
    assertThat(instance().spent().turns()).isEqualTo(3); // as many as the model was asked
    assertThat(guard().report().lines())
        .singleElement()
        .satisfies(line -> {
          assertThat(line.kind()).isEqualTo(GuardReport.Kind.REFUSED);
          assertThat(line.rule()).isEqualTo("one unlock in one case");
          assertThat(line.calls()).isEqualTo(1);
          assertThat(line.examples()).singleElement().extracting("instance").isEqualTo(id());
        });
  }

  @Test
  void callsOfOneReplyAreJudgedOneAfterTheOther() {
    model.calls("unlock", "{\"laptop\": \"L-1\"}", "unlock", "{\"laptop\": \"L-2\"}").says("One.");

    assertThat(assistant().chat("1", "Two, please.")).isEqualTo("One.");
    assertThat(directory.done).containsExactly("unlock L-1");
  }

  @Test
  void argumentsOfSetAreNeitherShownNorTaken() {
    model
        .calls("grantDevice", "{\"device\": \"phone\", \"employee\": \"eve@example.com\"}")
        .says("No.");
    Assistant assistant = assistant();
    assistant.chat("1", "A phone for Eve.");

    assertThat(
            model.requests.getFirst().toolSpecifications().stream()
                .filter(tool -> tool.name().equals("grantDevice"))
                .findFirst()
                .orElseThrow()
                .parameters()
                .properties())
        .containsOnlyKeys("device");
    assertThat(model.results().getFirst()).contains("Refused by the rule \"set employee\"");
    assertThat(directory.done).isEmpty();
  }

  @Test
  void toolsAreThoseOfTheStateAndChangeWithIt() {
    model
        .calls("record", "{\"topic\": \"mail\"}")
        .calls("mail", "{\"text\": \"please\"}")
        .calls("unlock", "{\"laptop\": \"L-1\"}") // LangChain4j takes no tool away within a loop
        .says("Sent.")
        .says("Hello.");
    Assistant assistant = assistant();
    assistant.chat("1", "Write a mail.");

    assertThat(model.tools(0)).contains("unlock", "grantDevice", "record").doesNotContain("mail");
    assertThat(model.tools(1)).contains("mail");
    assertThat(directory.done).containsExactly("mail please");
    assertThat(model.results().getLast()).contains("Refused by the rule \"state Mail\"");
    assistant.chat("1", "Hello.");
    assertThat(model.tools(4)).contains("mail").doesNotContain("unlock", "grantDevice");
  }

  @Test
  void whatAPersonMustAllowWaitsAndGoesOutByTheEngine() {
    model
        .calls("grantDevice", "{\"device\": \"phone\"}")
        .says("I have asked.")
        .calls("recall", "{\"call\": 1}")
        .says("You have it.");
    Assistant assistant = assistant();
    assistant.chat("1", "A phone, please.");

    assertThat(model.results().getFirst()).startsWith("Waits for manager, no. 1.");
    assertThat(directory.done).isEmpty();
    Parked parked = instance().parked().getFirst();
    interlock().as(MIA).approve(id(), parked.call().number(), parked.hash());
    until(() -> !directory.done.isEmpty());
    assertThat(directory.done.getFirst()).startsWith("phone for ana@example.com under " + id());

    assertThat(assistant.chat("1", "And now?")).isEqualTo("You have it.");
    assertThat(model.results().get(1)).contains("granted phone");
    assertThat(directory.done).hasSize(1);
  }

  @Test
  void whatBecameOfAnApprovedCallIsToldWithTheNextResult() {
    model
        .calls("grantDevice", "{\"device\": \"phone\"}")
        .says("I have asked.")
        .calls("unlock", "{\"laptop\": \"L-1\"}")
        .says("Both.");
    Assistant assistant = assistant();
    assistant.chat("1", "A phone, please.");
    Parked parked = instance().parked().getFirst();
    interlock().as(MIA).approve(id(), parked.call().number(), parked.hash());
    until(() -> !directory.done.isEmpty() && instance().parked().isEmpty());

    assistant.chat("1", "And unlock L-1.");
    assertThat(ana().journal(id(), 0).toString()).contains("granted phone");
  }

  @Test
  void budgetsEndItAndTheAgentIsTold() throws IOException {
    Files.writeString(
        folder.resolve("it-access/machine.yaml"),
        Files.readString(folder.resolve("it-access/machine.yaml")) + "budgets: {errors: 2}\n");
    model
        .calls("unlock", "{}")
        .calls("unlock", "{}")
        .calls("unlock", "{\"laptop\": \"L-1\"}")
        .says("I cannot.");
    assistant().chat("1", "Unlock.");

    assertThat(directory.done).isEmpty();
    assertThat(instance().status().word()).isEqualTo("escalated");
    assertThat(model.results().getLast()).contains("Nothing can be called now");
  }

  @Test
  void unknownOutcomeEscalatesAndIsNotTriedAgain() {
    model
        .calls("record", "{\"topic\": \"mail\"}")
        .calls("mail", "{\"text\": \"\"}")
        .says("I do not know.");
    assistant().chat("1", "Write.");

    assertThat(model.results().getLast()).contains("Its outcome is unknown");
    assertThat(instance().escalated()).isNotNull();
    assertThat(instance().unknown()).hasSize(1);
  }

  @Test
  void callersAndMemoriesHaveCasesOfTheirOwn() {
    model
        .calls("unlock", "{\"laptop\": \"L-1\"}")
        .says("Yes.")
        .calls("unlock", "{\"laptop\": \"L-2\"}")
        .says("Yes.");
    Assistant assistant = assistant();
    assistant.chat("1", "Unlock L-1.");
    signedIn = new Principal("bob@example.com");
    assistant.chat("1", "Unlock L-2.");

    assertThat(directory.done).containsExactly("unlock L-1", "unlock L-2");
    assertThat(interlock().as(signedIn).get(id())).isEmpty();
  }

  @Test
  void caseThatIsOverHasNoTools() {
    model.says("Hello.").calls("unlock", "{\"laptop\": \"L-1\"}").says("It is over.");
    Assistant assistant = assistant();
    assistant.chat("1", "Hello.");
    ana().event(id(), "solved");

    assertThatThrownBy(() -> assistant.chat("1", "Unlock.")).isNotNull();
    assertThat(directory.done).isEmpty();
  }

  @Test
  void loopThatAProcessLeftOpenEndsWithTheNext() {
    model.calls("unlock", "{\"laptop\": \"L-1\"}");
    Assistant assistant = assistant();
    assertThatThrownBy(() -> assistant.chat("1", "Unlock L-1.")).isNotNull(); // no more replies
    assertThat(instance().status()).isEqualTo(Instance.Status.RUNNING);
    interlock().close();

    model.requests.removeLast();
    model.calls("unlock", "{\"laptop\": \"L-2\"}").says("No.");
    Assistant next = assistant();
    assertThat(instance().status()).isEqualTo(Instance.Status.WAITING);
    next.chat("1", "Unlock L-2.");
    assertThat(directory.done).containsExactly("unlock L-1");
  }

  @Test
  void machineThatIsNotGuardedHasNoGuard() {
    Interlock ordinary =
        Interlock.open(folder.resolve("other.db"))
            .machine(folder.resolve("it-access"))
            .tools("it", directory)
            .model(question -> {
              throw new IllegalStateException();
            })
            .open();
    assertThatThrownBy(() -> Guard.of(ordinary, "it-access", call -> ANA))
        .hasMessageContaining("found the machine `it-access`")
        .hasMessageContaining(".guarded(");
    ordinary.close();
  }

  @Test
  void callThatIsNoJsonIsToldWhatWasWrong() {
    model.calls("unlock", "{not json").says("Oh.");
    assistant().chat("1", "Unlock.");

    assertThat(model.results().getFirst()).contains("could not be used");
    assertThat(directory.done).isEmpty();
  }

  // ---- observed

  @Test
  void whatWouldBeRefusedGoesOutAndIsReportedByRule() throws IOException {
    write("observe: true");
    model
        .calls("unlock", "{\"laptop\": \"L-1\"}")
        .calls("unlock", "{\"laptop\": \"L-2\"}")
        .calls("grantDevice", "{\"device\": \"phone\", \"employee\": \"eve@example.com\"}")
        .calls("grantDevice", "{\"device\": \"desk\", \"employee\": \"ana@example.com\"}")
        .calls("mail", "{\"text\": \"Now!\"}")
        .calls("mail", "{\"text\": \"please\"}")
        .says("All done.");

    assertThat(assistant().chat("1", "Do it all.")).isEqualTo("All done.");
    assertThat(directory.done).hasSize(6);
    assertThat(directory.done.get(2)).startsWith("phone for eve@example.com");
    assertThat(model.tools(0)).contains("unlock", "grantDevice", "mail");
    GuardReport report = guard().report();
    assertThat(report.lines())
        .extracting(line -> line.kind() + " " + line.rule() + " " + line.calls())
        .containsExactlyInAnyOrder(
            "WOULD_REFUSE one unlock in one case 1",
            "WOULD_REFUSE set employee 1",
            "WOULD_ASK a device needs the manager 1",
            "WOULD_REFUSE state Help 2");
    assertThat(report.toString())
        .contains("would be refused  one unlock in one case  (it.unlock in " + id() + ", entry ");
    long seq =
        report.lines().stream()
            .filter(line -> line.rule().startsWith("one unlock"))
            .findFirst()
            .orElseThrow()
            .examples()
            .getFirst()
            .seq();
    assertThat(ana().journal(id(), seq - 1).getFirst().toString()).contains("WOULD_REFUSE");
  }

  @Test
  void observedAgentGoesOnWhenItsCaseIsOver() throws IOException {
    write("observe: true");
    model.calls("unlock", "{\"laptop\": \"L-1\"}").says("Yes.");
    Assistant assistant = assistant();
    assistant.chat("1", "Unlock.");
    ana().event(id(), "solved");
    model.calls("unlock", "{\"laptop\": \"L-2\"}").says("Again.");

    assertThat(assistant.chat("1", "Unlock L-2.")).isEqualTo("Again.");
    assertThat(directory.done).containsExactly("unlock L-1", "unlock L-2");
    assertThat(guard().report().unjudged()).isEqualTo(1);
  }

  @Test
  void machineThatObservesIsOnlyForAGuard() throws IOException {
    write("observe: true");
    assertThatThrownBy(() ->
            Interlock.open(folder.resolve("other.db"))
                .machine(folder.resolve("it-access"))
                .tools("it", directory)
                .model(question -> {
                  throw new IllegalStateException();
                })
                .open())
        .hasMessageContaining("observe");
  }

  private void until(java.util.function.BooleanSupplier holds) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!holds.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(holds.getAsBoolean()).isTrue();
  }
}
