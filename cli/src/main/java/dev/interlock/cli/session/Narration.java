package dev.interlock.cli.session;

import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.tell.Line;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines of a story to stdout: labels in a column, texts wrapped beside it on a terminal; one
 * line each when piped. Used by one thread.
 */
public final class Narration {
  private static final int LABEL = 10;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss  ");
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd ");

  private final Output output;
  private final boolean named;
  private final @Nullable ZoneId zone;
  private @Nullable LocalDate day;

  /**
   * Without times.
   *
   * @param named whether each line says which instance it is about
   */
  public Narration(Output output, boolean named) {
    this(output, named, null);
  }

  private Narration(Output output, boolean named, @Nullable ZoneId zone) {
    this.output = output;
    this.named = named;
    this.zone = zone;
  }

  /**
   * The same, with the time of day: on a terminal the date stands above the first line of a day,
   * piped it stands in each line.
   */
  public Narration timed(ZoneId in) {
    return new Narration(output, named, in);
  }

  /** Writes some lines. */
  public void write(List<Line> lines) {
    lines.forEach(this::write);
  }

  private void write(Line line) {
    String label = Text.oneLine(line.label());
    String start = time(line) + (named ? Text.oneLine(line.instance()) + "  " : "");
    String gap = " ".repeat(Math.max(1, LABEL - label.length()));
    String painted = start + output.paint(line.kind().colour(), label) + gap;
    if (!output.terminal(Stream.OUT)) {
      output.line(painted + Text.oneLine(line.text()));
      return;
    }
    int column = start.length() + label.length() + gap.length();
    for (String part : Text.wrap(line.text(), Math.max(20, output.width() - column))) {
      output.line((painted + part).stripTrailing());
      painted = " ".repeat(column);
    }
  }

  private String time(Line line) {
    if (zone == null) {
      return "";
    }
    ZonedDateTime at = line.at().atZone(zone);
    if (!output.terminal(Stream.OUT)) {
      return DATE.format(at) + TIME.format(at);
    }
    if (!at.toLocalDate().equals(day)) {
      day = at.toLocalDate();
      output.line(output.paint(Colour.FAINT, day.toString()));
    }
    return TIME.format(at);
  }
}
