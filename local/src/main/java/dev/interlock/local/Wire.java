package dev.interlock.local;

import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.Watcher.Working;
import dev.interlock.core.engine.Watcher.Writing;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.Principal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is said on the socket: one request to a connection, a JSON object on a line, and the answer,
 * one line or more. The bytes of documents follow the line that names them, as they are.
 */
final class Wire {
  /** The longest request, in bytes: the largest values, every character of them escaped. */
  static final int MAX_REQUEST = 4 << 20;

  /** The longest line of an answer, in bytes. */
  static final int MAX_ANSWER = 256 << 20;

  private Wire() {}

  /** The other side said something that is no request or answer, or too much. */
  static final class WireException extends IOException {
    private static final long serialVersionUID = 1L;

    WireException(String message) {
      super(message);
    }
  }

  /**
   * Reads one line.
   *
   * @param max in bytes
   * @return the object, or empty at the end
   */
  static Optional<Map<String, Object>> read(InputStream in, int max) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0 && next != '\n') {
      if (line.size() >= max) {
        throw new WireException(
            "found a line of more than %,d bytes, expected at most that: send less".formatted(max));
      }
      line.write(next);
      next = in.read();
    }
    if (next < 0) {
      return Optional.empty();
    }
    try {
      if (Json.parseStored(line.toString(StandardCharsets.UTF_8)) instanceof Map<?, ?> map) {
        return Optional.of(Json.object(map));
      }
      throw new WireException("found a line that is no object, expected one");
    } catch (JsonException e) {
      throw new WireException("found a line that is not JSON: " + e.getMessage());
    }
  }

  /**
   * Reads the bytes of a document, which follow its line.
   *
   * @param size in bytes, at most {@link Document#MAX_BYTES}
   */
  static byte[] bytes(InputStream in, long size) throws IOException {
    if (size < 0 || size > Document.MAX_BYTES) {
      throw new WireException(
          "found a document of %,d bytes, expected at most %,d: send less"
              .formatted(size, Document.MAX_BYTES));
    }
    byte[] bytes = in.readNBytes((int) size);
    if (bytes.length < size) {
      throw new WireException(
          "found %,d bytes of a document, expected %,d".formatted(bytes.length, size));
    }
    return bytes;
  }

  static byte[] line(Map<String, ?> object) {
    return (Json.write(object) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** An object of these members, those that are null left out. */
  static Map<String, Object> object(@Nullable Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      if (value != null) {
        object.put((String) Objects.requireNonNull(namesAndValues[i]), value);
      }
    }
    return object;
  }

  // ---- parts of requests

  static String text(Map<String, Object> from, String name) throws WireException {
    String text = optionalText(from, name);
    if (text == null) {
      throw new WireException("found no %s, expected a text".formatted(name));
    }
    return text;
  }

  static @Nullable String optionalText(Map<String, Object> from, String name) {
    return from.get(name) instanceof String text ? text : null;
  }

  static long number(Map<String, Object> from, String name) throws WireException {
    if (from.get(name) instanceof Long number) {
      return number;
    }
    throw new WireException("found no %s, expected an integer".formatted(name));
  }

  static int smallNumber(Map<String, Object> from, String name) throws WireException {
    return Math.clamp(number(from, name), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  static Map<String, Object> values(Map<String, Object> from, String name) throws WireException {
    if (from.get(name) instanceof Map<?, ?> map) {
      return Json.object(map);
    }
    throw new WireException("found no %s, expected an object".formatted(name));
  }

  static List<Map<String, Object>> objects(Map<String, Object> from, String name)
      throws WireException {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (Object one : from.get(name) instanceof List<?> list ? list : List.of()) {
      if (!(one instanceof Map<?, ?> map)) {
        throw new WireException("found no %s, expected objects".formatted(name));
      }
      objects.add(Json.object(map));
    }
    return objects;
  }

  static @Nullable Map<String, Object> principal(@Nullable Principal principal) {
    return principal == null
        ? null
        : object("id", principal.id(), "roles", principal.roles(), "via", principal.via());
  }

  static @Nullable Principal principal(Map<String, Object> from, String name) throws WireException {
    if (!from.containsKey(name)) {
      return null;
    }
    Map<String, Object> principal = values(from, name);
    List<String> roles =
        principal.get("roles") instanceof List<?> list
            ? list.stream().map(String::valueOf).toList()
            : List.of();
    return new Principal(text(principal, "id"), roles, optionalText(principal, "via"));
  }

  static Map<String, Object> grants(Map<Budget, Decimal> grants) {
    Map<String, Object> words = new LinkedHashMap<>();
    grants.forEach((budget, amount) -> words.put(budget.word(), amount.toString()));
    return words;
  }

  static Map<Budget, Decimal> grants(Map<String, Object> from, String name) throws WireException {
    Map<Budget, Decimal> grants = new LinkedHashMap<>();
    for (Map.Entry<String, Object> grant : values(from, name).entrySet()) {
      Budget budget =
          Budget.of(grant.getKey())
              .orElseThrow(() -> new WireException("found no budget " + grant.getKey()));
      try {
        grants.put(budget, Decimal.of(String.valueOf(grant.getValue())));
      } catch (NumberFormatException e) {
        throw new WireException("found %s, expected a number".formatted(grant.getValue()));
      }
    }
    return grants;
  }

  /** Texts by name. */
  static Map<String, String> texts(Map<String, Object> from, String name) throws WireException {
    Map<String, String> texts = new LinkedHashMap<>();
    Map<String, Object> values = values(from, name);
    for (String each : values.keySet()) {
      texts.put(each, text(values, each));
    }
    return texts;
  }

  // ---- answers

  static Map<String, Object> answer(Acknowledgement acknowledgement) {
    return switch (acknowledgement) {
      case Acknowledgement.Taken(String instance, long seq, String note) ->
          object("taken", object("instance", instance, "seq", seq, "note", note));
      case Acknowledgement.Again(String instance) -> object("again", object("instance", instance));
      case Acknowledgement.Rejected(Rejection rejection) ->
          object(
              "rejected",
              object(
                  "code",
                  rejection.code().name(),
                  "message",
                  rejection.message(),
                  "findings",
                  rejection.findings()));
    };
  }

  static boolean answerIsRejection(Map<String, Object> answer) {
    return answer.containsKey("rejected");
  }

  static Acknowledgement acknowledgement(Map<String, Object> answer) throws WireException {
    if (answer.containsKey("taken")) {
      Map<String, Object> taken = values(answer, "taken");
      return new Acknowledgement.Taken(
          text(taken, "instance"), number(taken, "seq"), text(taken, "note"));
    }
    if (answer.containsKey("again")) {
      return new Acknowledgement.Again(text(values(answer, "again"), "instance"));
    }
    Map<String, Object> rejected = values(answer, "rejected");
    try {
      Rejection.Code code = Rejection.Code.valueOf(text(rejected, "code"));
      return new Acknowledgement.Rejected(
          new Rejection(code, text(rejected, "message"), findings(rejected)));
    } catch (IllegalArgumentException e) {
      throw new WireException(
          "found " + rejected + ", expected a rejection that this version knows");
    }
  }

  /** None from an owner of before there were any. */
  private static List<String> findings(Map<String, Object> rejected) {
    return rejected.get("findings") instanceof List<?> codes
        ? codes.stream().map(String::valueOf).toList()
        : List.of();
  }

  /** What a model writes, as a line to a watcher. */
  static Map<String, Object> writing(Writing writing) {
    return object(
        "writing",
        writing.instance(),
        "question",
        writing.question(),
        "attempt",
        (long) writing.attempt(),
        "offset",
        writing.offset(),
        "text",
        writing.text());
  }

  /** How far a call is, as a line to a watcher. */
  static Map<String, Object> working(Working working) {
    ToolHost.Progress progress = working.progress();
    return object(
        "working",
        working.instance(),
        "call",
        (long) working.call(),
        "done",
        progress.done().toString(),
        "total",
        progress.total() == null ? null : progress.total().toString(),
        "message",
        progress.message());
  }

  static Working working(Map<String, Object> line) throws IOException {
    try {
      String total = optionalText(line, "total");
      return new Working(
          text(line, "working"),
          smallNumber(line, "call"),
          new ToolHost.Progress(
              Decimal.of(text(line, "done")),
              total == null ? null : Decimal.of(total),
              text(line, "message")));
    } catch (NumberFormatException e) {
      throw new WireException("found " + line + ", expected numbers");
    }
  }

  static Writing writing(Map<String, Object> line) throws IOException {
    return new Writing(
        text(line, "writing"),
        number(line, "question"),
        smallNumber(line, "attempt"),
        number(line, "offset"),
        text(line, "text"));
  }
}
