package dev.interlock.engine;

import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.decide.Rejection.Code;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Json;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What every engine asks of a request before anything is decided. */
public final class Requests {
  /** The largest input, payload or form, in characters of its canonical JSON. */
  public static final int MAX_VALUES = 262_144;

  /** The longest id that somebody gives, in characters. */
  public static final int MAX_ID = 200;

  private static final String ID = "(?!-)[A-Za-z0-9._@-]{1,%d}".formatted(MAX_ID);
  private static final SecureRandom RANDOM = new SecureRandom();

  private Requests() {}

  /** Why no new instance can have that id: with a - first a command line takes it for an option. */
  public static Optional<Acknowledgement> unusable(String instance) {
    return instance.matches(ID)
        ? Optional.empty()
        : Optional.of(
            rejected(
                Code.VALUES,
                "found an id that is not usable, expected 1 to %d letters of ASCII, digits or any of . _ @ -, the first of them no -: choose another"
                    .formatted(MAX_ID)));
  }

  /**
   * Why something cannot be sent.
   *
   * @param id that the sender gives it, or null
   * @param values that come with it
   */
  public static Optional<Acknowledgement> misfit(@Nullable String id, Object values) {
    int size = values instanceof String text ? text.length() : Json.write(values).length();
    if (size > MAX_VALUES) {
      return Optional.of(
          rejected(
              Code.LIMIT,
              "found %,d characters of values, expected at most %,d; send less"
                  .formatted(size, MAX_VALUES)));
    }
    if (id != null && (id.isEmpty() || id.length() > MAX_ID)) {
      return Optional.of(
          rejected(Code.LIMIT, "the id is empty or longer than %d characters".formatted(MAX_ID)));
    }
    return Optional.empty();
  }

  /** No machine of that name was opened. */
  public static Acknowledgement noMachine(String name, Collection<String> known) {
    return rejected(
        Code.NOT_FOUND,
        "there is no machine %s; expected %s".formatted(name, String.join(", ", known)));
  }

  /** Nobody knows a machine of that pin. */
  public static Acknowledgement unknownMachine(String pin) {
    return rejected(
        Code.NOT_FOUND,
        "there is no machine with the pin %s here, expected one that this engine was opened with or has started instances of: open it with that one (start `interlock up` again on the folder of that version), or start an instance of it"
            .formatted(pin));
  }

  /**
   * What would become of something, of which nothing is recorded.
   *
   * @param instance as it is
   */
  public static Acknowledgement tried(Decision decision, Instance instance) {
    return switch (decision) {
      case Decision.Rejected(Rejection rejection) -> new Acknowledgement.Rejected(rejection);
      case Decision.Duplicate duplicate -> new Acknowledgement.Again(instance.id());
      case Decision.Accepted accepted ->
          new Acknowledgement.Taken(instance.id(), instance.seq(), accepted.note());
    };
  }

  /** There is no such instance, or whoever asks may not know of it. */
  public static Acknowledgement noInstance(String id) {
    return new Acknowledgement.Rejected(Rejection.noInstance(id));
  }

  /** There is another instance of that id. */
  public static Rejection taken(String id) {
    return new Rejection(
        Code.CONFLICT, "there is an instance %s already: choose another id".formatted(id));
  }

  /** It is not taken. */
  public static Acknowledgement rejected(Code code, String message) {
    return new Acknowledgement.Rejected(new Rejection(code, message));
  }

  /** Something that nobody guesses, as twice as many hexadecimal digits. */
  public static String hex(int bytes) {
    byte[] made = new byte[bytes];
    RANDOM.nextBytes(made);
    return HexFormat.of().formatHex(made);
  }
}
