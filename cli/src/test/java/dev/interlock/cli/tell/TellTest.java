package dev.interlock.cli.tell;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.output.Output;
import dev.interlock.core.engine.Engine.Answer;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Script;
import dev.interlock.testkit.InMemoryEngine;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.MemoryDesk;
import dev.interlock.testkit.ScriptedTools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * What people see of an instance, as golden texts: the machine is the one that {@code new} makes.
 */
class TellTest {
  private static final Principal ANA = new Principal("ana@example.com");
  private static final Principal OPERATOR = new Principal("root", List.of(Principal.OPERATOR));

  private final ManualClock clock = new ManualClock();
  private final ScriptedTools tools =
      new ScriptedTools()
          .answer("rooms.free", Map.of("rooms", List.of(Map.of("room", "oak", "seats", 8L))))
          .answer("rooms.book", Map.of("room", "oak", "number", 1L));
  private InMemoryEngine engine = engine("user");

  /** The machine that {@code new} makes; that role is asked whether the room is booked. */
  private InMemoryEngine engine(String role) {
    return new InMemoryEngine(
        List.of(machine(role)), new InMemoryEngine.Parts(clock, null, tools, new MemoryDesk()));
  }

  private static Machine machine(String role) {
    return machine(text -> text.replace("ask: user", "ask: " + role));
  }

  private static Machine machine(UnaryOperator<String> edit) {
    ToolLock lock =
        ToolLock.read("tools.lock", resource("/dev/interlock/cli/create/template/tools.lock"))
            .lock();
    return requireNonNull(
        MachineLoader.load(
                "machine.yaml",
                edit.apply(resource("/dev/interlock/cli/create/template/machine.yaml")),
                lock)
            .machine());
  }

  private static String template() {
    return resource("/dev/interlock/cli/create/template/machine.yaml");
  }

  private static String resource(String name) {
    try (InputStream in = requireNonNull(TellTest.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void start() {
    engine.start(ANA, "room-booking", "case-1", null, Map.of());
  }

  private void send(String text) {
    engine.send(ANA, "case-1", null, text);
    engine.settle();
  }

  private void reply(Object... script) {
    for (Object reply : script) {
      engine.reply("case-1", Script.reply(reply, engine.open("case-1").orElseThrow().number()));
      engine.settle();
    }
  }

  private static List<Object> call(String tool, Map<String, Object> with) {
    return List.of(Map.of("call", tool, "with", with));
  }

  private View view() {
    return engine.get(OPERATOR, "case-1").orElseThrow();
  }

  private ShowScreen screen() {
    return new ShowScreen(
        view(),
        engine.journal(OPERATOR, "case-1", 0),
        clock.instant(),
        ZoneOffset.UTC,
        new Typing("interlock", " -C rooms", role -> Optional.of("bob")));
  }

  private String shown() {
    Output output = Output.buffers(false, "").output();
    return String.join("\n", screen().lines(output)) + "\n";
  }

  private String story() {
    List<String> lines = new ArrayList<>();
    Narrator narrator = new Narrator();
    engine
        .journal(OPERATOR, "case-1", 0)
        .forEach(entry ->
            narrator
                .tell(entry)
                .forEach(line -> lines.add("%-11s%s".formatted(line.label(), line.text()))));
    return String.join("\n", lines) + "\n";
  }

  @Test
  void waitingForAMessage() {
    start();
    clock.tick(Duration.ofMinutes(3));

    assertThat(shown()).isEqualTo(resource("waiting.txt"));
  }

  @Test
  void parkedWithARefusalBefore() {
    bookingIsParked();
    clock.tick(Duration.ofMinutes(3));

    assertThat(shown()).isEqualTo(resource("parked.txt"));
    assertThat(story()).isEqualTo(resource("story.txt"));
  }

  private void bookingIsParked() {
    start();
    send("We are six, tomorrow at ten.");
    reply(call("rooms.free", Map.of()), "Oak has eight seats. Shall I book it?");
    send("Yes, on Eve's account.");
    reply(
        call("record", Map.of("room", "oak")),
        call("rooms.book", Map.of("room", "oak", "person", "eve@example.com")),
        call("rooms.book", Map.of("room", "oak")),
        "Please agree to the booking.");
  }

  @Test
  void whatIsOnlyObservedIsToldOnce() {
    engine =
        new InMemoryEngine(
            List.of(machine(text -> text.replace("\nversion:", "\nobserve: true\nversion:"))),
            new InMemoryEngine.Parts(clock, null, tools, new MemoryDesk()));
    start();
    send("Book oak on Eve's account.");
    reply(call("rooms.book", Map.of("room", "oak", "person", "eve@example.com")), "It is booked.");

    assertThat(story())
        .containsOnlyOnce("would be refused, by \"")
        .contains("observed 1 rooms.book")
        .contains("result 1   ");
  }

  @Test
  void endedAfterTheBooking() {
    bookingIsParked();
    Parked parked = view().instance().parked().getFirst();
    engine.answer(
        ANA, "case-1", null, new Answer(parked.number(), parked.hash(), "approved", Map.of()));
    engine.settle();

    assertThat(shown()).isEqualTo(resource("ended.txt"));
  }

  @Test
  void escalatedBecauseTheModelDoesNotAnswer() {
    start();
    send("Hello?");
    engine.fail("case-1", "the service is overloaded");
    engine.settle();

    assertThat(shown()).isEqualTo(resource("escalated.txt"));
  }

  @Test
  void reasonIsToldOnce() {
    start();
    send("Hello?");
    engine.fail("case-1", "the service is overloaded");
    engine.settle();

    assertThat(story())
        .contains("model      no reply: the service is overloaded\n")
        .contains("escalates  from Choose, reason model\n")
        .containsOnlyOnce("the service is overloaded");
  }

  @Test
  void whatIsWrittenToAPersonWhoTookOverIsShown() {
    start();
    send("Hello?");
    engine.fail("case-1", "the service is overloaded");
    engine.settle();
    send("Is anybody\nthere?");
    send("It is urgent.");

    assertThat(shown()).contains("\nWritten since\n  Is anybody there?\n  It is urgent.\n\n");
    assertThat(Json.at(Json.parseObject(Json.write(screen().json())), "/written"))
        .isEqualTo(List.of("Is anybody\nthere?", "It is urgent."));
  }

  @Test
  void whatTheCallerWroteSinceACallWasParkedIsShownToWhoeverDecides() {
    engine = engine("manager");
    bookingIsParked();
    send("Make it two.");

    assertThat(shown()).contains("\nWritten since\n  Make it two.\n");
  }

  @Test
  void callThatSeveralMustAllowSaysHowManyAreMissing() {
    engine = engine("manager\n    people: 2");
    bookingIsParked();
    assertThat(oneLine(shown())).contains("manager to allow call 4", "2 people needed; expires");
    assertThat(story()).contains("for manager (2 people) to allow");

    Parked parked = view().instance().parked().getFirst();
    Principal bob = new Principal("bob@example.com", List.of("manager"));
    engine.answer(
        bob, "case-1", null, new Answer(parked.number(), parked.hash(), "approved", Map.of()));
    engine.settle();

    assertThat(oneLine(shown()))
        .contains("1 more of 2 people needed, bob@example.com said yes; expires");
    assertThat(Json.at(Json.parseObject(Json.write(screen().json())), "/parked/0/asks/0/yes"))
        .isEqualTo(List.of("bob@example.com"));
  }

  private static String oneLine(String wrapped) {
    return wrapped.replaceAll("\\s+", " ");
  }

  @Test
  void unknownOutcomeSaysHowToSettleIt() {
    bookingIsParked();
    tools.answer("rooms.book", List.of(new ToolHost.Answer.Unknown("the connection broke")));
    Parked parked = view().instance().parked().getFirst();
    engine.answer(
        ANA, "case-1", null, new Answer(parked.number(), parked.hash(), "approved", Map.of()));
    engine.settle();
    engine.tick(Duration.ofMinutes(2));

    assertThat(shown()).isEqualTo(resource("unknown.txt"));
  }

  @Test
  void jsonHoldsTheSameAndTheWholeHash() {
    bookingIsParked();

    Map<String, Object> json = Json.parseObject(Json.write(screen().json()));

    assertThat(json)
        .containsEntry("instance", "case-1")
        .containsEntry("state", "Book")
        .containsEntry("status", "waiting")
        .containsEntry("fields", Map.of("room", "oak"));
    assertThat(Json.at(json, "/parked/0/hash"))
        .isEqualTo(view().instance().parked().getFirst().hash());
    assertThat(Json.at(json, "/parked/0/asks/0/role")).isEqualTo("user");
    assertThat(Json.at(json, "/calls/2/rule")).isEqualTo("set person");
    assertThat(Json.at(json, "/spent/turns")).isEqualTo(6L);
  }

  @Test
  void formIsShownAsFarAsItIsNotFilledAndToldByItsFields() {
    String form =
        template()
            .replace(
                "context:\n",
                "context:\n  day:   {type: date, source: user}\n  guests: {type: string, many: true, source: user}\n")
            .replaceFirst("record: \\[room\\]", "record: [room, day, guests]");
    ToolLock lock =
        ToolLock.read("tools.lock", resource("/dev/interlock/cli/create/template/tools.lock"))
            .lock();
    Machine machine = requireNonNull(MachineLoader.load("machine.yaml", form, lock).machine());
    engine =
        new InMemoryEngine(
            List.of(machine), new InMemoryEngine.Parts(clock, null, tools, new MemoryDesk()));
    start();
    assertThat(shown())
        .contains("send case-1 --fill day=VALUE --fill guests=VALUE --as ana@example.com -C rooms");

    engine.send(ANA, "case-1", null, "", Map.of("guests", List.of("eve")));
    engine.settle();
    reply("When?");

    assertThat(shown()).contains("send case-1 --fill day=VALUE --as ana@example.com -C rooms\n");
    assertThat(story())
        .contains("user        (by form: guests)\n", "field      guests += [\"eve\"]")
        .doesNotContain("is cleared");
  }

  @Test
  void onATerminalItIsPaintedAndOtherwiseTheSame() {
    bookingIsParked();
    Output output = Output.buffers(true, "").output();

    String painted = String.join("\n", screen().lines(output)) + "\n";

    assertThat(painted).contains("\033[1mWaits for\033[0m");
    assertThat(painted.replaceAll("\033\\[[0-9;]*m", "")).isEqualTo(shown());
  }
}
