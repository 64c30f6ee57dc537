package dev.interlock.core.prompt;

import dev.interlock.core.json.Json;
import java.math.BigDecimal;
import java.util.List;

/**
 * What a model costs, per million tokens, in whatever currency the budgets are in.
 *
 * @param input of tokens read, those written to the provider's cache included
 * @param output of tokens written
 * @param cachedInput of tokens read from the provider's cache
 */
public record Price(BigDecimal input, BigDecimal output, BigDecimal cachedInput) {
  /** Of a model that costs nothing, or whose price nobody gave. */
  public static final Price NONE = new Price(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);

  /** The tokens of a reply that nobody has seen. */
  public static final long UNSEEN_REPLY = 1_000;

  /** The tokens of a document that a model is shown: about a photograph, or a page. */
  public static final long DOCUMENT = 2_000;

  /** By which tokens are estimated. */
  static final int CHARACTERS_PER_TOKEN = 4;

  private static final int MILLION_DIGITS = 6;

  /** What so many tokens cost, exactly. Of {@code read}, those of the cache are not part. */
  public BigDecimal of(long read, long cached, long written) {
    return input
        .multiply(BigDecimal.valueOf(read))
        .add(cachedInput.multiply(BigDecimal.valueOf(cached)))
        .add(output.multiply(BigDecimal.valueOf(written)))
        .movePointLeft(MILLION_DIGITS)
        .stripTrailingZeros();
  }

  /** The usage that so many tokens are. Of {@code read}, those of the cache are not part. */
  public Reply.Usage usage(long read, long cached, long written) {
    return new Reply.Usage(read + cached, written, of(read, cached, written));
  }

  /** What a question is likely to take whose reply nobody has seen. */
  public Reply.Usage estimate(Question question) {
    return usage(tokens(question), 0, UNSEEN_REPLY);
  }

  /** What a question and its reply are likely to have taken, where the provider does not say. */
  public Reply.Usage estimate(Question question, List<Reply.Part> reply) {
    return usage(tokens(question), 0, tokens(Reply.length(reply)));
  }

  /** The tokens of a question, as they are estimated. */
  public static long tokens(Question question) {
    long length = question.system().length();
    for (Question.ToolSpec tool : question.tools()) {
      length += tool.name().length() + tool.description().length();
      length += Json.write(tool.schema()).length();
    }
    for (Question.Message message : question.messages()) {
      length +=
          switch (message) {
            case Question.Said said ->
                said.texts().stream().mapToLong(String::length).sum()
                    + said.documents().size() * DOCUMENT * CHARACTERS_PER_TOKEN;
            case Question.Replied replied -> Reply.length(replied.parts());
            case Question.Results results ->
                results.results().stream().mapToLong(it -> it.text().length()).sum();
          };
    }
    return tokens(length);
  }

  private static long tokens(long characters) {
    return Math.ceilDiv(characters, CHARACTERS_PER_TOKEN);
  }
}
