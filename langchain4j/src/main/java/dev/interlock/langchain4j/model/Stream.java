package dev.interlock.langchain4j.model;

import dev.interlock.core.prompt.ChatModel.Deltas;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for a streamed reply. When nobody waits any more, the stream is told to stop. */
final class Stream implements StreamingChatResponseHandler {
  private final CompletableFuture<ChatResponse> response = new CompletableFuture<>();
  private final Deltas deltas;

  private Stream(Deltas deltas) {
    this.deltas = deltas;
  }

  /**
   * The whole reply.
   *
   * @throws Exception what the object says went wrong
   */
  static ChatResponse of(StreamingChatModel model, ChatRequest request, Deltas deltas)
      throws Exception {
    Stream stream = new Stream(deltas);
    model.chat(request, stream);
    try {
      return stream.response.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      stream.response.cancel(false);
    }
  }

  @Override
  public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
    if (response.isDone()) {
      context.streamingHandle().cancel();
    } else {
      onPartialResponse(partial.text());
    }
  }

  @Override
  public void onPartialResponse(String text) {
    if (!response.isDone() && !text.isEmpty()) {
      deltas.text(text);
    }
  }

  @Override
  public void onCompleteResponse(ChatResponse complete) {
    response.complete(complete);
  }

  @Override
  public void onError(Throwable error) {
    response.completeExceptionally(error);
  }
}
