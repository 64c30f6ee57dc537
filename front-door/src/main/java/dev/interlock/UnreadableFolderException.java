package dev.interlock;

import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A folder is no machine folder, or cannot be read. The message is for people. */
public final class UnreadableFolderException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private UnreadableFolderException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static UnreadableFolderException of(String found, String expected, String mend) {
    return new UnreadableFolderException(
        "Found:    %s\nExpected: %s\nTo mend:  %s".formatted(found, expected, mend), null);
  }

  static UnreadableFolderException unreadable(Path path, Exception cause) {
    String why = cause instanceof AccessDeniedException ? "no permission" : String.valueOf(cause);
    return new UnreadableFolderException(
        "Found:    %s, which cannot be read: %s\nExpected: a file that you may read\nTo mend:  look at its owner and mode"
            .formatted(path, why),
        cause);
  }
}
