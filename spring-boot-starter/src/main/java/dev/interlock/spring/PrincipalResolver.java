package dev.interlock.spring;

import dev.interlock.core.machine.Principal;
import org.jspecify.annotations.Nullable;

/**
 * From whom the application has authenticated to whom Interlock acts for: {@code
 * interlock.as(resolver.of(user))}. A bean of this type takes the place of the standard one, for
 * which the id is the user's name, and with Spring Security the roles are its authorities that
 * begin with {@code interlock.role-prefix}, without it.
 */
@FunctionalInterface
public interface PrincipalResolver {
  /**
   * The principal.
   *
   * @param user as Spring gives it to a controller; null if nobody is signed in
   * @throws IllegalArgumentException if nobody is
   */
  Principal of(java.security.@Nullable Principal user);
}
