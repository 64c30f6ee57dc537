package dev.interlock;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.journal.Store;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.local.LocalEngine;
import java.util.List;
import java.util.Optional;

/**
 * The model's part of a guarded machine: its questions stay open until somebody answers them here.
 * Thread-safe.
 */
public final class Outside {
  private final LocalEngine engine;
  private final ToolHost tools;

  Outside(LocalEngine engine, ToolHost tools) {
    this.engine = engine;
    this.tools = tools;
  }

  /** The open question of an instance, if there is one. */
  public Optional<Question> question(String instance) {
    return engine.question(instance);
  }

  /** The conversation of an instance as its model would be told it, oldest first. */
  public List<Question.Message> told(String instance) {
    return engine.told(instance);
  }

  /**
   * Answers a question.
   *
   * @return false if that question is not open any more; nothing was taken then
   * @throws Store.StoreException if it could not be made durable; nothing was taken
   */
  public boolean reply(String instance, long question, Reply reply) {
    return engine.reply(instance, question, reply);
  }

  /** Calls a tool past the machine, which learns nothing of it. */
  public Answer unjudged(ToolCall call) {
    return tools.call(call);
  }
}
