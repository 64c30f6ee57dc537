package dev.interlock.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.ChatModelContract;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptedModelTest extends ChatModelContract {
  private static final String SCRIPT =
      """
      replies:
        - Good morning.
        - - say: One moment.
          - call: it.find_user
            with: {email: eve@example.com}
      instances:
        device-1: [For you., Only for you.]
      """;

  @Override
  protected ChatModel greeting() {
    return ScriptedModel.parse("script.yaml", SCRIPT);
  }

  @Override
  protected ChatModel calling() {
    return ScriptedModel.parse(
        "script.yaml",
        """
        instances:
          a:
            - - say: One moment.
              - call: it.find_user
                with: %s
              - say: And another.
              - call: record
        """
            .formatted(Json.write(ARGUMENTS)));
  }

  @Override
  protected ChatModel failing() {
    return ScriptedModel.parse("script.yaml", "replies: []\n");
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Override
  protected String findUser() {
    return "it.find_user";
  }

  private static Question ask(String instance, long number) {
    Question first = question(instance);
    return new Question(
        instance, number, first.state(), first.system(), first.tools(), first.messages());
  }

  @Test
  void replyIsChosenByInstanceAndNumberHoweverOftenItIsAsked() throws Exception {
    ChatModel model = greeting();

    assertThat(model.ask(ask("other", 2))).isEqualTo(model.ask(ask("other", 2)));
    assertThat(model.ask(ask("other", 1)).parts()).containsExactly(new Reply.Text("Good morning."));
    assertThat(model.ask(ask("device-1", 2)).parts())
        .containsExactly(new Reply.Text("Only for you."));
  }

  @Test
  void summaryIsTheScriptsAndRepliesAreCountedByTurn() throws Exception {
    ChatModel model = ScriptedModel.parse("script.yaml", "summary: They met.\n" + SCRIPT);
    Question first = question("device-1");
    Question summary =
        new Question("device-1", 2, 2, true, "S", "Sum it up.", List.of(), first.messages());
    Question again =
        new Question("device-1", 3, 2, false, "S", "", first.tools(), first.messages());

    assertThat(model.ask(summary).parts()).containsExactly(new Reply.Text("They met."));
    assertThat(model.ask(again).parts()).containsExactly(new Reply.Text("Only for you."));
    assertThat(greeting().ask(summary).parts()).hasSize(1);
  }

  @Test
  void questionBeyondTheScriptSaysWhereAReplyIsMissing() {
    ChatModel model = greeting();

    assertThatThrownBy(() -> model.ask(ask("device-1", 3)))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "question 3 of `device-1` has no reply in script.yaml: `instances: device-1` has 2;"
                + " add one, or let the machine end sooner");
    assertThatThrownBy(() -> model.ask(ask("other", 3))).hasMessageContaining("`replies` has 2");
  }

  @Test
  void everythingWrongIsNamedWithItsPlace() {
    String script =
        """
        replies:
          - 7
          - - say: fine
            - cal: it.find_user
        instances:
          device-1: hello
        repliez: []
        """;

    assertThatThrownBy(() -> ScriptedModel.parse("script.yaml", script))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .satisfies(message ->
            assertThat(List.of(message.split("\n")))
                .hasSize(4)
                .anyMatch(line -> line.startsWith("script.yaml:2:5: found the number 7"))
                .anyMatch(line -> line.startsWith("script.yaml:3:5: found a list"))
                .anyMatch(line -> line.startsWith("script.yaml:6:13: found the text"))
                .anyMatch(line -> line.startsWith("script.yaml:7:1: found the key `repliez`")));
  }

  @Test
  void textThatIsNoYamlIsNamedWithItsPlace() {
    assertThatThrownBy(() -> ScriptedModel.parse("script.yaml", "replies: [\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("script.yaml:");
  }
}
