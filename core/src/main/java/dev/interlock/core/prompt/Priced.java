package dev.interlock.core.prompt;

import java.util.Map;

/** A model whose replies are paid for by the token, at a price that somebody has to say. */
public interface Priced extends ChatModel {
  /** The id that it is asked by, or empty if it does not say. */
  String name();

  /** Whether it knows what its replies cost. */
  boolean priced();

  /**
   * The same model, with these prices where it has none of its own. What is closed of one is closed
   * of both.
   *
   * @param prices by the model's id
   */
  ChatModel priced(Map<String, Price> prices);
}
