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
import dev.interlock.engine.Retrying.Tried;
import dev.interlock.engine.Settings;
import dev.interlock.engine.Telling;
import dev.interlock.local.Flights.Flight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks one question: each model by the policy of retries, one after the other, and tells what is
 * written meanwhile. Not thread-safe.
 */
final class Asking {
  private final Flight flight;
  private final Settings settings;
  private final List<ChatModel> models;
  private final Live live;
  private final long question;
  private final Function<ChatModel, Question> questions;
  private final Consumer<Writing> watchers;
  private final Function<Asked, Submission.Happened> then;
  private final List<String> whys = new ArrayList<>();
  private long overflowed;

  /** Which of the models is asked. */
  private int model;

  /** How often that one was. */
  private int tried;

  /** How often all were. */
  private int attempt;

  /**
   * @param question its number
   * @param questions what a model is asked: it shows what that one can see
   * @param then what follows from what came of it
   */
  Asking(
      Flight flight,
      Settings settings,
      List<ChatModel> models,
      Live live,
      long question,
      Function<ChatModel, Question> questions,
      Consumer<Writing> watchers,
      Function<Asked, Submission.Happened> then) {
    this.flight = flight;
    this.settings = settings;
    this.models = models;
    this.live = live;
    this.question = question;
    this.questions = questions;
    this.watchers = watchers;
    this.then = then;
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
  Submission.@Nullable Happened ask() throws InterruptedException {
    if (model == models.size()) {
      String why = String.join("; the next model: ", whys);
      return then.apply(
          overflowed == 0 ? new Asked.Failed(why) : new Asked.Overflowed(overflowed, why));
    }
    tried = 0;
    Question shown = questions.apply(models.get(model));
    String why = Prompt.tooLong(live.machine(), shown);
    return why.isEmpty() ? attempt(shown) : overflowed(shown, why);
  }

  private Submission.@Nullable Happened overflowed(Question shown, String why)
      throws InterruptedException {
    overflowed = Price.tokens(shown);
    return nextModel(why);
  }

  private Submission.@Nullable Happened nextModel(String why) throws InterruptedException {
    whys.add(why);
    model++;
    return ask();
  }

  private Submission.@Nullable Happened attempt(Question shown) throws InterruptedException {
    tried++;
    attempt++;
    Telling telling = new Telling(live.instance().id(), question, attempt, watchers);
    ChatModel asked = models.get(model);
    try {
      return flight.within(
          settings.questionTimeout(),
          () -> asked.ask(shown, telling),
          telling::drop,
          came -> came(shown, telling, came));
    } catch (InterruptedException | RuntimeException e) {
      telling.drop();
      throw e;
    }
  }

  private Submission.@Nullable Happened came(Question shown, Telling telling, Tried<Reply> came)
      throws InterruptedException {
    String why;
    Duration wait = null;
    boolean again = tried < settings.questionRetry().attempts();
    try {
      Reply reply = came.get();
      telling.end(); // its entry takes the place
      return then.apply(new Asked.Replied(reply));
    } catch (TimeoutException e) {
      why = "no reply within " + settings.questionTimeout();
    } catch (ExecutionException e) {
      why = String.valueOf(e.getCause() == null ? e : e.getCause().getMessage());
      if (e.getCause() instanceof ModelException failure) {
        if (failure.overflow()) {
          telling.drop();
          return overflowed(shown, why);
        }
        wait = failure.retryAfter();
        again = again && failure.retryable() && !Retrying.tooLong(wait);
      }
    }
    telling.drop();
    if (!again) {
      return nextModel(why);
    }
    Thread.sleep(Retrying.pause(settings.questionRetry(), tried, wait));
    return attempt(shown);
  }
}
