package dev.interlock.core.load;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Tool;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code tools.lock}: each tool's name, description and schema, pinned by hash. Immutable.
 *
 * @param tools by the name {@code SERVER.TOOL}, sorted; each schema was checked
 */
public record ToolLock(Map<String, LockedTool> tools) {
  /** No tool. */
  public static final ToolLock EMPTY = new ToolLock(Map.of());

  /** Of the file's format. */
  public static final long VERSION = 1;

  /** The longest file, in characters. */
  public static final int MAX_LENGTH = 16 << 20;

  /** The longest description of a tool, in characters. */
  public static final int MAX_DESCRIPTION = 16_384;

  private static final String IN_PROCESS = "inProcess";
  private static final String MEND = "run `interlock lock`";

  public ToolLock {
    tools = Collections.unmodifiableMap(new TreeMap<>(tools));
  }

  /**
   * What was read, or locked.
   *
   * @param lock the tools that can be used; the others are in the diagnostics
   */
  public record Read(ToolLock lock, List<Diagnostic> diagnostics) {}

  /**
   * Reads a lock file.
   *
   * @param file its name for diagnostics; nothing is opened
   */
  public static Read read(String file, String text) {
    Reader reader = new Reader();
    Mark mark = new Mark(file, 1, 1);
    Map<String, LockedTool> tools = new TreeMap<>();
    if (text.length() > MAX_LENGTH) {
      reader.report(
          mark,
          LoadCode.LOCK_FILE,
          "%,d characters".formatted(text.length()),
          "at most %,d".formatted(MAX_LENGTH),
          MEND);
      return new Read(EMPTY, reader.diagnostics());
    }
    try {
      Map<String, Object> members = Json.parseObject(text);
      if (!Long.valueOf(VERSION).equals(members.get("version"))
          || !(members.get("tools") instanceof Map<?, ?> entries)) {
        throw new JsonException("no `version` %d with `tools`".formatted(VERSION));
      }
      for (Map.Entry<String, Object> entry : Json.object(entries).entrySet()) {
        LockedTool tool = readTool(mark, text, entry.getKey(), entry.getValue(), reader);
        if (tool != null) {
          tools.put(entry.getKey(), tool);
        }
      }
    } catch (JsonException e) {
      reader.report(
          mark, LoadCode.LOCK_FILE, String.valueOf(e.getMessage()), "a lock file as written", MEND);
    }
    return new Read(new ToolLock(tools), reader.diagnostics());
  }

  /** Where a word of the file first stands. */
  private static Mark place(String file, String text, String word) {
    int index = Math.max(0, text.indexOf(word));
    return new Source(file, text).mark(text.codePointCount(0, index));
  }

  private static @Nullable LockedTool readTool(
      Mark mark, String text, String name, Object entry, Reader reader) {
    if (!(entry instanceof Map<?, ?> map
        && map.get("description") instanceof String description
        && map.get("inputSchema") instanceof Map<?, ?> schema
        && map.get("hash") instanceof String hash)) {
      reader.report(
          mark,
          LoadCode.LOCK_FILE,
          "the tool `" + name + "` without description, inputSchema and hash",
          "all three",
          MEND);
      return null;
    }
    boolean inProcess = Boolean.TRUE.equals(map.get(IN_PROCESS));
    LockedTool tool =
        build(mark, new Offered(name, description, Json.object(schema), inProcess), reader);
    if (tool != null && !tool.hash().equals(hash)) {
      reader.report(
          place(mark.file(), text, hash),
          LoadCode.LOCK_HASH,
          "the hash %s of the tool `%s`, which is not that of its description and schema"
              .formatted(hash, name),
          tool.hash() + ", the hash of what stands there",
          "the lock was edited: " + MEND);
      return null;
    }
    return tool;
  }

  /**
   * Locks what servers offer. A tool that is not safe to use is left out and reported.
   *
   * @param file the name of the lock file, for diagnostics
   */
  public static Read lock(String file, List<Offered> offered) {
    Reader reader = new Reader();
    Map<String, LockedTool> tools = new TreeMap<>();
    Mark mark = new Mark(file, 1, 1);
    for (Offered offer : offered) {
      LockedTool tool = isSchema(mark, offer, reader) ? build(mark, offer, reader) : null;
      if (tool != null && tools.putIfAbsent(tool.name(), tool) != null) {
        reader.report(
            mark,
            LoadCode.LOCK_TOOL,
            "the tool `" + tool.name() + "` a second time",
            "names that differ",
            "the server offers it twice: mend the server");
      }
    }
    return new Read(new ToolLock(tools), reader.diagnostics());
  }

  private static boolean isSchema(Mark mark, Offered offer, Reader reader) {
    if (!SchemaCheck.problems(offer.inputSchema()).isEmpty()) {
      return true; // which is reported when it is built
    }
    try {
      Arguments.check(offer.inputSchema());
      return true;
    } catch (IllegalArgumentException e) {
      reader.report(
          mark,
          LoadCode.LOCK_TOOL,
          "a schema of `" + offer.name() + "` that cannot be read: " + e.getMessage(),
          "JSON Schema",
          "mend the schema in the server");
      return false;
    }
  }

  /** This, with other tools in place of all that it has of those servers. */
  public ToolLock with(Set<String> servers, ToolLock others) {
    Map<String, LockedTool> all = new TreeMap<>(tools);
    all.keySet().removeIf(name -> servers.contains(Tool.server(name)));
    all.putAll(others.tools());
    return new ToolLock(all);
  }

  /**
   * The hash that pins what a server offers. The words of a tool in this process are not pinned:
   * they are deployed with whoever reads them.
   */
  public static String hash(Offered offer) {
    if (offer.inProcess()) {
      return Json.hash(
          Map.of("name", offer.name(), "inputSchema", undescribed(offer.inputSchema())));
    }
    return Json.hash(
        Map.of(
            "name", offer.name(),
            "description", offer.description(),
            "inputSchema", offer.inputSchema()));
  }

  /** Without what only describes: a property of that name is a schema, no text. */
  private static Object undescribed(Object schema) {
    return switch (schema) {
      case Map<?, ?> map -> {
        Map<String, Object> kept = new TreeMap<>();
        Json.object(map)
            .forEach((key, value) -> {
              if (!(key.equals("description") && value instanceof String)) {
                kept.put(key, undescribed(value));
              }
            });
        yield kept;
      }
      case List<?> list -> list.stream().map(ToolLock::undescribed).toList();
      default -> schema;
    };
  }

  private static @Nullable LockedTool build(Mark mark, Offered offer, Reader reader) {
    String name = offer.name();
    if (!ToolNames.valid(name)) {
      reader.report(
          mark,
          LoadCode.LOCK_TOOL,
          "the tool name `" + name + "`",
          ToolNames.FORM,
          "rename the tool");
      return null;
    }
    if (offer.description().length() > MAX_DESCRIPTION) {
      reader.report(
          mark,
          LoadCode.LOCK_TOOL,
          "a description of `%s` of %,d characters".formatted(name, offer.description().length()),
          "at most %,d".formatted(MAX_DESCRIPTION),
          "shorten it in the server");
      return null;
    }
    List<SchemaCheck.Problem> problems = SchemaCheck.problems(offer.inputSchema());
    for (SchemaCheck.Problem problem : problems) {
      reader.report(
          mark,
          LoadCode.LOCK_TOOL,
          "in the schema of `" + name + "` " + problem.found(),
          problem.expected(),
          "mend the schema in the server");
    }
    if (!problems.isEmpty()) {
      return null;
    }
    return new LockedTool(
        name,
        offer.description(),
        offer.inputSchema(),
        hash(offer),
        Arguments.of(offer.inputSchema()),
        offer.inProcess());
  }

  /** The file's text: sorted, one value a line. */
  public String write() {
    Map<String, Object> entries = new LinkedHashMap<>();
    tools.forEach((name, tool) -> entries.put(name, entry(tool)));
    StringBuilder out = new StringBuilder();
    write(Map.of("version", VERSION, "tools", entries), "\n", out);
    return out.append('\n').toString();
  }

  private static Map<String, Object> entry(LockedTool tool) {
    Map<String, Object> entry = new TreeMap<>();
    entry.put("description", tool.description());
    entry.put("inputSchema", tool.inputSchema());
    entry.put("hash", tool.hash());
    if (tool.inProcess()) {
      entry.put(IN_PROCESS, true);
    }
    return entry;
  }

  private static void write(Object value, String indent, StringBuilder out) {
    String deeper = indent + "  ";
    String comma = deeper;
    switch (value) {
      case Map<?, ?> map when !map.isEmpty() -> {
        out.append('{');
        for (Map.Entry<String, Object> member : new TreeMap<>(Json.object(map)).entrySet()) {
          out.append(comma).append(Json.write(member.getKey())).append(": ");
          write(member.getValue(), deeper, out);
          comma = "," + deeper;
        }
        out.append(indent).append('}');
      }
      case List<?> list when !list.isEmpty() -> {
        out.append('[');
        for (Object item : list) {
          out.append(comma);
          write(item, deeper, out);
          comma = "," + deeper;
        }
        out.append(indent).append(']');
      }
      default -> out.append(Json.write(value));
    }
  }
}
