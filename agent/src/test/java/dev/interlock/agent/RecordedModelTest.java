package dev.interlock.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.ChatModelContract;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was recorded is played back, and nothing else. */
class RecordedModelTest extends ChatModelContract {
  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("replies.jsonl");
  }

  /** Records these replies to the question of the contract, in this order. */
  private RecordedModel recorded(Reply... replies) throws Exception {
    Deque<Reply> left = new ArrayDeque<>(List.of(replies));
    try (Recorder recorder = new Recorder(question -> left.remove(), file())) {
      for (int i = 0; i < replies.length; i++) {
        assertThat(recorder.ask(question("recorded-" + i))).isEqualTo(replies[i]);
      }
    }
    return played();
  }

  private RecordedModel played() throws Exception {
    return RecordedModel.parse("replies.jsonl", Files.readString(file()));
  }

  private static Reply text(String text) {
    return reply(Reply.Stop.END, new Reply.Text(text));
  }

  private static Reply reply(Reply.Stop stop, Reply.Part... parts) {
    Reply.Usage usage = new Reply.Usage(30, 5, new BigDecimal("0.000071"));
    return new Reply(List.of(parts), stop, "model-1", usage);
  }

  @Override
  protected ChatModel greeting() throws Exception {
    return recorded(text("Good morning."));
  }

  @Override
  protected ChatModel calling() throws Exception {
    return recorded(
        reply(
            Reply.Stop.CALLS,
            new Reply.Text("One moment."),
            new Reply.Call("c1", "it__find_user", Json.write(ARGUMENTS)),
            new Reply.Text("And another."),
            new Reply.Call("c2", "record", "{}")));
  }

  @Override
  protected ChatModel failing() throws Exception {
    Files.createFile(file());
    return played();
  }

  @Override
  protected String findUser() {
    return "it__find_user";
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Test
  void replyIsTheSameInEveryPart() throws Exception {
    Reply reply =
        reply(
            Reply.Stop.LENGTH,
            new Reply.Opaque("anthropic", "{\"thinking\":\"hm\"}"),
            new Reply.Text("ä\n\"🦊"),
            new Reply.Call("", "", "no JSON"));

    assertThat(recorded(reply).ask(question("b"))).isEqualTo(reply);
  }

  @Test
  void eachInstanceGetsTheNextReplyToTheSameQuestionAndTheSameAgain() throws Exception {
    RecordedModel model = recorded(text("One."), text("Two."));

    assertThat(model.ask(question("a"))).isEqualTo(text("One."));
    assertThat(model.ask(question("b"))).isEqualTo(text("Two."));
    assertThat(model.ask(question("a"))).isEqualTo(text("One."));
    assertThat(model.ask(question("c"))).isEqualTo(text("One."));
  }

  @Test
  void otherQuestionIsNotAnsweredAndSaysWhatDiffers() throws Exception {
    RecordedModel model = recorded(text("One."));
    Question same = question("a");
    Question otherGoal = new Question("a", 1, same.state(), "Else.", same.tools(), same.messages());
    Question otherTools =
        new Question("a", 1, same.state(), same.system(), List.of(), same.messages());
    Question otherState = new Question("a", 1, "Act", same.system(), same.tools(), same.messages());
    Question more =
        new Question(
            "a",
            2,
            same.state(),
            same.system(),
            same.tools(),
            List.of(same.messages().getFirst(), new Question.Said(List.of("More"))));

    assertThat(failure(model, otherGoal)).contains("its system text differs");
    assertThat(failure(model, otherTools)).contains("its tools differ");
    assertThat(failure(model, otherState)).contains("it was asked in CollectRequirements");
    assertThat(failure(model, more))
        .startsWith("question 2 of `a` in CollectRequirements is not in replies.jsonl, which has 1")
        .contains("its message 2 of 2 differs");
  }

  private static String failure(ChatModel model, Question question) {
    try {
      throw new AssertionError(model.ask(question));
    } catch (ModelException e) {
      assertThat(e.retryable()).isFalse();
      return String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void fileHoldsNothingOfTheQuestionAndIsItsOwnersAlone() throws Exception {
    recorded(text("Yes."));

    assertThat(Files.readString(file()))
        .doesNotContain("Good morning", "You help people")
        .contains("Yes.");
    assertThat(Files.getPosixFilePermissions(file()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void failuresAreNotRecorded() throws Exception {
    Recorder recorder =
        new Recorder(
            question -> {
              throw new ModelException("overloaded", true, null, null);
            },
            file());

    assertThatThrownBy(() -> recorder.ask(question("a"))).hasMessage("overloaded");
    assertThat(file()).isEmptyFile();
  }

  @Test
  void lineThatIsNoExchangeIsNamed() {
    for (String line : List.of("{}", "no JSON", "{\"asked\":{},\"reply\":{}}", "[]")) {
      assertThatThrownBy(() -> RecordedModel.parse("replies.jsonl", "\n" + line))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("replies.jsonl:2: found a line that is no recorded exchange");
    }
  }
}
