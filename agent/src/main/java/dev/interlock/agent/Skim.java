package dev.interlock.agent;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a JSON-RPC message that cannot be read, since it is too long or too deep:
 * whose answer it is, and whether it says that the call failed. Looks at each byte once and keeps
 * none but short words.
 *
 * @param id of the request that it answers, or null if it is no answer or is not whole
 * @param failed whether it is an error, or the result of a tool that says so
 * @param bytes its length
 * @param deepest how deep it is nested
 */
record Skim(@Nullable String id, boolean failed, long bytes, int deepest) {
  private static final int LONGEST_WORD = 128;

  static Skim of(InputStream in) throws IOException {
    Scan scan = new Scan();
    scan.take(in);
    return scan.skim();
  }

  /** A message that comes in pieces. */
  static final class Scan {
    private final StringBuilder word = new StringBuilder();
    private final String[] keys = {"", "", ""};
    private int depth;
    private boolean inText;
    private boolean escaped;
    private @Nullable String id;
    private boolean answers;
    private boolean failed;
    private long bytes;
    private int deepest;

    void take(InputStream in) throws IOException {
      byte[] chunk = new byte[1 << 12]; // small: a server may write many lines that are no messages
      int count;
      while ((count = in.read(chunk)) >= 0) {
        for (int i = 0; i < count; i++) {
          take((char) (chunk[i] & 0xff));
        }
        bytes += count;
      }
    }

    Skim skim() {
      boolean whole = answers && depth == 0 && !inText;
      return new Skim(whole ? id : null, failed, bytes, deepest);
    }

    private void take(char c) {
      if (inText) {
        takeText(c);
        return;
      }
      switch (c) {
        case '"' -> {
          inText = true;
          word.setLength(0);
        }
        case '{', '[' -> {
          failed |= depth == 1 && keys[1].equals("error");
          depth++;
          deepest = Math.max(deepest, depth);
          word.setLength(0);
        }
        case ':' -> {
          if (depth <= 2) {
            keys[depth] = word.toString();
            answers |= depth == 1 && (keys[1].equals("result") || keys[1].equals("error"));
          }
          word.setLength(0);
        }
        case ',', '}', ']' -> {
          endOfValue();
          word.setLength(0);
          if (c != ',') {
            depth = Math.max(0, depth - 1);
          }
        }
        case ' ', '\t', '\r', '\n' -> {}
        default -> add(c);
      }
    }

    private void takeText(char c) {
      if (escaped) {
        escaped = false;
        add(c);
      } else if (c == '\\') {
        escaped = true;
      } else if (c == '"') {
        inText = false;
      } else {
        add(c);
      }
    }

    private void add(char c) {
      if (depth <= 2 && word.length() < LONGEST_WORD) {
        word.append(c);
      }
    }

    private void endOfValue() {
      if (depth == 1 && keys[1].equals("id")) {
        id = word.toString();
      } else if (depth == 2 && keys[1].equals("result") && keys[2].equals("isError")) {
        failed |= word.toString().equals("true");
      }
    }
  }
}
