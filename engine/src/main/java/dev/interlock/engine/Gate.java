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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a machine with errors from being started, unless an operator says despite them. Each
 * machine is checked once, by whoever starts the first instance of it; others wait for that.
 * Thread-safe.
 */
public final class Gate {
  /** Stands for the codes of a machine that could not be checked: that is an error too. */
  public static final String UNCHECKED = "unchecked";

  /** The most errors that a rejection names. */
  private static final int MAX_NAMED = 5;

  private final Function<Machine, MachineCheck.Checked> check;

  /** By pin: what is checked is what an instance is pinned to. */
  private final Map<String, FutureTask<Errors>> checks = new ConcurrentHashMap<>();

  public Gate() {
    this(MachineCheck::of);
  }

  Gate(Function<Machine, MachineCheck.Checked> check) {
    this.check = check;
  }

  /**
   * Of a machine.
   *
   * @param codes each once; none if it has no errors
   * @param told what they are and where
   */
  private record Errors(List<String> codes, String told) {
    static Errors of(List<Finding> found) {
      String named = found.stream().limit(MAX_NAMED).map(Errors::named).collect(joining("; "));
      int more = found.size() - MAX_NAMED;
      return new Errors(
          found.stream().map(it -> it.code().id()).distinct().sorted().toList(),
          named + (more > 0 ? "; and %d more".formatted(more) : ""));
    }

    private static String named(Finding error) {
      return "%s at %s, %s"
          .formatted(error.code().id(), String.join(".", error.at()), error.found());
    }
  }

  private Errors errors(Machine machine) {
    String pin = machine.pin();
    FutureTask<Errors> made =
        checks.computeIfAbsent(pin, it -> new FutureTask<>(() -> errorsFound(machine)));
    made.run(); // by one; it does nothing for the others
    try {
      return made.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the machine was checked", e);
    } catch (ExecutionException e) { // a mistake of the check, or too little memory for it
      checks.remove(pin, made);
      return new Errors(List.of(UNCHECKED), "it could not be checked, " + e.getCause());
    }
  }

  private Errors errorsFound(Machine machine) {
    return Errors.of(
        check.apply(machine).findings().stream()
            .filter(finding -> finding.code().severity() == Code.Severity.ERROR)
            .toList());
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
    return errors(machine).codes();
  }

  /** Why no instance of a machine is started as it is; empty if it has no errors. */
  public Optional<Rejection> rejection(Machine machine) {
    return rejection(
        machine,
        ", or have an operator start it despite them (--despite-errors), which the journal keeps");
  }

  /** Why no instance is migrated to a machine; empty if it has no errors. */
  public Optional<Acknowledgement> unfit(Machine machine) {
    return rejection(machine, "").map(Acknowledgement.Rejected::new);
  }

  private Optional<Rejection> rejection(Machine machine, String otherwise) {
    Errors errors = errors(machine);
    return errors.codes().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Rejection(
                Rejection.Code.ERRORS,
                "found errors in the machine %s: %s; expected none: mend what `interlock check` shows%s"
                    .formatted(machine.name(), errors.told(), otherwise),
                errors.codes()));
  }
}
