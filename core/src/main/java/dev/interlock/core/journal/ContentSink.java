package dev.interlock.core.journal;

/** Where content goes when an entry is written: beside it. */
interface ContentSink {
  /**
   * Takes one content.
   *
   * @param json its canonical JSON
   * @param hash of {@link Content#hash}
   * @param out where its place is written: what stands for it in the entry
   */
  void put(String json, boolean hash, StringBuilder out);
}
