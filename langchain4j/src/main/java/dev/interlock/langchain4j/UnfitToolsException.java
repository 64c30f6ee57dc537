package dev.interlock.langchain4j;

import java.util.List;

/** An object whose methods cannot be tools. The message says all that is wrong, one a line. */
public final class UnfitToolsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  UnfitToolsException(List<String> problems) {
    super(String.join("\n", problems));
  }
}
