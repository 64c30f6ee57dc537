package dev.interlock;

import dev.interlock.Configuration.DeskAt;
import dev.interlock.agent.ServerConfig;
import dev.interlock.build.MachineBuilder;
import dev.interlock.build.UnfitMachineException;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Priced;
import dev.interlock.langchain4j.JavaToolHost;
import dev.interlock.langchain4j.UnfitToolsException;
import dev.interlock.langchain4j.model.LangChain4jModel;
import dev.interlock.local.OwnedElsewhereException;
import dev.interlock.metrics.Meters;
import dev.langchain4j.model.chat.StreamingChatModel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an application says before an engine is opened. What it says goes before what stands in the
 * {@code interlock.yaml} of its machine folders; of several folders, those files must agree. Not
 * thread-safe.
 */
public final class InterlockBuilder {
  private final StoreAt store;
  private final List<Path> folders = new ArrayList<>();
  private final List<MachineBuilder> built = new ArrayList<>();
  private final Set<Path> guarded = new HashSet<>();
  private final Map<String, Object> objects = new LinkedHashMap<>();
  private final Map<String, Desk> desks = new LinkedHashMap<>();
  private final List<Function<Map<String, Price>, ChatModel>> models = new ArrayList<>();
  private final Map<String, Price> prices = new LinkedHashMap<>();
  private @Nullable EngineAt engine;
  private @Nullable Duration settleAfter;
  private Clock clock = Clock.systemUTC();
  private Map<String, String> environment = System.getenv();
  private @Nullable Meters meters;
  private boolean socket = true;

  InterlockBuilder(StoreAt store) {
    this.store = store;
  }

  /**
   * Adds a machine: a folder with {@code machine.yaml}, {@code tools.lock} if it has tools of
   * servers outside, and {@code interlock.yaml} if something is to be said there. Its {@code
   * store:} is not used; without {@code desks:}, tickets lie in {@code desk} beside the database
   * file, or where there is none in the folder that this process runs in.
   */
  public InterlockBuilder machine(Path folder) {
    folders.add(folder);
    return this;
  }

  /**
   * Adds a machine that was written in Java. Its tools are objects, its tickets lie where those of
   * the others do.
   */
  public InterlockBuilder machine(MachineBuilder machine) {
    built.add(machine);
    return this;
  }

  /**
   * Adds a machine that stands in front of an agent which keeps its own loop: its model is not
   * asked ({@link Interlock#outside}; {@code Guard} of {@code interlock-guard}).
   *
   * @param folder as of {@link #machine}
   */
  public InterlockBuilder guarded(Path folder) {
    guarded.add(folder);
    return machine(folder);
  }

  /**
   * Binds the tools {@code SERVER.*} to an object: its methods with LangChain4j's {@code @Tool}.
   * See {@link JavaToolHost} for what they take and give.
   *
   * @throws IllegalArgumentException if that server is bound already
   */
  public InterlockBuilder tools(String server, Object object) {
    if (objects.putIfAbsent(server, object) != null) {
      throw new IllegalArgumentException(
          "found two objects for the server `%s`, expected one: put their methods together, or name"
                  .formatted(server)
              + " another server in the machine");
    }
    return this;
  }

  /**
   * The model of all agent states. Said again, it adds one that is asked where those before it gave
   * no reply. All are closed with the engine if they can be.
   */
  public InterlockBuilder model(ChatModel it) {
    models.add(given -> it instanceof Priced priced ? priced.priced(given) : it);
    return this;
  }

  /**
   * As the other one, of any model object of LangChain4j's. See {@link LangChain4jModel} for what
   * cannot be enforced there; switch its retries off.
   */
  public InterlockBuilder model(dev.langchain4j.model.chat.ChatModel it) {
    models.add(given -> LangChain4jModel.of(it, given));
    return this;
  }

  /** As the other one; the replies can be watched while they are written. */
  public InterlockBuilder model(StreamingChatModel it) {
    models.add(given -> LangChain4jModel.of(it, given));
    return this;
  }

  /**
   * What a model costs, by its id: what {@code prices} of {@code interlock.yaml} can say too. It is
   * for models that are named there, and for those that say no price themselves; a {@link
   * ChatModel} of the application's own says itself what its replies cost.
   */
  public InterlockBuilder price(String model, Price perMillion) {
    prices.put(model, perMillion);
    return this;
  }

  /** What carries instances; what {@code engine} of {@code interlock.yaml} can say too. */
  public InterlockBuilder engine(EngineAt it) {
    this.engine = it;
    return this;
  }

  /** Where tickets of that name go. The first that is named is the default. */
  public InterlockBuilder desk(String name, Desk desk) {
    desks.put(name, desk);
    return this;
  }

  /** How long after its deadline an unknown call is left alone before its probe is asked. */
  public InterlockBuilder settleAfter(Duration it) {
    this.settleAfter = it;
    return this;
  }

  /** All time comes from it; the system's, if nothing is said. */
  public InterlockBuilder clock(Clock it) {
    this.clock = it;
    return this;
  }

  /**
   * Measures it there: its own meters, and on Temporal those of the SDK. Under Spring Boot the
   * starter does so for its own.
   */
  public InterlockBuilder meters(Meters it) {
    this.meters = it;
    return this;
  }

  /** What {@code ${NAME}} in {@code interlock.yaml} stands for; this process's, if not said. */
  public InterlockBuilder environment(Map<String, String> it) {
    this.environment = Map.copyOf(it);
    return this;
  }

  /**
   * Does not listen on the socket beside the database: then the command line cannot list, show and
   * approve while this application runs.
   */
  public InterlockBuilder withoutSocket() {
    this.socket = false;
    return this;
  }

  /**
   * Opens the database, takes up what was in flight and owns it from then on.
   *
   * @throws UnfitToolsException if an object's methods cannot be tools
   * @throws UnfitMachineException if a machine written in Java has errors
   * @throws UnreadableFolderException if a folder is no machine folder or cannot be read
   * @throws MachineFolderException if a folder has errors, or names tools or servers that are not
   *     there
   * @throws IllegalStateException if there is no machine, no model, no price where one is spent, or
   *     two folders disagree
   * @throws OwnedElsewhereException if another process owns the database
   * @throws Store.StoreException if the database cannot be used
   */
  public Interlock open() {
    JavaToolHost own = new JavaToolHost(objects);
    JavaServers offered = JavaServers.of(own);
    if (folders.isEmpty() && built.isEmpty()) {
      throw new IllegalStateException(
          "found no machine, expected one or more: .machine(Path.of(\"FOLDER\"))");
    }
    Map<String, Price> all = allPrices();
    List<MachineFolder> read = new ArrayList<>();
    for (Path folder : folders) {
      MachineFolder one =
          MachineFolder.read(folder, environment, offered, all).orThrow("in " + folder + "\n");
      read.add(models.isEmpty() ? one : one.with(one.configuration().with(List.of())));
    }
    for (MachineBuilder machine : built) {
      read.add(MachineFolder.built(machine, beside(), offered));
    }
    Composition composition = composition(read, own, all);
    requireModel(composition);
    return Interlock.open(composition, Interlock.Opening.ALL);
  }

  /** What the builder says, and what the folders do. */
  private Map<String, Price> allPrices() {
    Map<String, Price> all = new LinkedHashMap<>();
    for (Path folder : folders) {
      @Nullable Configuration configuration =
          MachineFolder.readConfiguration(folder, environment).value();
      if (configuration != null) { // else its problems are told with the folder's others
        merge(all, "price", configuration.withPrices(prices).prices(), folders);
      }
    }
    all.putAll(prices);
    return all;
  }

  private Composition composition(
      List<MachineFolder> read, JavaToolHost own, Map<String, Price> all) {
    MachineFolder source = withModel(read);
    List<ChatModel> given = models.stream().map(make -> make.apply(all)).toList();
    requirePrices(read, given, source.configuration());
    Function<MachineFolder, @Nullable Object> settling = it -> it.configuration().settleAfter();
    Object agreed = agreed(read, "settleAfter", settling, Configuration.DEFAULT_SETTLE_AFTER);
    Object group = agreed(read, "group", it -> it.configuration().group(), null);
    Function<MachineFolder, @Nullable Object> engines = it -> it.configuration().engine();
    EngineAt said = (EngineAt) agreed(read, "engine", engines, new EngineAt.Local());
    return new Composition(
        read,
        engine != null ? engine : Objects.requireNonNull(said),
        store,
        servers(read),
        own,
        given.isEmpty() ? () -> Composition.models(source) : () -> given,
        desks(read),
        new Composition.Socket(
            socket, merged(read, "person", Configuration::people), (String) group),
        settleAfter != null ? settleAfter : (Duration) Objects.requireNonNull(agreed),
        clock,
        guarded(read),
        meters);
  }

  private Set<String> guarded(List<MachineFolder> read) {
    return read.stream()
        .filter(it -> guarded.contains(it.path()))
        .map(it -> it.machine().name())
        .collect(Collectors.toSet());
  }

  /** A budget that nothing would be spent of is worse than none. */
  private void requirePrices(
      List<MachineFolder> read, List<ChatModel> given, Configuration configured) {
    List<String> unpriced = new ArrayList<>();
    for (ChatModel model : given) {
      if (model instanceof Priced it && !it.priced()) {
        unpriced.add(it.name().isEmpty() ? "MODEL-ID" : it.name());
      }
    }
    if (given.isEmpty()) {
      unpriced.addAll(Bindings.unpriced(configured));
    }
    Set<String> behindGuards = guarded(read);
    read.stream()
        .map(MachineFolder::machine)
        .filter(it -> !behindGuards.contains(it.name()) && spendsCost(it))
        .findFirst()
        .ifPresent(machine -> {
          if (!unpriced.isEmpty()) {
            String id = unpriced.getFirst();
            throw new IllegalStateException(
                "found a budget `cost` of %s and no price of the model %s, expected one: `prices: {%s: {input: 3.00, output: 15.00}}` in %s, per million tokens, or .price(\"%s\", …)"
                    .formatted(machine.name(), id, id, Configuration.FILE, id));
          }
        });
  }

  private static boolean spendsCost(Machine machine) {
    return machine.budgets().limit(Budget.COST) != null
        || machine.states().values().stream()
            .anyMatch(state -> state.frame().budgets().limit(Budget.COST) != null);
  }

  private Map<String, ServerConfig> servers(List<MachineFolder> read) {
    Map<String, ServerConfig> servers =
        new LinkedHashMap<>(merged(read, "server", Configuration::servers));
    servers.keySet().removeAll(objects.keySet());
    return servers;
  }

  private Map<String, Function<ToolHost, Desk>> desks(List<MachineFolder> read) {
    Map<String, Function<ToolHost, Desk>> all = new LinkedHashMap<>();
    desks.forEach((name, desk) -> all.put(name, tools -> desk));
    merged(
            read.stream().filter(InterlockBuilder::namesDesks).toList(),
            "desk",
            Configuration::desks)
        .forEach((name, at) -> all.putIfAbsent(name, Composition.desk(at, clock)));
    if (all.isEmpty()) {
      Path folder = beside().resolve(Configuration.DEFAULT_DESK_FOLDER);
      all.put(Configuration.DEFAULT_DESK, Composition.desk(new DeskAt.Folder(folder), clock));
    }
    return all;
  }

  /** The folder of the database file; where there is none, the one that this process runs in. */
  private Path beside() {
    return store instanceof StoreAt.File(Path path)
        ? path.toAbsolutePath().resolveSibling(".")
        : Path.of("").toAbsolutePath();
  }

  private static boolean namesDesks(MachineFolder folder) {
    return !folder.configuration().desks().equals(ConfigurationReader.standardDesks(folder.path()));
  }

  /** The folder that says which model; any, if none does. */
  private static MachineFolder withModel(List<MachineFolder> read) {
    agreed(read, "model", it -> it.configuration().models(), List.of());
    return read.stream()
        .filter(it -> !it.configuration().models().isEmpty())
        .findFirst()
        .orElse(read.getFirst());
  }

  private void requireModel(Composition composition) {
    Stream<State> states =
        composition.folders().stream()
            .filter(it -> !guarded.contains(it.path()))
            .flatMap(it -> it.machine().states().values().stream());
    boolean configured =
        composition.folders().stream().anyMatch(it -> !it.configuration().models().isEmpty());
    if (models.isEmpty() && !configured && states.anyMatch(State.Agent.class::isInstance)) {
      throw new IllegalStateException(
          "found no model, expected one for the agent states: .model(…), or `model:` in "
              + Configuration.FILE);
    }
  }

  private static <V> Map<String, V> merged(
      List<MachineFolder> read, String what, Function<Configuration, Map<String, V>> part) {
    Map<String, V> all = new LinkedHashMap<>();
    for (MachineFolder folder : read) {
      merge(all, what, part.apply(folder.configuration()), paths(read));
    }
    return all;
  }

  private static <V> void merge(
      Map<String, V> all, String what, Map<String, V> more, List<Path> paths) {
    more.forEach((name, value) -> {
      V other = all.putIfAbsent(name, value);
      if (other != null && !other.equals(value)) {
        throw disagree(what + " `" + name + "`", paths);
      }
    });
  }

  private static List<Path> paths(List<MachineFolder> read) {
    return read.stream().map(MachineFolder::path).toList();
  }

  /** What the folders that say something else than the standard say. */
  private static @Nullable Object agreed(
      List<MachineFolder> read,
      String what,
      Function<MachineFolder, @Nullable Object> part,
      @Nullable Object standard) {
    @Nullable Object agreed = standard;
    for (MachineFolder folder : read) {
      @Nullable Object said = part.apply(folder);
      if (!Objects.equals(said, standard) && !Objects.equals(said, agreed)) {
        if (!Objects.equals(agreed, standard)) {
          throw disagree("`" + what + "`", paths(read));
        }
        agreed = said;
      }
    }
    return agreed;
  }

  private static IllegalStateException disagree(String what, List<Path> paths) {
    return new IllegalStateException(
        "found the %s said in two ways by the %s of %s, expected one: say it in one of them, or to the builder"
            .formatted(what, Configuration.FILE, paths));
  }
}
