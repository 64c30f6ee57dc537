package dev.interlock.core.engine;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is common to engines in how documents come in and go out. */
public final class Documents {
  private Documents() {}

  /** The documents among the values of a form of an application: one, or a list of them. */
  public static Map<String, List<Attachment>> among(Map<String, ?> form) {
    Map<String, List<Attachment>> documents = new LinkedHashMap<>();
    form.forEach((field, value) -> {
      if (value instanceof Attachment one) {
        documents.put(field, List.of(one));
      } else if (attached(value)) {
        documents.put(field, ((List<?>) value).stream().map(Attachment.class::cast).toList());
      }
    });
    return documents;
  }

  /** The values of a form that are no documents. */
  public static Map<String, ?> beside(Map<String, ?> form) {
    Map<String, Object> values = new LinkedHashMap<>(form);
    values.values().removeIf(value -> value instanceof Attachment || attached(value));
    return values;
  }

  private static boolean attached(@Nullable Object value) {
    return value instanceof List<?> list
        && !list.isEmpty()
        && list.stream().allMatch(Attachment.class::isInstance);
  }

  /** What an occurrence says of documents that came with a message; null if there are none. */
  public static @Nullable Map<String, Object> occurring(Map<String, List<Attachment>> sent) {
    Map<String, Object> documents = new LinkedHashMap<>();
    sent.forEach((field, all) -> {
      if (!all.isEmpty()) {
        documents.put(field, all.stream().map(one -> one.document().value()).toList());
      }
    });
    return documents.isEmpty() ? null : documents;
  }

  /**
   * The document of that hash among those that somebody is shown: in fields, beside what a person
   * must decide, or in the journal.
   *
   * @param seen the instance as it is shown
   * @param journal the entries that are shown; asked only if it is not in the instance
   */
  public static Optional<Document> shown(
      Engine.View seen, Supplier<List<Entry>> journal, String hash) {
    return shown(seen).stream()
        .filter(document -> document.hash().equals(hash))
        .findFirst()
        .or(() -> sent(journal.get(), hash));
  }

  /** The documents in an instance as it is shown, each content once. */
  public static List<Document> shown(Engine.View seen) {
    Instance instance = seen.instance();
    List<Map<String, Object>> fields = new ArrayList<>();
    fields.add(instance.facts());
    instance.parked().stream().map(Parked::shown).forEach(fields::add);
    Approval approval = instance.approval();
    if (approval != null) {
      fields.add(approval.shown());
    }
    Set<String> hashes = new HashSet<>();
    return fields.stream()
        .flatMap(values ->
            seen.machine().context().values().stream()
                .filter(field -> field.type() instanceof Type.Document)
                .map(Field::name)
                .filter(values::containsKey)
                .map(values::get))
        .flatMap(Documents::all)
        .filter(document -> hashes.add(document.hash()))
        .toList();
  }

  private static Optional<Document> sent(List<Entry> journal, String hash) {
    return journal.stream()
        .map(Entry::occurrence)
        .flatMap(it ->
            it instanceof Occurrence.MessageSent message ? in(message).stream() : Stream.empty())
        .filter(document -> document.hash().equals(hash))
        .findFirst();
  }

  /** The documents that came with a message. */
  public static List<Document> in(Occurrence.MessageSent message) {
    Map<String, Object> documents = message.documents();
    return documents == null
        ? List.of()
        : documents.values().stream().flatMap(Documents::all).toList();
  }

  private static Stream<Document> all(Object value) {
    List<?> documents = value instanceof List<?> list ? list : List.of(value);
    return documents.stream().flatMap(one -> Document.of(one).stream());
  }
}
