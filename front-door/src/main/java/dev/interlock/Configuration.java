package dev.interlock;

import dev.interlock.agent.McpToolHost.ServerConfig;
import dev.interlock.anthropic.Price;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.Mark;
import dev.interlock.core.machine.Principal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside a machine, in {@code interlock.yaml}: where its tools and its model are. It is
 * no part of the machine's identity.
 *
 * @param servers by the name that tools have before the dot
 * @param desks folders by name, the first is the default; there is at least one
 * @param store the database file
 * @param people who an OS user is
 * @param settleAfter how long after its deadline an unknown call is left alone
 * @param group the OS group that may connect to the socket, or null for the owner only
 * @param unset variables that are used and not set, each with its place; whoever opens an engine
 *     needs them
 * @param unsetOfModel those of {@code unset} that only {@code model} uses
 */
public record Configuration(
    Map<String, ServerConfig> servers,
    Model model,
    Map<String, Path> desks,
    Path store,
    Map<String, Principal> people,
    Duration settleAfter,
    @Nullable String group,
    List<Diagnostic> unset,
    List<Diagnostic> unsetOfModel) {

  public static final String FILE = "interlock.yaml";
  public static final String DEFAULT_STORE = "cases.db";
  public static final String DEFAULT_DESK = "main";
  public static final String DEFAULT_DESK_FOLDER = "desk";
  public static final Duration DEFAULT_SETTLE_AFTER = Duration.ofSeconds(30);

  public Configuration {
    servers = ordered(servers);
    desks = ordered(desks);
    people = ordered(people);
    unset = List.copyOf(unset);
    unsetOfModel = List.copyOf(unsetOfModel);
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** Where replies come from. */
  public sealed interface Model {
    /**
     * A script file: no key, no network.
     *
     * @param mark where it is named
     */
    record Scripted(Path file, Mark mark) implements Model {}

    /**
     * Anthropic's service.
     *
     * @param model its id, as Anthropic spells it
     * @param url null means Anthropic's own
     * @param price null if none of this model is configured
     */
    record Anthropic(
        String model, String key, long maxTokens, @Nullable String url, @Nullable Price price)
        implements Model {
      public static final long DEFAULT_MAX_TOKENS = 4_096;

      /** Without the key. */
      @Override
      public String toString() {
        return "Anthropic[model=" + model + ", maxTokens=" + maxTokens + ", url=" + url + "]";
      }
    }

    /** None is configured: every question fails and says so. */
    record None() implements Model {}
  }

  /** The same, with another model; what only its own needs is not needed any more. */
  public Configuration with(Model other) {
    List<Diagnostic> left = unset.stream().filter(it -> !unsetOfModel.contains(it)).toList();
    return new Configuration(
        servers, other, desks, store, people, settleAfter, group, left, List.of());
  }

  /** Who an OS user is, if {@code people} says it. */
  public Optional<Principal> person(String osUser) {
    return Optional.ofNullable(people.get(osUser));
  }

  /**
   * Whom a word of a command line means: a name or an id of {@code people}, else {@code
   * ID[:ROLE,…]}.
   *
   * @param via who speaks as that person
   * @throws IllegalArgumentException if the word is empty, or a role after the colon
   */
  public Principal speaker(String word, String via) {
    if (word.isBlank()) {
      throw new IllegalArgumentException("an empty word in place of a person");
    }
    Principal known = people.get(word);
    if (known == null) {
      known = byId(people.values(), word);
    }
    if (known != null) {
      return new Principal(known.id(), known.roles(), via);
    }
    int colon = word.lastIndexOf(':');
    if (colon <= 0) {
      return new Principal(word, List.of(), via);
    }
    if (Arrays.stream(word.substring(colon + 1).split(",", -1)).anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("an empty role in \"" + word + "\"");
    }
    return new Principal(
        word.substring(0, colon), List.of(word.substring(colon + 1).split(",")), via);
  }

  /** A name of {@code people} that has that role, for a hint. */
  public Optional<String> somebodyWith(String role) {
    return people.entrySet().stream()
        .filter(person -> person.getValue().has(role))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static @Nullable Principal byId(Collection<Principal> people, String id) {
    return people.stream().filter(person -> person.id().equals(id)).findFirst().orElse(null);
  }
}
