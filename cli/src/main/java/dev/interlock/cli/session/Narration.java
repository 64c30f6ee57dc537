package dev.interlock.cli.session;

import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.tell.Line;
import java.util.List;

/**
 * Writes lines of a story to stdout: labels in a column, texts wrapped beside it on a terminal; one
 * line each when piped.
 *
 * @param named whether each line says which instance it is about
 */
public record Narration(Output output, boolean named) {
  private static final int LABEL = 10;

  /** Writes some lines. */
  public void write(List<Line> lines) {
    lines.forEach(this::write);
  }

  private void write(Line line) {
    String label = Text.oneLine(line.label());
    String start = named ? Text.oneLine(line.instance()) + "  " : "";
    int column = start.length() + LABEL;
    String gap = " ".repeat(Math.max(1, LABEL - label.length()));
    String painted = output.paint(line.kind().colour(), label) + gap;
    if (!output.terminal(Stream.OUT)) {
      output.line(start + painted + Text.oneLine(line.text()));
      return;
    }
    for (String part : Text.wrap(line.text(), Math.max(20, output.width() - column))) {
      output.line(start + painted + part);
      painted = " ".repeat(LABEL);
      start = " ".repeat(start.length());
    }
  }
}
