package dev.interlock.spring;

import dev.interlock.core.machine.Principal;
import org.jspecify.annotations.Nullable;

/** The user's name, and no roles. */
final class NamedPrincipals implements PrincipalResolver {
  @Override
  public Principal of(java.security.@Nullable Principal user) {
    return named(user);
  }

  static Principal named(java.security.@Nullable Principal user) {
    if (user == null || user.getName() == null || user.getName().isBlank()) {
      throw new IllegalArgumentException(
          "found nobody signed in, expected somebody: let the request through only when it is authenticated");
    }
    return new Principal(user.getName());
  }
}
