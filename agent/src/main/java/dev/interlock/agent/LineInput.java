package dev.interlock.agent;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines of a stream, of which none is kept in memory beyond a limit. One reader. */
final class LineInput {
  /** A line without its end. */
  sealed interface Line {}

  /** A line within the limit; malformed UTF-8 is replaced. */
  record Whole(String text) implements Line {}

  /** A line beyond the limit; its bytes can be read once, until the next line is asked for. */
  record TooLong(InputStream bytes) implements Line {}

  private final InputStream in;
  private final int limit;
  private final byte[] buffer = new byte[1 << 16];
  private int from;
  private int to;
  private @Nullable Rest rest;

  /**
   * @param limit the most bytes of a line
   */
  LineInput(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** The next line, or null at the end; the last one needs no line end. */
  @Nullable Line next() throws IOException {
    if (rest != null) {
      rest.transferTo(OutputStream.nullOutputStream());
      rest = null;
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      if (from == to && !fill()) {
        return line.size() == 0 ? null : whole(line);
      }
      int end = lineEnd();
      line.write(buffer, from, end - from);
      boolean ended = end < to;
      from = ended ? end + 1 : end;
      if (line.size() > limit) {
        InputStream head = new ByteArrayInputStream(line.toByteArray());
        rest = new Rest(ended);
        return new TooLong(new SequenceInputStream(head, rest));
      }
      if (ended) {
        return whole(line);
      }
    }
  }

  private static Whole whole(ByteArrayOutputStream line) {
    return new Whole(line.toString(StandardCharsets.UTF_8));
  }

  private boolean fill() throws IOException {
    from = 0;
    to = Math.max(0, in.read(buffer));
    return to > 0;
  }

  /** Where in the buffer the line ends, or the end of what the buffer holds. */
  private int lineEnd() {
    int end = from;
    while (end < to && buffer[end] != '\n') {
      end++;
    }
    return end;
  }

  /** What is left of a line that was too long. */
  private final class Rest extends InputStream {
    private boolean ended;

    private Rest(boolean ended) {
      this.ended = ended;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (ended || (from == to && !fill())) {
        ended = true;
        return -1;
      }
      int end = lineEnd();
      int count = Math.min(length, end - from);
      if (count == 0) {
        from++;
        ended = true;
        return -1;
      }
      System.arraycopy(buffer, from, bytes, offset, count);
      from += count;
      return count;
    }
  }
}
