package dev.interlock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.agent.ScriptedModel;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Price;
import dev.interlock.langchain4j.CallContext;
import dev.interlock.langchain4j.ToolFailed;
import dev.interlock.langchain4j.UnfitToolsException;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application opens an engine with its own objects as tools, and speaks for its people. */
@Timeout(60)
class EmbeddedTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Principal ANA = new Principal("ana@example.com");
  private static final Principal MANAGER = new Principal("mia@example.com", List.of("manager"));

  /** A directory of people. */
  static class DirectoryTools {
    record Person(String id, String email) {}

    final List<String> granted = new CopyOnWriteArrayList<>();

    @Tool("Finds who asks.")
    Person findUser(CallContext call) {
      return new Person("E1", call.caller().id());
    }

    @Tool("Gives a person a device.")
    String grantDevice(String employee, String device, CallContext call) {
      if (device.equals("yacht")) {
        throw new ToolFailed("there is no yacht");
      }
      if (device.equals("ghost")) {
        throw new IllegalStateException("the line went dead");
      }
      granted.add(device + " for " + employee + " under " + call.key());
      return "granted";
    }
  }

  @TempDir private Path folder;
  private final DirectoryTools directory = new DirectoryTools();

  @BeforeEach
  void write() throws Exception {
    write(
        "devices/machine.yaml",
        """
        machine: devices
        version: 1
        tools:
          it.findUser: {effect: read}
          it.grantDevice: {effect: write, set: {employee: context.employee.id}, timeout: PT5S}
        context:
          employee: {type: object, properties: {id: {type: string}}, source: tool, from: it.findUser}
          done: {type: boolean, source: agent}
          photos: {type: document, many: true, source: user, mediaTypes: image/gif}
          why: {type: string, source: user}
        rules:
          - {rule: a laptop needs the manager, for: [it.grantDevice], ask: manager, unless: args.device != 'laptop'}
        initial: Find
        states:
          Find: {type: call, call: it.findUser, on: {ok: Act, failed: Failed}}
          Act:
            goal: Give the person a device.
            tools: [it.grantDevice]
            record: [done, photos, why]
            transitions: [{target: Done, requires: [done]}]
          Done: {type: final}
          Failed: {type: final}
        """);
  }

  private void write(String name, String text) throws Exception {
    Files.createDirectories(folder.resolve(name).resolveSibling("."));
    Files.writeString(folder.resolve(name), text);
  }

  private static ChatModel model(String replies) {
    return ScriptedModel.parse("script", "replies: " + replies);
  }

  private static String grant(String device) {
    return "[{call: it.grantDevice, with: {device: %s}}]".formatted(device);
  }

  private InterlockBuilder builder() {
    return Interlock.open(folder.resolve("cases.db"))
        .machine(folder.resolve("devices"))
        .environment(Map.of());
  }

  private static Instance rest(Session session, String id) {
    return session.untilRest(id, LIMIT).instance();
  }

  @Test
  void callerReachesTheToolAndWhatIsSaidIsTold() {
    String script =
        "[What?, %s, [{say: You have a phone.}, {call: record, with: {done: true}}]]"
            .formatted(grant("phone"));
    try (Interlock interlock = builder().tools("it", directory).model(model(script)).open()) {
      Session ana = interlock.as(ANA);
      String id = ana.start("devices");
      rest(ana, id);
      ana.send(id, "A phone, please.");

      assertThat(rest(ana, id).status()).isEqualTo(Instance.Status.COMPLETED);
      assertThat(directory.granted)
          .singleElement()
          .asString()
          .startsWith("phone for E1 under " + id);
      assertThat(ana.conversation(id))
          .containsExactly(
              new Session.Line(Session.AGENT, "What?"),
              new Session.Line("ana@example.com", "A phone, please."),
              new Session.Line(Session.AGENT, "You have a phone."));
      assertThat(ana.list(new Store.Filter(null, null, null, null, null, 10))).hasSize(1);
    }
  }

  @Test
  void documentsComeWithAFormAndAreGivenBack() throws Exception {
    Path file = folder.resolve("car.gif");
    Files.writeString(file, "GIF89a and more");
    try (Interlock interlock =
        builder().tools("it", directory).model(model("[What?, Thank you., Again?]")).open()) {
      Session ana = interlock.as(ANA);
      String id = ana.start("devices");
      rest(ana, id);
      Attachment photo = DocumentFile.read(file);
      Attachment other = Attachment.of("b.gif", "GIF89a".getBytes(UTF_8));
      ana.send(id, null, "", Map.of("photos", List.of(photo, other), "why", "it broke"));

      assertThat(rest(ana, id).facts())
          .containsEntry("photos", List.of(photo.document().value(), other.document().value()))
          .containsEntry("why", "it broke");
      assertThat(ana.document(id, photo.document().hash()).orElseThrow().bytes())
          .isEqualTo(Files.readAllBytes(file));
      assertThat(interlock.as(MANAGER).document(id, photo.document().hash())).isEmpty();
      Files.writeString(file, "a text");
      Attachment none = DocumentFile.read(file);
      assertThatThrownBy(() -> ana.send(id, null, "", Map.of("photos", none)))
          .isInstanceOf(RejectedException.class)
          .hasMessageContaining("bytes of car.gif are of no media type");
    }
  }

  @Test
  void whatIsNoFileOfAtMostTheLimitIsNotRead() throws Exception {
    Path large = folder.resolve("large.gif");
    try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
      sparse.setLength(1L << 30);
    }

    assertThatThrownBy(() -> DocumentFile.read(large))
        .hasMessageContaining("has 1,073,741,824 bytes, at most 16,777,216 are taken");
    assertThatThrownBy(() -> DocumentFile.read(folder)).hasMessageContaining("no regular file");
    assertThatThrownBy(() -> DocumentFile.read(Path.of("/dev/zero")))
        .hasMessageContaining("no regular file");
    assertThatThrownBy(() -> DocumentFile.read(folder.resolve("none")))
        .hasMessageContaining("is not there");
  }

  @Test
  void managerAnswersWhatWasShownAndNobodyElse() {
    try (Interlock interlock =
        builder()
            .tools("it", directory)
            .model(model("[What?, %s, Please wait., Done.]".formatted(grant("laptop"))))
            .open()) {
      Session ana = interlock.as(ANA);
      String id = ana.start("devices", "case-1", Map.of());
      assertThat(ana.start("devices", "case-1", Map.of())).isEqualTo(id);
      rest(ana, id);
      ana.send(id, "A laptop, please.");
      Parked parked = rest(ana, id).parked().getFirst();

      assertThatThrownBy(() -> ana.approve(id, parked.number(), parked.hash()))
          .isInstanceOf(RejectedException.class)
          .satisfies(e ->
              assertThat(((RejectedException) e).rejection().code())
                  .isEqualTo(Rejection.Code.NOT_ALLOWED));
      Session manager = interlock.as(MANAGER);
      assertThatThrownBy(() -> manager.approve(id, parked.number(), "f".repeat(64)))
          .isInstanceOf(RejectedException.class);
      assertThat(directory.granted).isEmpty();
      manager.approve(id, parked.number(), parked.hash());

      rest(ana, id);
      assertThat(directory.granted).hasSize(1);
    }
  }

  @Test
  void strangerSeesNothingAndIsToldSo() {
    try (Interlock interlock = builder().tools("it", directory).model(model("[]")).open()) {
      String id = interlock.as(ANA).start("devices");
      Session stranger = interlock.as(new Principal("eve"));

      assertThat(stranger.get(id)).isEmpty();
      assertThat(stranger.conversation(id)).isEmpty();
      assertThatThrownBy(() -> stranger.untilRest(id, Duration.ofMillis(1)))
          .isInstanceOf(RejectedException.class)
          .hasMessageContaining("there is no instance " + id);
      assertThatThrownBy(() -> stranger.send(id, "let me in"))
          .isInstanceOf(RejectedException.class);
      assertThatThrownBy(() -> interlock.as(ANA).start("device"))
          .isInstanceOf(RejectedException.class)
          .hasMessageContaining("there is no machine device; expected devices");
    }
  }

  @Test
  void toolFailedHasFailedAndAnyOtherExceptionOfAWriteIsUnknown() {
    String script = "[What?, %s, %s]".formatted(grant("yacht"), grant("ghost"));
    try (Interlock interlock =
        builder()
            .tools("it", directory)
            .model(model(script))
            .settleAfter(Duration.ofMillis(1))
            .open()) {
      Session ana = interlock.as(ANA);
      String id = ana.start("devices");
      rest(ana, id);
      ana.send(id, "A yacht.");
      Instance instance = rest(ana, id);

      assertThat(Objects.requireNonNull(instance.escalated()).reason())
          .isEqualTo(Reason.OUTCOME_UNKNOWN);
      assertThat(instance.spent().errors()).isGreaterThan(0);
      assertThat(folder.resolve("desk")).isDirectoryContaining("glob:**/T-*.json");
    }
  }

  @Test
  void otherWordsForAToolAreNoDrift() {
    String id;
    try (Interlock interlock = builder().tools("it", directory).model(model("[Hello.]")).open()) {
      id = interlock.as(ANA).start("devices");
      rest(interlock.as(ANA), id);
    }
    // The same, in other words.
    class Reworded extends DirectoryTools {
      @Tool("Hands out one device.")
      @Override
      String grantDevice(String employee, String device, CallContext call) {
        return super.grantDevice(employee, device, call);
      }
    }
    Reworded reworded = new Reworded();
    try (Interlock interlock =
        builder()
            .tools("it", reworded)
            .model(model("[Hello., %s, Done.]".formatted(grant("phone"))))
            .open()) {
      interlock.as(ANA).send(id, "A phone.");
      rest(interlock.as(ANA), id);
    }
    assertThat(reworded.granted).hasSize(1);
  }

  /** The same tools, one with another parameter. */
  static class Changed {
    @Tool
    DirectoryTools.Person findUser() {
      return new DirectoryTools.Person("E1", "");
    }

    @Tool
    String grantDevice(String employee, String device, int count) {
      throw new AssertionError("called");
    }
  }

  @Test
  void anotherSchemaIsDriftForWhoeverStartedWithTheOld() {
    String id;
    try (Interlock interlock = builder().tools("it", directory).model(model("[Hello.]")).open()) {
      id = interlock.as(ANA).start("devices");
      rest(interlock.as(ANA), id);
    }
    try (Interlock interlock =
        builder()
            .tools("it", new Changed())
            .model(model("[Hello., %s]".formatted(grant("phone"))))
            .open()) {
      interlock.as(ANA).send(id, "A phone.");

      assertThat(Objects.requireNonNull(rest(interlock.as(ANA), id).escalated()).reason())
          .isEqualTo(Reason.TOOL_DRIFT);
    }
  }

  /** Lacks a tool. */
  static class Half {
    @Tool
    String findUser() {
      return "";
    }
  }

  @Test
  void whatIsNotThereIsSaidBeforeAnythingIsOpened() {
    assertThatThrownBy(() -> builder().tools("it", new Half()).model(model("[]")).open())
        .isInstanceOf(MachineFolderException.class)
        .hasMessageContaining("in " + folder.resolve("devices"))
        .hasMessageContaining("machine.yaml:5:3")
        .hasMessageContaining("the tool of an object `it.grantDevice`")
        .hasMessageNotContaining("interlock lock");
    assertThatThrownBy(() -> builder().tools("ti", directory).model(model("[]")).open())
        .isInstanceOf(MachineFolderException.class)
        .hasMessageContaining("the server `it`")
        .hasMessageContaining("did you mean `ti`?");
    assertThatThrownBy(() -> builder().tools("it", "text").model(model("[]")).open())
        .isInstanceOf(UnfitToolsException.class)
        .hasMessageContaining("found no method of java.lang.String with @Tool");
    assertThatThrownBy(() -> builder().tools("it", directory).open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("found no model, expected one for the agent states: .model(…)");
    assertThatThrownBy(() -> builder().tools("it", directory).tools("it", directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two objects for the server `it`");
    assertThatThrownBy(() -> Interlock.open(folder.resolve("cases.db")).open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("found no machine");
    assertThat(folder.resolve("cases.db")).doesNotExist();
  }

  @Test
  void severalMachinesShareAnEngineAndTheirFilesMustAgree() throws Exception {
    write(
        "two/machine.yaml",
        "machine: two\nversion: 1\ninitial: A\nstates: {A: {goal: Talk., otherwise: B}, B: {type: final}}\n");
    write("two/interlock.yaml", "model: {anthropic: m, key: \"${UNSET}\"}\nsettleAfter: PT9S\n");
    write("devices/interlock.yaml", "settleAfter: PT8S\n");
    InterlockBuilder both = builder().machine(folder.resolve("two")).tools("it", directory);

    assertThatThrownBy(both::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the `settleAfter` said in two ways");
    write("devices/interlock.yaml", "{}");
    assertThatThrownBy(both::open).hasMessageContaining("the variable UNSET");
    List<String> questions = new ArrayList<>();
    ChatModel listening =
        question -> {
          questions.add("asked");
          return model("[Hello.]").ask(question);
        };
    try (Interlock interlock = both.model(listening).open()) {
      Session ana = interlock.as(ANA);
      String one = ana.start("devices");
      String two = ana.start("two");
      rest(ana, one);
      ana.send(two, "Hello");
      rest(ana, two);
    }
    assertThat(questions).isNotEmpty();
    assertThat(folder.resolve("devices/desk")).doesNotExist();
  }

  /** Says what it is asked to; any model of LangChain4j's would do. */
  private record Saying(String text) implements dev.langchain4j.model.chat.ChatModel {
    @Override
    public ChatResponse doChat(ChatRequest request) {
      if (text.isEmpty()) {
        throw new InvalidRequestException("there is no such model");
      }
      return ChatResponse.builder()
          .aiMessage(AiMessage.from(text))
          .modelName("saying-1")
          .tokenUsage(new TokenUsage(1_000_000, 10))
          .build();
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
      return ChatRequestParameters.builder().modelName("saying").build();
    }
  }

  @Test
  void modelsOfLangChain4jAreAskedInTheirOrderAndCostWhatTheBuilderSays() throws Exception {
    write(
        "talk/machine.yaml",
        """
        machine: talk
        version: 1
        budgets: {cost: 100}
        initial: Talk
        states: {Talk: {goal: Talk.}, Never: {type: final}}
        anywhere: {on: {stop: Never}}
        events: {stop: {by: [caller]}}
        """);
    InterlockBuilder talk =
        Interlock.open(folder.resolve("talk.db"))
            .machine(folder.resolve("talk"))
            .environment(Map.of())
            .model(new Saying(""))
            .model(new Saying("Hello."));

    assertThatThrownBy(talk::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("found a budget `cost` of talk and no price of the model saying")
        .hasMessageContaining(".price(\"saying\", …)");
    assertThat(folder.resolve("talk.db")).doesNotExist();
    Price price = new Price(BigDecimal.TWO, BigDecimal.TEN, BigDecimal.ONE);
    try (Interlock interlock = talk.price("saying", price).open()) {
      Session ana = interlock.as(ANA);
      String id = ana.start("talk");
      ana.send(id, "Hello?");

      assertThat(rest(ana, id).spent().cost()).isEqualByComparingTo("2.0001");
      assertThat(ana.conversation(id).getLast().text()).isEqualTo("Hello.");
      assertThat(interlock.engine().journal(ANA, id, 0).toString()).contains("saying-1");
    }
  }

  @Test
  void applicationListensOnTheSocketUnlessItSaysOtherwise() throws Exception {
    InterlockBuilder builder = builder().tools("it", directory).model(model("[]"));
    try (Interlock interlock = builder.open()) {
      assertThat(interlock.engine()).isNotNull();
      assertThat(sockets()).isNotEmpty();
    }
    try (Interlock interlock = builder.tools("other", directory).withoutSocket().open()) {
      assertThat(interlock.engine()).isNotNull();
      assertThat(sockets()).isEmpty();
    }
  }

  private List<Path> sockets() throws Exception {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".sock")).toList();
    }
  }
}
