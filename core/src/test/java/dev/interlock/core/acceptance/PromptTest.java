package dev.interlock.core.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Decision;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.State;
import dev.interlock.core.prompt.Prompt;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Sight;
import dev.interlock.core.prompt.Transcript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What models are asked, word by word: DESIGN 3.3. Each journey of {@code prompts.yaml} ends with a
 * question, which {@code prompts/NAME.txt} shows; {@code -Dfixtures.write=true} writes them.
 */
class PromptTest {
  private static final Path FOLDER = Path.of("src/test/resources/prompts");
  private static final int LONGEST = 400;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "beginning",
        "missing",
        "parked",
        "later",
        "large",
        "forged",
        "said",
        "documents",
        "unseen",
        "summing",
        "summed",
        "anew"
      })
  void questionIsAsked(String name) throws IOException {
    Map<String, Object> journeys = Cases.mapping("../prompts/journeys.yaml");
    Map<String, Object> written = Cases.map(Objects.requireNonNull(journeys.get(name), name));
    Journey journey =
        new Journey(name, Machines.of((String) Objects.requireNonNull(written.get("machine"))));
    journey.play(Map.of("start", Map.of()));
    Map<String, Question> first = new HashMap<>();
    for (Object step : Cases.list(written.get("steps"))) {
      assertThat(journey.play(Cases.map(step)))
          .as("%s\n%s", step, journey.told())
          .isInstanceOf(Decision.Accepted.class);
      if (journey.machine().state(journey.instance().state()) instanceof State.Agent) {
        Question question = question(journey);
        String kind = question.state() + (question.summary() ? ", summed up" : "");
        Question before = first.putIfAbsent(kind, question);
        if (before != null) {
          assertThat(question.system()).isEqualTo(before.system());
          assertThat(question.tools()).isEqualTo(before.tools());
        }
      }
    }
    Path expected = FOLDER.resolve(name + ".txt");
    String found = shown(question(journey));
    if (Boolean.getBoolean("fixtures.write")) {
      Files.writeString(expected, found);
    }

    assertThat(found).isEqualTo(Files.readString(expected));
  }

  /** The conversation has documents of fields that another version of the machine has not. */
  @Test
  void documentOfAFieldThatIsGoneIsNotShown() {
    Journey journey = new Journey("migrated", Machines.of("documents"));
    Map<String, Object> renamed = new LinkedHashMap<>(); // one after the other
    renamed.put("photo", "picture");
    renamed.put("set: {picture:", "set: {photo:");
    for (Map<String, Object> step :
        List.<Map<String, Object>>of(
            Map.of("start", Map.of()),
            Map.of(
                "user",
                "look",
                "documents",
                Map.of("photo", List.of(Map.of("name", "a.png", "is", "image/png", "size", 300L)))),
            Map.of("reply", List.of(Map.of("call", "it.look"))),
            Map.of("returns", Map.of()),
            Map.of("reply", "Seen."),
            Map.of("migrate", renamed),
            Map.of("user", "and now?"))) {
      assertThat(journey.play(step)).isInstanceOf(Decision.Accepted.class);
    }

    assertThat(question(journey).messages().toString())
        .contains("photo = \"a.png\"", "not shown: it was replaced or taken out");
  }

  private static Question question(Journey journey) {
    Transcript transcript = Transcript.EMPTY;
    for (var entry : journey.entries()) {
      transcript = transcript.plus(entry);
    }
    Sight sight =
        new Sight(document -> !document.mediaType().endsWith("jpeg"), hash -> new byte[] {1});
    return Prompt.question(
        journey.machine(), journey.instance(), transcript, journey.results()::get, sight);
  }

  // ---- as text

  private static String shown(Question question) {
    StringBuilder text = new StringBuilder("==== system\n").append(question.system());
    for (Question.ToolSpec tool : question.tools()) {
      text.append("==== tool ").append(tool.name()).append("\n");
      text.append(tool.description()).append('\n');
      text.append(Json.write(new LinkedHashMap<>(tool.schema()))).append('\n');
    }
    for (Question.Message message : question.messages()) {
      switch (message) {
        case Question.Said(List<String> texts, List<Attachment> documents) -> {
          documents.forEach(
              one -> text.append("==== document ").append(one.document().name()).append('\n'));
          texts.forEach(said -> text.append("==== said\n").append(shortened(said)));
        }
        case Question.Replied(List<Reply.Part> parts) -> {
          text.append("==== replied\n");
          parts.forEach(part -> text.append(shown(part)).append('\n'));
        }
        case Question.Results(List<Question.Result> results) ->
            results.forEach(result ->
                text.append("==== result of ")
                    .append(result.call())
                    .append(result.error() ? ", an error\n" : "\n")
                    .append(shortened(result.text())));
      }
    }
    return text.toString();
  }

  private static String shown(Reply.Part part) {
    return switch (part) {
      case Reply.Text(String text) -> text;
      case Reply.Call call -> "%s: %s %s".formatted(call.id(), call.tool(), call.arguments());
      case Reply.Opaque opaque -> opaque.data();
    };
  }

  /** The beginning and the end of a long text. */
  private static String shortened(String text) {
    String whole = text.endsWith("\n") ? text : text + "\n";
    return whole.length() <= 2 * LONGEST
        ? whole
        : "%s⟨%,d characters⟩%s"
            .formatted(
                whole.substring(0, 60),
                whole.length() - 60 - LONGEST,
                whole.substring(whole.length() - LONGEST));
  }
}
