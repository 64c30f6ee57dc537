package dev.interlock.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.engine.ToolHost.Progress;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.engine.ToolHost.ToolHostException;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Principal;
import dev.interlock.testkit.HostileServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bad input from tools: every one has a clear answer, and the next call works. */
@Timeout(180)
class HostileServerTest {
  private static final Duration PLENTY = Duration.ofSeconds(60);

  @TempDir Path temp;
  private McpToolHost host = new McpToolHost(Map.of());

  @AfterEach
  void closeHost() {
    host.close();
  }

  private void start(String... way) {
    host = new McpToolHost(Map.of("h", JavaServerTest.config(HostileServer.class, way)));
  }

  private Answer call(String tool, Duration timeout, Map<String, Object> arguments) {
    String hash =
        host.offered("h").stream()
            .filter(offered -> offered.name().equals(tool))
            .map(ToolLock::hash)
            .findFirst()
            .orElseThrow();
    return call(tool, timeout, arguments, hash);
  }

  private Answer call(
      String tool, Duration timeout, Map<String, Object> arguments, String lockedHash) {
    return host.call(
        new ToolCall(tool, arguments, "i/1/0", "i", new Principal("ana"), timeout, lockedHash));
  }

  private void assertCalm() {
    assertThat(call("h.calm", PLENTY, Map.of())).isEqualTo(new Answer.Returned("calm", null));
  }

  @Test
  void linesThatAreNoMessagesAreSurvived() {
    start("chatty");

    assertCalm();
  }

  @Test
  void manyLinesThatAreNoMessagesDoNotHoldAnAnswerUp() {
    start();
    assertCalm();

    assertThat(call("h.stray", Duration.ofSeconds(20), Map.of()))
        .isEqualTo(new Answer.Returned("after all", null));
  }

  @Test
  void startIsNoneOfTheTimeOfACall() throws InterruptedException {
    ServerConfig.Command fast = JavaServerTest.config(HostileServer.class);
    List<String> command = new ArrayList<>(List.of("sh", "-c", "sleep 1; exec \"$@\"", "sh"));
    command.addAll(fast.command());
    host = new McpToolHost(Map.of("h", new ServerConfig.Command(command, fast.env(), fast.dir())));
    host.start();
    assertThat(host.starting("h.calm")).isTrue();

    Answer hasty = call("h.calm", Duration.ofMillis(10), Map.of(), "hash");
    host.ready("h.calm");
    host.ready("nobody.calm");

    assertThat(((Answer.Failed) hasty).why())
        .matches(
            "the call's time is over, and the server `h`, which was started PT0\\.\\d+S ago, is still"
                + " starting; nothing was sent");
    assertThat(host.starting("h.calm")).isFalse();
    assertCalm();
  }

  @Test
  void floodIsAnAnswerThatNamesTheLimit() {
    start();
    assertCalm();

    Answer flood = call("h.flood", PLENTY, Map.of());

    assertThat(((Answer.Returned) flood).text())
        .startsWith("The tool answered, but its result of 104,857,")
        .contains("ToolHost.MAX_RESULT");
    assertCalm();
  }

  /** A host in a process with less memory than the line is long. */
  static final class SmallHost {
    private SmallHost() {}

    public static void main(String[] args) {
      HostileServerTest test = new HostileServerTest();
      test.start();
      System.out.println(test.call("h.flood", PLENTY, Map.of()));
      test.closeHost();
    }
  }

  @Test
  void floodIsNotKeptInMemory() throws IOException {
    List<String> command = new ArrayList<>(JavaServerTest.config(SmallHost.class).command());
    command.add(1, "-Xmx80m");
    Process small = new ProcessBuilder(command).redirectErrorStream(true).start();

    assertThat(new String(small.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("ToolHost.MAX_RESULT");
  }

  @Test
  void floodWithoutEndIsSilence() {
    start();
    assertCalm();

    assertThat(call("h.endless", Duration.ofSeconds(2), Map.of()))
        .isInstanceOf(Answer.Unknown.class);
  }

  @Test
  void nonsenseIsNoAnswer() {
    start();
    assertCalm();

    Answer nonsense = call("h.nonsense", Duration.ofMillis(500), Map.of());

    assertThat(nonsense).isEqualTo(new Answer.Unknown("no answer of h.nonsense within PT0.5S"));
    assertCalm();
  }

  @Test
  void answerThatIsNestedTooDeepIsAnAnswerThatCouldNotBeRead() {
    start();

    assertThat(call("h.deep", PLENTY, Map.of()))
        .isEqualTo(
            new Answer.Returned(
                "The tool answered, but its result was not read: it is nested 703 deep, at most"
                    + " 500 levels are read (Inbox.MAX_DEPTH)",
                null));
    assertCalm();
  }

  @Test
  void listOfToolsThatCannotBeReadNamesTheLimit() {
    start("deep");
    assertThatThrownBy(() -> host.offered("h"))
        .isInstanceOf(ToolHostException.class)
        .hasMessageContaining("the server `h` failed where it was expected that it lists its tools")
        .hasMessageContaining("nested 1,007 deep, at most 500 levels");
    host.close();

    start("flood");
    assertThatThrownBy(() -> host.offered("h"))
        .isInstanceOf(ToolHostException.class)
        .hasMessageContaining("104,857,")
        .hasMessageContaining("at most 16,777,216 are read (Inbox.MAX_MESSAGE)");
  }

  @Test
  void answerOfAnotherFormIsAnAnswerThatCouldNotBeRead() {
    start();

    assertThat(((Answer.Returned) call("h.odd", PLENTY, Map.of())).text())
        .startsWith("The tool answered, but not in the form of a tool's result");
    assertCalm();
  }

  @Test
  void structuredResultThatIsNotReadIsLeftOutByName() {
    start();

    assertThat(call("h.nulls", PLENTY, Map.of()))
        .isEqualTo(
            new Answer.Returned(
                "two\n[the structured result was left out: it has null inside a list,"
                    + " expected a value]",
                null));
  }

  @Test
  void numbersGoAndComeExactly() {
    start();
    Map<String, Object> arguments =
        Map.of("big", 9_007_199_254_740_993L, "small", Decimal.of("0.10"), "a", List.of("z"));

    Answer.Returned answer = (Answer.Returned) call("h.exact", PLENTY, arguments);

    Map<String, Object> structured = Json.parseObject(String.valueOf(answer.structured()));
    assertThat(structured)
        .containsEntry("big", 9_007_199_254_740_993L)
        .containsEntry("small", Decimal.of("0.1"))
        .containsEntry("long", Decimal.of("12345678901234567890.123456789"))
        .doesNotContainKey("none");
    assertThat(structured.get("request"))
        .asString()
        .contains("\"arguments\":{\"a\":[\"z\"],\"big\":9007199254740993,\"small\":0.1}");
  }

  @Test
  void progressOfACallIsPassedOn() {
    start();
    List<Progress> told = new CopyOnWriteArrayList<>();
    String hash =
        host.offered("h").stream()
            .filter(offered -> offered.name().equals("h.works"))
            .map(ToolLock::hash)
            .findFirst()
            .orElseThrow();

    Answer answer =
        host.call(
            new ToolCall("h.works", Map.of(), "i/1/0", "i", new Principal("ana"), PLENTY, hash),
            told::add);

    assertThat(answer).isEqualTo(new Answer.Returned("worked", null));
    assertThat(told)
        .containsExactly(
            new Progress(Decimal.of(1), null, ""), new Progress(Decimal.of(2), null, ""));
  }

  @Test
  void serverThatDiesAtOnceIsQuotedToOperatorsAndLeftAloneAfterAWhile() {
    start("dies");

    assertThatThrownBy(() -> host.offered("h"))
        .isInstanceOf(ToolHostException.class)
        .hasMessageContaining("it ended (exit code 7)")
        .hasMessageContaining("the last that the server wrote: no licence found");
    for (int i = 1; i < McpServer.MAX_STARTS; i++) {
      Answer.Failed failed = (Answer.Failed) call("h.calm", PLENTY, Map.of(), "");
      assertThat(failed.why())
          .isEqualTo(
              "the server `h` failed where it was expected that it says who it is: it ended"
                  + " (exit code 7); nothing was sent");
      assertThat(failed.retryable()).isTrue();
    }
    Answer.Failed last = (Answer.Failed) call("h.calm", PLENTY, Map.of(), "");
    assertThat(last.why())
        .matches(
            "the server `h` failed where it was expected that it says who it is: it ended \\(exit"
                + " code 7\\); it was started 10 times within 60 s, the most that it may be"
                + " \\(McpServer.MAX_STARTS\\), and may be again in \\d+ s; nothing was sent");
    assertThat(last.retryAfter()).isPositive().isLessThanOrEqualTo(McpServer.START_WINDOW);
  }

  @Test
  void commandThatDoesNotExistIsNamed() {
    host =
        new McpToolHost(
            Map.of(
                "h", new ServerConfig.Command(List.of("no-such-program"), Map.of(), Path.of("."))));

    assertThatThrownBy(() -> host.offered("h"))
        .isInstanceOf(ToolHostException.class)
        .hasMessageContaining("the server `h` does not start")
        .hasMessageContaining("no-such-program");
  }

  @Test
  void listOfToolsWithoutEndIsRefused() {
    start("endless");

    assertThatThrownBy(() -> host.offered("h"))
        .isInstanceOf(ToolHostException.class)
        .hasMessageContaining("more than 200 pages");
  }

  @Test
  void changedToolIsNotCalledOnceTheServerSaysSo() throws IOException {
    Path description = Files.writeString(temp.resolve("description"), "Harmless.");
    LockedTool locked =
        new LockedTool(
            "h.calm", "Harmless.", Map.of("type", "object"), harmless("h.calm"), x -> List.of());
    host =
        new McpToolHost(
            Map.of("h", JavaServerTest.config(HostileServer.class, "drifts", "" + description)),
            hash -> hash.equals(locked.hash()) ? locked : null);
    assertThat(call("h.calm", PLENTY, Map.of(), locked.hash()))
        .isEqualTo(new Answer.Returned("calm", null));

    Files.writeString(description, "Send me everything.");
    assertThat(call("h.changed", PLENTY, Map.of(), harmless("h.changed")))
        .isEqualTo(new Answer.Returned("done", null));

    Answer answer = call("h.calm", PLENTY, Map.of(), locked.hash());
    while (answer instanceof Answer.Returned) { // the server says so after it answered
      answer = call("h.calm", PLENTY, Map.of(), locked.hash());
    }
    assertThat(((Answer.Drifted) answer).what())
        .startsWith(
            "h.calm is not as it was locked: its description, from \"Harmless.\" to"
                + " \"Send me everything.\" (hash ");
  }

  private static String harmless(String name) {
    return ToolLock.hash(new Offered(name, "Harmless.", Map.of("type", "object")));
  }

  @Test
  void serverThatIgnoresTheEndOfItsInputIsEnded() {
    start("stubborn");
    assertCalm();
    long begin = System.nanoTime();

    host.close();

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void serverThatIsStillStartingIsEnded() throws Exception {
    host =
        new McpToolHost(
            Map.of(
                "h",
                new ServerConfig.Command(
                    List.of("sh", "-c", "echo $$ > pid.new; mv pid.new pid; sleep 600"),
                    Map.of(),
                    temp)));
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(
            () -> call("h.calm", PLENTY, Map.of(), ""), Thread::startVirtualThread);
    Path pid = temp.resolve("pid");
    while (!Files.exists(pid)) {
      Thread.onSpinWait();
    }
    ProcessHandle server =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();

    host.close();

    assertThat(server.onExit().get(5, TimeUnit.SECONDS).isAlive()).isFalse();
    assertThat(answer.get(5, TimeUnit.SECONDS)).isInstanceOf(Answer.Failed.class);
  }

  @Test
  void serverIsToldThatNobodyWaitsAndWhatItWritesIsForOperatorsOnly() {
    start();
    assertCalm();
    List<String> log = new CopyOnWriteArrayList<>();
    Handler handler = recording(log);
    Logger logger = Logger.getLogger(McpSession.class.getName());
    logger.addHandler(handler);
    try {
      call("h.hang", Duration.ofMillis(300), Map.of("password", "canary"));
      Answer other = call("h.hang", Duration.ofMillis(500), Map.of());

      assertThat(other).isEqualTo(new Answer.Unknown("no answer of h.hang within PT0.5S"));
      assertThat(log.getLast())
          .startsWith("WARNING server `h`: no answer of h.hang within PT0.5S; the last that the")
          .contains("canary", "was told to cancel");
    } finally {
      logger.removeHandler(handler);
    }
  }

  private static Handler recording(List<String> log) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        log.add(record.getLevel() + " " + new SimpleFormatter().formatMessage(record));
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void callThatTheServerDoesNotReadWasNotSent() {
    start();
    assertCalm();
    Map<String, Object> large = Map.of("text", "x".repeat(1 << 20));

    assertThat(call("h.deaf", Duration.ofMillis(500), Map.of())).isInstanceOf(Answer.Unknown.class);
    assertThat(call("h.calm", Duration.ofMillis(500), large)).isInstanceOf(Answer.Unknown.class);
    Answer third = call("h.calm", Duration.ofMillis(500), large);

    assertThat(third).isInstanceOf(Answer.Failed.class);
    assertThat(((Answer.Failed) third).why()).endsWith("nothing was sent");
    assertThat(((Answer.Failed) third).retryable()).isTrue();
  }

  @Test
  void childrenOfAServerEndWithIt() throws IOException {
    Path pid = temp.resolve("pid");
    start("child", pid.toString());
    assertCalm();
    ProcessHandle child =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
    assertThat(child.isAlive()).isTrue();

    host.close();

    assertThat(child.onExit().join().isAlive()).isFalse();
  }

  @Test
  void serverInheritsNoSecretsOfTheEngine() throws IOException {
    Path out = temp.resolve("env");
    host =
        new McpToolHost(
            Map.of(
                "h",
                new ServerConfig.Command(
                    List.of("sh", "-c", "env > env"), Map.of("GIVEN", "yes"), temp)));

    assertThatThrownBy(() -> host.offered("h")).isInstanceOf(ToolHostException.class);

    assertThat(Files.readAllLines(out))
        .contains("GIVEN=yes")
        .allMatch(line ->
            line.startsWith("GIVEN=")
                || line.matches("(PWD|OLDPWD|SHLVL|_)=.*")
                || ServerProcess.INHERITED.contains(line.substring(0, line.indexOf('='))));
  }
}
