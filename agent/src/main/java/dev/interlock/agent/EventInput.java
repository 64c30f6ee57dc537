package dev.interlock.agent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a stream of server-sent events, of which none is kept in memory beyond {@link
 * Inbox#MAX_MESSAGE}. One reader.
 */
final class EventInput {
  /** How long a client waits before it asks for the rest of a stream, unless the server says it. */
  static final Duration RETRY = Duration.ofSeconds(1);

  /** The shortest and the longest of such waits. */
  static final Duration MIN_RETRY = Duration.ofMillis(100);

  static final Duration MAX_RETRY = Duration.ofSeconds(30);

  /** An id that can be sent back in a header. */
  private static final String ID = "[\\x21-\\x7e]{1,1000}";

  private static final String DATA = "data:";

  private final LineInput lines;
  private final Inbox inbox;
  private @Nullable StringBuilder data;
  private Skim.@Nullable Scan tooLong;
  private String type = "";
  private @Nullable String lastId;
  private Duration retry = RETRY;

  /**
   * @param inbox what gets the messages
   */
  EventInput(InputStream in, Inbox inbox) {
    this.lines = new LineInput(in, Inbox.MAX_MESSAGE + DATA.length() + 2);
    this.inbox = inbox;
  }

  /** The rest of a stream that broke off. */
  EventInput(InputStream in, Inbox inbox, EventInput begun) {
    this(in, inbox);
    this.lastId = begun.lastId;
    this.retry = begun.retry;
  }

  /** The newest event's id, from which the stream can go on; null if there is none. */
  @Nullable String lastId() {
    return lastId;
  }

  Duration retry() {
    return retry;
  }

  /** Reads an event; false at the end. */
  boolean next() throws IOException {
    LineInput.Line line;
    while ((line = lines.next()) != null) {
      switch (line) {
        case LineInput.Whole whole -> {
          String text = whole.text();
          text = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
          if (text.isEmpty()) {
            end();
            return true;
          }
          field(text);
        }
        case LineInput.TooLong it -> {
          if (new String(it.bytes().readNBytes(DATA.length()), StandardCharsets.US_ASCII)
              .equals(DATA)) {
            scan().take(it.bytes());
          }
        }
      }
    }
    end(); // an event that is whole but for the empty line
    return false;
  }

  private void field(String line) throws IOException {
    int colon = line.indexOf(':');
    String name = colon < 0 ? line : line.substring(0, colon);
    String value = colon < 0 ? "" : line.substring(colon + 1);
    value = value.startsWith(" ") ? value.substring(1) : value;
    switch (name) {
      case "data" -> data(value);
      case "event" -> type = value;
      case "id" -> lastId = value.matches(ID) ? value : null;
      case "retry" -> {
        if (value.matches("[0-9]{1,9}")) {
          retry = bounded(Duration.ofMillis(Long.parseLong(value)));
        }
      }
      default -> {} // a comment, or what nobody knows
    }
  }

  private static Duration bounded(Duration wait) {
    return wait.compareTo(MIN_RETRY) < 0
        ? MIN_RETRY
        : wait.compareTo(MAX_RETRY) > 0 ? MAX_RETRY : wait;
  }

  private void data(String value) throws IOException {
    StringBuilder kept = data == null ? new StringBuilder() : data.append('\n');
    data = kept;
    if (tooLong != null || kept.length() + value.length() > Inbox.MAX_MESSAGE) {
      scan().take(stream(value));
    } else {
      kept.append(value);
    }
  }

  /** From here on, what comes of this event is only looked at. */
  private Skim.Scan scan() throws IOException {
    Skim.Scan scan = tooLong;
    if (scan == null) {
      scan = new Skim.Scan();
      if (data != null) {
        scan.take(stream(data.toString()));
      }
      tooLong = scan;
    }
    data = new StringBuilder();
    return scan;
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private void end() throws IOException {
    StringBuilder kept = data;
    Skim.Scan scanned = tooLong;
    boolean message = type.isEmpty() || type.equals("message");
    data = null;
    tooLong = null;
    type = "";
    if (message && scanned != null) {
      inbox.takeLong(scanned.skim());
    } else if (message && kept != null) {
      inbox.take(kept.toString());
    }
  }
}
