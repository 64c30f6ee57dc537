package dev.interlock.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.machine.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/** Whom Interlock acts for is who signed in, with the roles that the application gave. */
class PrincipalsTest {
  private final PrincipalResolver resolver = new SecurityPrincipals("ROLE_");

  @Test
  void authoritiesWithThePrefixAreRoles() {
    var mia =
        UsernamePasswordAuthenticationToken.authenticated(
            "mia@example.com",
            "secret",
            AuthorityUtils.createAuthorityList(
                "ROLE_manager", "SCOPE_operator", "operator", "FACTOR_PASSWORD", "ROLE_"));

    assertThat(resolver.of(mia)).isEqualTo(new Principal("mia@example.com", List.of("manager")));
  }

  @Test
  void whoeverIsNotSignedInIsNobody() {
    var anonymous =
        new AnonymousAuthenticationToken(
            "key", "anonymousUser", AuthorityUtils.createAuthorityList("ROLE_operator"));
    var claimed = UsernamePasswordAuthenticationToken.unauthenticated("ana@example.com", "guess");

    for (java.security.@Nullable Principal nobody :
        new java.security.@Nullable Principal[] {null, anonymous, claimed, () -> " "}) {
      assertThatThrownBy(() -> resolver.of(nobody))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("found nobody signed in");
    }
  }

  @Test
  void withoutSecurityOnlyTheNameIsTaken() {
    assertThat(new NamedPrincipals().of(() -> "ana@example.com"))
        .isEqualTo(new Principal("ana@example.com"));
  }
}
