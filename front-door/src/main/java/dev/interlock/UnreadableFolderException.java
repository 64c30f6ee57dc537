package dev.interlock;

import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A folder is no machine folder, or cannot be read. The message is for people. */
public final class UnreadableFolderException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean there;

  private UnreadableFolderException(String message, @Nullable Throwable cause, boolean there) {
    super(message, cause);
    this.there = there;
  }

  /** Whether there is such a folder, with a machine in it. */
  public boolean there() {
    return there;
  }

  static UnreadableFolderException of(String found, String expected, String mend) {
    return of(found, expected, mend, true);
  }

  /** There is no folder, or no machine in it. */
  static UnreadableFolderException notThere(String found, String expected, String mend) {
    return of(found, expected, mend, false);
  }

  private static UnreadableFolderException of(
      String found, String expected, String mend, boolean there) {
    return new UnreadableFolderException(
        "Found:    %s\nExpected: %s\nTo mend:  %s".formatted(found, expected, mend), null, there);
  }

  static UnreadableFolderException unreadable(Path path, Exception cause) {
    String why = cause instanceof AccessDeniedException ? "no permission" : String.valueOf(cause);
    return new UnreadableFolderException(
        "Found:    %s, which cannot be read: %s\nExpected: a file that you may read\nTo mend:  look at its owner and mode"
            .formatted(path, why),
        cause,
        true);
  }
}
