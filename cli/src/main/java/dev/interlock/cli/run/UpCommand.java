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
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.local.SocketServer;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code interlock up}. */
@Command(
    name = "up",
    header = "Own the folder's database and keep its instances going, until Ctrl-C.",
    description = {
      "Takes up what was in flight, fires timers that are due, and listens on a socket beside the"
          + " database for the other commands. Ctrl-C drains: a question to the model is abandoned"
          + " and asked again by the next owner, a write in flight is awaited to its time-out."
    },
    footer = {"", "Examples:", "  interlock up", "  interlock up -C it-access --quiet &"})
public final class UpCommand extends FolderCommand {
  /** What waits to be told; beyond it lines are left out, the journal has all. */
  private static final int MAX_UNTOLD = 10_000;

  @Option(
      names = {"-q", "--quiet"},
      description = "Do not tell what happens.")
  private boolean quiet;

  public UpCommand(Program program) {
    super(program);
  }

  @Override
  @SuppressWarnings("try") // the watch is only held open
  protected int inFolder() throws Exception {
    MachineFolder folder = readFolder();
    Output output = program().output();
    BlockingQueue<Entry> news = new LinkedBlockingQueue<>(MAX_UNTOLD);
    try (Session session = Session.own(folder, program().user(), program().clock());
        AutoCloseable watch = session.engine().watch(session.self(), null, news::offer)) {
      session.whenStopped(() ->
          output.farewell(
              "Stopping: writes in flight are awaited; all instances go on where they were with: "
                  + typed("up")));
      session.startServers();
      Map<String, Object> up =
          Map.of(
              "machine",
              folder.machine().name(),
              "store",
              folder.configuration().store().toString(),
              "socket",
              SocketServer.socketOf(folder.configuration().store()).toString());
      if (output.json()) {
        output.value(up);
      } else {
        output.line(
            "%s is up: %s, listening on %s. Ctrl-C stops it."
                .formatted(
                    output.paint(Colour.BOLD, folder.machine().name()),
                    up.get("store"),
                    up.get("socket")));
      }
      tell(session, news);
    } catch (InterruptedException e) {
      output.note("Stopped.");
    }
    return ExitCode.OK;
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
