package dev.interlock.cli.run;

import dev.interlock.MachineFolder;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.FolderCommand;
import dev.interlock.cli.session.Narration;
import dev.interlock.cli.session.Narrators;
import dev.interlock.cli.session.Session;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import picocli.CommandLine.Option;

/** A command that keeps instances going until it is stopped, and tells what happens. */
abstract class KeepingCommand extends FolderCommand {
  /** What waits to be told; beyond it lines are left out, the journal has all. */
  private static final int MAX_UNTOLD = 10_000;

  @Option(
      names = {"-q", "--quiet"},
      description = "Do not tell what happens.")
  private boolean quiet;

  KeepingCommand(Program program) {
    super(program);
  }

  /** Why this is not the command for the folder's engine, or nothing. */
  abstract void check(MachineFolder folder);

  /** What {@code --json} begins with. */
  abstract Map<String, Object> up(MachineFolder folder);

  /** The same in words, once it is up. */
  abstract String words(String machine, Map<String, Object> up);

  /** What else it opens; closed when it stops. */
  AutoCloseable beside(MachineFolder folder) throws Exception {
    return () -> {};
  }

  /** Opens what it keeps going. */
  Session open(MachineFolder folder) {
    return Session.own(folder, program().user(), program().clock());
  }

  /** What is said when it is told to stop. */
  abstract String farewell();

  @Override
  @SuppressWarnings("try") // they are only held open
  protected final int inFolder() throws Exception {
    MachineFolder folder = readFolder();
    check(folder);
    Output output = program().output();
    BlockingQueue<Entry> news = new LinkedBlockingQueue<>(MAX_UNTOLD);
    try (Session session = open(folder);
        AutoCloseable beside = beside(folder);
        AutoCloseable watch = watch(session, news::offer)) {
      session.whenStopped(() -> output.farewell(farewell()));
      session.startServers();
      Map<String, Object> up = up(folder);
      if (output.json()) {
        output.value(up);
      } else {
        output.line(words(output.paint(Colour.BOLD, folder.machine().name()), up));
      }
      tell(session, news);
    } catch (InterruptedException e) {
      output.note("Stopped.");
    }
    return ExitCode.OK;
  }

  private AutoCloseable watch(Session session, Watcher to) {
    return quiet && !program().output().json()
        ? () -> {}
        : session.engine().watch(session.self(), null, to);
  }

  private void tell(Session session, BlockingQueue<Entry> news) throws InterruptedException {
    Output output = program().output();
    Narration narration = new Narration(output, true).timed(ZoneId.systemDefault());
    Narrators narrators = new Narrators(session.engine(), session.self());
    while (true) {
      Entry entry = news.take();
      if (output.json()) {
        output.line(JournalJson.write(entry));
      } else if (!quiet) {
        narration.write(narrators.tell(entry));
      }
    }
  }
}
