package dev.interlock.spring;

import dev.interlock.core.machine.Principal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;

/** Of Spring Security's users: authorities with a prefix are roles. */
final class SecurityPrincipals implements PrincipalResolver {
  private final String prefix;

  SecurityPrincipals(String prefix) {
    this.prefix = prefix;
  }

  @Override
  public Principal of(java.security.@Nullable Principal user) {
    if (!(user instanceof Authentication authentication)) {
      return NamedPrincipals.named(user);
    }
    // Everybody who is not signed in would be one and the same person.
    boolean somebody =
        authentication.isAuthenticated()
            && !(authentication instanceof AnonymousAuthenticationToken);
    Principal named = NamedPrincipals.named(somebody ? user : null);
    List<String> roles =
        authentication.getAuthorities().stream()
            .map(GrantedAuthority::getAuthority)
            .filter(Objects::nonNull)
            .filter(it -> it.startsWith(prefix) && it.length() > prefix.length())
            .map(it -> it.substring(prefix.length()))
            .sorted()
            .toList();
    return new Principal(named.id(), roles);
  }
}
