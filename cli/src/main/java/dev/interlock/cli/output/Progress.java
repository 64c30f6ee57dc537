package dev.interlock.cli.output;

import dev.interlock.cli.output.Output.Stream;
import java.time.Duration;

/**
 * One line on stderr that says what takes so long. It is only shown on a terminal, and it is wiped
 * before anything else is written. Used by one thread.
 */
public final class Progress implements AutoCloseable {
  private final Output output;
  private boolean shown;

  Progress(Output output) {
    this.output = output;
  }

  /** Shows what is under way, and for how long. */
  public void show(String what, Duration since) {
    if (!output.terminal(Stream.ERR)) {
      return;
    }
    String line = "%s … %d s".formatted(what, since.toSeconds());
    int most = output.width() - 1;
    output
        .err()
        .print("\r\033[K" + output.paint(Stream.ERR, Colour.FAINT, cut(Text.oneLine(line), most)));
    output.err().flush();
    shown = true;
  }

  private static String cut(String line, int most) {
    return line.length() <= most ? line : line.substring(0, most - 1) + "…";
  }

  /** Wipes the line, if it is shown. */
  public void wipe() {
    if (shown) {
      output.err().print("\r\033[K");
      output.err().flush();
      shown = false;
    }
  }

  @Override
  public void close() {
    wipe();
  }
}
