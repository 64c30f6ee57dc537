package dev.interlock.cli.session;

import dev.interlock.cli.output.Text;
import dev.interlock.core.engine.Watcher.Passing;
import dev.interlock.core.engine.Watcher.Working;
import dev.interlock.core.engine.Watcher.Writing;
import java.util.concurrent.atomic.AtomicReference;

/** The end of what a model is writing, or how far a call is: the newer. Used by any thread. */
public final class UnderWay {
  /** How much is shown, in characters: less than a line. */
  private static final int SHOWN = 50;

  /**
   * @param written the end of what a model wrote
   * @param shown on one line
   */
  private record Newest(String written, String shown) {}

  private static final Newest NOTHING = new Newest("", "");

  private final AtomicReference<Newest> newest = new AtomicReference<>(NOTHING);

  /** A piece more, a new beginning, or how far a call is. */
  public void take(Passing passing) {
    newest.updateAndGet(before ->
        switch (passing) {
          case Writing piece -> written(before.written(), piece);
          case Working working -> new Newest("", worked(working));
        });
  }

  private static Newest written(String before, Writing piece) {
    String all = piece.offset() == 0 ? piece.text() : before + piece.text();
    String end = all.substring(Math.max(0, all.length() - SHOWN));
    return end.isEmpty() ? NOTHING : new Newest(end, "the model writes: " + Text.oneLine(end));
  }

  private static String worked(Working working) {
    String done = "no. %d: %s".formatted(working.call(), working.progress().done());
    String of = working.progress().total() == null ? "" : " of " + working.progress().total();
    String message = Text.cut(Text.oneLine(working.progress().message()), SHOWN);
    return done + of + (message.isEmpty() ? "" : ", " + message);
  }

  /** What came of it is there, or will not be. */
  public void clear() {
    newest.set(NOTHING);
  }

  /** What to show, or nothing if nothing is known to be under way. */
  public String shown() {
    return newest.get().shown();
  }
}
