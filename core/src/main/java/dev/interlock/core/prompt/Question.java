package dev.interlock.core.prompt;

import dev.interlock.core.machine.Attachment;
import java.util.List;
import java.util.Map;

/**
 * What a model is asked. A pure function of machine, instance and transcript.
 *
 * @param instance the instance's id
 * @param number of the question within the instance, from 1; a summary, and a question that is
 *     asked again after one, has a number of its own
 * @param turn the number of its turn, from 1
 * @param summary whether it is not the turn's question, but asks for a summary of what came before
 * @param state where the instance is
 * @param system preamble and contract: the same at each question of one state, so that providers
 *     can cache it
 * @param tools the built-ins and what the state allows
 * @param messages the conversation, oldest first; the first is the user's
 */
public record Question(
    String instance,
    long number,
    long turn,
    boolean summary,
    String state,
    String system,
    List<ToolSpec> tools,
    List<Message> messages) {

  /** One of which nothing was summed up. */
  public Question(
      String instance,
      long number,
      String state,
      String system,
      List<ToolSpec> tools,
      List<Message> messages) {
    this(instance, number, number, false, state, system, tools, messages);
  }

  /**
   * A tool as the model sees it.
   *
   * @param name as this model spells it
   * @param schema JSON Schema of the arguments that the model may choose
   */
  public record ToolSpec(String name, String description, Map<String, Object> schema) {}

  /** One message of the conversation. */
  public sealed interface Message {}

  /**
   * What the user wrote, and notices of the machine, in order.
   *
   * @param documents that the user sent with it, those that the model is shown; the texts name them
   *     in the same order
   */
  public record Said(List<String> texts, List<Attachment> documents) implements Message {
    /** Without documents. */
    public Said(List<String> texts) {
      this(texts, List.of());
    }
  }

  /** A reply of the model, as it was. */
  public record Replied(List<Reply.Part> parts) implements Message {}

  /** The results of the calls of the reply before it, one for each call, in order. */
  public record Results(List<Result> results) implements Message {}

  /**
   * What a call came to.
   *
   * @param call the id that the provider gave the call
   * @param error whether the call did not succeed
   */
  public record Result(String call, String text, boolean error) {}
}
