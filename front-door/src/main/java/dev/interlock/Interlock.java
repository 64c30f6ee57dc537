package dev.interlock;

import dev.interlock.agent.McpToolHost;
import dev.interlock.agent.ServerConfig;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.engine.Step;
import dev.interlock.local.LocalEngine;
import dev.interlock.local.OwnedElsewhereException;
import dev.interlock.local.SocketServer;
import dev.interlock.local.Speakers;
import dev.interlock.metrics.Meters;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An open engine with everything it needs: store, tools, model and desks. Thread-safe.
 *
 * <pre>{@code
 * var interlock = Interlock.open(Path.of("cases.db"))
 *     .machine(Path.of("it-access")).tools("it", new DirectoryTools()).model(anthropic).open();
 * var ana = interlock.as(new Principal("ana@example.com"));
 * var id = ana.start("it-access");
 * ana.send(id, "my laptop is locked");
 * }</pre>
 *
 * <p>One process owns a database file. It listens on a socket beside it, so that the command line
 * can list, show and approve; only the file's OS user may connect, unless {@code interlock.yaml}
 * says more ({@link InterlockBuilder#withoutSocket}).
 */
public final class Interlock implements AutoCloseable {
  private final Home home;
  private final List<String> machines;
  private final Set<String> guarded;
  private final RoutedTools tools;
  private final Deque<AutoCloseable> parts;

  private Interlock(
      Home home,
      List<String> machines,
      Set<String> guarded,
      RoutedTools tools,
      Deque<AutoCloseable> parts) {
    this.home = home;
    this.machines = machines;
    this.guarded = guarded;
    this.tools = tools;
    this.parts = parts;
  }

  /**
   * Begins an engine of this application's own.
   *
   * @param store the database file; it is made if there is none
   */
  public static InterlockBuilder open(Path store) {
    return open(new StoreAt.File(store));
  }

  /** As the other one, with a store that need not be a file. */
  public static InterlockBuilder open(StoreAt store) {
    return new InterlockBuilder(store);
  }

  /**
   * Reads a machine folder with this process's environment, and owns its database from then on.
   *
   * @throws UnreadableFolderException if it is no machine folder or cannot be read
   * @throws MachineFolderException if it has errors
   * @throws OwnedElsewhereException if another process owns the database
   * @throws Store.StoreException if the database cannot be used
   */
  public static Interlock openFolder(Path folder) {
    return open(MachineFolder.read(folder).orThrow(), Clock.systemUTC());
  }

  /**
   * Owns the database of a folder that was read.
   *
   * @throws MachineFolderException if variables of its configuration are not set, or its script has
   *     errors
   * @throws OwnedElsewhereException if another process owns the database
   * @throws Store.StoreException if the database cannot be used
   */
  public static Interlock open(MachineFolder folder, Clock clock) {
    return open(Composition.of(folder, clock), Opening.ALL);
  }

  /**
   * As {@link #open}, but only instances that something is sent to are carried on; the others stay
   * as they are. For a process that is the owner for a moment.
   */
  public static Interlock openForNamed(MachineFolder folder, Clock clock) {
    return open(Composition.of(folder, clock), Opening.NAMED);
  }

  /**
   * As {@link #open(MachineFolder, Clock)}, and measures: its own meters, and on Temporal those of
   * the SDK.
   */
  public static Interlock openMeasured(MachineFolder folder, Clock clock, Meters meters) {
    return open(Composition.of(folder, clock).measured(meters), Opening.ALL);
  }

  /** Which instances this process carries on. */
  enum Opening {
    /** All of its store; on Temporal it is a worker. */
    ALL,
    /** Those that something is sent to; on Temporal, where workers do, none. */
    NAMED
  }

  private static Home home(
      EngineAt at,
      Opening opening,
      Store store,
      Machines machines,
      Ports ports,
      Settings settings,
      @Nullable Meters meters) {
    return switch (at) {
      case EngineAt.Local local ->
          Home.of(
              opening == Opening.ALL
                  ? LocalEngine.open(store, machines, ports, settings)
                  : LocalEngine.openForNamed(store, machines, ports, settings));
      case EngineAt.Temporal temporal -> {
        try {
          yield TemporalHome.open(
              temporal, store, machines, ports, settings, meters, opening == Opening.ALL);
        } catch (NoClassDefFoundError e) {
          throw new Store.StoreException(
              "found no Temporal on the class path, expected it for `engine: temporal`: add the"
                  + " dependency dev.interlock:interlock-temporal",
              e);
        }
      }
    };
  }

  static Interlock open(Composition it, Opening opening) {
    List<Diagnostic> unset =
        it.folders().stream().flatMap(folder -> folder.configuration().unset().stream()).toList();
    if (!unset.isEmpty()) {
      throw new MachineFolderException(unset, Map.of());
    }
    for (MachineFolder folder : it.folders()) {
      if (folder.machine().observes() && !it.guarded().contains(folder.machine().name())) {
        throw new MachineFolderException(
            List.of(Bindings.observed(folder.text())),
            Map.of(MachineFolder.MACHINE_FILE, folder.text()));
      }
    }
    if (!it.guarded().isEmpty() && !(it.engine() instanceof EngineAt.Local)) {
      throw new IllegalStateException(
          "found a guard and `engine: temporal`, expected `engine: local`: a guarded agent runs in"
              + " its application");
    }
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    try {
      Store store = Stores.open(it.engine(), it.store());
      parts.push(store);
      RoutedTools tools = new RoutedTools(it.objects(), servers(it));
      parts.push(tools);
      List<ChatModel> models = it.models().get();
      for (ChatModel model : models) {
        if (model instanceof AutoCloseable closeable) {
          parts.push(closeable);
        }
      }
      Map<String, Desk> desks = new LinkedHashMap<>();
      it.desks().forEach((name, make) -> desks.put(name, make.apply(tools)));
      Home home =
          home(
              it.engine(),
              opening,
              store,
              machines(it.folders()),
              new Ports(models, tools, desks, it.clock(), it.guarded()),
              Settings.DEFAULT.withSettleAfter(it.settleAfter()),
              it.meters());
      parts.remove(store); // it is closed with its engine
      parts.push(home);
      if (it.socket().open()
          && home.local().isPresent()
          && it.store() instanceof StoreAt.File(Path file)) {
        Map<String, Principal> people = it.socket().people();
        parts.push(
            SocketServer.open(
                file,
                new SocketServer.Served(home.engine(), store, pins(it.folders())),
                new Speakers(user -> Optional.ofNullable(people.get(user)), it.socket().group())));
      }
      List<String> names = it.folders().stream().map(folder -> folder.machine().name()).toList();
      Interlock opened = new Interlock(home, names, it.guarded(), tools, parts);
      Meters meters = it.meters();
      if (meters != null) {
        meters.measure(opened);
      }
      return opened;
    } catch (RuntimeException e) {
      close(parts).ifPresent(e::addSuppressed);
      throw e;
    }
  }

  private static McpToolHost servers(Composition it) {
    return tools(it.servers(), it.folders());
  }

  /**
   * The folder's tool servers, started when they are needed. The caller closes them.
   *
   * @throws MachineFolderException if variables of its configuration are not set
   */
  public static McpToolHost tools(MachineFolder folder) {
    return tools(folder.configuration().servers(), List.of(folder));
  }

  private static McpToolHost tools(Map<String, ServerConfig> servers, List<MachineFolder> folders) {
    Map<String, LockedTool> byHash = new HashMap<>();
    folders.forEach(
        folder -> folder.lock().tools().values().forEach(tool -> byHash.put(tool.hash(), tool)));
    Function<String, @Nullable LockedTool> locked = byHash::get;
    return new McpToolHost(servers, locked);
  }

  private static Machines machines(List<MachineFolder> folders) {
    return new Machines(
        folders.stream()
            .map(it -> new Machines.Definition(it.machine(), it.text(), it.lockText()))
            .toList(),
        MachineFolder.compiler());
  }

  private static Map<String, String> pins(List<MachineFolder> folders) {
    Map<String, String> pins = new HashMap<>();
    folders.forEach(it -> pins.put(it.machine().name(), it.machine().pin()));
    return pins;
  }

  /**
   * The engine as somebody sees it. The application vouches for the principal.
   *
   * @param principal whom the application has authenticated
   */
  public Session as(Principal principal) {
    return new Session(home.engine(), home::atRest, principal);
  }

  /** The names of the machines that can be started. */
  public List<String> machines() {
    return machines;
  }

  /**
   * The model's part of a machine that was opened as {@link InterlockBuilder#guarded}.
   *
   * @throws IllegalArgumentException if there is no such machine, or it is not guarded
   */
  public Outside outside(String machine) {
    if (!guarded.contains(machine)) {
      throw new IllegalArgumentException(
          "found the machine `%s`, expected one of %s: open it with .guarded(Path.of(\"FOLDER\"))"
              .formatted(machine, guarded));
    }
    return new Outside(home.local().orElseThrow(), tools);
  }

  /** How many instances there are, of each machine and status that has any. */
  public List<Store.Count> counts() {
    return home.counts();
  }

  /**
   * Every step as it is committed, for whoever measures: until the result is closed. On Temporal,
   * those that this process brings to the store: each is brought by one. It misses steps if it is
   * slower than the engine by 1,000 of them.
   */
  public AutoCloseable observe(Consumer<Step> observer) {
    return home.observe(observer);
  }

  /** The engine. It is closed with this. */
  public Engine engine() {
    return home.engine();
  }

  /**
   * Takes up what is in flight of an instance, as if something was sent to it. Of use after {@link
   * #openForNamed}.
   */
  public void carryOn(String instance) {
    home.carryOn(instance);
  }

  /** Starts the tool servers now, without waiting, so that the first calls need not. */
  public void startServers() {
    tools.servers().start();
  }

  /** Whether a tool's server was started and is not ready yet. */
  public boolean starting(String tool) {
    return tools.servers().starting(tool);
  }

  /** Whether nothing is in flight for an instance: it ended, or only waits. */
  public boolean atRest(String instance) {
    return home.atRest(instance);
  }

  /** The owner of the database as an operator. */
  public static Principal owner(String osUser) {
    return new Principal(osUser, List.of(Principal.OPERATOR));
  }

  /**
   * Takes nothing new, awaits writes in flight to their time-out, and lets go of everything:
   * socket, engine, store, model and tool servers, in that order.
   */
  @Override
  public void close() {
    close(parts)
        .ifPresent(e -> {
          throw e;
        });
  }

  /**
   * As {@link #close}, but waits no longer than that for writes in flight. One that is interrupted
   * is of unknown outcome: the next owner asks its probe, or escalates.
   */
  public void close(Duration limit) {
    home.close(limit);
    close();
  }

  /** Closes all of them, whatever happens; the first failure, with the others. */
  private static Optional<RuntimeException> close(Deque<AutoCloseable> parts) {
    @Nullable RuntimeException failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) { // each part must be closed, whatever the others do
        if (failure == null) {
          failure = e instanceof RuntimeException same ? same : new IllegalStateException(e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    return Optional.ofNullable(failure);
  }
}
