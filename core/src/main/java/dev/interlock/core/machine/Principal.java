package dev.interlock.core.machine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who was authenticated.
 *
 * @param via who speaks as this principal, if it is not the principal itself
 */
public record Principal(String id, List<String> roles, @Nullable String via) {
  /** Sees all and steers; cannot speak as the caller. */
  public static final String OPERATOR = "operator";

  public Principal(String id, List<String> roles) {
    this(id, roles, null);
  }

  public Principal(String id) {
    this(id, List.of(), null);
  }

  public boolean has(String role) {
    return roles.contains(role);
  }

  public boolean operator() {
    return has(OPERATOR);
  }

  /** As the journal and people read it. */
  @Override
  public String toString() {
    return via == null ? id : id + " (by " + via + ")";
  }
}
