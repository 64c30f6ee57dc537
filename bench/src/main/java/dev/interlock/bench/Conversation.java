package dev.interlock.bench;

/**
 * What is played on both sides: some messages, each followed by some turns of one question and one
 * call, and by a text. The model and the tool answer at once.
 *
 * @param turns with a call, after each message
 * @param result the length of each of the tool's results, in characters
 */
record Conversation(int messages, int turns, int result) {
  static final String MESSAGE = "Please look at what is the matter with my order of last week.";
  static final String BEFORE = "I look that up.";
  static final String ARGUMENTS = "{\"about\":\"the order of last week\"}";
  static final String SAID =
      "I have looked at it: your order left the warehouse on Monday and is expected to be with you"
          + " on Thursday. Is there anything else that I can do for you?";

  /** Whether that question is answered by a text, counted from 1. */
  boolean says(long question) {
    return question % (turns + 1) == 0;
  }

  /** What the tool answers. */
  String found() {
    return "x".repeat(result);
  }

  /** How many activities that is. */
  int activities() {
    return messages * (2 * turns + 1);
  }
}
