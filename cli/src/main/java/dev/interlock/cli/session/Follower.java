package dev.interlock.cli.session;

import dev.interlock.cli.output.Progress;
import dev.interlock.cli.tell.Awaited;
import dev.interlock.cli.tell.Awaited.Kind;
import dev.interlock.cli.tell.Narrator;
import dev.interlock.cli.tell.Typing;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Tool;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells what happens to one instance as it happens. That something happened is heard by watching;
 * what it was is read from the journal, so that nothing is missed.
 */
public final class Follower implements AutoCloseable {
  private static final Duration TICK = Duration.ofSeconds(1);

  private final Session session;
  private final Principal by;
  private final String instance;
  private final Consumer<Entry> tell;

  /** One sign is enough: what happened is in the journal. */
  private final BlockingQueue<Boolean> heard = new ArrayBlockingQueue<>(1);

  private final UnderWay underWay = new UnderWay();

  private final AutoCloseable watch;
  private long told;

  /**
   * @param by whose eyes are used
   * @param told entries up to this seq are not told
   */
  public Follower(Session session, Principal by, String instance, long told, Consumer<Entry> tell) {
    this.session = session;
    this.by = by;
    this.instance = instance;
    this.told = told;
    this.tell = tell;
    this.watch =
        session
            .engine()
            .watch(
                by,
                instance,
                new Watcher() {
                  @Override
                  public void entry(Entry entry) {
                    underWay.clear();
                    poke();
                  }

                  @Override
                  public void passing(Passing passing) {
                    underWay.take(passing); // shown with the next tick
                  }
                });
  }

  /** Tells what is new. */
  public void catchUp() {
    List<Entry> news = session.engine().journal(by, instance, told);
    for (Entry entry : news) {
      tell.accept(entry);
      told = entry.seq();
    }
  }

  /** The instance now, or null if it may not be seen. */
  public @Nullable View view() {
    return session.engine().get(by, instance).orElse(null);
  }

  /**
   * Tells what happens until the instance has ended or only waits.
   *
   * @return the instance then, or null if it may not be seen
   */
  public @Nullable View untilRest(Progress progress) throws InterruptedException {
    Instant since = Instant.now();
    while (true) {
      heard.clear();
      long before = told;
      progress.wipe();
      catchUp();
      if (told != before) {
        since = Instant.now();
      }
      @Nullable View view = view();
      if (view == null || (view.instance().seq() <= told && session.atRest(view))) {
        return view;
      }
      progress.show(underWay(view), Duration.between(since, Instant.now()));
      @Nullable Boolean news = heard.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
      if (news == null) {
        progress.show(underWay(view), Duration.between(since, Instant.now()));
      }
    }
  }

  /** What is awaited that is no person and no time. */
  private String underWay(View view) {
    String shown = underWay.shown();
    if (!shown.isEmpty()) {
      return shown;
    }
    return Awaited.of(view, Instant.now(), Typing.PLAIN).stream()
        .filter(it -> it.kind() == Kind.MODEL || it.kind() == Kind.TOOL)
        .findFirst()
        .map(it ->
            it.kind() == Kind.TOOL && session.starting(it.whom())
                ? "starting the server " + Tool.server(it.whom())
                : "waiting for " + it.whom() + " " + it.text())
        .orElse("working");
  }

  /** Waits until something happened, or somebody poked, or a little while. */
  public void untilHeard() throws InterruptedException {
    heard.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Wakes whoever waits in {@link #untilHeard}. */
  public void poke() {
    var unused = heard.offer(true);
  }

  /** A consumer that narrates. */
  public static Consumer<Entry> narrating(Narrator narrator, Narration narration) {
    return entry -> narration.write(narrator.tell(entry));
  }

  @Override
  public void close() {
    try {
      watch.close();
    } catch (Exception e) {
      throw new IllegalStateException("a watch could not be ended", e);
    }
  }
}
