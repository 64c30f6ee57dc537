package dev.interlock.cli.demo;

import dev.interlock.cli.output.Text;
import dev.interlock.cli.tell.Line;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.journal.Entry;
import java.util.Optional;
import java.util.Set;

/** Lines of a journal as somebody tells them who never saw one: fewer, and shorter. Pure. */
final class Tale {
  private static final int LONGEST_RESULT = 60;

  /** Told by the chapter, or of interest only to whoever looks for a fault. */
  private static final Set<String> UNTOLD = Set.of("begins", "notice", "turn", "ended", "field");

  private Tale() {}

  /** The line as it is told, or empty if it is not. */
  static Optional<Line> of(Entry entry, Line line) {
    if (UNTOLD.contains(line.label())) {
      return Optional.empty();
    }
    return switch (line.kind()) {
      case USER -> Optional.of(with(line, "writes", words(entry, line)));
      case AGENT -> Optional.of(with(line, "is told", line.text()));
      case STATE -> Optional.of(with(line, "is in", withoutCause(line.text())));
      case CALL -> Optional.of(with(line, line.label(), called(entry, line)));
      case REFUSED, WAITS, ESCALATED, FIELD, ENDED ->
          Optional.of(with(line, line.label(), line.text()));
      case HAPPENED -> Optional.of(with(line, line.label(), withoutSpeaker(line.text())));
    };
  }

  private static Line with(Line line, String label, String text) {
    return new Line(line.at(), line.instance(), line.kind(), label, text);
  }

  private static String words(Entry entry, Line line) {
    return entry.occurrence() instanceof Occurrence.MessageSent sent ? sent.text() : line.text();
  }

  /** {@code Act (ok)}: the cause is for those who know the machine. */
  private static String withoutCause(String text) {
    int cause = text.indexOf(' ');
    return cause < 0 ? text : text.substring(0, cause);
  }

  /** That one OS user plays everybody is told once, at the end. */
  private static String withoutSpeaker(String text) {
    return text.replaceAll(" \\(by [^)]*\\)", "");
  }

  private static String called(Entry entry, Line line) {
    if (entry.occurrence() instanceof Occurrence.CallProbed) {
      int colon = line.text().indexOf(": ");
      return line.label().startsWith("probe") && colon > 0
          ? line.text().substring(0, colon) + ", says the directory"
          : line.text();
    }
    return line.label().startsWith("result")
        ? Text.cut(Text.oneLine(line.text()), LONGEST_RESULT)
        : line.text();
  }
}
