package dev.interlock.core.engine;

import java.util.Locale;
import java.util.regex.Pattern;

/** Tells from the error of a model's endpoint whether the question was longer than it reads. */
public final class Overflow {
  private static final int BAD_REQUEST = 400;
  private static final int TOO_LARGE = 413;
  private static final int UNPROCESSABLE = 422;

  /**
   * How endpoints say so: Anthropic ("prompt is too long", "exceed context limit"), OpenAI and what
   * speaks like it ("context_length_exceeded", "maximum context length", "context window"),
   * llama.cpp ("exceeds the available context size"), Gemini ("exceeds the maximum number of
   * tokens"), Bedrock ("input is too long").
   */
  private static final Pattern SAID =
      Pattern.compile(
          "prompt is too long|input is too long|exceeds? (the )?context limit"
              + "|context_length_exceeded|exceed_context_size|maximum context length"
              + "|exceeds?[^.]{0,40} context (window|length|size)"
              + "|exceeds? the maximum number of (input )?tokens");

  private Overflow() {}

  /**
   * Whether an answer says so.
   *
   * @param status of HTTP
   * @param body what it said, as much as is known of it
   */
  public static boolean said(int status, String body) {
    return switch (status) {
      case TOO_LARGE -> true;
      case BAD_REQUEST, UNPROCESSABLE -> SAID.matcher(body.toLowerCase(Locale.ROOT)).find();
      default -> false;
    };
  }
}
