package dev.interlock.local;

import dev.interlock.core.machine.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who speaks on the socket, by the OS user at its other end. */
final class Peer {
  private final String owner;
  private final Speakers speakers;

  /**
   * @param owner the OS user that the file belongs to
   */
  Peer(String owner, Speakers speakers) {
    this.owner = owner;
    this.speakers = speakers;
  }

  /** What came of asking who somebody is. */
  sealed interface Speaking {
    record As(Principal principal) implements Speaking {}

    record Refused(String why) implements Speaking {}
  }

  /**
   * Who an OS user speaks as.
   *
   * @param as whom it wants to speak as, or null for itself
   */
  Speaking speak(String user, @Nullable Principal as) {
    Optional<Principal> known = speakers.people().apply(user);
    Principal other = as == null || as.id().isEmpty() ? null : as;
    if (user.equals(owner)) {
      return new Speaking.As(
          other == null
              ? operator(known.orElseGet(() -> new Principal(user)))
              : new Principal(other.id(), other.roles(), user));
    }
    if (known.isEmpty()) {
      return new Speaking.Refused(
          ("found the OS user %s, expected %s or somebody under `people`: add %s there in"
                  + " interlock.yaml")
              .formatted(user, owner, user));
    }
    if (other != null && !other.id().equals(known.get().id())) {
      return new Speaking.Refused(
          "found %s speaking as %s, expected as %s: only %s may speak as somebody else"
              .formatted(user, other.id(), known.get().id(), owner));
    }
    return new Speaking.As(known.get());
  }

  private static Principal operator(Principal known) {
    if (known.operator()) {
      return known;
    }
    List<String> roles = new ArrayList<>(known.roles());
    roles.add(Principal.OPERATOR);
    return new Principal(known.id(), roles);
  }
}
