package dev.interlock.cli.read;

import dev.interlock.Configuration;
import dev.interlock.EngineAt;
import dev.interlock.cli.output.Progress;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.InstanceCommand;
import dev.interlock.cli.session.Narration;
import dev.interlock.cli.session.Narrators;
import dev.interlock.cli.session.Session;
import dev.interlock.cli.session.UnderWay;
import dev.interlock.cli.tell.Line;
import dev.interlock.cli.tell.Narrator;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.engine.Watcher.Passing;
import dev.interlock.core.engine.Watcher.Working;
import dev.interlock.core.engine.Watcher.Writing;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.machine.Principal;
import dev.interlock.local.SocketClient;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock watch}. */
@Command(
    name = "watch",
    header = "See what happens, as it happens.",
    description = {
      "Needs an owner: `interlock up` or another command that runs. Of one instance it tells"
          + " everything from its beginning and ends when the instance ends; without ID it tells"
          + " what happens to all from now on. Ctrl-C ends it. A terminal is shown the end of what"
          + " a model is writing, and how far a call is if its tool tells it. With --json: entries,"
          + " one a line; with --pieces, between them lines {\"writing\": {instance, question,"
          + " attempt, offset, text}} and {\"working\": {instance, call, done, total, message}}."
    },
    footer = {"", "Examples:", "  interlock watch", "  interlock watch device-1 --json"})
public final class WatchCommand extends InstanceCommand {
  private static final long LOOK_SECONDS = 1;

  /** What waits to be told; beyond it entries are left out, the journal has all. */
  private static final int MAX_UNTOLD = 10_000;

  @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "One instance only.")
  private @Nullable String instance;

  @Option(
      names = "--pieces",
      description = "With --json: also what models are writing and how far calls are, as it comes.")
  private boolean pieces;

  private final UnderWay underWay = new UnderWay();
  private Instant began = Instant.EPOCH;

  public WatchCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    Configuration configuration = readConfiguration();
    Principal by = as(configuration);
    if (configuration.engine() instanceof EngineAt.Temporal) {
      try (Session session = session(configuration)) {
        return watch(session.engine(), speaker(configuration, session));
      }
    }
    Optional<SocketClient> owner = owner(configuration);
    if (owner.isEmpty()) {
      throw Failure.of(
          "no process that owns " + configuration.store(),
          "one that something happens in",
          "%s in another terminal; %s tells what was"
              .formatted(typed("up"), typed("journal ID --story")));
    }
    try (Engine engine = owner.get()) {
      return watch(engine, by);
    }
  }

  private int watch(Engine engine, Principal by) throws Exception {
    return instance == null ? all(engine, by) : one(engine, by, instance);
  }

  @SuppressWarnings("try") // the watch is only held open
  private int all(Engine engine, Principal by) throws Exception {
    News news = new News();
    Narrators narrators = new Narrators(engine, by);
    Narration narration = new Narration(program().output(), true).timed(ZoneId.systemDefault());
    try (AutoCloseable watch = engine.watch(by, null, news);
        Progress progress = program().output().progress()) {
      program().output().note("Watching all instances; Ctrl-C ends it.");
      while (true) {
        @Nullable Object heard = news.next();
        switch (heard) {
          // A request fails once the owner is gone: then there is nothing left to watch.
          case null -> engine.get(by, "");
          case Passing passing -> show(passing, progress, passing.instance() + ": ");
          case Entry entry -> tell(entry, narrators::tell, narration, progress);
          default -> throw new IllegalStateException("heard " + heard);
        }
      }
    }
  }

  @SuppressWarnings("try") // the watch is only held open
  private int one(Engine engine, Principal by, String id) throws Exception {
    News news = new News();
    Narrator narrator = new Narrator();
    Narration narration = new Narration(program().output(), false).timed(ZoneId.systemDefault());
    long told = 0;
    try (AutoCloseable watch = engine.watch(by, id, news);
        Progress progress = program().output().progress()) {
      while (true) {
        for (Entry entry : engine.journal(by, id, told)) {
          tell(entry, narrator::tell, narration, progress);
          told = entry.seq();
        }
        Optional<View> view = engine.get(by, id);
        if (view.isEmpty()) {
          throw Failure.of(
              "no instance " + id + seenBy(),
              "one that was started",
              typed("list") + " shows them");
        }
        if (view.get().instance().seq() > 0 && told == 0) {
          throw journalNotFor(id);
        }
        if (view.get().instance().end() != null && view.get().instance().seq() <= told) {
          return ExitCode.OK;
        }
        // Slow watchers miss entries: look now and then, whatever is heard.
        @Nullable Object heard = news.next();
        while (heard instanceof Passing passing) {
          show(passing, progress, "");
          heard = news.next();
        }
      }
    }
  }

  private void tell(
      Entry entry, Function<Entry, List<Line>> narrator, Narration narration, Progress progress) {
    progress.wipe();
    underWay.clear();
    if (program().output().json()) {
      program().output().line(JournalJson.write(entry));
    } else {
      narration.write(narrator.apply(entry));
    }
  }

  private void show(Passing passing, Progress progress, String of) {
    if (pieces && program().output().json()) {
      program().output().value(json(passing));
      return;
    }
    if (underWay.shown().isEmpty() || (passing instanceof Writing piece && piece.offset() == 0)) {
      began = program().clock().instant();
    }
    underWay.take(passing);
    progress.wipe();
    if (!underWay.shown().isEmpty()) {
      progress.show(of + underWay.shown(), Duration.between(began, program().clock().instant()));
    }
  }

  private static Map<String, Object> json(Passing passing) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("instance", passing.instance());
    return switch (passing) {
      case Writing piece -> {
        json.put("question", piece.question());
        json.put("attempt", (long) piece.attempt());
        json.put("offset", piece.offset());
        json.put("text", piece.text());
        yield Map.of("writing", json);
      }
      case Working working -> {
        json.put("call", (long) working.call());
        json.put("done", working.progress().done());
        if (working.progress().total() != null) {
          json.put("total", working.progress().total());
        }
        json.put("message", working.progress().message());
        yield Map.of("working", json);
      }
    };
  }

  /** Entries and what passes between them, in the order they came. */
  private static final class News implements Watcher {
    private final BlockingQueue<Object> untold = new LinkedBlockingQueue<>(MAX_UNTOLD);

    @Override
    public void entry(Entry entry) {
      var unused = untold.offer(entry);
    }

    @Override
    public void passing(Passing passing) {
      if (untold.size() < MAX_UNTOLD / 2) { // the other half is for entries
        var unused = untold.offer(passing);
      }
    }

    /** What was heard next, or null if that was nothing for a while. */
    @Nullable Object next() throws InterruptedException {
      return untold.poll(LOOK_SECONDS, TimeUnit.SECONDS);
    }
  }
}
