package dev.interlock.cli.session;

import dev.interlock.cli.output.Text;
import dev.interlock.core.engine.Watcher.Writing;
import java.util.concurrent.atomic.AtomicReference;

/** The end of what a model is writing. Used by any thread. */
public final class BeingWritten {
  /** How much is shown, in characters: less than a line. */
  private static final int SHOWN = 50;

  private final AtomicReference<String> end = new AtomicReference<>("");

  /** A piece more, or a new beginning. */
  public void take(Writing piece) {
    end.updateAndGet(before -> {
      String all = piece.offset() == 0 ? piece.text() : before + piece.text();
      return all.substring(Math.max(0, all.length() - SHOWN));
    });
  }

  /** The reply is there, or will not be. */
  public void clear() {
    end.set("");
  }

  /** What to show, or nothing if nothing is being written. */
  public String shown() {
    String text = end.get();
    return text.isEmpty() ? "" : "the model writes: " + Text.oneLine(text);
  }
}
