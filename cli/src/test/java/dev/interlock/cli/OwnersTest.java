package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.core.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands with an owner, without one, and two at once. */
class OwnersTest {
  private static final Pattern TO_TYPE =
      Pattern.compile("interlock approve (\\S+) (\\S+@\\S+) --as (\\S+)");

  @TempDir private Path here;
  private Path rooms;

  @BeforeEach
  void make() {
    rooms = FastServer.rooms(here);
  }

  private Cli.Run run(String... args) {
    return Cli.in(rooms).run(args);
  }

  @Test
  void withoutAnOwnerEachCommandBecomesOneUntilTheInstanceOnlyWaits() {
    Cli.Run start = run("start", "--id", "case-1", "--as", "ana", "A room for six").ok();
    assertThat(start.out())
        .contains("Started case-1 (entry 1).")
        .contains("agent     Oak is free")
        .contains("case-1 is waiting in Choose.")
        .contains("  interlock send case-1 TEXT --as ana\n")
        .contains("  interlock event case-1 not_needed --as ana\n");

    Cli.Run send = run("send", "case-1", "yes", "--as", "ana").ok();
    assertThat(send.out()).contains("Sent to case-1").contains("agent     The booking is ready.");

    Cli.Run show = run("show", "case-1").ok();
    Matcher toType = TO_TYPE.matcher(show.out());
    assertThat(toType.find()).as(show.out()).isTrue();
    Cli.Run approve =
        run("approve", toType.group(1), toType.group(2), "--as", toType.group(3)).ok();
    assertThat(approve.out())
        .startsWith("Answered no. 3 of case-1 (entry ")
        .contains("answer 3  approved, by ana")
        .contains("ended     completed, outcome booked");

    Cli.Run again = run("approve", "case-1", toType.group(2), "--as", "ana");
    assertThat(again.code()).isEqualTo(ExitCode.FAILED);
    assertThat(again.err()).startsWith("Rejected: ");
    Cli.Run json = run("send", "case-1", "more", "--as", "ana", "--json");
    assertThat(json.code()).isEqualTo(ExitCode.FAILED);
    assertThat(json.err()).isEmpty();
    assertThat(Json.at(Json.parse(json.out()), "/rejected/code")).isEqualTo("ended");
  }

  @Test
  void anAnswerOfAnotherHashIsRejected() {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("send", "case-1", "yes", "--as", "ana").ok();

    Cli.Run wrong = run("approve", "case-1", "3@0123456789ab", "--as", "ana");
    Cli.Run malformed = run("approve", "case-1", "3", "--as", "ana");
    Cli.Run somebodyElse = run("reject", "case-1", "3@0123456789ab", "--as", "eve");

    assertThat(wrong.code()).isEqualTo(ExitCode.FAILED);
    assertThat(wrong.err()).startsWith("Rejected: ");
    assertThat(malformed.code()).isEqualTo(ExitCode.USAGE);
    assertThat(malformed.err()).contains("CALL@HASH");
    assertThat(somebodyElse.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run("show", "case-1").ok().out()).contains("to allow call 3, rooms.book");
  }

  @Test
  void theSameIdAgainChangesNothing() {
    run("start", "--id", "case-1", "--as", "ana").ok();

    assertThat(run("start", "--id", "case-1", "--as", "ana").ok().out())
        .isEqualTo("Started case-1 before; nothing changed.\n");
    run("start", "--id", "case-3", "--as", "ana", "A room").ok();
    assertThat(run("start", "--id", "case-3", "--as", "ana", "A room").ok().out())
        .isEqualTo("Started case-3 before; nothing changed.\n");
    run("send", "case-1", "--id", "m1", "hello", "--as", "ana").ok();
    assertThat(run("send", "case-1", "--id", "m1", "hello", "--as", "ana", "--json").ok().out())
        .isEqualTo("{\"again\":true,\"instance\":\"case-1\"}\n");
  }

  @Test
  void whoHasAnEmptyRoleIsNobody() {
    Cli.Run run = run("start", "--as", "bob:");

    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).startsWith("Found:    an empty role in \"bob:\"\n");
    assertThat(run("start", "--for", "bob:").code()).isEqualTo(ExitCode.USAGE);
    assertThat(List.of("start", "list", "show x", "watch"))
        .allSatisfy(command -> {
          Cli.Run empty = run((command + " --as ").split(" ", -1));
          assertThat(empty.code()).isEqualTo(ExitCode.USAGE);
          assertThat(empty.err()).startsWith("Found:    an empty word in place of a person\n");
        });
  }

  @Test
  void runGoesOnAsItsCaller() {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();

    Cli.Run on = Cli.in(rooms).typing("yes\ny\nand more\n").run("run", "--id", "case-1");

    assertThat(on.out()).contains("approved, by ana (by ").contains("ended     completed");
    assertThat(on.err())
        .contains("\"y\" is taken as the answer to no. 3.")
        .contains("case-1 has ended; \"and more\" was not sent.");
    assertThat(on.code()).isEqualTo(ExitCode.FAILED);
    Cli.Run over = Cli.in(rooms).typing("hi\n").run("run", "--id", "case-1");
    assertThat(over.err()).isEqualTo("case-1 has ended; \"hi\" was not sent.\n");
    assertThat(over.code()).isEqualTo(ExitCode.FAILED);
    Cli.in(rooms).run("run", "--id", "case-1").ok();
  }

  @Test
  void whatWasTypedBeforeTheQuestionIsNoConsent() {
    Cli.Run ahead =
        Cli.in(rooms)
            .onTerminal()
            .typing("A room\nyes\ny\n/event not_needed {\n/event nonsense 1\n/foo\n")
            .run("run", "--id", "case-1");

    assertThat(ahead.err())
        .contains("\"y\" was typed before the question was shown: it is taken as a message.")
        .contains("a payload that is not JSON")
        .contains("nonsense")
        .contains("There is no /foo; /help says what there is.");
    assertThat(rooms.resolve("bookings.txt")).doesNotExist();
  }

  @Test
  void othersTalkToTheOneThatIsUp() {
    try (Cli.Running up = Cli.in(rooms).start("up")) {
      up.sees("room-booking is up: ").sees("Ctrl-C stops it.");

      Cli.Run second = run("up");
      assertThat(second.code()).isEqualTo(ExitCode.BUSY);
      assertThat(second.err()).contains("another process that owns").contains("To mend:");

      Cli.Run start = run("start", "--id", "case-1", "--as", "ana", "A room").ok();
      assertThat(start.out()).contains("agent     Oak is free");
      up.sees("case-1  agent     Oak is free");
      assertThat(run("list", "--json").ok().out()).contains("\"instance\":\"case-1\"");
      assertThat(run("send", "case-1", "yes", "--as", "ana", "--no-wait", "--json").ok().out())
          .contains("\"seq\":");
      up.sees("case-1  agent     The booking is ready.");

      try (Cli.Running watch = Cli.in(rooms).start("watch", "case-1");
          Cli.Running all = Cli.in(rooms).start("watch")) {
        watch.sees("agent     The booking is ready.");
        all.awaitErr("Watching all instances");
        run("event", "case-1", "not_needed", "--as", "ana").ok();
        watch.sees("ended     completed, outcome not needed");
        assertThat(watch.ended().code()).isZero();
        all.sees("case-1  ended     completed, outcome not needed");
      }
      run("start", "--id", "case-2", "--as", "ana").ok();
      assertThat(run("cancel", "case-2", "enough").ok().out())
          .contains("Cancelled case-2")
          .contains("case-2 is cancelled");
      assertThat(run("verify-journal").ok().out()).contains("2 journals checked, all whole.");
    }
    assertThat(run("list", "--status", "cancelled").ok().out()).startsWith("case-2\t");
  }

  @Test
  void twoCommandsAtOnceBothSucceed() {
    try (Cli.Running one = Cli.in(rooms).start("start", "--id", "case-1", "--as", "ana", "A room");
        Cli.Running two = Cli.in(rooms).start("start", "--id", "case-2", "--as", "ben", "A room")) {
      assertThat(one.ended().ok().out()).contains("case-1 is waiting in Choose.");
      assertThat(two.ended().ok().out()).contains("case-2 is waiting in Choose.");
    }
    assertThat(run("list").ok().out()).contains("case-1\t").contains("case-2\t");
  }

  @Test
  void somebodyWhoRunsItSeesWhatOthersDo() {
    try (Cli.Running running = Cli.in(rooms).onTerminal().start("run", "--id", "case-1")) {
      running.sees("you> ").type("A room").sees("Shall I book it?").sees("you> ");

      run("event", "case-1", "not_needed").ok();

      running.sees("not_needed").sees("completed, outcome not needed");
      running.ended().ok();
    }
  }

  @Test
  void emptyListsAreSentences() {
    Cli.Run none = run("list").ok();
    assertThat(none.out()).isEmpty();
    assertThat(none.err())
        .isEqualTo("There is no instance that you may see. Start one: interlock run\n");
    assertThat(run("list", "--json").ok().out()).isEqualTo("[]\n");

    run("start", "--id", "case-1").ok();
    assertThat(run("list", "--escalated-from", "Choose").ok().err())
        .isEqualTo(
            "There is no instance with escalated from Choose that you may see. All of them: interlock list\n");
    assertThat(Cli.in(rooms).onTerminal().run("list").ok().out())
        .contains("INSTANCE  MACHINE       STATE   STATUS   SINCE")
        .containsPattern("case-1    room-booking  Choose  waiting  [0-9]+ s ago\n");
  }

  @Test
  void whoMayNotSeeAnInstanceIsToldOfNoneByAnyCommand() {
    run("start", "--id", "case-1", "--as", "ana@example.com").ok();

    Cli.Run list = run("list", "--as", "eve");
    assertThat(list.ok().err())
        .isEqualTo("There is no instance that eve may see. Start one: interlock run\n");
    try (Cli.Running up = Cli.in(rooms).start("up")) {
      up.sees("Ctrl-C stops it.");
      for (String command :
          List.of(
              "show",
              "journal",
              "watch",
              "document %s 0000",
              "send %s hello",
              "event %s not_needed",
              "approve %s 1@0123456789ab",
              "resolve %s 1 --happened",
              "resume %s Choose",
              "cancel",
              "fork")) {
        String line = command.contains("%s") ? command : command + " %s";
        Cli.Run hidden = run((line.formatted("case-1") + " --as eve").split(" "));
        Cli.Run none = run((line.formatted("case-2") + " --as eve").split(" "));

        assertThat(hidden.code()).as(command).isEqualTo(ExitCode.FAILED);
        assertThat(hidden.out() + hidden.err())
            .as(command)
            .contains("no instance case-1 that ")
            .doesNotContain("ana@")
            .isEqualTo((none.out() + none.err()).replace("case-2", "case-1"));
      }
    }
  }

  @Test
  void idThatWouldBeTakenForAnOptionIsRefused() {
    Cli.Run start = run("start", "--id=-x", "hello");

    assertThat(start.code()).isEqualTo(ExitCode.FAILED);
    assertThat(start.err())
        .startsWith("Rejected: found an id that is not usable, expected ")
        .contains("the first of them no -: choose another");
    assertThat(run("list").ok().out()).isEmpty();
  }

  @Test
  void cancellingWithoutAReasonSaysWhoDidIt() {
    run("start", "--id", "case-1", "--as", "ana").ok();
    run("start", "--id", "case-2", "--as", "ana").ok();

    assertThat(run("cancel", "case-1", "--as", "bob:operator").ok().out())
        .containsPattern("cancel +by bob \\(by .*\\)\n");
    assertThat(run("cancel", "case-2", "enough", "--as", "bob:operator").ok().out())
        .containsPattern("cancel +by bob \\(by .*\\): enough\n");
  }

  @Test
  void unknownStatusesAndStatesAreNoEmptyLists() {
    run("start", "--id", "case-1").ok();

    Cli.Run status = run("list", "--status", "wating");
    assertThat(status.code()).isEqualTo(ExitCode.USAGE);
    assertThat(status.err())
        .startsWith("Found:    the status `wating`\nExpected: one of running, waiting, ")
        .contains("did you mean `waiting`?");
    for (String option : List.of("--state", "--escalated-from")) {
      Cli.Run state = run("list", option, "Chose");
      assertThat(state.code()).isEqualTo(ExitCode.FAILED);
      assertThat(state.err()).contains("the state `Chose`").contains("did you mean `Choose`?");
    }
    assertThat(run("list", "--state", "Book").ok().err()).contains("no instance with state Book");
  }

  @Test
  void instancesThatEscalatedOutOfAStateAreOneCommandAway() {
    // Asked more often than the script has replies, the model is at its end.
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("send", "case-1", "yes", "--as", "ana").ok();
    run("send", "case-1", "another one", "--as", "ana").ok();
    Cli.Run last = run("send", "case-1", "and another", "--as", "ana").ok();
    assertThat(last.out())
        .contains("escalates from Book, reason model")
        .contains("interlock resume case-1 Book");

    assertThat(run("list", "--escalated-from", "Book").ok().out())
        .startsWith("case-1\troom-booking\tEscalate\tescalated\tBook\tmodel\t");
    Map<String, Object> shown = Json.parseObject(run("show", "case-1", "--json").ok().out());
    assertThat(Json.at(shown, "/escalated/reason")).isEqualTo("model");
    assertThat(Json.at(shown, "/escalated/ticket")).asString().startsWith("T-");

    Cli.Run refused = run("resume", "case-1", "Done");
    assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run("resume", "case-1", "Choose", "--grant", "turns=x").code())
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("resume", "case-1", "Choose", "--grant", "turns=5").ok().out())
        .contains("with 5 more turns");
    assertThat(run("resolve", "case-1", "1", "--happened").code()).isEqualTo(ExitCode.FAILED);
    assertThat(run("resolve", "case-1", "1").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void whatIsNotThereNamesTheCommandThatShowsWhatIs() {
    assertThat(List.of("show", "journal"))
        .allSatisfy(command -> {
          Cli.Run run = run(command, "case-9");
          assertThat(run.code()).isEqualTo(ExitCode.FAILED);
          assertThat(run.err()).contains("no instance case-9").contains("interlock list");
        });
    assertThat(run("watch").err()).contains("interlock up");
    assertThat(run("verify-journal").err()).contains("cases.db").contains("interlock run");
    Cli.Run send = run("send", "case-9", "hello");
    assertThat(send.code()).isEqualTo(ExitCode.FAILED);
    assertThat(send.err()).startsWith("Rejected: ").contains("case-9");
  }

  @Test
  void ownerThatHasAnotherMachineThanTheFolderIsSaidToHaveIt() throws Exception {
    Path machine = rooms.resolve("machine.yaml");
    String text = Files.readString(machine);
    try (Cli.Running up = Cli.in(rooms).start("up")) {
      up.sees("Ctrl-C stops it.");
      assertThat(run("start", "--id", "case-1", "--as", "ana").ok().err()).isEmpty();

      Files.writeString(machine, "# A comment.\n" + text);
      assertThat(run("list").ok().err()).isEmpty();

      Files.writeString(machine, text.replace("version: 1", "version: 2"));
      Pattern edited =
          Pattern.compile(
              "Note: machine.yaml was edited, and is version 2, [0-9a-f]{12} now; the process that"
                  + " owns the store goes on with what it was started with, version 1,"
                  + " [0-9a-f]{12}: stop that one, and start it again\n");
      for (String command : List.of("start --id case-2 --as ana", "list", "show case-1")) {
        assertThat(run(command.split(" ")).ok().err()).matches(edited);
      }
      assertThat(Cli.in(rooms).typing("").run("run", "--id", "case-3").ok().err()).matches(edited);

      Files.writeString(machine, text.replace("initial:", "inital:"));
      for (String command : List.of("start --id case-4 --as ana", "list", "show case-1")) {
        assertThat(run(command.split(" ")).ok().err())
            .startsWith("Note: machine.yaml does not load; the process that owns the store goes on")
            .endsWith(": `interlock check` shows why\n");
      }
      assertThat(Json.at(Json.parse(run("show", "case-4", "--json").ok().out()), "/instance"))
          .isEqualTo("case-4");
    }
  }
}
