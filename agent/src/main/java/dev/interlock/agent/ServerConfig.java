package dev.interlock.agent;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Where an MCP server is. */
public sealed interface ServerConfig {
  /**
   * A program that speaks over its stdin and stdout.
   *
   * @param command the program and its arguments
   * @param env variables beside the few that every server gets
   * @param dir where it starts
   */
  record Command(List<String> command, Map<String, String> env, Path dir) implements ServerConfig {
    public Command {
      command = List.copyOf(command);
      env = Map.copyOf(env);
    }
  }

  /**
   * An endpoint that speaks MCP's Streamable HTTP.
   *
   * @param url the endpoint itself
   * @param headers that go with each request, by name; their values are secrets
   */
  record Url(URI url, Map<String, String> headers) implements ServerConfig {
    private static final String NAME = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}";

    /** Those that the wire itself needs. */
    private static final Set<String> TAKEN =
        Set.of(
            "accept",
            "connection",
            "content-length",
            "content-type",
            "expect",
            "host",
            "last-event-id",
            "mcp-protocol-version",
            "mcp-session-id",
            "transfer-encoding",
            "upgrade");

    /**
     * @throws IllegalArgumentException for a header that cannot be sent; its message names it, and
     *     has nothing of its value
     */
    public Url {
      TreeMap<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      headers.forEach((name, value) -> {
        if (!name.matches(NAME)) {
          throw new IllegalArgumentException(
              "found a header \"%s\", expected letters, digits and -".formatted(name));
        }
        if (TAKEN.contains(name.toLowerCase(Locale.ROOT))) {
          throw new IllegalArgumentException(
              "found the header %s, expected none that Interlock sets itself".formatted(name));
        }
        if (!value.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\t')) {
          throw new IllegalArgumentException(
              "found a line break or a character beyond ASCII in the value of the header %s, expected ASCII"
                  .formatted(name));
        }
        if (sorted.put(name, value) != null) {
          throw new IllegalArgumentException(
              "found the header %s twice, expected it once".formatted(name));
        }
      });
      headers = Collections.unmodifiableMap(sorted);
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
      return "Url[url=%s://%s%s, headers=%s]"
          .formatted(url.getScheme(), url.getHost(), url.getPath(), headers.keySet());
    }
  }
}
