package dev.interlock.bench;

import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.engine.Ports;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Parts that answer at once. */
public final class World {
  private World() {}

  /** What a model answers. */
  public interface Answers {
    Reply to(Question question) throws InterruptedException;
  }

  /** What an engine reaches: a desk takes all. */
  public static Ports ports(Answers model, Function<ToolHost.ToolCall, String> tool) {
    ChatModel answering = question -> model.to(question);
    ToolHost tools =
        new ToolHost() {
          @Override
          public List<Offered> offered(String server) {
            return List.of();
          }

          @Override
          public Answer call(ToolCall call) {
            return new Answer.Returned(tool.apply(call), null);
          }

          @Override
          public void close() {}
        };
    Desk desk =
        new Desk() {
          @Override
          public String open(Ticket ticket) {
            return ticket.key();
          }

          @Override
          public void notify(Notice notice) {}
        };
    return new Ports(answering, tools, Map.of("main", desk), Clock.systemUTC());
  }

  /** A text. */
  public static Reply says(String text) {
    return new Reply(List.of(new Reply.Text(text)), Reply.Stop.END, "bench", Reply.Usage.NONE);
  }

  /** A text and a call. */
  public static Reply calls(String text, Question question, String tool, String arguments) {
    return new Reply(
        List.of(new Reply.Text(text), new Reply.Call("c" + question.number(), tool, arguments)),
        Reply.Stop.CALLS,
        "bench",
        Reply.Usage.NONE);
  }
}
