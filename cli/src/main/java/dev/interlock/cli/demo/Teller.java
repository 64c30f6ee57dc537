package dev.interlock.cli.demo;

import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.tell.Line;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tells the story on stdout, at a pace that can be read on a terminal and at once where it is
 * piped.
 */
final class Teller {
  private static final Duration LINE = Duration.ofMillis(160);
  private static final Duration CHAPTER = Duration.ofMillis(900);
  private static final int NAME_WIDTH = 10;
  private static final int LABEL_WIDTH = 12;

  private final Output output;
  private int chapter;

  Teller(Output output) {
    this.output = output;
  }

  /** The heading of what comes next. */
  void chapter(String heading) throws InterruptedException {
    chapter++;
    pause(chapter == 1 ? LINE : CHAPTER);
    if (output.json()) {
      output.value(Map.of("chapter", chapter, "heading", heading));
      return;
    }
    output.line("");
    output.line(output.paint(Colour.BOLD, chapter + "  " + heading));
    pause(LINE);
  }

  /** What the one who tells says. */
  void say(String text) throws InterruptedException {
    if (output.json()) {
      output.value(Map.of("text", text));
      return;
    }
    for (String line : Text.wrap(text, Math.min(output.width(), 110) - 3)) {
      output.line(line.isEmpty() ? "" : "   " + line);
    }
    pause(LINE);
  }

  /** A command to type: on a line of its own, whatever its length. */
  void type(String command) {
    if (output.json()) {
      output.value(Map.of("type", command));
    } else {
      output.line("     " + command);
    }
  }

  /** What somebody does or what happens to their case. */
  void line(String name, Colour colour, String label, String text) throws InterruptedException {
    if (output.json()) {
      output.value(Map.of("who", name, "what", label, "text", text));
      return;
    }
    int indent = 3 + NAME_WIDTH + LABEL_WIDTH;
    List<String> lines = Text.wrap(text, Math.max(30, Math.min(output.width(), 120) - indent));
    String start =
        "   "
            + output.paint(Colour.BOLD, padded(name, NAME_WIDTH - 1))
            + " "
            + output.paint(colour, padded(label, LABEL_WIDTH - 1))
            + " ";
    for (int i = 0; i < lines.size(); i++) {
      output.line((i == 0 ? start : " ".repeat(indent)) + lines.get(i));
    }
    pause(LINE);
  }

  /** A line of a case's journal. */
  void line(String name, Line line) throws InterruptedException {
    line(name, line.kind().colour(), line.label(), line.text());
  }

  /** A table, aligned wherever it goes: it is read by people. */
  void table(List<String> heading, List<List<String>> rows) throws InterruptedException {
    if (output.json()) {
      for (List<String> row : rows) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int column = 0; column < heading.size(); column++) {
          object.put(heading.get(column).toLowerCase(Locale.ROOT), row.get(column));
        }
        output.value(object);
      }
      return;
    }
    int[] widths = new int[heading.size()];
    for (int column = 0; column < widths.length; column++) {
      int at = column;
      widths[at] = rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0);
      widths[at] = Math.max(widths[at], heading.get(at).length());
    }
    output.line(output.paint(Colour.BOLD, laidOut(heading, widths)));
    for (List<String> row : rows) {
      output.line(laidOut(row, widths));
      pause(LINE);
    }
  }

  private static String laidOut(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder("   ");
    for (int column = 0; column < widths.length; column++) {
      line.append(padded(cells.get(column), widths[column])).append("  ");
    }
    return line.toString().stripTrailing();
  }

  /** Something that was claimed, and whether it is true. */
  void verdict(Claims.Claim claim) throws InterruptedException {
    if (output.json()) {
      output.value(Map.of("claim", claim.sentence(), "true", claim.holds()));
      return;
    }
    String mark =
        claim.holds()
            ? output.paint(Colour.GREEN, padded("true", 7))
            : output.paint(Colour.RED, padded("FALSE", 7));
    output.line("   " + mark + claim.sentence());
    pause(LINE);
  }

  private static String padded(String text, int width) {
    return text.length() >= width ? text : text + " ".repeat(width - text.length());
  }

  private void pause(Duration pause) throws InterruptedException {
    if (output.terminal(Stream.OUT) && !output.json()) {
      Thread.sleep(pause);
    }
  }
}
