package dev.interlock.spring;

import dev.interlock.Interlock;
import dev.interlock.InterlockBuilder;
import dev.interlock.MachineFolder;
import dev.interlock.MachineFolderException;
import dev.interlock.anthropic.AnthropicModel;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.metrics.InstanceCounts;
import dev.interlock.metrics.InterlockMeters;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.security.core.Authentication;

/**
 * An {@link Interlock} of the machines that {@code interlock.machines} names, with the
 * application's beans: {@code @Tool} methods, a {@link ChatModel}, {@link Desk}s, {@link
 * InterlockCustomizer}s. An {@code Interlock} bean of the application takes its place.
 */
@AutoConfiguration
@ConditionalOnProperty(prefix = "interlock", name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(InterlockProperties.class)
public final class InterlockAutoConfiguration {
  /** What Spring gives a phase of closing if nothing is said. */
  private static final String PHASE_TIMEOUT = "30s";

  @Bean
  @ConditionalOnMissingBean
  Interlock interlock(
      InterlockProperties properties,
      ListableBeanFactory beans,
      ResourceLoader loader,
      ConfigurableEnvironment environment,
      ObjectProvider<ChatModel> models,
      ObjectProvider<dev.langchain4j.model.chat.ChatModel> theirs,
      ObjectProvider<InterlockCustomizer> customizers) {
    List<Path> folders = properties.machines().stream().map(it -> Folders.of(it, loader)).toList();
    if (folders.isEmpty()) {
      throw new IllegalStateException(
          "found no machine, expected one or more: interlock.machines=classpath:FOLDER, or an Interlock bean");
    }
    ToolBeans tools = new ToolBeans(beans);
    Map<String, String> variables = Variables.of(environment);
    InterlockBuilder builder = Interlock.open(properties.store()).environment(variables);
    Set<String> servers = new LinkedHashSet<>();
    for (Path folder : folders) {
      servers.addAll(MachineFolder.servers(folder));
      builder.machine(folder);
    }
    tools.of(servers).forEach(builder::tools);
    beans.getBeansOfType(Desk.class).forEach(builder::desk);
    @Nullable ChatModel model = models.getIfAvailable(() -> configured(properties.model()));
    if (model != null) {
      builder.model(model);
    } else if (folders.stream().noneMatch(folder -> namesModel(folder, variables))) {
      theirs.ifUnique(it -> builder.model(it));
    }
    if (properties.settleAfter() != null) {
      builder.settleAfter(properties.settleAfter());
    }
    if (!properties.socket()) {
      builder.withoutSocket();
    }
    customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
    return open(builder, tools);
  }

  /** Whether its {@code interlock.yaml} says which; one with errors is told when it is opened. */
  private static boolean namesModel(Path folder, Map<String, String> variables) {
    dev.interlock.@Nullable Configuration read =
        MachineFolder.readConfiguration(folder, variables).value();
    return read != null && !read.models().isEmpty();
  }

  private static Interlock open(InterlockBuilder builder, ToolBeans tools) {
    try {
      return builder.open();
    } catch (MachineFolderException e) {
      if (e.problems().stream().anyMatch(it -> it.code() == LoadCode.UNBOUND)) {
        throw new IllegalStateException(e.getMessage() + "\n" + tools.hint(), e);
      }
      throw e;
    }
  }

  private static @Nullable ChatModel configured(InterlockProperties.@Nullable Model model) {
    if (model == null) {
      return null;
    }
    String id = model.anthropic();
    String key = model.key();
    if (id == null || key == null) {
      throw new IllegalStateException(
          "found only one of interlock.model.anthropic and interlock.model.key, expected the model's id and the key for the service");
    }
    return AnthropicModel.builder()
        .model(id)
        .key(key)
        .maxTokens(model.maxTokens())
        .url(model.url())
        .build();
  }

  @Bean
  InterlockLifecycle interlockLifecycle(
      Interlock interlock,
      ConfigurableApplicationContext context,
      ConfigurableEnvironment environment) {
    String timeout =
        environment.getProperty("spring.lifecycle.timeout-per-shutdown-phase", PHASE_TIMEOUT);
    return new InterlockLifecycle(interlock, context, DurationStyle.detectAndParse(timeout));
  }

  @Bean
  InstanceCounts interlockCounts(Interlock interlock) {
    return new InstanceCounts(interlock);
  }

  /** With Spring Security. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(Authentication.class)
  static class Secured {
    @Bean
    @ConditionalOnMissingBean
    PrincipalResolver interlockPrincipalResolver(InterlockProperties properties) {
      return new SecurityPrincipals(properties.rolePrefix());
    }
  }

  /** Without it. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingClass("org.springframework.security.core.Authentication")
  static class Unsecured {
    @Bean
    @ConditionalOnMissingBean
    PrincipalResolver interlockPrincipalResolver() {
      return new NamedPrincipals();
    }
  }

  /** With Spring Boot's health. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
  static class Health {
    @Bean
    @ConditionalOnMissingBean(name = "interlockHealthIndicator")
    @ConditionalOnEnabledHealthIndicator("interlock")
    HealthIndicator interlockHealthIndicator(Interlock interlock, InstanceCounts counts) {
      return new InterlockHealth(interlock, counts);
    }
  }

  /** With Micrometer. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterBinder.class)
  static class Metrics {
    @Bean
    @ConditionalOnMissingBean(name = "interlockMetrics")
    MeterBinder interlockMetrics(Interlock interlock, InstanceCounts counts) {
      return new InterlockMeters(interlock, counts);
    }
  }
}
