package dev.interlock.cli.session;

import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.output.Text;
import dev.interlock.core.load.Diagnostic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Diagnostics with the line they are about and a caret under its place.
 *
 * @param texts of the files, by name
 */
public record Problems(List<Diagnostic> diagnostics, Map<String, String> texts) {
  /** As JSON objects. */
  public List<Object> json() {
    return diagnostics.stream().map(Problems::json).toList();
  }

  private static Object json(Diagnostic problem) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", problem.mark().file());
    json.put("line", (long) problem.mark().line());
    json.put("column", (long) problem.mark().column());
    json.put("code", problem.code());
    json.put("found", problem.found());
    json.put("expected", problem.expected());
    if (problem.hint() != null) {
      json.put("hint", problem.hint());
    }
    return json;
  }

  /** Writes them to stderr: for people on a terminal, one line each when piped. */
  public void print(Output output) {
    for (Diagnostic problem : diagnostics) {
      if (!output.terminal(Stream.ERR)) {
        output.note(Text.oneLine(problem.toString()));
        continue;
      }
      output.note(
          output.paint(Stream.ERR, Colour.BOLD, problem.mark() + ":")
              + " "
              + output.paint(Stream.ERR, Colour.RED, problem.code()));
      excerpt(problem, output);
      part(output, "found", problem.found());
      part(output, "expected", problem.expected());
      @Nullable String hint = problem.hint();
      if (hint != null) {
        part(output, "to mend", hint);
      }
      output.note("");
    }
    if (output.terminal(Stream.ERR)) {
      output.note(Text.count(diagnostics.size(), "problem", "problems") + " found.");
    }
  }

  private static void part(Output output, String label, String text) {
    String indent = "  " + label + ":" + " ".repeat(9 - label.length());
    for (String line : Text.wrap(Text.oneLine(text), output.width() - indent.length())) {
      output.note(indent + line);
      indent = " ".repeat(indent.length());
    }
  }

  private void excerpt(Diagnostic problem, Output output) {
    @Nullable String line = line(problem);
    if (line == null) {
      return;
    }
    int before = problem.mark().column() - 1;
    // Long lines are shown from where the place is still in sight.
    int room = output.width() - 10;
    int from = Math.max(0, before - room / 2);
    int[] shown = line.codePoints().skip(from).limit(room).toArray();
    String number = "%5d".formatted(problem.mark().line());
    output.note(
        output.paint(Stream.ERR, Colour.FAINT, number + " | ")
            + Text.safe(new String(shown, 0, shown.length)).replace('\t', ' '));
    output.note(
        " ".repeat(number.length())
            + output.paint(Stream.ERR, Colour.FAINT, " | ")
            + " ".repeat(before - from)
            + output.paint(Stream.ERR, Colour.RED, "^"));
  }

  private @Nullable String line(Diagnostic problem) {
    @Nullable String text = texts.get(problem.mark().file());
    if (text == null) {
      return null;
    }
    List<String> lines = text.lines().limit(problem.mark().line()).toList();
    return lines.size() < problem.mark().line() ? null : lines.getLast();
  }
}
