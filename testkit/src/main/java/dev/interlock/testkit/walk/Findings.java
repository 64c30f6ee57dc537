package dev.interlock.testkit.walk;

import java.util.ArrayList;
import java.util.List;

/** What a checker found in one entry. */
final class Findings {
  private final List<Broken> broken = new ArrayList<>();
  private final long seq;

  Findings(long seq) {
    this.seq = seq;
  }

  /** The promise is broken unless that holds. */
  void hold(boolean holds, Promise promise, String otherwise) {
    if (!holds) {
      broken.add(new Broken(promise, seq, otherwise));
    }
  }

  void broken(Promise promise, String what) {
    hold(false, promise, what);
  }

  List<Broken> list() {
    return List.copyOf(broken);
  }
}
