package dev.interlock;

import dev.interlock.core.load.Diagnostic;
import java.util.List;
import java.util.Map;

/** A machine folder has errors. The message lists all of them, one a line. */
public final class MachineFolderException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient List<Diagnostic> problems;
  private final transient Map<String, String> texts;

  MachineFolderException(List<Diagnostic> problems, Map<String, String> texts) {
    this("", problems, texts);
  }

  MachineFolderException(String where, List<Diagnostic> problems, Map<String, String> texts) {
    super(where + Diagnostic.format(problems));
    this.problems = List.copyOf(problems);
    this.texts = Map.copyOf(texts);
  }

  MachineFolderException(String message) {
    super(message);
    this.problems = List.of();
    this.texts = Map.of();
  }

  /** What is wrong, file by file; empty if the message says all there is. */
  public List<Diagnostic> problems() {
    return problems;
  }

  /** The texts of the files, by the name that the problems give them. */
  public Map<String, String> texts() {
    return texts;
  }
}
