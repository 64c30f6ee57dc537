package dev.interlock.testkit.walk;

/**
 * A promise that was not kept.
 *
 * @param seq the entry in which that shows
 */
public record Broken(Promise promise, long seq, String what) {
  @Override
  public String toString() {
    return "%s (%s) broken in entry %d: %s".formatted(promise, promise.sentence(), seq, what);
  }
}
