package dev.interlock.core.acceptance;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** The machines of the cases, each loaded once. */
final class Machines {
  private static final Map<String, Machine> LOADED = new ConcurrentHashMap<>();
  private static final ToolLock LOCK = lock();

  private Machines() {}

  static Machine of(String name) {
    return LOADED.computeIfAbsent(name, Machines::load);
  }

  private static Machine load(String name) {
    return changed(name, text -> text);
  }

  /** Of a changed text. */
  static Machine changed(String name, UnaryOperator<String> change) {
    String file = "machines/" + name + ".yaml";
    MachineLoader.Loaded loaded = MachineLoader.load(file, change.apply(Cases.text(file)), LOCK);
    if (!loaded.diagnostics().isEmpty()) {
      throw new IllegalArgumentException(Diagnostic.format(loaded.diagnostics()));
    }
    return Objects.requireNonNull(loaded.machine(), name);
  }

  private static ToolLock lock() {
    List<Offered> offered = new ArrayList<>();
    Cases.mapping("machines/tools.yaml")
        .forEach((name, schema) ->
            offered.add(new Offered(name, "A tool of the cases.", Cases.map(schema))));
    ToolLock.Read read = ToolLock.lock("tools.yaml", offered);
    if (!read.diagnostics().isEmpty()) {
      throw new IllegalArgumentException(Diagnostic.format(read.diagnostics()));
    }
    return read.lock();
  }
}
