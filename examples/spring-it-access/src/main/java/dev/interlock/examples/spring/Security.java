package dev.interlock.examples.spring;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** Who may come in. An application has its own sign-in; Interlock only asks who it is. */
@Configuration(proxyBeanMethods = false)
class Security {
  @Bean
  SecurityFilterChain filters(HttpSecurity http) {
    return http.authorizeHttpRequests(requests ->
            requests
                .requestMatchers("/actuator/health")
                .permitAll()
                .requestMatchers("/actuator/**")
                .hasRole("operator")
                .anyRequest()
                .authenticated())
        .httpBasic(Customizer.withDefaults())
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(csrf -> csrf.disable()) // for programs, which send their password each time
        .build();
  }

  /** Roles are the machine's words: a manager answers what it asks of `manager`. */
  @Bean
  UserDetailsService users() {
    return new InMemoryUserDetailsManager(
        user("ana@example.com"),
        user("bob@example.com"),
        user("mia@example.com", "manager"),
        user("op@example.com", "operator"));
  }

  private static UserDetails user(String name, String... roles) {
    return User.withUsername(name).password("{noop}secret").roles(roles).build();
  }
}
