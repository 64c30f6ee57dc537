package dev.interlock.temporal;

import dev.interlock.core.machine.Document;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A model that answers when a test does. One question is open at a time. Thread-safe. */
final class HeldModel implements ChatModel {
  private final List<Question> asked = new ArrayList<>();
  private @Nullable Open open;

  private record Open(Question question, CompletableFuture<Reply> reply) {}

  @Override
  public Reply ask(Question question) throws ModelException, InterruptedException {
    Open mine = new Open(question, new CompletableFuture<>());
    synchronized (this) {
      open = mine;
      asked.add(question);
    }
    try {
      return mine.reply().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ModelException failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
    } finally {
      close(mine);
    }
  }

  private synchronized void close(Open mine) {
    if (mine.equals(open)) {
      open = null;
    }
  }

  @Override
  public boolean sees(Document document) {
    return true;
  }

  synchronized Optional<Question> open() {
    return Optional.ofNullable(open).map(Open::question);
  }

  synchronized List<Question> asked() {
    return List.copyOf(asked);
  }

  synchronized void reply(Reply reply) {
    taken().complete(reply);
  }

  synchronized void fail(String why) {
    taken().completeExceptionally(new ModelException(why, false, null, null));
  }

  private CompletableFuture<Reply> taken() {
    if (open == null) {
      throw new IllegalStateException("found no open question, expected one");
    }
    CompletableFuture<Reply> reply = open.reply();
    open = null;
    return reply;
  }
}
