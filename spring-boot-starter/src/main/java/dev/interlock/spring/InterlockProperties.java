package dev.interlock.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code application.yml} says of Interlock.
 *
 * @param machines folders of machines, or {@code classpath:} and a folder among the resources
 * @param store the database file; one process owns it
 * @param socket whether the command line can list, show and approve while the application runs
 * @param settleAfter how long after its deadline an unknown call is left alone before its probe is
 *     asked; otherwise as the machines' interlock.yaml say
 * @param rolePrefix authorities of Spring Security that begin with it are roles, without it
 * @param model the model of all agent states, if no bean is
 */
@ConfigurationProperties("interlock")
public record InterlockProperties(
    @DefaultValue List<String> machines,
    @DefaultValue("cases.db") Path store,
    @DefaultValue("true") boolean socket,
    @Nullable Duration settleAfter,
    @DefaultValue("ROLE_") String rolePrefix,
    @Nullable Model model) {

  /**
   * Anthropic's service.
   *
   * @param anthropic the model's id, as Anthropic spells it
   * @param key for the service
   * @param maxTokens the most of a reply
   * @param url of the service, if not Anthropic's own
   */
  public record Model(
      @Nullable String anthropic,
      @Nullable String key,
      @DefaultValue("4096") long maxTokens,
      @Nullable String url) {}
}
