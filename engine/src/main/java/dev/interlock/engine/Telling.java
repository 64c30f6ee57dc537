package dev.interlock.engine;

import dev.interlock.core.engine.Watcher.Writing;
import dev.interlock.core.prompt.ChatModel.Deltas;
import dev.interlock.core.prompt.Reply;
import java.util.function.Consumer;

/** Passes on what one attempt at a question writes, until it is over. Thread-safe. */
public final class Telling implements Deltas {
  private final String instance;
  private final long question;
  private final int attempt;
  private final Consumer<Writing> to;
  private long length;
  private boolean over;

  /**
   * @param question its number
   * @param attempt from 1, over all retries and models
   */
  public Telling(String instance, long question, int attempt, Consumer<Writing> to) {
    this.instance = instance;
    this.question = question;
    this.attempt = attempt;
    this.to = to;
  }

  @Override
  public synchronized void text(String text) {
    if (!over && !text.isEmpty() && length < Reply.MAX_LENGTH) {
      to.accept(new Writing(instance, question, attempt, length, text));
      length += text.length();
    }
  }

  /** The reply is there: its entry takes the place of what was told. */
  public synchronized void end() {
    over = true;
  }

  /** What was told is void. */
  public synchronized void drop() {
    if (!over && length > 0) {
      to.accept(new Writing(instance, question, attempt, 0, ""));
    }
    over = true;
  }
}
