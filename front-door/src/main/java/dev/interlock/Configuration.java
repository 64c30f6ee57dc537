package dev.interlock;

import dev.interlock.agent.ServerConfig;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.Mark;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Price;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside a machine, in {@code interlock.yaml}: where its tools and its model are. It is
 * no part of the machine's identity.
 *
 * @param servers by the name that tools have before the dot
 * @param models in the order in which they are asked; none: every question fails and says so
 * @param prices by the model's id
 * @param desks by name, the first is the default; there is at least one
 * @param engine what carries instances
 * @param store where journals lie
 * @param people who an OS user is
 * @param settleAfter how long after its deadline an unknown call is left alone
 * @param retention by a machine's name, how long its instances are kept after their end; those of
 *     other machines are kept until somebody purges them
 * @param group the OS group that may connect to the socket, or null for the owner only
 * @param unset variables that are used and not set, each with its place; whoever opens an engine
 *     needs them
 * @param unsetOfModel those of {@code unset} that only the models use
 */
public record Configuration(
    Map<String, ServerConfig> servers,
    List<Model> models,
    Map<String, Price> prices,
    Map<String, DeskAt> desks,
    EngineAt engine,
    StoreAt store,
    Map<String, Principal> people,
    Duration settleAfter,
    Map<String, Duration> retention,
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
    models = List.copyOf(models);
    prices = ordered(prices);
    desks = ordered(desks);
    people = ordered(people);
    retention = ordered(retention);
    unset = List.copyOf(unset);
    unsetOfModel = List.copyOf(unsetOfModel);
  }

  /**
   * What a text says that is in no folder yet.
   *
   * @param folder what relative paths start from
   * @throws MachineFolderException if it has errors, or uses a variable that is not set
   */
  public static Configuration read(Path folder, String text, Map<String, String> environment) {
    ConfigurationReader.Read read = ConfigurationReader.read(folder, text, environment);
    Configuration configuration = read.configuration();
    if (configuration == null || !configuration.unset().isEmpty()) {
      throw new MachineFolderException(
          configuration == null ? read.problems() : configuration.unset(), Map.of(FILE, text));
    }
    return configuration;
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** Where tickets and notices go. */
  public sealed interface DeskAt {
    /** A folder of files. */
    record Folder(Path path) implements DeskAt {}

    /**
     * A signed webhook.
     *
     * @param secret as {@link dev.interlock.agent.WebhookDesk#key} reads it
     */
    record Webhook(URI url, String secret) implements DeskAt {
      /** Without the secret. */
      @Override
      public String toString() {
        return "Webhook[url=" + url + "]";
      }
    }

    /**
     * A tool of a server.
     *
     * @param tickets {@code SERVER.TOOL}
     * @param notices the same, or null
     */
    record Tool(String tickets, @Nullable String notices) implements DeskAt {}
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
     * A recording that is played back: no key, no network.
     *
     * @param mark where it is named
     */
    record Recorded(Path file, Mark mark) implements Model {}

    /** Another, whose replies are recorded. */
    record Recording(Model model, Path file) implements Model {}

    /** Anthropic's service. */
    record Anthropic(Service service) implements Model {}

    /**
     * An endpoint that speaks OpenAI's Chat Completions.
     *
     * @param sees the documents that it is shown
     */
    record OpenAi(Service service, Set<MediaType> sees) implements Model {}

    int DEFAULT_MAX_TOKENS = 4_096;

    /**
     * A service that answers over HTTP.
     *
     * @param model its id, as the service spells it
     * @param key empty means none
     * @param url null means the provider's own
     * @param stream whether replies are told while they are written
     */
    record Service(String model, String key, @Nullable String url, int maxTokens, boolean stream) {
      /** Without the key. */
      @Override
      public String toString() {
        return "Service[model=%s, url=%s, maxTokens=%d, stream=%s]"
            .formatted(model, url, maxTokens, stream);
      }
    }
  }

  /** The same, with other models; what only its own need is not needed any more. */
  public Configuration with(List<Model> others) {
    List<Diagnostic> left = unset.stream().filter(it -> !unsetOfModel.contains(it)).toList();
    return new Configuration(
        servers,
        others,
        prices,
        desks,
        engine,
        store,
        people,
        settleAfter,
        retention,
        group,
        left,
        List.of());
  }

  /** The same, with what its models reply recorded in a file. */
  public Configuration recordedTo(Path file) {
    return new Configuration(
        servers,
        models.stream().<Model>map(it -> new Model.Recording(it, file)).toList(),
        prices,
        desks,
        engine,
        store,
        people,
        settleAfter,
        retention,
        group,
        unset,
        unsetOfModel);
  }

  /** The same, where these prices go before its own. */
  Configuration withPrices(Map<String, Price> others) {
    Map<String, Price> all = new LinkedHashMap<>(prices);
    all.putAll(others);
    return new Configuration(
        servers,
        models,
        all,
        desks,
        engine,
        store,
        people,
        settleAfter,
        retention,
        group,
        unset,
        unsetOfModel);
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
