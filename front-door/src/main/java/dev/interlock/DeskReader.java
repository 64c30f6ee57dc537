package dev.interlock;

import dev.interlock.Configuration.DeskAt;
import dev.interlock.agent.WebhookDesk;
import dev.interlock.core.load.MappingReader;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads one desk of {@code interlock.yaml}: a folder, a webhook or a tool. */
final class DeskReader {
  private static final Set<String> OF_THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

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
          "desk",
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
    @Nullable URI url = url(word, variables.fill(word));
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
          "secret",
          String.valueOf(e.getMessage())
              .replaceFirst("^found ", "")
              .replaceFirst(", expected.*", ""),
          "%s and base64, or a text, of at least %d bytes"
              .formatted(WebhookDesk.SECRET_PREFIX, WebhookDesk.MIN_SECRET),
          null);
    }
    return new DeskAt.Webhook(url, filled);
  }

  private @Nullable URI url(Node.Scalar word, String text) {
    @Nullable URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      url = null;
    }
    String scheme = url == null || url.getScheme() == null ? "" : url.getScheme();
    @Nullable String host = url == null ? null : url.getHost();
    boolean usable =
        host != null
            && (scheme.toLowerCase(Locale.ROOT).equals("https")
                || (scheme.toLowerCase(Locale.ROOT).equals("http")
                    && OF_THIS_MACHINE.contains(host)));
    if (usable || text.isEmpty()) { // empty: its variable is not set
      return usable ? url : URI.create("https://unset.invalid");
    }
    reader.report(
        word.mark(),
        "url",
        word.described(),
        "a URL that begins with https:// (http:// only to this machine)",
        null);
    return null;
  }

  private @Nullable String tool(Node.Scalar word) {
    String name = variables.fill(word);
    int dot = name.indexOf('.');
    if (dot < 1 || dot == name.length() - 1) {
      reader.report(word.mark(), "name", word.described(), "a tool, SERVER.TOOL", null);
      return null;
    }
    if (!servers.contains(name.substring(0, dot))) {
      reader.unknown(word.mark(), "server", "server", name.substring(0, dot), servers);
      return null;
    }
    return name;
  }
}
