package dev.interlock.agent;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that says when it leaves: an {@link Exchange} that nobody waits for any
 * more is not sent, and none is sent twice.
 */
final class Letter implements BodyPublisher {
  private final BodyPublisher body;
  private final Exchange exchange;

  Letter(String text, Exchange exchange) {
    this.body = BodyPublishers.ofString(text);
    this.exchange = exchange;
  }

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    body.subscribe(
        new Flow.Subscriber<>() {
          private Flow.@Nullable Subscription subscription;
          private boolean begun;
          private boolean leaves;

          @Override
          public void onSubscribe(Flow.Subscription of) {
            subscription = of;
            subscriber.onSubscribe(of);
          }

          @Override
          public void onNext(ByteBuffer bytes) {
            if (!begun) {
              begun = true;
              leaves = exchange.send();
              if (!leaves) {
                Objects.requireNonNull(subscription).cancel();
                subscriber.onError(new IOException("it is not to be sent any more"));
              }
            }
            if (leaves) {
              subscriber.onNext(bytes);
            }
          }

          @Override
          public void onError(Throwable failure) {
            subscriber.onError(failure);
          }

          @Override
          public void onComplete() {
            if (leaves) {
              subscriber.onComplete();
            }
          }
        });
  }
}
