package dev.interlock;

import dev.interlock.Configuration.Model;
import dev.interlock.agent.FileDesk;
import dev.interlock.agent.McpToolHost;
import dev.interlock.anthropic.AnthropicModel;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.local.LocalEngine;
import dev.interlock.local.Machines;
import dev.interlock.local.OwnedElsewhereException;
import dev.interlock.local.Ports;
import dev.interlock.local.Settings;
import dev.interlock.local.SocketServer;
import dev.interlock.local.Speakers;
import dev.interlock.local.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An open engine with everything it needs: store, tools, model and desks. Thread-safe.
 *
 * <pre>{@code
 * try (Interlock interlock = Interlock.openFolder(Path.of("it-access"))) {
 *   interlock.engine().start(ana, "it-access", null, null, Map.of());
 * }
 * }</pre>
 */
public final class Interlock implements AutoCloseable {
  private final LocalEngine engine;
  private final McpToolHost tools;
  private final Deque<AutoCloseable> parts;

  private Interlock(LocalEngine engine, McpToolHost tools, Deque<AutoCloseable> parts) {
    this.engine = engine;
    this.tools = tools;
    this.parts = parts;
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
    return open(folder, clock, LocalEngine::open);
  }

  /**
   * As {@link #open}, but only instances that something is sent to are carried on; the others stay
   * as they are. For a process that is the owner for a moment.
   */
  public static Interlock openForNamed(MachineFolder folder, Clock clock) {
    return open(folder, clock, LocalEngine::openForNamed);
  }

  private interface Opening {
    LocalEngine open(Store store, Machines machines, Ports ports, Settings settings);
  }

  private static Interlock open(MachineFolder folder, Clock clock, Opening opening) {
    Configuration configuration = folder.configuration();
    if (!configuration.unset().isEmpty()) {
      throw new MachineFolderException(configuration.unset(), Map.of());
    }
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    try {
      Store store = SqliteStore.open(configuration.store());
      parts.push(store);
      McpToolHost tools = tools(folder);
      parts.push(tools);
      ChatModel model = model(folder);
      if (model instanceof AutoCloseable closeable) {
        parts.push(closeable);
      }
      LocalEngine engine =
          opening.open(
              store,
              machines(folder),
              new Ports(model, tools, desks(configuration), clock),
              Settings.DEFAULT.withSettleAfter(configuration.settleAfter()));
      parts.remove(store); // the engine closes it
      parts.push(engine);
      parts.push(
          SocketServer.open(
              configuration.store(),
              engine,
              store,
              new Speakers(configuration::person, configuration.group())));
      return new Interlock(engine, tools, parts);
    } catch (RuntimeException e) {
      close(parts).ifPresent(e::addSuppressed);
      throw e;
    }
  }

  /**
   * The folder's tool servers, started when they are needed. The caller closes them.
   *
   * @throws MachineFolderException if variables of its configuration are not set
   */
  public static McpToolHost tools(MachineFolder folder) {
    Map<String, LockedTool> byHash = new HashMap<>();
    folder.lock().tools().values().forEach(tool -> byHash.put(tool.hash(), tool));
    Function<String, @Nullable LockedTool> locked = byHash::get;
    return new McpToolHost(folder.configuration().servers(), locked);
  }

  private static Machines machines(MachineFolder folder) {
    return new Machines(
        List.of(new Machines.Definition(folder.machine(), folder.text(), folder.lockText())),
        MachineFolder.compiler());
  }

  private static Map<String, Desk> desks(Configuration configuration) {
    Map<String, Desk> desks = new LinkedHashMap<>();
    configuration.desks().forEach((name, path) -> desks.put(name, new FileDesk(path)));
    return desks;
  }

  private static ChatModel model(MachineFolder folder) {
    return switch (folder.configuration().model()) {
      case Model.Scripted scripted -> folder.script(scripted).orThrow();
      case Model.Anthropic it ->
          AnthropicModel.builder()
              .model(it.model())
              .key(it.key())
              .maxTokens(it.maxTokens())
              .url(it.url())
              .price(it.price())
              .build();
      case Model.None() ->
          question -> {
            throw new ChatModel.ModelException(
                "found no model, expected one: write `model:` in " + Configuration.FILE,
                false,
                null,
                null);
          };
    };
  }

  /** The engine. It is closed with this. */
  public Engine engine() {
    return engine;
  }

  /**
   * Takes up what is in flight of an instance, as if something was sent to it. Of use after {@link
   * #openForNamed}.
   */
  public void carryOn(String instance) {
    engine.carryOn(instance);
  }

  /** Starts the tool servers now, without waiting, so that the first calls need not. */
  public void startServers() {
    tools.start();
  }

  /** Whether a tool's server was started and is not ready yet. */
  public boolean starting(String tool) {
    return tools.starting(tool);
  }

  /** Whether nothing is in flight for an instance: it ended, or only waits. */
  public boolean atRest(String instance) {
    return engine.atRest(instance);
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
