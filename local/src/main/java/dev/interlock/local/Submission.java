package dev.interlock.local;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.journal.Store;
import dev.interlock.engine.Live;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What the committer is asked to take. */
sealed interface Submission {
  /** Completed once it is durable, or with the error that kept it from being so. */
  CompletableFuture<Acknowledgement> done();

  /**
   * Something that happened to an instance.
   *
   * @param make the occurrence, from the instance as it is then and the time
   * @param unborn what the instance begins as if there is none, or null if there must be one
   * @param writes what must be durable with it
   */
  record Happened(
      String instance,
      BiFunction<Live, Instant, Occurrence> make,
      @Nullable Live unborn,
      List<Store.Write> writes,
      CompletableFuture<Acknowledgement> done)
      implements Submission {}

  /** Something to be written by itself: a mark, a machine. */
  record Plain(Store.Write write, CompletableFuture<Acknowledgement> done) implements Submission {}

  /** Timers of an instance that may be due. */
  record Due(String instance, CompletableFuture<Acknowledgement> done) implements Submission {}

  static Happened happened(String instance, BiFunction<Live, Instant, Occurrence> make) {
    return new Happened(instance, make, null, List.of(), new CompletableFuture<>());
  }

  static Happened happened(
      String instance, List<Store.Write> writes, BiFunction<Live, Instant, Occurrence> make) {
    return new Happened(instance, make, null, writes, new CompletableFuture<>());
  }

  static Plain plain(Store.Write write) {
    return new Plain(write, new CompletableFuture<>());
  }

  static Due due(String instance) {
    return new Due(instance, new CompletableFuture<>());
  }
}
