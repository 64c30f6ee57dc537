package dev.interlock.testkit.junit;

import static dev.interlock.testkit.junit.Parts.call;
import static dev.interlock.testkit.junit.Parts.record;
import static dev.interlock.testkit.junit.Parts.say;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Question;
import dev.interlock.langchain4j.ToolFailed;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class InterlockExtensionTest {
  private static final Path FOLDER = Path.of("src/test/resources/it-access");
  private static final Principal MANAGER = new Principal("mia@example.com", List.of("manager"));
  private static final Object UNLOCK = call("it.unlock", Map.of("laptop", "L-42"));

  @RegisterExtension
  final InterlockExtension interlock =
      InterlockExtension.machine(FOLDER).tools("it", new DirectoryTools());

  private List<Warning.Kind> warned() {
    return interlock.warnings().stream().map(Warning::kind).toList();
  }

  @Test
  void goodTestIsNotWarnedOf() {
    interlock
        .start()
        .user("Hello.")
        .model(say("One moment."), UNLOCK, record(Map.of("done", true)));

    interlock
        .assertThat()
        .isIn("Done")
        .is(Instance.Status.COMPLETED)
        .hasFact("done", true)
        .hasCalled("it.unlock", 1)
        .hasSaid("One moment.")
        .hasRefusedNothing();
    assertThat(interlock.warnings()).isEmpty();
  }

  @Test
  void parkedCallWaitsForTheManagerAcrossARestart() {
    interlock.start().user("A phone.").model(call("it.grant", Map.of("device", "phone")));
    interlock.model("Please wait.").assertThat().waitsFor("manager").hasNotCalled("it.grant");

    interlock.restart().approve(MANAGER).model("You have it.");

    interlock.assertThat().hasCalled("it.grant", Map.of("device", "phone")).hasNoFact("done");
    assertThatThrownBy(() -> interlock.approve(MANAGER))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("found 0 that wait for an answer, expected one");
  }

  @Test
  void rejectedCallDoesNotGoOut() {
    interlock.start().user("A phone.").model(call("it.grant", Map.of("device", "phone")));
    interlock.model("Please wait.").reject(MANAGER).model("It was not granted.");

    interlock.assertThat().hasNotCalled("it.grant").hasSaid("It was not granted.");
    assertThat(warned()).isEmpty();
  }

  @Test
  void timePassesWhenTheTestSaysSo() {
    interlock.start().user("Hello.").model("Yes?").tick(Duration.ofHours(25));

    interlock.assertThat().isIn("Late").is(Instance.Status.ESCALATED);
  }

  @Test
  void assertionsFailAndSayWhatThereIs() {
    interlock.start().user("Hello.").model(UNLOCK).model(UNLOCK).model("Done.");
    InstanceAssert it = interlock.assertThat();

    Map<String, Runnable> failing =
        Map.ofEntries(
            Map.entry("Expected it in Done, but it is waiting in Help", () -> it.isIn("Done")),
            Map.entry("Expected it completed", () -> it.is(Instance.Status.COMPLETED)),
            Map.entry("the field done to be true, but it is unset", () -> it.hasFact("done", true)),
            Map.entry(
                "with {laptop=L-1}", () -> it.hasCalled("it.unlock", Map.of("laptop", "L-1"))),
            Map.entry(
                "Expected 2 calls of it.unlock, but there were 1",
                () -> it.hasCalled("it.unlock", 2)),
            Map.entry("Expected 0 calls", () -> it.hasNotCalled("it.unlock")),
            Map.entry("refused: [it.unlock by \"one unlock in one case\"]", it::hasRefusedNothing),
            Map.entry(
                "Expected it.unlock refused by \"other\"",
                () -> it.hasRefused("it.unlock", "other")),
            Map.entry("Expected it to wait for manager", () -> it.waitsFor("manager")),
            Map.entry("Expected \"Hi.\" to be said", () -> it.hasSaid("Hi.")));

    failing.forEach((message, assertion) ->
        assertThatThrownBy(assertion::run)
            .isInstanceOf(AssertionError.class)
            .hasMessageContaining(message));
  }

  @Test
  void formAndDocumentsAreFilledInAndShownToTheModel() {
    Attachment screen = Attachment.of("screen.gif", "GIF89a".getBytes(UTF_8));
    interlock.start().user("Look.", Map.of("screens", List.of(screen), "note", "blue"));
    interlock.model("I see.");

    interlock
        .assertThat()
        .hasFact("screens", List.of(screen.document().value()))
        .hasFact("note", "blue");
    Question question = interlock.engine().questions(InterlockExtension.INSTANCE).getFirst();
    assertThat(question.messages())
        .filteredOn(Question.Said.class::isInstance)
        .flatExtracting(said -> ((Question.Said) said).documents())
        .containsExactly(screen);
    Attachment large = Attachment.of("screen.gif", Arrays.copyOf("GIF89a".getBytes(UTF_8), 101));
    assertThatThrownBy(() -> interlock.user("", Map.of("screens", List.of(large))))
        .hasMessageContaining("screen.gif has 101 bytes, expected at most 100");
  }

  @Test
  void whatTheMachineRejectsFailsTheTest() {
    interlock.start();

    assertThatThrownBy(() -> interlock.event("nothing"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("found it rejected");
  }

  @Test
  void testThatAssertsNothingIsWarnedOf() {
    interlock.start().user("Hello.").model(UNLOCK).model("Done.");

    assertThat(warned()).containsExactly(Warning.Kind.NOTHING_ASSERTED);
  }

  @Test
  void replyThatIsNeverAskedForIsWarnedOf() {
    interlock.start().user("Hello.").model(UNLOCK).model("Done.").model("And more.");
    interlock.assertThat().isIn("Help");

    assertThat(warned()).containsExactly(Warning.Kind.REPLY_UNUSED);
  }

  @Test
  void questionThatIsLeftOpenIsWarnedOf() {
    interlock.start().user("Hello.").model(UNLOCK);
    interlock.assertThat().isIn("Help");

    assertThat(warned()).containsExactly(Warning.Kind.QUESTION_OPEN);
  }

  @Test
  void modelThatProposesNothingIsWarnedOf() {
    interlock.start().user("Hello.").model("Hello.");
    interlock.assertThat().isIn("Help");

    assertThat(warned()).containsExactly(Warning.Kind.NOTHING_PROPOSED);
  }

  @Test
  void absenceThatNobodyTriedIsWarnedOf() {
    interlock.start().user("Hello.").model(UNLOCK).model("Done.");
    interlock.assertThat().hasNotCalled("it.grant");

    assertThat(warned()).containsExactly(Warning.Kind.NEVER_TRIED);
    assertThat(interlock.warnings().getFirst().toString())
        .isEqualTo(
            "could not have failed: it.grant was not called, and nobody tried: let the model"
                + " propose it");
  }

  @Test
  void toolThatIsNotThereIsAnErrorOfTheMachine() {
    InterlockExtension without = InterlockExtension.machine(FOLDER);

    assertThatThrownBy(without::begin)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the tool `it.grant`, which tools.lock does not have");
  }

  /** JUnit's context, as far as it is looked at. */
  private static ExtensionContext context(@Nullable Throwable thrown) {
    return (ExtensionContext)
        Proxy.newProxyInstance(
            ExtensionContext.class.getClassLoader(),
            new Class<?>[] {ExtensionContext.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getExecutionException" -> Optional.ofNullable(thrown);
                  case "getDisplayName" -> "a test";
                  default -> null;
                });
  }

  @Test
  void warningsFailAStrictTestThatPassedAndNoOther() {
    InterlockExtension strict =
        InterlockExtension.machine(FOLDER).tools("it", new DirectoryTools()).strict();
    strict.begin();
    strict.start();
    assertThatThrownBy(() -> strict.afterEach(context(null)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("nothing about the instance was asserted");
    strict.begin();
    strict.start();
    strict.afterEach(context(new AssertionError("the test's own")));
  }

  @Test
  void lambdaTakesThePlaceOfALockedTool(@TempDir Path folder) throws Exception {
    Files.copy(FOLDER.resolve("machine.yaml"), folder.resolve("machine.yaml"));
    Map<String, Object> text = Map.of("type", "string");
    List<Offered> offered =
        Stream.of("it.unlock", "it.grant")
            .map(name -> {
              Map<String, Object> properties = Map.of("laptop", text, "person", text);
              return new Offered(name, "", Map.of("type", "object", "properties", properties));
            })
            .toList();
    Files.writeString(
        folder.resolve("tools.lock"), ToolLock.lock("tools.lock", offered).lock().write());
    InterlockExtension it =
        InterlockExtension.machine(folder)
            .caller(new Principal("bob@example.com"))
            .tool(
                "it.unlock",
                call -> {
                  if (call.caller().id().startsWith("bob")) {
                    throw new ToolFailed("not Bob");
                  }
                  return "done";
                });
    it.begin();

    it.start().user("Hello.").model(UNLOCK).model("It failed.");

    it.assertThat().hasCalled("it.unlock", Map.of("person", "bob@example.com"));
    assertThat(it.instance().spent().errors()).isEqualTo(1);
    assertThat(it.warnings()).isEmpty();
  }

  @Test
  void docsShowATestThatRuns() throws Exception {
    Path source = Path.of("src/test/java/dev/interlock/testkit/junit/ItAccessTest.java");
    Matcher tagged =
        Pattern.compile("// docs: a test\n(.*)// docs: end", Pattern.DOTALL)
            .matcher(Files.readString(source));
    assertThat(tagged.find()).isTrue();
    String test = tagged.group(1);

    assertThat(test.lines()).hasSizeLessThan(25);
    assertThat(Files.readString(Path.of("../docs/APPLICATION.md")))
        .contains("```java\n" + test + "```");
  }
}
