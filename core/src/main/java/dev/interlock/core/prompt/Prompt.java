package dev.interlock.core.prompt;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a question of machine, instance and transcript. */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class Prompt {
  private Prompt() {}

  /**
   * The open question of the instance.
   *
   * @param results the text of an earlier result by its ref, or null if it is gone; read only for
   *     what {@code recall} opened
   */
  public static Question question(
      Machine machine,
      Instance instance,
      Transcript transcript,
      Function<String, @Nullable String> results) {
    throw new UnsupportedOperationException("question " + machine + instance + results);
  }
}
