package dev.interlock.cli.session;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.core.machine.Machine;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A version of a machine that is named by digits: its identity, as {@code check} shows it, or its
 * pin, as {@code list --json} does; of either the first twelve or more.
 */
public final class MachineDigits {
  /** What they are, for a message. */
  public static final String EXPECTED =
      "a machine folder, or 12 digits or more of a version: of its identity, which `interlock"
          + " check` shows, or of its pin, which `interlock list --json` does";

  private static final String FORM = "[0-9a-f]{12,64}";

  private MachineDigits() {}

  /** Whether a word may be some. */
  public static boolean are(String word) {
    return word.matches(FORM);
  }

  /**
   * The machine that digits name, or empty if none of these is.
   *
   * @param option that gives them
   * @param sameness what must be one: two pins may be of one identity, with other locks
   * @throws Failure if they name several
   */
  public static Optional<Machine> among(
      String option, String digits, Collection<Machine> known, Function<Machine, String> sameness) {
    Map<String, Machine> named = new LinkedHashMap<>();
    for (Machine machine : known) {
      if (machine.pin().startsWith(digits) || machine.identity().startsWith(digits)) {
        named.putIfAbsent(sameness.apply(machine), machine);
      }
    }
    if (named.size() > 1) {
      throw Failure.of(
          "%s %s, which are the first digits of %d machines: %s"
              .formatted(
                  option,
                  digits,
                  named.size(),
                  named.values().stream()
                      .map(it ->
                          "version %d with identity %s and pin %s"
                              .formatted(it.version(), it.identity(), it.pin()))
                      .collect(Collectors.joining(", "))),
          "those of one",
          "give more digits, of the pin where the identity is the same",
          ExitCode.USAGE);
    }
    return named.values().stream().findFirst();
  }
}
