package dev.interlock.agent;

import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.LoadCode;
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
 * A model that answers from a script: by the instance's id and the number of the turn, so that an
 * engine that was killed gets the same reply again. Immutable.
 *
 * <pre>
 * summary: They said hello.      # to each question for a summary, if the machine has a `history`
 * replies:                       # for every instance that has none of its own
 *   - Good morning.              # the reply in turn 1; forms as {@link Script} has them
 * instances:
 *   device-1:
 *     - [{say: One moment.}, {call: it.find_user, with: {email: eve@example.com}}]
 * </pre>
 */
public final class ScriptedModel implements ChatModel {
  /** The summary of a script that has none. */
  private static final String SUMMARY = "(The script that plays the model sums nothing up.)";

  private final String name;
  private final String summary;
  private final List<Object> replies;
  private final Map<String, List<Object>> instances;

  private ScriptedModel(
      String name, String summary, List<Object> replies, Map<String, List<Object>> instances) {
    this.name = name;
    this.summary = summary;
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
    String summary = SUMMARY;
    List<Object> replies = List.of();
    Map<String, List<Object>> instances = new HashMap<>();
    MappingReader script = reader.mapping(root, "the script");
    if (script != null) {
      summary = script.text("summary", SUMMARY);
      replies = replies(script.list("replies"), reader);
      for (Node.Member member : script.members("instances")) {
        List<Node> items = reader.list(member.node(), "the replies for `" + member.key() + "`");
        instances.put(member.key(), replies(items, reader));
      }
      script.done();
    }
    return reader.count() > 0
        ? new Read(null, reader.diagnostics())
        : new Read(new ScriptedModel(name, summary, replies, instances), List.of());
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
            LoadCode.FORM,
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
    if (question.summary()) {
      return Script.reply(summary, question.number());
    }
    List<Object> own = instances.get(question.instance());
    List<Object> script = own == null ? replies : own;
    if (question.turn() < 1 || question.turn() > script.size()) {
      String where = own == null ? "`replies`" : "`instances: " + question.instance() + "`";
      throw new ModelException(
          "question %d of `%s` has no reply in %s: %s has %d; add one, or let the machine end sooner"
              .formatted(question.turn(), question.instance(), name, where, script.size()),
          false,
          null,
          null);
    }
    return Script.reply(script.get((int) question.turn() - 1), question.number());
  }
}
