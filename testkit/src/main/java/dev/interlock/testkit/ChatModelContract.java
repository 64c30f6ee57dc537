package dev.interlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link ChatModel} holds. */
public abstract class ChatModelContract {
  /** Has every type of value: exact numbers, deep structure, text beyond ASCII. */
  protected static final Map<String, Object> ARGUMENTS =
      Map.of(
          "email",
          "eve@example.com",
          "count",
          9_007_199_254_740_993L,
          "price",
          Decimal.of("12345678901234567890.12"),
          "really",
          true,
          "tags",
          List.of("ä\n\"", Map.of("deep", List.of())));

  /** A model that answers the first question with one text, {@code Good morning.}. */
  protected abstract ChatModel greeting() throws Exception;

  /**
   * A model that answers the first question with {@code One moment.}, a call of {@code
   * it.find_user} as the model spells it with {@link #ARGUMENTS}, {@code And another.}, a call of
   * {@code record} without arguments.
   */
  protected abstract ChatModel calling() throws Exception;

  /** A model that has no reply and will not have one however often it is asked. */
  protected abstract ChatModel failing() throws Exception;

  /** How the model spells {@code it.find_user}. */
  protected abstract String findUser();

  /** Whether texts and calls come in the order the model gave them; else the texts come first. */
  protected boolean keepsOrder() {
    return true;
  }

  /** Whether the model tells its texts while they are written. */
  protected boolean streams() {
    return false;
  }

  /** The first question of an instance. */
  protected static Question question(String instance) {
    return new Question(
        instance,
        1,
        "CollectRequirements",
        "You help people.",
        List.of(new Question.ToolSpec("record", "Files a value.", Map.of("type", "object"))),
        List.of(new Question.Said(List.of("Good morning"))));
  }

  @Test
  void textEndsTheReply() throws Exception {
    Reply reply = greeting().ask(question("a"));

    assertThat(reply.parts()).containsExactly(new Reply.Text("Good morning."));
    assertThat(reply.stop()).isEqualTo(Reply.Stop.END);
    assertThat(reply.model()).isNotEmpty();
    assertThat(reply.usage().input()).isNotNegative();
  }

  @Test
  void partsComeInOrderAndCallsHaveIdsOfTheirOwn() throws Exception {
    Reply reply = calling().ask(question("a"));

    assertThat(reply.stop()).isEqualTo(Reply.Stop.CALLS);
    List<Reply.Call> calls = calls(reply);
    Reply.Call find = calls.getFirst();
    Reply.Call record = calls.getLast();
    if (keepsOrder()) {
      assertThat(reply.parts())
          .containsExactly(
              new Reply.Text("One moment."), find, new Reply.Text("And another."), record);
    } else {
      assertThat(reply.parts())
          .containsExactly(new Reply.Text("One moment.And another."), find, record);
    }
    assertThat(find.tool()).isEqualTo(findUser());
    assertThat(record.tool()).isEqualTo("record");
    assertThat(find.id()).isNotEqualTo(record.id()).isNotEmpty();
  }

  private static List<Reply.Call> calls(Reply reply) {
    List<Reply.Call> calls = new ArrayList<>();
    for (Reply.Part part : reply.parts()) {
      if (part instanceof Reply.Call call) {
        calls.add(call);
      }
    }
    assertThat(calls).hasSize(2);
    return calls;
  }

  @Test
  void whatIsToldMeanwhileIsTheTextOfTheReply() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    Reply reply = calling().ask(question("a"), told::add);

    StringBuilder text = new StringBuilder();
    for (Reply.Part part : reply.parts()) {
      text.append(part instanceof Reply.Text it ? it.text() : "");
    }
    assertThat(String.join("", told)).isEqualTo(streams() ? text.toString() : "");
  }

  @Test
  void argumentsAreExactJsonText() throws Exception {
    Reply reply = calling().ask(question("a"));

    assertThat(Json.parse(calls(reply).getFirst().arguments())).isEqualTo(ARGUMENTS);
    assertThat(Json.parse(calls(reply).getLast().arguments())).isEqualTo(Map.of());
  }

  @Test
  void failureForGoodIsNotWorthARetry() throws Exception {
    ChatModel model = failing();

    assertThatThrownBy(() -> model.ask(question("a")))
        .isInstanceOfSatisfying(
            ModelException.class,
            e -> {
              assertThat(e.retryable()).isFalse();
              assertThat(e).hasMessageMatching("(?s).{20,}");
            });
  }

  @Test
  void interruptAbandonsTheQuestion() throws Exception {
    ChatModel model = greeting();
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      Thread.currentThread().interrupt();
      try {
        thrown.complete(new AssertionError(model.ask(question("a"))));
      } catch (ModelException | InterruptedException e) {
        thrown.complete(e);
      }
    });

    assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void manyAskAtOnce() throws Exception {
    ChatModel model = greeting();
    List<CompletableFuture<Reply>> replies =
        IntStream.range(0, 20).mapToObj(i -> ask(model, question("instance-" + i))).toList();

    for (CompletableFuture<Reply> reply : replies) {
      assertThat(reply.get(60, TimeUnit.SECONDS).parts())
          .containsExactly(new Reply.Text("Good morning."));
    }
  }

  private static CompletableFuture<Reply> ask(ChatModel model, Question question) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        reply.complete(model.ask(question));
      } catch (ModelException | InterruptedException e) {
        reply.completeExceptionally(e);
      }
    });
    return reply;
  }
}
