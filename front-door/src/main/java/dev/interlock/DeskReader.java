package dev.interlock;

import dev.interlock.Configuration.DeskAt;
import dev.interlock.agent.WebhookDesk;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.MappingReader;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import java.net.URI;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads one desk of {@code interlock.yaml}: a folder, a webhook or a tool. */
final class DeskReader {
  private final Reader reader;
  private final Variables variables;
  private final Set<String> servers;

  /**
   * @param servers those that a tool may be of
   */
  DeskReader(Reader reader, Variables variables, Set<String> servers) {
    this.reader = reader;
    this.variables = variables;
    this.servers = servers;
  }

  /**
   * What it says, or null if it has errors.
   *
   * @param folder makes the folder of what stands at {@code file}
   */
  @Nullable DeskAt desk(Node.Member member, Function<Node.Scalar, DeskAt.Folder> folder) {
    @Nullable MappingReader desk = reader.mapping(member.node(), "the desk " + member.key());
    if (desk == null) {
      return null;
    }
    Node.@Nullable Scalar file = desk.word("file");
    Node.@Nullable Scalar webhook = desk.word("webhook");
    Node.@Nullable Scalar mcp = desk.word("mcp");
    DeskAt read = null;
    if (Stream.of(file, webhook, mcp).filter(it -> it != null).count() != 1) {
      reader.report(
          member.mark(),
          LoadCode.SETTINGS,
          "the desk %s, which is not of one kind".formatted(member.key()),
          "{file: FOLDER}, {webhook: URL, secret: \"${SECRET}\"} or {mcp: SERVER.TOOL}",
          null);
    } else if (file != null) {
      read = folder.apply(file);
    } else if (webhook != null) {
      read = webhook(desk, webhook);
    } else if (mcp != null) {
      @Nullable String tickets = tool(mcp);
      Node.@Nullable Scalar notices = desk.word("notices");
      @Nullable String told = notices == null ? null : tool(notices);
      read = tickets == null ? null : new DeskAt.Tool(tickets, told);
    }
    desk.done();
    return read;
  }

  private @Nullable DeskAt webhook(MappingReader desk, Node.Scalar word) {
    Node.@Nullable Scalar secret = desk.needWord("secret");
    @Nullable URI url = WebAddress.read(reader, word, variables.fill(word));
    if (secret == null || url == null) {
      return null;
    }
    String filled = variables.fill(secret);
    try {
      if (!filled.isEmpty()) { // else its variable is not set, which whoever opens it is told
        WebhookDesk.key(filled);
      }
    } catch (IllegalArgumentException e) {
      reader.report(
          secret.mark(),
          LoadCode.FORM,
          String.valueOf(e.getMessage())
              .replaceFirst("^found ", "")
              .replaceFirst(", expected.*", ""),
          "%s and base64, or a text, of at least %d bytes"
              .formatted(WebhookDesk.SECRET_PREFIX, WebhookDesk.MIN_SECRET),
          null);
    }
    return new DeskAt.Webhook(url, filled);
  }

  private @Nullable String tool(Node.Scalar word) {
    String name = variables.fill(word);
    int dot = name.indexOf('.');
    if (dot < 1 || dot == name.length() - 1) {
      reader.report(word.mark(), LoadCode.FORM, word.described(), "a tool, SERVER.TOOL", null);
      return null;
    }
    if (!servers.contains(name.substring(0, dot))) {
      reader.unknown(word.mark(), LoadCode.UNBOUND, "server", name.substring(0, dot), servers);
      return null;
    }
    return name;
  }
}
