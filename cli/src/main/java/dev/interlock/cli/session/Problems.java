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
    json.put("code", problem.code().id());
    json.put("found", problem.found());
    json.put("expected", problem.expected());
    if (problem.hint() != null) {
      json.put("hint", problem.hint());
    }
    if (!problem.run().isEmpty()) {
      json.put("run", problem.run());
    }
    return json;
  }

  /** How much they matter. */
  public enum Kind {
    ERROR("", Colour.RED),
    WARNING("warning: ", Colour.YELLOW);

    private final String word;
    private final Colour colour;

    Kind(String word, Colour colour) {
      this.word = word;
      this.colour = colour;
    }
  }

  /** Writes them to stderr: for people on a terminal, one line each when piped. */
  public void print(Output output) {
    print(output, Kind.ERROR);
  }

  /** As the other one, of problems that are no errors. */
  public void print(Output output, Kind kind) {
    for (Diagnostic problem : diagnostics) {
      if (!output.terminal(Stream.ERR)) {
        String line = Text.oneLine(problem.toString());
        int mark = problem.mark().toString().length() + 2;
        output.note(line.substring(0, mark) + kind.word + line.substring(mark));
        continue;
      }
      output.note(
          output.paint(Stream.ERR, Colour.BOLD, problem.mark() + ":")
              + " "
              + output.paint(Stream.ERR, kind.colour, kind.word + problem.code().id()));
      excerpt(problem, output, kind);
      part(output, "found", problem.found());
      part(output, "expected", problem.expected());
      @Nullable String hint = problem.hint();
      if (hint != null) {
        part(output, "to mend", hint);
      }
      String label = "run";
      for (String step : problem.run()) {
        part(output, label, step);
        label = "";
      }
      output.note("");
    }
    if (output.terminal(Stream.ERR) && kind == Kind.ERROR) {
      output.note(Text.count(diagnostics.size(), "problem", "problems") + " found.");
    }
  }

  private static void part(Output output, String label, String text) {
    String indent = "  " + label + (label.isEmpty() ? " " : ":") + " ".repeat(9 - label.length());
    for (String line : Text.wrap(Text.oneLine(text), output.width() - indent.length())) {
      output.note(indent + line);
      indent = " ".repeat(indent.length());
    }
  }

  private void excerpt(Diagnostic problem, Output output, Kind kind) {
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
            + output.paint(Stream.ERR, kind.colour, "^"));
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
