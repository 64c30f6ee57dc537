package dev.interlock.engine;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Result;
import dev.interlock.core.engine.Documents;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Fork;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.Write;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a fork takes over, sealed as its own: under the key of its origin, so that references to
 * results hold.
 *
 * @param live the fork before its first entry of its own
 * @param writes what the store must hold before that
 */
public record Prefix(Live live, List<Write> writes) {
  /**
   * Of what was taken over.
   *
   * @param machine that this leaves it pinned to
   */
  public static Prefix of(Fork fork, Machine machine, Live origin, Store store) {
    String from = origin.instance().id();
    String id = fork.instance().id();
    Sealing sealing = new Sealing(origin.key());
    List<Write> writes = new ArrayList<>();
    String head = SealedEntry.NO_PREV;
    for (Entry entry : fork.entries()) {
      SealedEntry sealed = sealing.seal(entry, head);
      head = sealed.hash();
      writes.add(new Store.Append(sealed));
      if (entry.occurrence() instanceof Occurrence.Sent sent) {
        writes.add(new Store.Remember(id, sent.id()));
      }
      kept(entry.occurrence())
          .filter(result -> !result.complete())
          .flatMap(result ->
              store
                  .result(from, result.ref())
                  .map(text -> new Store.PutResult(id, result.ref(), text)))
          .ifPresent(writes::add);
      if (entry.occurrence() instanceof Occurrence.MessageSent message) {
        for (Document document : Documents.in(message)) {
          store
              .document(from, document.hash())
              .map(bytes -> new Store.PutDocument(id, Attachment.of(document.name(), bytes)))
              .ifPresent(writes::add);
        }
      }
    }
    Live live = new Live(machine, fork.instance(), origin.key(), head, 0, null);
    return new Prefix(live, List.copyOf(writes));
  }

  private static Optional<Result> kept(Occurrence occurrence) {
    return switch (occurrence) {
      case Occurrence.CallReturned it -> Optional.of(it.result());
      case Occurrence.Resolved it -> Optional.ofNullable(it.result());
      default -> Optional.empty();
    };
  }
}
