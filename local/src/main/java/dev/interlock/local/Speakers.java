package dev.interlock.local;

import dev.interlock.core.machine.Principal;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who may speak on the socket besides the file's owner, who is an operator and alone may speak as
 * somebody else.
 *
 * @param people who an OS user is; empty means that user may not speak
 * @param group the OS group that may connect at all, or null for the owner only
 */
public record Speakers(Function<String, Optional<Principal>> people, @Nullable String group) {
  /** The owner, and nobody else. */
  public static final Speakers OWNER_ONLY = new Speakers(user -> Optional.empty(), null);
}
