package dev.interlock.examples.itaccess;

/** Nothing happened, and why: the text is the tool's error answer. */
final class ToolFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ToolFailure(String message) {
    super(message);
  }
}
