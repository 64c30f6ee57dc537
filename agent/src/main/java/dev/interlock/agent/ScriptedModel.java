package dev.interlock.agent;

import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import java.io.IOException;
import java.nio.file.Path;

/** A model that answers from a script: by the instance's id and the question's number. */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class ScriptedModel implements ChatModel {
  private ScriptedModel() {}

  /**
   * Reads a script.
   *
   * @throws IllegalArgumentException if it is malformed: everything wrong, with file and place
   */
  public static ScriptedModel read(Path file) throws IOException {
    throw new UnsupportedOperationException("read " + file);
  }

  @Override
  public Reply ask(Question question) throws ModelException {
    throw new UnsupportedOperationException("ask " + question);
  }
}
