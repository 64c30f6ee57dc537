package dev.interlock.core.load;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Something wrong in a file, as data.
 *
 * @param code what it is about
 * @param found what stands there
 * @param expected what should stand there
 * @param hint how to mend it, or null if {@code expected} says it
 * @param run how a run comes there, a step each; empty where none is needed to see it
 */
public record Diagnostic(
    Mark mark,
    DiagnosticCode code,
    String found,
    String expected,
    @Nullable String hint,
    List<String> run) {

  /** Something that is to be seen without a run. */
  public Diagnostic(
      Mark mark, DiagnosticCode code, String found, String expected, @Nullable String hint) {
    this(mark, code, found, expected, hint, List.of());
  }

  /** {@code file:line:column: found …, expected …; hint; run: step -> step [code]}. */
  @Override
  public String toString() {
    return "%s: found %s, expected %s%s%s [%s]"
        .formatted(
            mark,
            found,
            expected,
            hint == null ? "" : "; " + hint,
            run.isEmpty() ? "" : "; run: " + String.join(" -> ", run),
            code.id());
  }

  /** All of them, one a line. */
  public static String format(List<Diagnostic> diagnostics) {
    return diagnostics.stream()
        .map(it -> it.toString().replaceAll("\\R", " ")) // a name may have several lines
        .collect(Collectors.joining("\n"));
  }
}
