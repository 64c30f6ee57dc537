package dev.interlock.core.machine;

/** What repeating a call does to the world; it decides retries. */
public enum EffectClass {
  READ("read"),
  IDEMPOTENT("idempotent"),
  /** Dispatched at most once per accepted call. */
  WRITE("write");

  private final String word;

  EffectClass(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }
}
