package dev.interlock.agent;

import java.util.concurrent.atomic.AtomicReference;
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

  void refused(Refusal answer) {
    refusal = answer;
  }

  /** What the server answered over HTTP instead of taking the request, or null. */
  @Nullable Refusal refusal() {
    return refusal;
  }
}
