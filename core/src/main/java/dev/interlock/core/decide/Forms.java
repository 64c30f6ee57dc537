package dev.interlock.core.decide;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.decide.Rejection.Code;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What people fill in: a value that does not fit rejects all that came with it, by name. */
final class Forms {
  private final Step step;
  private final Map<String, Object> filled = new LinkedHashMap<>();

  Forms(Step step) {
    this.step = step;
  }

  /** The values as they fit, by field. */
  Map<String, Object> filled() {
    return filled;
  }

  /**
   * The form and the documents of a message. A state's {@code record} is its form, too.
   *
   * @return why the whole message is rejected, or empty
   */
  Optional<Rejection> message(Occurrence.MessageSent o) {
    Map<String, Object> form = Objects.requireNonNullElse(o.form(), Map.of());
    Map<String, Object> documents = Objects.requireNonNullElse(o.documents(), Map.of());
    return asked(form.keySet())
        .or(() -> asked(documents.keySet()))
        .or(() -> noDocuments(form.keySet()))
        .or(() -> onlyDocuments(documents))
        .or(() -> all(form))
        .or(() -> all(values(documents)));
  }

  /** Every field must be one that the state asks for. */
  private Optional<Rejection> asked(Set<String> names) {
    List<String> open =
        step.state() instanceof State.Agent agent
            ? Contract.form(step.machine(), agent)
            : List.of();
    return names.stream()
        .filter(name -> !open.contains(name))
        .findFirst()
        .map(name ->
            rejected(
                "the form of %s has no %s; expected %s"
                    .formatted(
                        step.instance().state(),
                        name,
                        open.isEmpty() ? "none" : String.join(", ", open))));
  }

  private Optional<Rejection> noDocuments(Set<String> names) {
    return names.stream()
        .filter(this::document)
        .findFirst()
        .map(name ->
            rejected(
                "the form's %s: found a value, expected a document: attach it to the message"
                    .formatted(name)));
  }

  private Optional<Rejection> onlyDocuments(Map<String, Object> documents) {
    List<Document> all = new ArrayList<>();
    for (Map.Entry<String, Object> field : documents.entrySet()) {
      List<?> sent = list(field.getValue());
      boolean wrong = !document(field.getKey());
      if (wrong || (sent.size() != 1 && !step.machine().field(field.getKey()).many())) {
        return Optional.of(
            rejected(
                "the form's %s: found %d documents, expected %s"
                    .formatted(field.getKey(), sent.size(), wrong ? "a value" : "one")));
      }
      sent.forEach(one -> Document.of(Objects.requireNonNull(one)).ifPresent(all::add));
    }
    long bytes = all.stream().mapToLong(Document::size).sum();
    return all.size() <= Document.MAX_DOCUMENTS && bytes <= Document.MAX_BYTES
        ? Optional.empty()
        : Optional.of(
            new Rejection(
                Code.LIMIT,
                "documents of a message: found %d of %,d bytes, at most %d of %,d; send less at once"
                    .formatted(all.size(), bytes, Document.MAX_DOCUMENTS, Document.MAX_BYTES)));
  }

  private static List<?> list(Object sent) {
    return sent instanceof List<?> list ? list : List.of();
  }

  /** A document for a field of one, all of them for a list. */
  private Map<String, Object> values(Map<String, Object> documents) {
    Map<String, Object> values = new LinkedHashMap<>();
    documents.forEach((name, sent) ->
        values.put(
            name,
            step.machine().field(name).many()
                ? sent
                : Objects.requireNonNull(list(sent).getFirst())));
    return values;
  }

  private boolean document(String name) {
    return step.machine().field(name).type() instanceof Type.Document;
  }

  private Optional<Rejection> all(Map<String, Object> values) {
    Optional<Rejection> misfit = Optional.empty();
    // in the order of the journal, which keeps none: deciding anew must give the same
    for (Map.Entry<String, Object> value : new TreeMap<>(values).entrySet()) {
      if (misfit.isEmpty()) {
        misfit = value(value.getKey(), value.getValue());
      }
    }
    return misfit;
  }

  /**
   * One value.
   *
   * @return why it is rejected, or empty
   */
  Optional<Rejection> value(String name, Object sent) {
    Field field = step.machine().field(name);
    return switch (Values.fit(field, step.instance().facts().get(name), sent)) {
      case Values.Fit.Fits(Object fits) -> {
        filled.put(name, fits);
        yield Optional.empty();
      }
      case Values.Fit.Misfit(String why) ->
          Optional.of(rejected("the form's %s: %s".formatted(name, why)));
    };
  }

  private static Rejection rejected(String message) {
    return new Rejection(Code.VALUES, message);
  }
}
