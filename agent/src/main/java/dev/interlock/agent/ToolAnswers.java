package dev.interlock.agent;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import io.modelcontextprotocol.spec.McpSchema.AudioContent;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.EmbeddedResource;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import io.modelcontextprotocol.spec.McpSchema.ResourceLink;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a server's answer means. An answer settles a call, also one that could not be read: unless
 * it says that it failed, the call has happened, and what the model gets says why there is no more.
 */
final class ToolAnswers {
  private ToolAnswers() {}

  static Answer of(CallToolResult result) {
    String text =
        result.content().stream().map(ToolAnswers::text).collect(Collectors.joining("\n"));
    if (Boolean.TRUE.equals(result.isError())) {
      String why = text.isBlank() ? "the tool answered that it failed, without a reason" : text;
      return new Answer.Failed(cut(why), false, null);
    }
    Object tree = result.structuredContent();
    String structured = null;
    if (tree != null) {
      try {
        structured = Json.write(ExactTree.result(tree));
      } catch (JsonException e) {
        text += "\n[the structured result was left out: it has %s]".formatted(e.getMessage());
      }
    }
    return returned(text.isEmpty() && structured != null ? structured : text, structured);
  }

  private static Answer returned(String text, @Nullable String structured) {
    long most = Math.max(bytes(text), structured == null ? 0 : bytes(structured));
    return most > ToolHost.MAX_RESULT
        ? answered(limit(most))
        : new Answer.Returned(text, structured);
  }

  /** An answer whose line could not be read. */
  static Answer unread(Skim skim, String why) {
    String what =
        skim.bytes() > ToolHost.MAX_RESULT
            ? limit(skim.bytes())
            : "its result was not read: " + why;
    return skim.failed()
        ? new Answer.Failed("the tool answered that it failed; " + what, false, null)
        : answered(what);
  }

  private static Answer answered(String but) {
    return new Answer.Returned("The tool answered, but " + but, null);
  }

  private static String limit(long bytes) {
    return ("its result of %,d bytes was not read: at most %,d are (ToolHost.MAX_RESULT);"
            + " ask for less, a page or a part")
        .formatted(bytes, ToolHost.MAX_RESULT);
  }

  /** An answer that is not of the form of a tool's result. */
  static Answer unreadable(Throwable why) {
    return new Answer.Returned(
        cut("The tool answered, but not in the form of a tool's result: " + why.getMessage()),
        null);
  }

  private static String text(Content content) {
    return switch (content) {
      case TextContent text -> String.valueOf(text.text());
      case EmbeddedResource embedded ->
          embedded.resource() instanceof TextResourceContents text
              ? text.text()
              : "[the resource %s, not shown]".formatted(embedded.resource().uri());
      case ResourceLink link -> "[the resource %s, not shown]".formatted(link.uri());
      case ImageContent image -> "[an image, %s, not shown]".formatted(image.mimeType());
      case AudioContent audio -> "[sound, %s, not shown]".formatted(audio.mimeType());
      default -> "[%s, not shown]".formatted(content.type());
    };
  }

  private static String cut(String text) {
    int most = ToolHost.MAX_RESULT / 4; // four bytes at most for a character
    return text.length() <= most
        ? text
        : text.substring(0, most) + "… [cut: ToolHost.MAX_RESULT is %,d bytes]".formatted(most * 4);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
