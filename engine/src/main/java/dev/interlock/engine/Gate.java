package dev.interlock.engine;

import static java.util.stream.Collectors.joining;

import dev.interlock.core.check.Code;
import dev.interlock.core.check.Finding;
import dev.interlock.core.check.MachineCheck;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.Engine.Start;
import dev.interlock.core.machine.Machine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a machine with errors from being started, unless an operator says despite them. Each
 * machine is checked once, by whoever starts the first instance of it; others wait for that.
 * Thread-safe.
 */
public final class Gate {
  /** The most errors that a rejection names. */
  private static final int MAX_NAMED = 5;

  /** By pin: what is checked is what an instance is pinned to. */
  private final Map<String, FutureTask<List<Finding>>> checks = new ConcurrentHashMap<>();

  private List<Finding> errors(Machine machine) {
    String pin = machine.pin();
    FutureTask<List<Finding>> check =
        checks.computeIfAbsent(pin, it -> new FutureTask<>(() -> found(machine)));
    check.run(); // by one; it does nothing for the others
    try {
      return check.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the machine was checked", e);
    } catch (ExecutionException e) {
      checks.remove(pin, check); // memory may have been short
      throw new IllegalStateException("the machine cannot be checked", e.getCause());
    }
  }

  private static List<Finding> found(Machine machine) {
    return MachineCheck.of(machine).findings().stream()
        .filter(finding -> finding.code().severity() == Code.Severity.ERROR)
        .toList();
  }

  /**
   * Why an instance is not started.
   *
   * @param there whether there is an instance of that id: it goes on, and what it was started with
   *     is compared
   */
  public Optional<Acknowledgement> refused(Machine machine, Start start, BooleanSupplier there) {
    return rejection(machine)
        .filter(why -> !start.despiteErrors() && !there.getAsBoolean())
        .map(Acknowledgement.Rejected::new);
  }

  /** The codes of the errors that an instance is started despite, or null if there are none. */
  public @Nullable List<String> despite(Machine machine, Start start) {
    List<String> codes = start.despiteErrors() ? codes(machine) : List.of();
    return codes.isEmpty() ? null : codes;
  }

  /** The codes of a machine's errors, each once. */
  public List<String> codes(Machine machine) {
    return errors(machine).stream().map(it -> it.code().id()).distinct().sorted().toList();
  }

  /** Why no instance of a machine is started as it is; empty if it has no errors. */
  public Optional<Rejection> rejection(Machine machine) {
    List<Finding> errors = errors(machine);
    if (errors.isEmpty()) {
      return Optional.empty();
    }
    String named = errors.stream().limit(MAX_NAMED).map(Gate::named).collect(joining("; "));
    int more = errors.size() - MAX_NAMED;
    return Optional.of(
        new Rejection(
            Rejection.Code.ERRORS,
            "found errors in the machine %s: %s%s; expected none: mend what `interlock check` shows, or have an operator start it despite them (--despite-errors), which the journal keeps"
                .formatted(
                    machine.name(), named, more > 0 ? "; and %d more".formatted(more) : "")));
  }

  private static String named(Finding error) {
    return "%s at %s, %s"
        .formatted(error.code().id(), String.join(".", error.at()), error.found());
  }
}
