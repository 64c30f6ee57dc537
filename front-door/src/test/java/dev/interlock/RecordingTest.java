package dev.interlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a folder's model replied is recorded, and played back without it. */
class RecordingTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Principal ANA = new Principal("ana");

  @TempDir private Path folder;

  @BeforeEach
  void write() throws Exception {
    Files.writeString(
        folder.resolve("machine.yaml"),
        """
        machine: talk
        version: 1
        context: {topic: {type: string, source: agent}}
        initial: Talk
        states:
          Talk: {goal: Talk., record: [topic], idle: {P2D: Escalate}}
          Escalate: {type: escalation, resume: [Talk]}
        anywhere:
          over: {default: Escalate}
        """);
    Files.writeString(
        folder.resolve("script.yaml"),
        """
        replies:
          - [{say: Hello.}, {call: record, with: {topic: greetings}}]
          - How are you?
          - So am I.
        """);
    model("{scripted: script.yaml}");
  }

  private void model(String model) throws Exception {
    Files.writeString(folder.resolve("interlock.yaml"), "model: " + model + "\n");
  }

  private MachineFolder read() {
    return MachineFolder.read(folder).orThrow();
  }

  private static Instance talk(Interlock interlock, String id, String... texts) {
    Session ana = interlock.as(ANA);
    interlock.engine().start(ANA, "talk", id, null, Map.of());
    for (String text : texts) {
      ana.send(id, text);
      ana.untilRest(id, LIMIT);
    }
    return interlock.engine().get(ANA, id).orElseThrow().instance();
  }

  private static List<String> said(Interlock interlock, String id) {
    return interlock.as(ANA).conversation(id).stream().map(Session.Line::text).toList();
  }

  @Test
  void conversationIsPlayedBackAndAnotherOneIsNot() throws Exception {
    MachineFolder recorded = read();
    recorded = recorded.with(recorded.configuration().recordedTo(folder.resolve("replies.jsonl")));
    List<String> said;
    try (Interlock interlock = Interlock.open(recorded, Clock.systemUTC())) {
      talk(interlock, "first", "Good morning", "Fine");
      said = said(interlock, "first");
    }
    assertThat(Files.readAllLines(folder.resolve("replies.jsonl"))).hasSize(3);
    model("{recorded: replies.jsonl}");

    try (Interlock interlock = Interlock.open(read(), Clock.systemUTC())) {
      talk(interlock, "second", "Good morning", "Fine");
      Instance other = talk(interlock, "third", "Good evening");

      assertThat(said(interlock, "second")).isEqualTo(said).contains("So am I.");
      assertThat(Objects.requireNonNull(other.escalated()).reason()).isEqualTo(Reason.MODEL);
      assertThat(Objects.requireNonNull(other.escalated()).detail())
          .contains("is not in replies.jsonl", "its message 1 of 1 differs");
    }
  }

  @Test
  void recordingThatIsNotThereOrIsNoneIsNamed() throws Exception {
    model("{recorded: replies.jsonl}");
    assertThatThrownBy(() -> Interlock.open(read(), Clock.systemUTC()).close())
        .isInstanceOf(MachineFolderException.class)
        .hasMessageContaining("interlock.yaml:1:19")
        .hasMessageContaining("the recording replies.jsonl, which is not there");
    Files.writeString(folder.resolve("replies.jsonl"), "{}\n");
    assertThatThrownBy(() -> Interlock.open(read(), Clock.systemUTC()).close())
        .isInstanceOf(MachineFolderException.class)
        .hasMessageContaining("replies.jsonl:1: found a line that is no recorded exchange");
  }
}
