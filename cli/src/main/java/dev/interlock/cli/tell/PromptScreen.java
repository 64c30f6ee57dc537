package dev.interlock.cli.tell;

import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Text;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.Prompted;
import dev.interlock.core.prompt.Question;
import java.util.ArrayList;
import java.util.List;

/** What a model was asked, for people or as JSON. */
public final class PromptScreen {
  private final Prompted prompted;

  public PromptScreen(Prompted prompted) {
    this.prompted = prompted;
  }

  /** As JSON, in the words of the prompted. */
  public Object json() {
    return Json.parseObject(JournalJson.write(Prompted.class, prompted));
  }

  /** Each part of it under a heading, in the order in which the model reads it. */
  public List<String> lines(Output output) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, in %s, about %,d tokens"
            .formatted(
                prompted.summary()
                    ? "The model was asked for a summary in turn " + prompted.turn()
                    : "The question of turn " + prompted.turn(),
                prompted.state(),
                prompted.tokens()));
    part(output, lines, "system", prompted.system());
    for (Question.ToolSpec tool : prompted.tools()) {
      String schema = Json.write(tool.schema());
      part(output, lines, "tool " + tool.name(), tool.description() + "\n" + schema);
    }
    prompted.parts().forEach(it -> part(output, lines, it.what(), it.text()));
    return lines;
  }

  private static void part(Output output, List<String> lines, String heading, String text) {
    lines.add("");
    lines.add(output.paint(Colour.FAINT, "== " + Text.oneLine(heading)));
    lines.addAll(Text.safe(text).strip().lines().toList());
  }
}
