package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** A run is reset: what is recorded stays, no write is sent twice, the instance ends. */
@EnabledIfEnvironmentVariable(named = OnRealServer.TEMPORAL, matches = ".+")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RealServerResetTest {
  private static final Pattern TO_TYPE =
      Pattern.compile("interlock approve (\\S+) (\\S+@\\S+) --as (\\S+)");

  @TempDir private Path here;

  private static Matcher approval(OnRealServer rooms) {
    Cli.Run show = rooms.run("show", "case-1").ok();
    Matcher toType = TO_TYPE.matcher(show.out());
    assertThat(toType.find()).as(show.out()).isTrue();
    return toType;
  }

  private static long count(String text, String what) {
    return Pattern.compile(Pattern.quote(what)).matcher(text).results().count();
  }

  @Test
  @SuppressWarnings("try") // workers are only held open
  void runThatWasResetAfterAWriteGoesOnAndTheWriteArrivedOnce() {
    Path folder =
        FastServer.rooms(here); // its booking is followed by a message, so that it goes on after it
    OnRealServer.edit(
        folder.resolve("machine.yaml"),
        text ->
            text.replace(
                    "transitions: [{target: Done, requires: [booking]}]",
                    "transitions: [{target: Done, requires: [booking, room2]}]\n    record: [room2]")
                .replace("context:\n", "context:\n  room2: {type: string, source: agent}\n"));
    OnRealServer.edit(
        folder.resolve("script.yaml"),
        text ->
            """
            replies:
              - [{call: rooms.free}]
              - [{call: record, with: {room: oak}}]
              - [{call: rooms.book, with: {room: oak}}]
              - It waits for you.
              - Booked. Anything else?
              - [{say: Good bye.}, {call: record, with: {room2: none}}]
            """);
    OnRealServer rooms = OnRealServer.of(folder).inAFile();
    try (Cli.Running worker = rooms.worker("-q")) {
      rooms.run("start", "--id", "case-1", "--as", "ana", "A room").ok();
      Matcher approve = approval(rooms);
      rooms.run("approve", "case-1", approve.group(2), "--as", "ana").ok();
      String before = rooms.run("journal", "case-1", "--json").ok().out();
      assertThat(count(before, "\"rooms.book\"")).isPositive();

      Cli.Run plan = rooms.run("reset", "case-1").ok();
      assertThat(plan.out()).contains("run ", "from event ", "Nothing goes out again.");
      assertThat(plan.err()).contains("Nothing was reset. To do it: interlock reset case-1 --yes");

      String first = rooms.run("reset", "case-1", "--event", "4", "--json").ok().out();
      assertThat(first).contains("rooms.book", "\"effect\":\"write\"", "is recorded");
      Cli.Run none = rooms.run("reset", "case-1", "--event", "5");
      assertThat(none.code()).isEqualTo(ExitCode.FAILED);
      assertThat(none.err())
          .contains("found the event 5 of case-1, expected a workflow task that was completed");
      assertThat(rooms.run("reset", "case-1", "--as", "ana").code()).isEqualTo(ExitCode.FAILED);

      // Before the booking; the message and the approval are sent again by the server.
      Cli.Run reset = rooms.run("reset", "case-1", "--event", "4", "--yes").ok();
      assertThat(reset.out()).contains("Reset: the run is now ");

      rooms.run("send", "case-1", "No, thank you.", "--as", "ana").ok();
      assertThat(rooms.run("show", "case-1").ok().out()).contains("completed", "booked");
      String after = rooms.run("journal", "case-1", "--json").ok().out();
      assertThat(after).startsWith(before);
      assertThat(count(after, "\"CallDispatched\"")).isEqualTo(2); // one look, one booking
      assertThat(rooms.run("verify-journal").ok().out()).contains("all whole");
      assertThat(rooms.run("reset", "case-1", "--yes").err()).contains("has ended");
    }
  }

  @Test
  @SuppressWarnings("try") // workers are only held open
  void runThatWasTerminatedGoesOnAgain() {
    OnRealServer rooms = OnRealServer.rooms(here).inAFile();
    try (Cli.Running worker = rooms.worker("-q")) {
      rooms.run("start", "--id", "case-1", "--as", "ana", "A room").ok();
      WorkflowServiceStubs stubs =
          WorkflowServiceStubs.newServiceStubs(
              WorkflowServiceStubsOptions.newBuilder()
                  .setTarget(System.getenv(OnRealServer.TEMPORAL))
                  .build());
      WorkflowClient.newInstance(stubs)
          .newUntypedWorkflowStub(rooms.own() + "/case-1")
          .terminate("a test");
      stubs.shutdownNow();
      assertThat(rooms.run("send", "case-1", "Yes, oak", "--as", "ana").code())
          .isEqualTo(ExitCode.FAILED);

      rooms.run("reset", "case-1", "--yes").ok();

      rooms.run("send", "case-1", "Yes, oak", "--as", "ana").ok();
      rooms.run("approve", "case-1", approval(rooms).group(2), "--as", "ana").ok();
      assertThat(rooms.run("show", "case-1").ok().out()).contains("completed", "booked");
    }
  }

  @Test
  void localEngineHasNoRuns() {
    Path rooms = FastServer.rooms(here);
    Cli.Run local = Cli.in(rooms).run("reset", "case-1");
    assertThat(local.code()).isEqualTo(ExitCode.FAILED);
    assertThat(local.err()).contains("`engine: local`", "interlock fork case-1");
  }
}
