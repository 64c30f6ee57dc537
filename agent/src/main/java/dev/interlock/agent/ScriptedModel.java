package dev.interlock.agent;

import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.MappingReader;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import dev.interlock.core.load.Yaml;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Script;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model that answers from a script: by the instance's id and the question's number, so that an
 * engine that was killed gets the same reply again. Immutable.
 *
 * <pre>
 * replies:                       # for every instance that has none of its own
 *   - Good morning.              # the reply to question 1; forms as {@link Script} has them
 * instances:
 *   device-1:
 *     - [{say: One moment.}, {call: it.find_user, with: {email: eve@example.com}}]
 * </pre>
 */
public final class ScriptedModel implements ChatModel {
  private final String name;
  private final List<Object> replies;
  private final Map<String, List<Object>> instances;

  private ScriptedModel(String name, List<Object> replies, Map<String, List<Object>> instances) {
    this.name = name;
    this.replies = replies;
    this.instances = instances;
  }

  /**
   * What was read.
   *
   * @param model null if there are problems
   */
  public record Read(@Nullable ScriptedModel model, List<Diagnostic> problems) {}

  /**
   * Reads a script; nothing is opened.
   *
   * @throws IllegalArgumentException if it is malformed: everything wrong, with file and place
   */
  public static ScriptedModel parse(String name, String text) {
    Read read = read(name, text);
    if (read.model() == null) {
      throw new IllegalArgumentException(Diagnostic.format(read.problems()));
    }
    return read.model();
  }

  /**
   * As {@link #parse}, with what is wrong as data.
   *
   * @param name of the file, for messages
   */
  public static Read read(String name, String text) {
    Yaml.Parsed parsed = Yaml.read(name, text);
    Node root = parsed.root();
    if (root == null || !parsed.problems().isEmpty()) {
      return new Read(null, parsed.problems());
    }
    Reader reader = new Reader();
    List<Object> replies = List.of();
    Map<String, List<Object>> instances = new HashMap<>();
    MappingReader script = reader.mapping(root, "the script");
    if (script != null) {
      replies = replies(script.list("replies"), reader);
      for (Node.Member member : script.members("instances")) {
        List<Node> items = reader.list(member.node(), "the replies for `" + member.key() + "`");
        instances.put(member.key(), replies(items, reader));
      }
      script.done();
    }
    return reader.count() > 0
        ? new Read(null, reader.diagnostics())
        : new Read(new ScriptedModel(name, replies, instances), List.of());
  }

  private static List<Object> replies(@Nullable List<Node> items, Reader reader) {
    if (items == null) {
      return List.of();
    }
    for (Node item : items) {
      try {
        Script.reply(item.value(), 1);
      } catch (IllegalArgumentException e) {
        reader.report(
            item.mark(),
            "script-reply",
            item.described(),
            "a reply",
            String.valueOf(e.getMessage()));
      }
    }
    return items.stream().map(Node::value).toList();
  }

  /** Tells the texts of the reply word by word. */
  @Override
  public Reply ask(Question question, Deltas deltas) throws ModelException, InterruptedException {
    Reply reply = ask(question);
    Script.tell(reply, deltas);
    return reply;
  }

  @Override
  public Reply ask(Question question) throws ModelException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the question was abandoned");
    }
    List<Object> own = instances.get(question.instance());
    List<Object> script = own == null ? replies : own;
    if (question.number() < 1 || question.number() > script.size()) {
      String where = own == null ? "`replies`" : "`instances: " + question.instance() + "`";
      throw new ModelException(
          "question %d of `%s` has no reply in %s: %s has %d; add one, or let the machine end sooner"
              .formatted(question.number(), question.instance(), name, where, script.size()),
          false,
          null,
          null);
    }
    return Script.reply(script.get((int) question.number() - 1), question.number());
  }
}
