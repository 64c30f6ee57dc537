package dev.interlock.engine;

import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.PutDocument;
import dev.interlock.core.journal.Store.Write;
import dev.interlock.core.machine.Document;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How many documents an instance may have, each content counted once, also those replaced since.
 */
public final class DocumentRoom {
  public static final int MAX_DOCUMENTS = 1_000;

  /** Of all of them together. */
  public static final long MAX_BYTES = 256L << 20;

  private DocumentRoom() {}

  /**
   * Why an instance has no room for more documents; empty if it has.
   *
   * @param open what is about to be committed before
   */
  public static String full(Store store, String instance, List<Write> open, List<Write> more) {
    if (more.stream().noneMatch(PutDocument.class::isInstance)) {
      return "";
    }
    Map<String, Long> all = new HashMap<>(store.documents(instance));
    Stream.concat(open.stream(), more.stream())
        .forEach(write -> {
          if (write instanceof PutDocument put && put.instance().equals(instance)) {
            Document document = put.document().document();
            all.put(document.hash(), document.size());
          }
        });
    long bytes = all.values().stream().mapToLong(Long::longValue).sum();
    return all.size() <= MAX_DOCUMENTS && bytes <= MAX_BYTES
        ? ""
        : "documents of %s: found %,d of %,d bytes, at most %,d of %,d"
            .formatted(instance, all.size(), bytes, MAX_DOCUMENTS, MAX_BYTES);
  }

  /** The bytes of the documents that are to be written. */
  public static long bytes(List<Write> writes) {
    return writes.stream()
        .mapToLong(it -> it instanceof PutDocument put ? put.document().document().size() : 0)
        .sum();
  }
}
