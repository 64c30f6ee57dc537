package dev.interlock.bench.kill;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.engine.Documents;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.Principal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that a person sends, in a form in which it can be told to the driver, sent again, and
 * found in a journal.
 *
 * @param instance what it is sent to; for a start or a fork, the new one
 * @param id under which it is sent; empty where the engine makes one up, so that it cannot be sent
 *     again
 * @param with what it says
 */
record Request(What what, String instance, String id, Map<String, Object> with) {
  static final Principal ANA = new Principal("ana", List.of("employee"));
  static final Principal BOB = new Principal("bob", List.of("manager"));
  static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));

  enum What {
    START,
    MESSAGE,
    EVENT,
    ANSWER,
    FORK,
    CANCEL,
    RESOLVE,
    RESUME
  }

  static Request start(String instance) {
    return new Request(What.START, instance, instance, Map.of());
  }

  static Request message(String instance, String id, String text) {
    return new Request(What.MESSAGE, instance, id, Map.of("text", text));
  }

  /** With a form and a document of its own. */
  static Request paper(String instance, String id, String text) {
    String paper = "%PDF-1.7 " + instance + " " + id;
    return new Request(
        What.MESSAGE,
        instance,
        id,
        Map.of("text", text, "form", Map.of("size", "L " + id), "paper", paper));
  }

  static Request event(String instance, String name, @Nullable Object payload) {
    return new Request(
        What.EVENT,
        instance,
        name,
        payload == null ? Map.of("name", name) : Map.of("name", name, "payload", payload));
  }

  static Request answer(String instance, int number, String hash, String answer) {
    return new Request(
        What.ANSWER,
        instance,
        answer + "-" + number,
        Map.of("number", (long) number, "hash", hash, "answer", answer));
  }

  static Request fork(String origin, long seq, String own) {
    return new Request(What.FORK, own, own, Map.of("origin", origin, "seq", seq));
  }

  static Request cancel(String instance) {
    return new Request(What.CANCEL, instance, "", Map.of("why", "of " + instance));
  }

  static Request resolve(String instance, int call, boolean happened) {
    return new Request(
        What.RESOLVE, instance, "", Map.of("call", (long) call, "happened", happened));
  }

  static Request resume(String instance) {
    return new Request(What.RESUME, instance, "", Map.of());
  }

  boolean repeatable() {
    return !id.isEmpty();
  }

  Acknowledgement send(Engine engine) {
    return switch (what) {
      case START -> engine.start(ANA, KillMachine.NAME, instance, null, Map.of());
      case MESSAGE -> engine.send(ANA, instance, id, text("text"), form(), documents());
      case EVENT -> engine.event(ANA, instance, id, text("name"), with.get("payload"));
      case ANSWER ->
          engine.answer(
              BOB,
              instance,
              id,
              new Engine.Answer((int) number("number"), text("hash"), text("answer"), Map.of()));
      case FORK -> engine.fork(OPERATOR, text("origin"), number("seq"), instance);
      case CANCEL -> engine.cancel(OPERATOR, instance, text("why"));
      case RESOLVE ->
          engine.resolve(OPERATOR, instance, (int) number("call"), flag("happened"), null);
      case RESUME -> engine.resume(OPERATOR, instance, "Work", Map.of());
    };
  }

  /** Whether that is what was sent, with all that it said. */
  boolean isIn(Occurrence occurrence) {
    return switch (occurrence) {
      case Occurrence.Started started -> what == What.START;
      case Occurrence.MessageSent sent ->
          what == What.MESSAGE
              && sent.id().equals(id)
              && sent.text().equals(text("text"))
              && form().equals(sent.form() == null ? Map.of() : sent.form())
              && Documents.in(sent).stream().map(Document::hash).toList().equals(hashes());
      case Occurrence.EventSent sent ->
          what == What.EVENT
              && sent.id().equals(id)
              && sent.name().equals(text("name"))
              && String.valueOf(sent.payload()).equals(String.valueOf(with.get("payload")));
      case Occurrence.Answered answered ->
          what == What.ANSWER
              && answered.id().equals(id)
              && answered.number() == number("number")
              && answered.hash().equals(text("hash"))
              && answered.answer().equals(text("answer"));
      case Occurrence.Forked forked ->
          what == What.FORK
              && forked.origin().equals(text("origin"))
              && forked.seq() == number("seq");
      case Occurrence.Migrated migrated -> false; // nobody asks for it here
      case Occurrence.Cancelled cancelled ->
          what == What.CANCEL && cancelled.why().equals(text("why"));
      case Occurrence.Resolved resolved ->
          what == What.RESOLVE
              && resolved.call() == number("call")
              && resolved.happened() == flag("happened");
      case Occurrence.Resumed resumed -> what == What.RESUME;
      case Occurrence.Reported reported -> false;
    };
  }

  private String text(String name) {
    return String.valueOf(with.get(name));
  }

  private long number(String name) {
    return with.get(name) instanceof Long number ? number : -1;
  }

  private boolean flag(String name) {
    return Boolean.TRUE.equals(with.get(name));
  }

  private Map<String, Object> form() {
    return with.get("form") instanceof Map<?, ?> form ? Json.object(form) : Map.of();
  }

  private Map<String, List<Attachment>> documents() {
    return with.get("paper") instanceof String paper
        ? Map.of(
            "papers", List.of(Attachment.of("paper.pdf", paper.getBytes(StandardCharsets.UTF_8))))
        : Map.of();
  }

  private List<String> hashes() {
    return documents().values().stream()
        .flatMap(List::stream)
        .map(attachment -> attachment.document().hash())
        .toList();
  }

  /** One line. */
  String line() {
    return Json.write(Map.of("what", what.name(), "instance", instance, "id", id, "with", with));
  }

  static Request of(String line) {
    Map<String, Object> read = Json.parseObject(line);
    return new Request(
        What.valueOf(String.valueOf(read.get("what"))),
        String.valueOf(read.get("instance")),
        String.valueOf(read.get("id")),
        read.get("with") instanceof Map<?, ?> with ? Json.object(with) : Map.of());
  }
}
