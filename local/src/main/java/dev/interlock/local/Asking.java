package dev.interlock.local;

import dev.interlock.core.engine.Watcher.Writing;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Prompt;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.engine.Live;
import dev.interlock.engine.Retrying;
import dev.interlock.engine.Settings;
import dev.interlock.engine.Telling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Asks one question: each model by the policy of retries, one after the other, and tells what is
 * written meanwhile. Not thread-safe.
 */
final class Asking {
  private final Settings settings;
  private final ExecutorService threads;
  private final Function<ChatModel, Question> questions;
  private final Consumer<Writing> watchers;
  private final Live live;
  private final long question;
  private int attempt;

  /** What the newest attempt wrote, and the one before it. */
  private Telling telling;

  /**
   * @param question its number
   * @param questions what a model is asked: it shows what that one can see
   */
  Asking(
      Settings settings,
      ExecutorService threads,
      Live live,
      long question,
      Function<ChatModel, Question> questions,
      Consumer<Writing> watchers) {
    this.settings = settings;
    this.threads = threads;
    this.live = live;
    this.question = question;
    this.questions = questions;
    this.watchers = watchers;
    this.telling = telling();
  }

  /** What came of asking. */
  sealed interface Asked {
    record Replied(Reply reply) implements Asked {}

    record Failed(String why) implements Asked {}

    /**
     * The question is too long, for the machine or for a model.
     *
     * @param tokens of it, as they are estimated
     */
    record Overflowed(long tokens, String why) implements Asked {}
  }

  /**
   * Asks until there is a reply, or no sense in asking any more.
   *
   * @throws InterruptedException if the question was abandoned; what was told is then void
   */
  Asked ask(List<ChatModel> models) throws InterruptedException {
    List<String> whys = new ArrayList<>();
    long overflowed = 0;
    boolean replied = false;
    try {
      for (ChatModel model : models) {
        switch (ask(model)) {
          case Asked.Replied reply -> {
            replied = true;
            return reply;
          }
          case Asked.Failed(String why) -> whys.add(why);
          case Asked.Overflowed(long tokens, String why) -> {
            whys.add(why);
            overflowed = tokens;
          }
        }
      }
      String why = String.join("; the next model: ", whys);
      return overflowed == 0 ? new Asked.Failed(why) : new Asked.Overflowed(overflowed, why);
    } finally {
      if (replied) {
        telling.end(); // its entry takes the place
      } else {
        telling.drop();
      }
    }
  }

  private Telling telling() {
    return new Telling(live.instance().id(), question, attempt, watchers);
  }

  private Asked ask(ChatModel model) throws InterruptedException {
    Question shown = questions.apply(model);
    String why = Prompt.tooLong(live.machine(), shown);
    if (!why.isEmpty()) {
      return new Asked.Overflowed(Price.tokens(shown), why);
    }
    for (int tried = 1; tried <= settings.questionRetry().attempts(); tried++) {
      Duration asked = null;
      telling.drop();
      attempt++;
      telling = telling();
      Telling mine = telling;
      try {
        Reply reply =
            Retrying.within(threads, settings.questionTimeout(), () -> model.ask(shown, mine));
        return new Asked.Replied(reply);
      } catch (TimeoutException e) {
        why = "no reply within " + settings.questionTimeout();
      } catch (ExecutionException e) {
        why = String.valueOf(e.getCause() == null ? e : e.getCause().getMessage());
        if (e.getCause() instanceof ModelException failure) {
          if (failure.overflow()) {
            return new Asked.Overflowed(Price.tokens(shown), why);
          }
          asked = failure.retryAfter();
          if (!failure.retryable() || Retrying.tooLong(asked)) {
            break;
          }
        }
      }
      if (tried < settings.questionRetry().attempts()) {
        telling.drop();
        Thread.sleep(Retrying.pause(settings.questionRetry(), tried, asked));
      }
    }
    return new Asked.Failed(why);
  }
}
