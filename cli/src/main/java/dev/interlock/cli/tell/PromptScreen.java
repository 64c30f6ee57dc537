package dev.interlock.cli.tell;

import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Text;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a model was asked, for people or as JSON. */
public final class PromptScreen {
  private final Question question;

  public PromptScreen(Question question) {
    this.question = question;
  }

  /** As JSON, in the words of the question. */
  public Object json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("tokens", Price.tokens(question));
    json.putAll(Json.parseObject(JournalJson.write(Question.class, question)));
    return json;
  }

  /** Each part of it under a heading, in the order in which the model reads it. */
  public List<String> lines(Output output) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, in %s, about %,d tokens"
            .formatted(
                question.summary()
                    ? "The model was asked for a summary in turn " + question.turn()
                    : "The question of turn " + question.turn(),
                question.state(),
                Price.tokens(question)));
    part(output, lines, "system", question.system());
    for (Question.ToolSpec tool : question.tools()) {
      String schema = Json.write(tool.schema());
      part(output, lines, "tool " + tool.name(), tool.description() + "\n" + schema);
    }
    for (Question.Message message : question.messages()) {
      switch (message) {
        case Question.Said said -> said.texts().forEach(text -> part(output, lines, "said", text));
        case Question.Replied replied ->
            replied.parts().forEach(it -> part(output, lines, "replied", text(it)));
        case Question.Results results ->
            results
                .results()
                .forEach(it ->
                    part(
                        output,
                        lines,
                        (it.error() ? "error of " : "result of ") + it.call(),
                        it.text()));
      }
    }
    return lines;
  }

  private static String text(Reply.Part part) {
    return switch (part) {
      case Reply.Text(String text) -> text;
      case Reply.Call call -> "%s: %s %s".formatted(call.id(), call.tool(), call.arguments());
      case Reply.Opaque opaque -> "(data of %s)".formatted(opaque.provider());
    };
  }

  private static void part(Output output, List<String> lines, String heading, String text) {
    lines.add("");
    lines.add(output.paint(Colour.FAINT, "== " + Text.oneLine(heading)));
    lines.addAll(Text.safe(text).strip().lines().toList());
  }
}
