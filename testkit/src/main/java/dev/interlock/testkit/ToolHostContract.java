package dev.interlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.engine.ToolHost.ToolHostException;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link ToolHost} holds. A subclass gives a host with one server {@code t}, which
 * offers (all take and give objects):
 *
 * <ul>
 *   <li>{@code echo {text}}: structured {@code {"text": …}}, described as "Gives back what it
 *       gets."
 *   <li>{@code plain {text}}: the text only, nothing structured
 *   <li>{@code fail {text}}: answers that it failed, with the text
 *   <li>{@code meta {}}: structured {@code {key, instance, caller, roles}} as they came with the
 *       call
 *   <li>{@code meet {parties}}: answers {@code {"met": parties}} once that many calls wait in it
 *   <li>{@code hang {}}: never answers
 *   <li>{@code big {bytes}}: that many characters {@code x}, as text
 *   <li>{@code seen {}}: structured {@code {"calls": n}}, how many calls came before in this run
 *   <li>{@code die {}}: the server ends without an answer
 *   <li>fillers {@code filler_1} to {@code filler_5}, so that it may list them in pages
 * </ul>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
public abstract class ToolHostContract {
  /** Long enough for any server of a test to start and answer. */
  protected static final Duration PLENTY = Duration.ofSeconds(60);

  private static final Duration SHORT = Duration.ofMillis(300);

  private @Nullable ToolHost opened;

  /** A host as described above; called for all tests together and once more. */
  protected abstract ToolHost open();

  @BeforeAll
  void openHost() {
    opened = open();
  }

  @AfterAll
  void closeHost() {
    host().close();
  }

  private ToolHost host() {
    return Objects.requireNonNull(opened);
  }

  private ToolCall of(String tool, Map<String, Object> arguments, Duration timeout) {
    return new ToolCall(
        tool,
        arguments,
        "device-1/7/0",
        "device-1",
        new Principal("ana@example.com", List.of("employee", "tester")),
        timeout,
        hash(tool));
  }

  private String hash(String tool) {
    return host().offered("t").stream()
        .filter(offered -> offered.name().equals(tool))
        .map(ToolLock::hash)
        .findFirst()
        .orElse("0".repeat(64));
  }

  private Answer call(String tool, Map<String, Object> arguments) {
    return host().call(of(tool, arguments, PLENTY));
  }

  private Map<String, Object> structured(String tool, Map<String, Object> arguments) {
    return structured(host(), tool, arguments);
  }

  private Map<String, Object> structured(ToolHost at, String tool, Map<String, Object> arguments) {
    Answer answer = at.call(of(tool, arguments, PLENTY));
    assertThat(answer).isInstanceOf(Answer.Returned.class);
    String json = ((Answer.Returned) answer).structured();
    assertThat(json).as("structured result of " + tool).isNotNull();
    return Json.parseObject(String.valueOf(json));
  }

  /** How many calls came to the server before this one. */
  private long seen(ToolHost at) {
    return (long) structured(at, "t.seen", Map.of()).getOrDefault("calls", -1L);
  }

  @Test
  void everyToolIsOfferedWithDescriptionAndSchema() {
    List<Offered> offered = host().offered("t");

    assertThat(offered)
        .extracting(Offered::name)
        .contains("t.echo", "t.plain", "t.fail", "t.meta", "t.meet", "t.hang", "t.big", "t.seen")
        .contains("t.die", "t.filler_1", "t.filler_5");
    Offered echo =
        offered.stream().filter(tool -> tool.name().equals("t.echo")).findFirst().orElseThrow();
    assertThat(echo.description()).isEqualTo("Gives back what it gets.");
    assertThat(Json.at(echo.inputSchema(), "/properties/text/type")).isEqualTo("string");
  }

  @Test
  void structuredResultIsJsonText() {
    String text = "ä \u2028 \" \\ \n {\"a\": 1}";

    assertThat(structured("t.echo", Map.of("text", text))).isEqualTo(Map.of("text", text));
  }

  @Test
  void textOnlyResultHasNothingStructured() {
    assertThat(call("t.plain", Map.of("text", "Good\nmorning")))
        .isEqualTo(new Answer.Returned("Good\nmorning", null));
  }

  @Test
  void toolThatAnswersThatItFailedHasFailedForGood() {
    Answer answer = call("t.fail", Map.of("text", "no such person"));

    assertThat(answer).isInstanceOf(Answer.Failed.class);
    assertThat(((Answer.Failed) answer).why()).contains("no such person");
    assertThat(((Answer.Failed) answer).retryable()).isFalse();
  }

  @Test
  void keyInstanceAndCallerGoWithTheCall() {
    assertThat(structured("t.meta", Map.of()))
        .containsEntry("key", "device-1/7/0")
        .containsEntry("instance", "device-1")
        .containsEntry("caller", "ana@example.com")
        .containsEntry("roles", List.of("employee", "tester"));
  }

  @Test
  void callsGoInParallel() throws Exception {
    ToolCall meet = of("t.meet", Map.of("parties", 4L), PLENTY);
    List<CompletableFuture<Answer>> answers =
        List.of(start(meet), start(meet), start(meet), start(meet));

    for (CompletableFuture<Answer> answer : answers) {
      assertThat(answer.get(60, TimeUnit.SECONDS)).isInstanceOf(Answer.Returned.class);
    }
  }

  private CompletableFuture<Answer> start(ToolCall call) {
    return inBackground(() -> host().call(call));
  }

  private static <T> CompletableFuture<T> inBackground(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, Thread::startVirtualThread);
  }

  @Test
  void silenceIsUnknownAndOtherCallsStillWork() {
    Answer silence = host().call(of("t.hang", Map.of(), SHORT));

    assertThat(silence).isInstanceOf(Answer.Unknown.class);
    assertThat(((Answer.Unknown) silence).why()).contains("t.hang").contains("PT0.3S");
    assertThat(call("t.plain", Map.of("text", "here")))
        .isEqualTo(new Answer.Returned("here", null));
  }

  @Test
  void interruptAbandonsTheCall() throws Exception {
    ToolCall hang = of("t.hang", Map.of(), PLENTY);
    long before = seen(host());
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Thread caller = Thread.startVirtualThread(() -> answer.complete(host().call(hang)));
    awaitArrival(host(), before);
    caller.interrupt();

    assertThat(answer.get(10, TimeUnit.SECONDS)).isInstanceOf(Answer.Unknown.class);
  }

  /** Until the server says that a call came after those that were seen. */
  private void awaitArrival(ToolHost at, long before) {
    long asked = 0;
    while (seen(at) <= before + 1 + asked) {
      asked++;
    }
  }

  @Test
  void resultBeyondTheLimitIsAnAnswerThatNamesTheLimit() {
    Answer within = call("t.big", Map.of("bytes", (long) ToolHost.MAX_RESULT));
    Answer beyond = call("t.big", Map.of("bytes", ToolHost.MAX_RESULT + 1L));

    assertThat(((Answer.Returned) within).text()).hasSize(ToolHost.MAX_RESULT);
    assertThat(((Answer.Returned) beyond).text())
        .contains("4,194,305 bytes")
        .contains("ToolHost.MAX_RESULT")
        .hasSizeLessThan(500);
  }

  @Test
  void serverThatDiesDuringACallLeavesItUnknownAndIsStartedAgain() {
    assertThat(call("t.die", Map.of())).isInstanceOf(Answer.Unknown.class);
    assertThat(call("t.plain", Map.of("text", "back")))
        .isEqualTo(new Answer.Returned("back", null));
  }

  @Test
  void toolThatIsNotTheLockedOneIsNotCalled() {
    long before = seen(host());
    ToolCall locked = of("t.plain", Map.of("text", "x"), PLENTY);
    ToolCall other =
        new ToolCall(
            locked.tool(),
            locked.arguments(),
            locked.key(),
            locked.instance(),
            locked.caller(),
            locked.timeout(),
            "f".repeat(64));

    Answer answer = host().call(other);

    assertThat(answer).isInstanceOf(Answer.Drifted.class);
    assertThat(((Answer.Drifted) answer).what()).contains("t.plain").contains("ffffffffffff");
    assertThat(seen(host())).isEqualTo(before + 1);
  }

  @Test
  void toolThatIsNoLongerOfferedHasDrifted() {
    assertThat(call("t.gone", Map.of())).isInstanceOf(Answer.Drifted.class);
  }

  @Test
  void serverThatIsNotConfiguredIsNamed() {
    Answer answer = call("nobody.echo", Map.of("text", "x"));

    assertThat(answer).isInstanceOf(Answer.Failed.class);
    assertThat(((Answer.Failed) answer).why()).contains("nobody").contains("t");
    assertThat(((Answer.Failed) answer).retryable()).isFalse();
    assertThatThrownBy(() -> host().offered("nobody"))
        .isInstanceOf(ToolHostException.class)
        .hasMessageContaining("nobody");
  }

  @Test
  void closingEndsCallsInFlight() throws Exception {
    ToolHost other = open();
    CompletableFuture<Answer> answer =
        inBackground(() -> other.call(of("t.hang", Map.of(), PLENTY)));
    awaitArrival(other, -1);
    other.close();

    assertThat(answer.get(10, TimeUnit.SECONDS)).isInstanceOf(Answer.Unknown.class);
    assertThat(other.call(of("t.seen", Map.of(), PLENTY))).isInstanceOf(Answer.Failed.class);
  }
}
