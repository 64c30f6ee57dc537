package dev.interlock.core.acceptance;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Call.Stage;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Reply;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes an occurrence of a written step. What a step leaves out is what is meant most of the time:
 * the open question, the only call in flight, the only number that waits, the right hash, an id of
 * its own, one second later.
 */
final class Occurrences {
  private static final Map<String, Object> PEOPLE = Cases.mapping("people.yaml");

  /** The keys of each kind of step, the first of them its name. */
  private static final List<List<String>> FORMS =
      List.of(
          List.of("start", "as", "caller", "id"),
          List.of("user", "as", "id", "form", "documents"),
          List.of("long", "as", "id"),
          List.of("event", "payload", "as", "id"),
          List.of("answer", "no", "as", "form", "hash", "id"),
          List.of("timer", "visit"),
          List.of("reply", "question", "stop", "tokens", "cost"),
          List.of("questionFails", "question"),
          List.of("overflow", "question"),
          List.of("lost", "question", "cost"),
          List.of("returns", "call"),
          List.of("fails", "call"),
          List.of("unknown", "call"),
          List.of("drifts", "call"),
          List.of("probed", "call"),
          List.of("ticket", "escalation"),
          List.of("resolve", "happened", "result", "as", "id"),
          List.of("resume", "grant", "as", "id"),
          List.of("cancel", "as", "id"),
          List.of("migrate", "map", "was", "as", "id"));

  private final Journey journey;

  Occurrences(Journey journey) {
    this.journey = journey;
  }

  Occurrence of(Map<String, Object> written) {
    Map<String, Object> step = new LinkedHashMap<>(written);
    Object later = step.remove("later");
    Duration passes = later == null ? Duration.ofSeconds(1) : Duration.parse((String) later);
    List<String> form =
        FORMS.stream()
            .filter(keys -> step.containsKey(keys.getFirst()))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no step: " + written));
    if (!Set.copyOf(form).containsAll(step.keySet())) {
      throw new IllegalArgumentException(written + " has a key beside " + form);
    }
    Object about = Objects.requireNonNull(step.get(form.getFirst()));
    journey.until(journey.now().plus(passes));
    return switch (form.getFirst()) {
      case "start", "user", "long", "event", "answer", "resolve", "resume", "cancel", "migrate" ->
          sent(form.getFirst(), about, step);
      case "timer" -> timer((String) about, step);
      case "reply" -> replied(about, step);
      case "questionFails" ->
          new Occurrence.QuestionFailed(journey.now(), question(step), (String) about);
      case "overflow" ->
          new Occurrence.QuestionOverflowed(
              journey.now(), question(step), (Long) about, "too long: " + about);
      case "lost" ->
          new Occurrence.ReplyLost(journey.now(), question(step), usage((Long) about, step));
      case "ticket" -> ticket((String) about, step);
      default -> reported(form.getFirst(), about, step);
    };
  }

  // ---- what is sent

  private Occurrence sent(String kind, Object about, Map<String, Object> step) {
    String id = (String) step.getOrDefault("id", "s" + (journey.size() + 1));
    Instant at = journey.now();
    return switch (kind) {
      case "start" ->
          new Occurrence.Started(
              id, at, by(step, "ana"), person(step, "caller", "ana"), Cases.map(about));
      case "user" ->
          new Occurrence.MessageSent(
              id,
              at,
              by(step, "ana"),
              (String) about,
              step.containsKey("form") ? Cases.map(step.get("form")) : null,
              step.containsKey("documents") ? documents(Cases.map(step.get("documents"))) : null);
      case "long" ->
          new Occurrence.MessageSent(
              id, at, by(step, "ana"), "x".repeat(((Long) about).intValue()), null);
      case "event" ->
          new Occurrence.EventSent(id, at, by(step, "ana"), (String) about, step.get("payload"));
      case "answer" -> answer(id, (String) about, step);
      case "resolve" -> resolve(id, ((Long) about).intValue(), step);
      case "resume" -> new Occurrence.Resumed(id, at, by(step, "op"), (String) about, grants(step));
      case "cancel" -> new Occurrence.Cancelled(id, at, by(step, "op"), (String) about);
      case "migrate" -> migrate(id, about, step);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** To the machine with replacements in its text: {@code migrate: {FROM: TO}}. */
  private Occurrence migrate(String id, Object about, Map<String, Object> step) {
    Machine to =
        Machines.changed(
            journey.machine().name(),
            text -> {
              String changed = text;
              for (Map.Entry<String, Object> each : Cases.map(about).entrySet()) {
                if (!changed.contains(each.getKey())) {
                  throw new IllegalArgumentException("found no " + each.getKey());
                }
                changed = changed.replace(each.getKey(), (String) each.getValue());
              }
              return changed;
            });
    journey.know(to);
    Map<String, String> states = new LinkedHashMap<>();
    if (step.get("map") instanceof Map<?, ?> map) {
      map.forEach((old, other) -> states.put((String) old, (String) other));
    }
    String was = (String) step.getOrDefault("was", journey.instance().machine());
    return new Occurrence.Migrated(id, journey.now(), by(step, "op"), was, to.pin(), states);
  }

  /** What an engine says of documents of these names, first bytes and sizes. */
  private static Map<String, Object> documents(Map<String, Object> fields) {
    Map<String, Object> documents = new LinkedHashMap<>();
    fields.forEach((field, written) -> {
      List<Object> all = new ArrayList<>();
      for (Object one : Cases.list(written)) {
        Map<String, Object> file = Cases.map(one);
        Attachment made =
            Attachment.of(
                String.valueOf(file.get("name")), bytes(file.get("is"), file.get("size")));
        for (long i = 0; i < (Long) file.getOrDefault("times", 1L); i++) {
          all.add(made.document().value());
        }
      }
      documents.put(field, all);
    });
    return documents;
  }

  private static byte[] bytes(@Nullable Object is, @Nullable Object size) {
    String begins =
        switch (String.valueOf(is)) {
          case "image/png" -> "\u0089PNG\r\n\u001a\n";
          case "image/jpeg" -> "\u00ff\u00d8\u00ff\u00e0";
          case "image/gif" -> "GIF89a";
          case "application/pdf" -> "%PDF-1.7";
          case "a program" -> "\u007fELF";
          default -> "";
        };
    byte[] first = begins.getBytes(StandardCharsets.ISO_8859_1);
    return Arrays.copyOf(first, ((Long) Objects.requireNonNull(size)).intValue());
  }

  private static Principal by(Map<String, Object> step, String standard) {
    return person(step, "as", standard);
  }

  private static Principal person(Map<String, Object> step, String key, String standard) {
    String name = (String) step.getOrDefault(key, standard);
    List<String> roles = Cases.list(PEOPLE.get(name)).stream().map(String.class::cast).toList();
    return new Principal(name, roles);
  }

  private Occurrence answer(String id, String word, Map<String, Object> step) {
    Object no = step.get("no");
    int number = no == null ? onlyWaiting() : ((Long) no).intValue();
    String hash = journey.hashes().getOrDefault(number, "never shown");
    return new Occurrence.Answered(
        id,
        journey.now(),
        by(step, "bob"),
        number,
        (String) step.getOrDefault("hash", hash),
        word,
        Cases.map(step.getOrDefault("form", Map.of())));
  }

  private int onlyWaiting() {
    Instance instance = journey.instance();
    if (instance.approval() != null) {
      return instance.approval().number();
    }
    if (instance.parked().size() != 1) {
      throw new IllegalArgumentException(
          "say `no`: %d wait\n%s".formatted(instance.parked().size(), journey.told()));
    }
    return instance.parked().getFirst().number();
  }

  private Occurrence resolve(String id, int call, Map<String, Object> step) {
    Object result = step.get("result");
    return new Occurrence.Resolved(
        id,
        journey.now(),
        by(step, "op"),
        call,
        (Boolean) Objects.requireNonNull(step.get("happened")),
        result == null ? null : result(call, result));
  }

  private static Map<Budget, Decimal> grants(Map<String, Object> step) {
    Map<Budget, Decimal> grants = new LinkedHashMap<>();
    Cases.map(step.getOrDefault("grant", Map.of()))
        .forEach((name, more) -> {
          BigDecimal amount =
              more instanceof String duration
                  ? BigDecimal.valueOf(Duration.parse(duration).toSeconds())
                  : new BigDecimal(more.toString());
          grants.put(Budget.of(name).orElseThrow(), new Decimal(amount));
        });
    return grants;
  }

  // ---- what the engine reports

  /**
   * {@code KIND} or {@code KIND TARGET}, of expiries {@code expiry NUMBER}: the newest such timer
   * that was ever set, when it is due.
   */
  private Occurrence timer(String written, Map<String, Object> step) {
    Object visit = step.get("visit");
    Timer found = null;
    for (Timer timer : journey.timers().values()) {
      boolean same = describe(timer).equals(written);
      if (same && (visit == null || visit.equals(timer.visit()))) {
        found = timer;
      }
    }
    if (found == null) {
      throw new IllegalArgumentException(
          "no timer %s was ever set\n%s".formatted(written, journey.told()));
    }
    journey.until(found.due());
    return new Occurrence.TimerFired(journey.now(), found.id());
  }

  /** A timer as cases name it. */
  static String describe(Timer timer) {
    String kind = timer.kind().name().toLowerCase(Locale.ROOT);
    return switch (timer.kind()) {
      case AFTER, IDLE -> kind + " " + timer.target();
      case EXPIRY -> kind + " " + timer.number();
      case DURATION -> timer.visit() == 0 ? kind : kind + " of the state";
    };
  }

  private long question(Map<String, Object> step) {
    return (Long) step.getOrDefault("question", journey.instance().questions());
  }

  private Occurrence replied(Object about, Map<String, Object> step) {
    long question = question(step);
    List<Reply.Part> parts = new ArrayList<>();
    for (Object item : about instanceof List<?> list ? list : List.of(about)) {
      parts.add(part(item, "q%d-%d".formatted(question, parts.size())));
    }
    boolean calls = parts.stream().anyMatch(Reply.Call.class::isInstance);
    String stop = (String) step.getOrDefault("stop", calls ? "calls" : "end");
    Reply.Usage usage = usage((Long) step.getOrDefault("tokens", 0L), step);
    return new Occurrence.QuestionReplied(
        journey.now(),
        question,
        new Reply(parts, Reply.Stop.valueOf(stop.toUpperCase(Locale.ROOT)), "scripted", usage));
  }

  private static Reply.Usage usage(long tokens, Map<String, Object> step) {
    return new Reply.Usage(tokens, 0, new BigDecimal(step.getOrDefault("cost", 0L).toString()));
  }

  /** A text, {@code {call, with, id}}, or {@code {call, text, id}} with arguments as they are. */
  private static Reply.Part part(Object item, String id) {
    if (item instanceof String text) {
      return new Reply.Text(text);
    }
    Map<String, Object> part = Cases.map(item);
    return new Reply.Call(
        (String) part.getOrDefault("id", id),
        (String) Objects.requireNonNull(part.get("call"), item.toString()),
        part.containsKey("text")
            ? (String) part.get("text")
            : Json.write(part.getOrDefault("with", Map.of())));
  }

  private Occurrence reported(String kind, Object about, Map<String, Object> step) {
    Object given = step.get("call");
    int call = given == null ? onlyInFlight(kind) : ((Long) given).intValue();
    Instant at = journey.now();
    return switch (kind) {
      case "returns" -> new Occurrence.CallReturned(at, call, result(call, about));
      case "fails" -> new Occurrence.CallFailed(at, call, (String) about);
      case "unknown" -> new Occurrence.CallUnknown(at, call, (String) about);
      case "drifts" -> new Occurrence.CallDrifted(at, call, (String) about);
      case "probed" ->
          new Occurrence.CallProbed(
              at, call, about instanceof Boolean happened ? happened : null, about.toString());
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private int onlyInFlight(String kind) {
    Stage stage = kind.equals("probed") ? Stage.UNKNOWN : Stage.DISPATCHED;
    List<Integer> numbers =
        journey.instance().liveCalls().filter(c -> c.stage() == stage).map(Call::number).toList();
    if (numbers.size() != 1) {
      throw new IllegalArgumentException(
          "say `call`: %s are in flight\n%s".formatted(numbers, journey.told()));
    }
    return numbers.getFirst();
  }

  /**
   * A result as engines project it, from the answer's JSON or text; {@code {lines: N}} is a long
   * one.
   */
  private Result result(int number, Object answer) {
    @Nullable Call call = journey.calls().get(number);
    if (call == null) {
      return new Result("ref", 0, answer.toString(), true, List.of(), null);
    }
    String ref = "ref-" + number;
    if (answer instanceof Map<?, ?> map && map.get("lines") instanceof Long lines) {
      StringBuilder text = new StringBuilder();
      for (long line = 1; line <= lines; line++) {
        text.append("line ").append(line).append('\n');
      }
      journey.results().put(ref, text.toString());
      return Projection.project(journey.machine(), call, ref, text.toString(), null);
    }
    return answer instanceof String text
        ? Projection.project(journey.machine(), call, ref, text, null)
        : Projection.project(journey.machine(), call, ref, "", Json.write(answer));
  }

  private Occurrence ticket(String id, Map<String, Object> step) {
    Object given = step.get("escalation");
    int number =
        given == null
            ? Objects.requireNonNull(journey.instance().escalated()).number()
            : ((Long) given).intValue();
    return new Occurrence.TicketOpened(journey.now(), number, id);
  }
}
