package dev.interlock.agent;

import dev.interlock.core.engine.ToolHost.Progress;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How far a request got: whether its first byte may have left, and whether an answer came. */
final class Exchange {
  private enum Phase {
    QUEUED,
    SENT,
    DROPPED
  }

  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.QUEUED);
  private volatile @Nullable Object id;
  private volatile boolean answered;
  private volatile @Nullable Skim unread;
  private volatile @Nullable Refusal refusal;
  private final String token;
  private final Consumer<Progress> told;

  Exchange() {
    this("", progress -> {});
  }

  /**
   * @param token by which the server tells of its progress
   * @param told what is passed on of it
   */
  Exchange(String token, Consumer<Progress> told) {
    this.token = token;
    this.told = told;
  }

  String token() {
    return token;
  }

  void tell(Progress progress) {
    told.accept(progress);
  }

  /** To be called before the first byte: false if nobody waits any more, so nothing may go out. */
  boolean send() {
    return phase.compareAndSet(Phase.QUEUED, Phase.SENT);
  }

  /** Gives up: true if nothing was sent, and nothing will be. */
  boolean drop() {
    return phase.compareAndSet(Phase.QUEUED, Phase.DROPPED) || phase.get() == Phase.DROPPED;
  }

  void answered() {
    answered = true;
  }

  boolean hasAnswer() {
    return answered;
  }

  void id(Object requestId) {
    id = requestId;
  }

  /** The request's id, or null if it never got one. */
  @Nullable Object id() {
    return id;
  }

  void unread(Skim answer) {
    unread = answer;
  }

  /** The answer, if it could not be read. */
  @Nullable Skim unread() {
    return unread;
  }

  void refused(@Nullable Refusal answer) {
    refusal = answer;
  }

  /** What the server answered over HTTP instead of taking the request, or null. */
  @Nullable Refusal refusal() {
    return refusal;
  }
}
