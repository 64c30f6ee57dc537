package dev.interlock.cli.session;

import dev.interlock.cli.tell.Line;
import dev.interlock.cli.tell.Narrator;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Principal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells entries of many instances, each with what came before it in mind. Not thread-safe. */
public final class Narrators {
  /** Instances that are kept in mind; an older one is read again when it is heard of. */
  private static final int MAX_NARRATORS = 1_000;

  private final Engine engine;
  private final Principal eyes;
  private final Map<String, Narrator> narrators =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Narrator> eldest) {
          return size() > MAX_NARRATORS;
        }
      };

  /**
   * @param eyes who reads the journals
   */
  public Narrators(Engine engine, Principal eyes) {
    this.engine = engine;
    this.eyes = eyes;
  }

  /** What one entry has to tell. */
  public List<Line> tell(Entry entry) {
    return narrators.computeIfAbsent(entry.instance(), id -> caughtUp(entry)).tell(entry);
  }

  private Narrator caughtUp(Entry first) {
    Narrator narrator = new Narrator();
    narrator.skip(
        engine.journal(eyes, first.instance(), 0).stream()
            .filter(entry -> entry.seq() < first.seq())
            .toList());
    return narrator;
  }
}
