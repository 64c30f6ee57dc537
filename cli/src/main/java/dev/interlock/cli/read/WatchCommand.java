package dev.interlock.cli.read;

import dev.interlock.Configuration;
import dev.interlock.MachineFolder;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.InstanceCommand;
import dev.interlock.cli.session.Narration;
import dev.interlock.cli.session.Narrators;
import dev.interlock.cli.tell.Narrator;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.machine.Principal;
import dev.interlock.local.SocketClient;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code interlock watch}. */
@Command(
    name = "watch",
    header = "See what happens, as it happens.",
    description = {
      "Needs an owner: `interlock up` or another command that runs. Of one instance it tells"
          + " everything from its beginning and ends when the instance ends; without ID it tells"
          + " what happens to all from now on. Ctrl-C ends it. With --json: entries, one a line."
    },
    footer = {"", "Examples:", "  interlock watch", "  interlock watch device-1 --json"})
public final class WatchCommand extends InstanceCommand {
  private static final long LOOK_SECONDS = 1;

  /** What waits to be told; beyond it entries are left out, the journal has all. */
  private static final int MAX_UNTOLD = 10_000;

  @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "One instance only.")
  private @Nullable String instance;

  public WatchCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    Configuration configuration = readConfiguration();
    Principal by = as(configuration);
    Optional<Engine> owner = SocketClient.connect(configuration.store(), MachineFolder.compiler());
    if (owner.isEmpty()) {
      throw Failure.of(
          "no process that owns " + configuration.store(),
          "one that something happens in",
          "%s in another terminal; %s tells what was"
              .formatted(typed("up"), typed("journal ID --story")));
    }
    try (Engine engine = owner.get()) {
      return instance == null ? all(engine, by) : one(engine, by, instance);
    }
  }

  @SuppressWarnings("try") // the watch is only held open
  private int all(Engine engine, Principal by) throws Exception {
    BlockingQueue<Entry> news = new LinkedBlockingQueue<>(MAX_UNTOLD);
    Narrators narrators = new Narrators(engine, by);
    Narration narration = new Narration(program().output(), true).timed(ZoneId.systemDefault());
    try (AutoCloseable watch = engine.watch(by, null, news::offer)) {
      program().output().note("Watching all instances; Ctrl-C ends it.");
      while (true) {
        @Nullable Entry entry = news.poll(LOOK_SECONDS, TimeUnit.SECONDS);
        if (entry == null) {
          // A request fails once the owner is gone: then there is nothing left to watch.
          engine.get(by, "");
        } else if (program().output().json()) {
          program().output().line(JournalJson.write(entry));
        } else {
          narration.write(narrators.tell(entry));
        }
      }
    }
  }

  @SuppressWarnings("try") // the watch is only held open
  private int one(Engine engine, Principal by, String id) throws Exception {
    BlockingQueue<Entry> news = new LinkedBlockingQueue<>(MAX_UNTOLD);
    Narrator narrator = new Narrator();
    Narration narration = new Narration(program().output(), false).timed(ZoneId.systemDefault());
    long told = 0;
    try (AutoCloseable watch = engine.watch(by, id, news::offer)) {
      while (true) {
        for (Entry entry : engine.journal(by, id, told)) {
          if (program().output().json()) {
            program().output().line(JournalJson.write(entry));
          } else {
            narration.write(narrator.tell(entry));
          }
          told = entry.seq();
        }
        Optional<View> view = engine.get(by, id);
        if (view.isEmpty()) {
          throw Failure.of("no instance " + id, "one that was started", typed("list"));
        }
        if (view.get().instance().seq() > 0 && told == 0) {
          throw journalNotFor(id);
        }
        if (view.get().instance().end() != null && view.get().instance().seq() <= told) {
          return ExitCode.OK;
        }
        // Slow watchers miss entries: look now and then, whatever is heard.
        news.poll(LOOK_SECONDS, TimeUnit.SECONDS);
        news.clear();
      }
    }
  }
}
