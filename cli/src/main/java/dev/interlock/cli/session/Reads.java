package dev.interlock.cli.session;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Prompted;
import dev.interlock.local.StoreReader;
import java.util.List;
import java.util.Optional;

/** What can be read, as one principal sees it, from an engine or from a file that nobody owns. */
public interface Reads {
  Optional<View> get(String instance);

  /** Entries after that seq, oldest first. */
  List<Entry> journal(String instance, long afterSeq);

  /** What the model was asked at an entry, if whoever reads may see it. */
  Optional<Prompted> prompt(String instance, long seq);

  /** A document by its hash, if whoever reads may see it. */
  Optional<Attachment> document(String instance, String hash);

  /** Newest first. */
  List<Store.Row> list(Store.Filter filter);

  /** Through an engine. */
  static Reads of(Engine engine, Principal by) {
    return new Reads() {
      @Override
      public Optional<View> get(String instance) {
        return engine.get(by, instance);
      }

      @Override
      public List<Entry> journal(String instance, long afterSeq) {
        return engine.journal(by, instance, afterSeq);
      }

      @Override
      public Optional<Prompted> prompt(String instance, long seq) {
        return engine.prompt(by, instance, seq);
      }

      @Override
      public Optional<Attachment> document(String instance, String hash) {
        return engine.document(by, instance, hash);
      }

      @Override
      public List<Store.Row> list(Store.Filter filter) {
        return engine.list(by, filter);
      }
    };
  }

  /** From a file. */
  static Reads of(StoreReader reader, Principal by) {
    return new Reads() {
      @Override
      public Optional<View> get(String instance) {
        return reader.get(by, instance);
      }

      @Override
      public List<Entry> journal(String instance, long afterSeq) {
        return reader.journal(by, instance, afterSeq);
      }

      @Override
      public Optional<Prompted> prompt(String instance, long seq) {
        return reader.prompt(by, instance, seq);
      }

      @Override
      public Optional<Attachment> document(String instance, String hash) {
        return reader.document(by, instance, hash);
      }

      @Override
      public List<Store.Row> list(Store.Filter filter) {
        return reader.list(by, filter);
      }
    };
  }

  /** Of a store that is not there yet. */
  static Reads nothing() {
    return new Reads() {
      @Override
      public Optional<View> get(String instance) {
        return Optional.empty();
      }

      @Override
      public List<Entry> journal(String instance, long afterSeq) {
        return List.of();
      }

      @Override
      public Optional<Prompted> prompt(String instance, long seq) {
        return Optional.empty();
      }

      @Override
      public Optional<Attachment> document(String instance, String hash) {
        return Optional.empty();
      }

      @Override
      public List<Store.Row> list(Store.Filter filter) {
        return List.of();
      }
    };
  }
}
