package dev.interlock.core.prompt;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a model can be shown of documents.
 *
 * @param sees of {@link ChatModel#sees}
 * @param bytes of a document of the instance by its hash, or null if they are gone; read only for
 *     what is shown
 */
public record Sight(Predicate<Document> sees, Function<String, byte @Nullable []> bytes) {
  /** Of a model that sees none. */
  public static final Sight NONE = new Sight(document -> false, hash -> null);

  /** A document as it came with a message, and for which field. */
  record Sent(String field, Document document) {
    /**
     * Those of a message, by field, as {@link dev.interlock.core.evolve.Inbox.Message} has them.
     */
    static List<Sent> of(Map<String, Object> documents) {
      List<Sent> all = new ArrayList<>();
      new TreeMap<>(documents)
          .forEach((field, sent) -> {
            for (Object one : sent instanceof List<?> list ? list : List.of()) {
              Document.of(one).ifPresent(it -> all.add(new Sent(field, it)));
            }
          });
      return all;
    }
  }

  /**
   * What becomes of one in a question.
   *
   * @param line for the model
   * @param shown null if only the line is
   */
  record Seen(String line, @Nullable Attachment shown) {}

  /**
   * Shows from the newest to the oldest, those that their field still holds, each once, as many as
   * a question may have.
   *
   * @param sent oldest first
   * @return of each, in the same order
   */
  Deque<Seen> choose(Machine machine, Instance instance, List<Sent> sent) {
    Deque<Seen> seen = new ArrayDeque<>();
    Set<String> shown = new HashSet<>();
    long room = Document.MAX_BYTES;
    for (Sent one : sent.reversed()) {
      Document document = one.document();
      String why = unseen(machine, instance, one);
      if (why.isEmpty() && shown.contains(document.hash())) {
        why = "it is the same as a later one";
      } else if (why.isEmpty()
          && (shown.size() >= Document.MAX_DOCUMENTS || document.size() > room)) {
        why = "there are too many";
      }
      byte[] found = why.isEmpty() ? bytes.apply(document.hash()) : null;
      String line = "%s = %s".formatted(one.field(), document.line());
      if (found == null) {
        why = why.isEmpty() ? "it is gone" : why;
        seen.addFirst(new Seen("%s, not shown: %s".formatted(line, why), null));
      } else {
        shown.add(document.hash());
        room -= document.size();
        seen.addFirst(new Seen(line, Attachment.of(document.name(), found)));
      }
    }
    return seen;
  }

  /** Why a document cannot be shown, whatever else is; empty if it can. */
  private String unseen(Machine machine, Instance instance, Sent sent) {
    Field field = machine.context().get(sent.field());
    if (field != null && field.privacy() == Field.Privacy.SECRET) {
      return "it is not for you";
    }
    Object value = instance.facts().get(sent.field());
    Collection<?> held = value instanceof Collection<?> all ? all : List.of();
    boolean holds = sent.document().value().equals(value) || held.contains(sent.document().value());
    if (!holds) {
      return "it was replaced or taken out";
    }
    return sees.test(sent.document()) ? "" : "you cannot see it";
  }
}
