package dev.interlock.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.Session;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.machine.Principal;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.observability.api.event.AiServiceCompletedEvent;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.langchain4j.service.tool.ToolProviderRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several messages of one conversation at once. */
@Timeout(180)
class ConcurrentLoopsTest {
  private static final Principal ANA = new Principal("ana");
  private static final Principal MIA = new Principal("mia", List.of("manager"));
  private static final int CALLS = 15;

  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Notes notes = new Notes();
  private @Nullable Guard guard;

  /** The agent's tools. */
  static class Notes {
    final List<String> written = new CopyOnWriteArrayList<>();
    final CountDownLatch held = new CountDownLatch(1);
    final CountDownLatch reached = new CountDownLatch(1);

    @Tool("Writes.")
    String write(@P("text") String text) {
      written.add(text);
      return "written " + text;
    }

    @Tool("Reads.")
    String read(@P("text") String text) {
      return "read " + text;
    }

    @Tool("Takes long.")
    String slow(@P("text") String text) throws InterruptedException {
      reached.countDown();
      held.await();
      return "slow " + text;
    }

    @Tool("Needs somebody.")
    String give(@P("text") String text) {
      return "given " + text;
    }
  }

  private Guard guard(String more) throws Exception {
    Files.writeString(
        folder.resolve("machine.yaml"),
        """
        machine: notes
        version: 1
        %s
        tools:
          t.write: {effect: write}
          t.read: {effect: read}
          t.slow: {effect: read, timeout: PT2M}
          t.give: {effect: write}
        rules:
          - {rule: giving needs the manager, for: t.give, ask: manager}
        budgets: {turns: 1000, toolCalls: 1000}
        initial: Work
        states:
          Work: {goal: Work., tools: all, idle: {P1D: Done}}
          Done: {type: final}
        """
            .formatted(more));
    guard = Guard.open(folder.resolve("cases.db"), folder, Map.of("t", notes), call -> ANA);
    return guard;
  }

  @AfterEach
  void close() {
    notes.held.countDown();
    threads.shutdownNow();
    if (guard != null) {
      guard.close();
    }
  }

  /** One message of the conversation. */
  private final class Chat {
    final InvocationContext context =
        InvocationContext.builder().invocationId(UUID.randomUUID()).chatMemoryId("m").build();
    private final String text;
    private final Map<String, ToolExecutor> tools = new ConcurrentHashMap<>();

    Chat(String text) {
      this.text = text;
      look();
    }

    /** LangChain4j adds to what is there, and takes nothing away. */
    private void look() {
      its()
          .provideTools(
              ToolProviderRequest.builder()
                  .invocationContext(context)
                  .userMessage(UserMessage.from(text))
                  .build())
          .aiServiceTools()
          .forEach(tool -> tools.put(tool.toolSpecification().name(), tool.toolExecutor()));
    }

    ToolExecutionResult call(String tool, String arguments) {
      ToolExecutionResult result =
          Objects.requireNonNull(tools.get(tool))
              .executeWithContext(
                  ToolExecutionRequest.builder().id("c").name(tool).arguments(arguments).build(),
                  context);
      look();
      return result;
    }

    String said(String tool, String word) {
      ToolExecutionResult result = call(tool, "{\"text\": \"%s\"}".formatted(word));
      return (result.isError() ? "ERROR " : "") + result.resultText();
    }

    void ends(String answer) {
      its()
          .onEvent(
              AiServiceCompletedEvent.builder().invocationContext(context).result(answer).build());
    }
  }

  private Guard its() {
    return Objects.requireNonNull(guard);
  }

  private Session ana() {
    return its().interlock().as(ANA);
  }

  private String id() {
    return its().instanceOf(ANA, "m").orElseThrow();
  }

  private List<String> said() {
    return ana().conversation(id()).stream().map(Session.Line::text).toList();
  }

  private List<Outcome> outcomes() {
    return ana().journal(id(), 0).stream().flatMap(entry -> entry.outcomes().stream()).toList();
  }

  private <T> Future<T> async(Callable<T> work) {
    return threads.submit(work);
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.get(150, TimeUnit.SECONDS);
  }

  @Test
  void eachCallIsJudgedAndItsOwnResultComesBack() throws Exception {
    guard("");
    manyAtOnce();
  }

  @Test
  void eachCallIsRecordedThatIsOnlyObserved() throws Exception {
    guard("observe: true");
    manyAtOnce();
    assertThat(its().report().unjudged()).isZero();
    assertThat(its().report().lines()).isEmpty();
  }

  private void manyAtOnce() throws Exception {
    List<Future<List<String>>> chats = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      chats.add(
          async(() -> {
            Chat chat = new Chat("hello " + name);
            List<String> results = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
              results.add(chat.said(name.equals("a") ? "write" : "read", name + i));
            }
            chat.ends("bye " + name);
            return results;
          }));
    }
    for (int n = 0; n < chats.size(); n++) {
      List<String> results = got(chats.get(n));
      for (int i = 0; i < CALLS; i++) {
        String word = (n == 0 ? "written " : "read ") + (char) ('a' + n) + i;
        assertThat(results.get(i)).isEqualTo(word);
      }
    }
    assertThat(notes.written).hasSize(CALLS).doesNotHaveDuplicates();
    assertThat(outcomes().stream().filter(Outcome.CallReturned.class::isInstance))
        .hasSize(3 * CALLS);
    assertThat(said()).contains("hello a", "hello b", "hello c", "bye a", "bye b", "bye c");
    assertThat(ana().get(id()).orElseThrow().instance().status())
        .isEqualTo(Instance.Status.WAITING);
  }

  @Test
  void loopWhoseQuestionAnotherEndedGoesOn() throws Exception {
    guard("");
    Chat first = new Chat("one");
    Chat second = new Chat("two");
    second.ends("bye two");

    assertThat(first.said("write", "x")).isEqualTo("written x");
    first.ends("bye one");
    assertThat(said()).contains("bye two", "bye one");
  }

  @Test
  void callWaitsWhileAnotherIsUnderWay() throws Exception {
    guard("");
    Chat first = new Chat("one");
    Future<String> slow = async(() -> first.said("slow", "x"));
    assertThat(notes.reached.await(60, TimeUnit.SECONDS)).isTrue();
    Future<String> second = async(() -> new Chat("two").said("write", "y"));
    notes.held.countDown();

    assertThat(got(slow)).isEqualTo("slow x");
    assertThat(got(second)).isEqualTo("written y");
  }

  @Test
  void interruptedCallSaysThatItMayHaveBeenMade() throws Exception {
    guard("");
    Chat chat = new Chat("one");
    Future<List<Object>> result =
        async(() -> {
          ToolExecutionResult got = chat.call("slow", "{\"text\": \"x\"}");
          return List.of(got.resultText(), got.isError(), Thread.interrupted());
        });
    assertThat(notes.reached.await(60, TimeUnit.SECONDS)).isTrue();
    Future<List<Object>> waits =
        async(() -> {
          Thread.currentThread().interrupt();
          ToolExecutionResult got = chat.call("write", "{}");
          return List.of(got.resultText(), got.isError(), Thread.interrupted());
        });
    assertThat(got(waits))
        .containsExactly("Not called: another call of this conversation is under way.", true, true);
    threads.shutdownNow();
    List<Object> told = got(result);
    assertThat((String) told.getFirst()).contains("may have been carried out").contains("no. 1");
    assertThat(told.subList(1, 3)).containsExactly(true, true);

    notes.held.countDown();
    assertThat(chat.call("recall", "{\"call\": 1}").resultText()).contains("slow x");
  }

  @Test
  void resultCarriesNoMessageOfTheUser() throws Exception {
    guard("");
    Chat first = new Chat("one");
    ana().send(id(), "by another way");

    assertThat(first.said("write", "x")).isEqualTo("written x");
    assertThat(first.said("write", "y")).isEqualTo("written y");
  }

  @Test
  void whatBecameOfAnApprovedCallIsToldWithTheNextResult() throws Exception {
    guard("");
    Chat first = new Chat("one");
    assertThat(first.said("give", "it")).startsWith("Waits for manager, no. 1.");
    first.ends("I have asked.");
    Parked parked = ana().get(id()).orElseThrow().instance().parked().getFirst();
    its().interlock().as(MIA).approve(id(), parked.call().number(), parked.hash());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!outcomes().toString().contains("given it")) {
      assertThat(System.nanoTime()).as("it is carried out").isLessThan(end);
      Thread.onSpinWait();
    }

    Chat second = new Chat("two");
    assertThat(second.said("write", "x"))
        .startsWith("written x\n[interlock]")
        .contains("given it")
        .doesNotContain("two");
    assertThat(second.said("write", "y")).isEqualTo("written y");
  }

  @Test
  void argumentsThatAreNoneAreNotSentAndAreReported() throws Exception {
    guard("observe: true");
    Chat chat = new Chat("one");
    assertThat(chat.call("write", "{not json").resultText()).contains("could not be used");
    assertThat(chat.call("write", "{\"text\": \"a\", \"text\": \"b\"}").resultText())
        .contains("could not be used");
    assertThat(chat.call("write", "{\"text\": \"a\", \"n\": 1e400000000}").resultText())
        .contains("arguments");

    assertThat(notes.written).isEmpty();
    assertThat(its().report().lines())
        .singleElement()
        .satisfies(line -> {
          assertThat(line.kind()).isEqualTo(GuardReport.Kind.REFUSED);
          assertThat(line.rule()).isEqualTo("arguments");
          assertThat(line.calls()).isEqualTo(3);
        });
  }
}
