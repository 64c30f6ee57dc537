package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine that {@code new} makes: what somebody does with it in the first five minutes. */
class FirstMachineTest {
  @TempDir private Path here;
  private Path rooms;

  @BeforeEach
  void make() {
    Cli.in(here).run("new", "rooms").ok();
    rooms = here.resolve("rooms");
  }

  @Test
  void newSaysWhatItMadeAndWhatToTypeNext() {
    Cli.Run piped = Cli.in(here).run("new", "more/rooms").ok();
    Cli.Run terminal = Cli.in(here).onTerminal().run("new", "third").ok();
    Cli.Run json = Cli.in(here).run("new", "fourth", "--json").ok();

    assertThat(piped.out())
        .contains("Made " + here.resolve("more/rooms"))
        .contains("  machine.yaml\n")
        .contains("  interlock test -C more/rooms")
        .contains("  interlock run -C more/rooms")
        .doesNotContain("\033[");
    assertThat(terminal.out()).contains("\033[1m  interlock run -C third\033[0m");
    assertThat(Json.parseObject(json.out()))
        .containsEntry("folder", here.resolve("fourth").toString());
    assertThat(rooms.resolve(".gitignore")).exists();
  }

  @Test
  void newWritesOverNothing() throws Exception {
    Files.writeString(rooms.resolve("machine.yaml"), "mine");

    Cli.Run run = Cli.in(here).run("new", "rooms");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("which is not empty").contains("To mend:  choose another name");
    assertThat(rooms.resolve("machine.yaml")).hasContent("mine");
  }

  @Test
  void newInAFileIsAnErrorWithItsReason() throws Exception {
    Files.writeString(here.resolve("file"), "");

    Cli.Run run = Cli.in(here).run("new", "file/rooms");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("cannot be written").contains("To mend:");
  }

  @Test
  void checkSaysThatItLoadsAndNoMore() {
    Cli.Run run = Cli.in(here).run("check", "-C", "rooms").ok();
    Cli.Run json = Cli.in(rooms).run("check", "--json").ok();

    assertThat(run.out())
        .startsWith("room-booking version 1 loads: 6 states, 2 tools, 2 fields, 2 rules.\n")
        .contains("All that a run can do was looked at: ");
    assertThat(Json.parseObject(json.out()))
        .containsEntry("loads", true)
        .containsEntry("machine", "room-booking")
        .containsEntry("problems", List.of());
  }

  @Test
  void scenariosPassAndEveryWayIsTaken() {
    Cli.Run run = Cli.in(rooms).run("test").ok();

    assertThat(run.out())
        .contains("pass  A room is booked once the person agrees  scenarios/booking.yaml\n")
        .contains("3 scenarios: 3 passed, 0 failed.")
        .contains("Never taken by any scenario:");
    assertThat(Cli.in(rooms).run("test", "silence").ok().out())
        .contains("1 scenario: 1 passed, 0 failed.")
        .doesNotContain("Never taken");
    assertThat(Json.parseObject(Cli.in(rooms).run("test", "--json").ok().out()))
        .containsEntry("passed", true)
        .containsKey("neverTaken");
  }

  @Test
  void failedScenarioIsShownWithItsPlace() throws Exception {
    Path scenario = rooms.resolve("scenarios/silence.yaml");
    Files.writeString(
        scenario, Files.readString(scenario).replace("state: GiveUp", "state: Escalate"));

    Cli.Run run = Cli.in(rooms).run("test", "silence");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).contains("FAIL  Nobody answers for a day").contains("0 passed, 1 failed");
    assertThat(run.err())
        .contains("scenarios/silence.yaml:10:")
        .contains("GiveUp")
        .contains("Escalate");
  }

  @Test
  void failedScenarioTellsWhatLedThere() throws Exception {
    Path scenario = rooms.resolve("scenarios/booking.yaml");
    Files.writeString(
        scenario,
        """
        scenario: two tools
        caller: ana@example.com
        tools: {rooms.free: [{returns: {}}]}
        steps:
          - user: A room, please.
          - expect: {waits: model}
          - model: [{say: Let me see.}, {call: rooms.free}, {call: rooms.book, with: {room: oak}}]
          - expect: {calls: [rooms.free, rooms.book]}
        """);

    Cli.Run run = Cli.in(rooms).run("test", "booking");
    Cli.Run json = Cli.in(rooms).run("test", "booking", "--json");

    assertThat(run.err())
        .contains("scenarios/booking.yaml:8:")
        .contains("  Before it, since the last expect:\n    agent      Let me see.\n")
        .contains("    refused 2  rooms.book {\"room\":\"oak\"}, by \"state Choose\": ")
        .contains("\n    call 1     rooms.free\n    result 1   {}\n")
        .doesNotContain("A room, please.");
    assertThat(Json.at(Json.parse(json.out()), "/scenarios/0/since/0"))
        .isEqualTo("agent: Let me see.");
  }

  @Test
  void failedScenarioTellsWhatLedThereAlsoBeforeTheLastExpect() throws Exception {
    Files.writeString(
        rooms.resolve("scenarios/booking.yaml"),
        """
        scenario: nobody is asked
        caller: ana@example.com
        steps:
          - user: A room, please.
          - model: [{call: rooms.book, with: {room: oak}}]
          - model: Please agree.
          - expect: {status: waiting}
          - answer: {as: ana@example.com, say: approved}
        """);

    assertThat(Cli.in(rooms).run("test", "booking").err())
        .contains("  Nothing since the last expect; before it:\n")
        .contains("    refused 1  rooms.book ");
  }

  /** README's first five minutes: its rule and its scenario, as they stand there. */
  @Test
  void policyOfTheReadmeIsKept() throws Exception {
    List<String> blocks =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../README.md")))
            .results()
            .map(block -> block.group(1))
            .toList();
    Path machine = rooms.resolve("machine.yaml");
    Files.writeString(
        machine, Files.readString(machine).replace("rules: ", "rules:\n" + blocks.get(0) + "# "));
    Files.writeString(rooms.resolve("scenarios/board.yaml"), blocks.get(1));

    assertThat(Cli.in(rooms).run("test").err()).contains("scenarios/booking.yaml:");
    assertThat(Cli.in(rooms).run("test", "board").ok().out()).contains("1 passed, 0 failed");
    Cli.Run run =
        Cli.in(rooms).typing("A room.\nYes.\n").run("run", "--id", "case-1", "--as", "ana");
    assertThat(run.out()).contains("oak is for the board");
    assertThat(rooms.resolve("bookings.txt")).doesNotExist();
  }

  @Test
  void scenarioThatIsNotThereNamesThoseThatAre() {
    Cli.Run run = Cli.in(rooms).run("test", "bookig");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("no scenario whose file name has bookig")
        .contains("booking.yaml");
  }

  @Test
  void lockIsWhatItsServerOffers() throws Exception {
    assertThat(Cli.in(rooms).run("lock", "--check").ok().out())
        .isEqualTo("2 tools locked; nothing changed.\n");

    Path server = rooms.resolve("server/Rooms.java");
    Files.writeString(
        server, Files.readString(server).replace("Books a room for a person.", "Books a room."));
    Path machine = rooms.resolve("machine.yaml");
    Files.writeString(
        machine, Files.readString(machine).replace("  rooms.free: {effect: read}\n", ""));

    Cli.Run check = Cli.in(rooms).run("lock", "--check");
    Cli.Run lock = Cli.in(rooms).run("lock", "--json").ok();
    Cli.Run terminal = Cli.in(rooms).onTerminal().run("lock").ok();

    assertThat(check.code()).isEqualTo(1);
    assertThat(check.out()).contains("changed  rooms.book\n").contains("removed  rooms.free\n");
    assertThat(Json.parseObject(lock.out()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "tools", 1L,
                "added", List.of(),
                "changed", List.of("rooms.book"),
                "removed", List.of("rooms.free"),
                "warnings", List.of(),
                "written", true));
    assertThat(terminal.out()).contains("nothing changed");
    assertThat(terminal.err()).contains("asking the server rooms");
  }

  @Test
  void lockNamesAToolThatIsNotOffered() throws Exception {
    Path machine = rooms.resolve("machine.yaml");
    Files.writeString(machine, Files.readString(machine).replace("rooms.free", "rooms.fre"));

    Cli.Run run = Cli.in(rooms).run("lock");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("machine.yaml:10:3: found the tool `rooms.fre`")
        .contains("did you mean `rooms.free`?");
  }

  @Test
  void lockOfAServerThatDoesNotStartSaysSo() throws Exception {
    Path configuration = rooms.resolve("interlock.yaml");
    Files.writeString(
        configuration,
        Files.readString(configuration).replace("server/Rooms.java", "server/None.java"));

    Cli.Run run = Cli.in(rooms).run("lock");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("rooms");
  }

  @Test
  void oneRunsItWithoutAKeyAndAgreesToTheBooking() throws Exception {
    Cli.Run run =
        Cli.in(rooms)
            .typing("We are six, tomorrow at ten.\nYes please.\ny\n")
            .run("run", "--id", "case-1", "--as", "ana@example.com")
            .ok();

    assertThat(run.out())
        .contains("user      We are six, tomorrow at ten. (typed by ")
        .contains("call 1    rooms.free\n")
        .contains("agent     Oak is free tomorrow at ten")
        .contains("field     room = oak")
        .contains("state     Book")
        .contains("for user to allow rooms.book {\"person\":\"ana@example.com\",\"room\":\"oak\"}")
        .contains("approved, by ana@example.com (by ")
        .contains("ended     completed, outcome booked")
        .contains("case-1 is completed in Done.")
        .doesNotContain("\033[");
    assertThat(rooms.resolve("bookings.txt")).hasContent("oak for ana@example.com");

    assertThat(Cli.in(rooms).run("list").ok().out())
        .startsWith("case-1\troom-booking\tDone\tcompleted\t\t\t");
    assertThat(Cli.in(rooms).run("show", "case-1").ok().out())
        .contains("case-1  Done  completed, outcome booked")
        .contains("rooms.book {\"person\":\"ana@example.com\",\"room\":\"oak\"}");
    assertThat(Cli.in(rooms).run("verify-journal").ok().out())
        .contains("whole   case-1")
        .contains("1 journal checked, all whole.");
    List<String> journal = Cli.in(rooms).run("journal", "case-1").ok().out().lines().toList();
    assertThat(journal).allSatisfy(line -> assertThat(Json.parseObject(line)).containsKey("seq"));
    assertThat(Cli.in(rooms).run("journal", "case-1", "--story").ok().out())
        .contains("agent     Oak is free");
  }

  @Test
  void onATerminalItPromptsAndTakesANo() throws Exception {
    Files.createDirectory(here.resolve("fast"));
    Path fast = FastServer.rooms(here.resolve("fast"));
    try (Cli.Running run = Cli.in(fast).onTerminal().start("run", "--id", "case-2")) {
      run.sees("Leave with Ctrl-D").sees("you> ");
      run.type("A room for six").sees("Shall I book it?").sees("you> ");
      run.type("/show").sees("Waits for").sees("you> ");
      run.type("yes").sees("waits 3").sees("allow it? [y/n, or write] ");
      run.type("n").sees("was rejected").sees("As you wish.").sees("you> ");
      run.type("/nonsense").sees("you> ");
      run.type("/help").sees("you> ");
      run.endInput();

      Cli.Run ended = run.ended().ok();
      assertThat(ended.out())
          .contains("case-2 is waiting in Book.")
          .contains("interlock run --id case-2");
      assertThat(ended.err()).contains("There is no /nonsense").contains("/cancel WHY");
    }
    assertThat(fast.resolve("bookings.txt")).doesNotExist();
  }
}
