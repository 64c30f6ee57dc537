package dev.interlock.core.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A question as people read it: documents are named, their bytes are not part of it.
 *
 * @param number of {@link Question}, as are {@code turn}, {@code summary}, {@code state}, {@code
 *     system} and {@code tools}
 * @param tokens of it, as they are estimated
 * @param parts of its messages, in order
 */
public record Prompted(
    long number,
    long turn,
    boolean summary,
    String state,
    long tokens,
    String system,
    List<Question.ToolSpec> tools,
    List<Part> parts) {

  /**
   * A piece of a message.
   *
   * @param what it is: {@code said}, {@code replied}, {@code call ID TOOL}, {@code result of ID} or
   *     {@code error of ID}
   */
  public record Part(String what, String text) {}

  /** All of a question. */
  public static Prompted of(Question question) {
    return of(question, UnaryOperator.identity());
  }

  /**
   * A question with other texts.
   *
   * @param shown what each text of its messages is made into
   */
  static Prompted of(Question question, UnaryOperator<String> shown) {
    List<Part> parts = new ArrayList<>();
    for (Question.Message message : question.messages()) {
      switch (message) {
        case Question.Said said ->
            said.texts().forEach(text -> parts.add(new Part("said", shown.apply(text))));
        case Question.Replied replied ->
            replied.parts().forEach(part -> parts.add(part(part, shown)));
        case Question.Results results ->
            results
                .results()
                .forEach(it -> {
                  String what = (it.error() ? "error of " : "result of ") + it.call();
                  parts.add(new Part(what, shown.apply(it.text())));
                });
      }
    }
    return new Prompted(
        question.number(),
        question.turn(),
        question.summary(),
        question.state(),
        Price.tokens(question),
        question.system(),
        question.tools(),
        List.copyOf(parts));
  }

  private static Part part(Reply.Part part, UnaryOperator<String> shown) {
    return switch (part) {
      case Reply.Text(String text) -> new Part("replied", shown.apply(text));
      case Reply.Call call ->
          new Part(
              "call %s %s".formatted(call.id(), shown.apply(call.tool())),
              shown.apply(call.arguments()));
      case Reply.Opaque opaque ->
          new Part("replied", "(data of %s, handed back)".formatted(opaque.provider()));
    };
  }
}
