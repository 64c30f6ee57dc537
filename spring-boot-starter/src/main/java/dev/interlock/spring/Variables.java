package dev.interlock.spring;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;

/**
 * What {@code ${NAME}} in an {@code interlock.yaml} stands for: Spring's properties of that name.
 */
final class Variables {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private Variables() {}

  static Map<String, String> of(ConfigurableEnvironment environment) {
    Map<String, String> variables = new HashMap<>();
    environment.getPropertySources().stream()
        .filter(EnumerablePropertySource.class::isInstance)
        .map(source -> (EnumerablePropertySource<?>) source)
        .flatMap(source -> Stream.of(source.getPropertyNames()))
        .filter(name -> NAME.matcher(name).matches())
        .forEach(name -> {
          @Nullable String value = value(environment, name);
          if (value != null) {
            variables.put(name, value);
          }
        });
    return variables;
  }

  private static @Nullable String value(ConfigurableEnvironment environment, String name) {
    try {
      return environment.getProperty(name);
    } catch (IllegalArgumentException e) { // it names another that is not there: so this is not set
      return null;
    }
  }
}
