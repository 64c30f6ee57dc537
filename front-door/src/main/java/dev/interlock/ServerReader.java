package dev.interlock;

import dev.interlock.agent.ServerConfig;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.MappingReader;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads one server of {@code interlock.yaml}: a command or a URL. */
final class ServerReader {
  private final Reader reader;
  private final Variables variables;
  private final Function<Node.@Nullable Scalar, Path> folder;

  /**
   * @param folder the folder that a word means; the machine's own for null
   */
  ServerReader(Reader reader, Variables variables, Function<Node.@Nullable Scalar, Path> folder) {
    this.reader = reader;
    this.variables = variables;
    this.folder = folder;
  }

  /** What it says, or null if it has errors. */
  @Nullable ServerConfig server(Node.Member member) {
    String what = "the server " + member.key();
    if (!member.key().matches("[A-Za-z0-9_-]+")) {
      reader.report(
          member.mark(),
          LoadCode.NAME,
          "the server name \"" + member.key() + "\"",
          "letters, digits, _ and -",
          "a tool is called SERVER.TOOL: choose a name without dots or spaces");
    }
    @Nullable MappingReader server = reader.mapping(member.node(), what);
    if (server == null) {
      return null;
    }
    Node.@Nullable Scalar url = server.word("url");
    if (url != null && server.take("command") != null) {
      reader.report(
          member.mark(),
          LoadCode.SETTINGS,
          what + ", which is not of one kind",
          "{command: [PROGRAM, …]} or {url: URL}",
          null);
    }
    @Nullable ServerConfig read =
        url == null ? command(server, what) : url(server, url, member, what);
    server.done();
    return read;
  }

  private @Nullable ServerConfig url(
      MappingReader server, Node.Scalar word, Node.Member member, String what) {
    @Nullable URI url = WebAddress.read(reader, word, variables.fill(word));
    Map<String, String> headers = words(server, "headers", "the header ", what);
    if (url == null) {
      return null;
    }
    try {
      return new ServerConfig.Url(url, headers);
    } catch (IllegalArgumentException e) {
      String[] parts =
          String.valueOf(e.getMessage()).replaceFirst("^found ", "").split(", expected ", -1);
      reader.report(member.mark(), LoadCode.FORM, parts[0] + " of " + what, parts[1], null);
      return null;
    }
  }

  private @Nullable ServerConfig command(MappingReader server, String what) {
    @Nullable Node node = server.need("command");
    List<String> command =
        node == null
            ? List.of()
            : reader.words(node, "`command` of " + what).stream().map(variables::fill).toList();
    if (node instanceof Node.Sequence sequence && sequence.items().isEmpty()) {
      reader.report(
          node.mark(), LoadCode.TYPE, "an empty list", "a program and its arguments", null);
    }
    Map<String, String> env = words(server, "env", "the variable ", what);
    Path dir = folder.apply(server.word("dir"));
    return command.isEmpty() ? null : new ServerConfig.Command(command, env, dir);
  }

  private Map<String, String> words(MappingReader server, String key, String each, String what) {
    Map<String, String> words = new LinkedHashMap<>();
    for (Node.Member member : server.members(key)) {
      Node.@Nullable Scalar word = reader.word(member.node(), each + member.key() + " of " + what);
      if (word != null) {
        words.put(member.key(), variables.fill(word));
      }
    }
    return words;
  }
}
