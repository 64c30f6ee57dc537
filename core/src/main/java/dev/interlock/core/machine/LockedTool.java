package dev.interlock.core.machine;

import java.util.List;
import java.util.Map;

/**
 * A tool's pinned name, description and schema.
 *
 * @param inputSchema JSON Schema of the arguments, as the server gave it
 * @param hash SHA-256 of name, description and schema in canonical form; of a tool in this process,
 *     of name and schema without descriptions
 * @param arguments the same schema, ready to judge
 * @param inProcess whether it is a method of the application that runs the machine
 */
public record LockedTool(
    String name,
    String description,
    Map<String, Object> inputSchema,
    String hash,
    ArgumentSchema arguments,
    boolean inProcess) {

  /** A tool of a server outside this process. */
  public LockedTool(
      String name,
      String description,
      Map<String, Object> inputSchema,
      String hash,
      ArgumentSchema arguments) {
    this(name, description, inputSchema, hash, arguments, false);
  }

  /** A schema that was checked when locked: local references, linear-time patterns, bounded. */
  public interface ArgumentSchema {
    /**
     * What is wrong with these arguments, a sentence each, at most ten; empty if they fit. Never
     * throws on any value.
     */
    List<String> problems(Map<String, Object> arguments);
  }
}
