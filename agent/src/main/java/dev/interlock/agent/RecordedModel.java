package dev.interlock.agent;

import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Script;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model that plays back what a {@link Recorder} wrote. A question is answered if it is the same
 * as one that was recorded, the instance's id apart; of several replies to the same question each
 * instance gets the next one, and the same one again if it asks again. Thread-safe.
 */
public final class RecordedModel implements ChatModel {
  private final String name;
  private final List<RecordedExchange> exchanges;
  private final Map<String, List<Reply>> replies = new HashMap<>();

  /** Which of the replies an instance got, by question and instance. */
  private final Map<String, Map<String, Integer>> given = new HashMap<>();

  private RecordedModel(String name, List<RecordedExchange> exchanges) {
    this.name = name;
    this.exchanges = exchanges;
    for (RecordedExchange exchange : exchanges) {
      replies
          .computeIfAbsent(exchange.asked().hash(), hash -> new ArrayList<>())
          .add(exchange.reply());
    }
  }

  /**
   * Reads a recording, one exchange a line.
   *
   * @param name of the file, for messages
   * @throws IllegalArgumentException if it is none, with file and line
   */
  public static RecordedModel parse(String name, String text) {
    List<RecordedExchange> exchanges = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        exchanges.add(RecordedExchange.read(line));
      } catch (JsonException | IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "%s:%d: found a line that is no recorded exchange (%s), expected one that was written by"
                    .formatted(name, number, e.getMessage())
                + " `interlock run --record`; record it again",
            e);
      }
    }
    return new RecordedModel(name, exchanges);
  }

  @Override
  public Reply ask(Question question) throws ModelException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the question was abandoned");
    }
    Asked asked = Asked.of(question);
    List<Reply> known = replies.get(asked.hash());
    if (known == null) {
      throw new ModelException(why(question, asked), false, null, null);
    }
    return known.get(turn(asked.hash(), question.instance()) % known.size());
  }

  private synchronized int turn(String hash, String instance) {
    Map<String, Integer> turns = given.computeIfAbsent(hash, it -> new HashMap<>());
    return turns.computeIfAbsent(instance, it -> turns.size());
  }

  @Override
  public Reply ask(Question question, Deltas deltas) throws ModelException, InterruptedException {
    Reply reply = ask(question);
    Script.tell(reply, deltas);
    return reply;
  }

  /** What differs from the recorded question that is nearest. */
  private String why(Question question, Asked asked) {
    Optional<Asked> nearest =
        exchanges.stream()
            .map(RecordedExchange::asked)
            .max((a, b) -> Integer.compare(a.alike(asked), b.alike(asked)));
    return "question %d of `%s` in %s is not in %s, which has %d: %s; record it again"
        .formatted(
            question.number(),
            question.instance(),
            question.state(),
            name,
            exchanges.size(),
            nearest.map(it -> "compared with the nearest, " + it.difference(asked)).orElse("none"));
  }

  /**
   * A question, as far as it can be compared.
   *
   * @param state where it was asked
   * @param system hash of the system text
   * @param tools hash of the tools
   * @param messages hash of each message
   */
  record Asked(String state, String system, String tools, List<String> messages) {
    private static final int DIGITS = 32;

    static Asked of(Question question) {
      List<Object> tools = new ArrayList<>();
      question
          .tools()
          .forEach(tool -> tools.add(List.of(tool.name(), tool.description(), tool.schema())));
      return new Asked(
          question.state(),
          hashed(question.system()),
          hashed(tools),
          question.messages().stream().map(Asked::message).toList());
    }

    private static String message(Question.Message message) {
      List<Object> parts = new ArrayList<>();
      switch (message) {
        case Question.Said said -> {
          parts.add("said");
          parts.addAll(said.texts());
          said.documents().forEach(it -> parts.add(it.document().toString()));
        }
        case Question.Replied replied -> {
          parts.add("replied");
          replied.parts().forEach(part -> parts.add(RecordedExchange.part(part)));
        }
        case Question.Results results -> {
          parts.add("results");
          results.results().forEach(it -> parts.add(List.of(it.call(), it.text(), it.error())));
        }
      }
      return hashed(parts);
    }

    private static String hashed(Object value) {
      return Json.hash(value).substring(0, DIGITS);
    }

    String hash() {
      return Json.hash(List.of(state, system, tools, messages));
    }

    /** How much of another is the same, from the beginning of the conversation on. */
    int alike(Asked other) {
      int score = state.equals(other.state) ? 1 : 0;
      score += system.equals(other.system) ? 1 : 0;
      score += tools.equals(other.tools) ? 1 : 0;
      score += messages.size() == other.messages.size() ? 1 : 0;
      return score + 10 * same(other);
    }

    private int same(Asked other) {
      int most = Math.min(messages.size(), other.messages.size());
      int at = 0;
      while (at < most && messages.get(at).equals(other.messages.get(at))) {
        at++;
      }
      return at;
    }

    String difference(Asked other) {
      if (!state.equals(other.state)) {
        return "it was asked in " + state;
      }
      if (!system.equals(other.system)) {
        return "its system text differs: the machine was changed";
      }
      if (!tools.equals(other.tools)) {
        return "its tools differ: the machine or the lock was changed";
      }
      return "its message %d of %d differs, or there is none"
          .formatted(same(other) + 1, other.messages.size());
    }
  }
}
