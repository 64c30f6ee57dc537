package dev.interlock.cli.keep;

import dev.interlock.Configuration;
import dev.interlock.EngineAt;
import dev.interlock.StoreAt;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.FolderCommand;
import dev.interlock.local.OwnedElsewhereException;
import java.nio.file.Path;
import java.util.function.Function;

/** A command about the file that a folder's store is. */
abstract class StoreCommand extends FolderCommand {
  StoreCommand(Program program) {
    super(program);
  }

  /**
   * The store's file.
   *
   * @throws Failure if it is no file
   */
  protected final Path file(Configuration configuration) {
    if (configuration.store() instanceof StoreAt.File(Path file)) {
      return file;
    }
    throw Failure.of(
        "a store in PostgreSQL", "a file", "use the server's own tools, as pg_dump for a copy");
  }

  /**
   * Does something to the file as its one owner.
   *
   * @throws Failure if somebody else owns it, or there is more of its instances than the file
   */
  protected final <T> T owning(Function<Path, T> work) {
    Configuration configuration = readConfiguration();
    Path file = file(configuration);
    if (!(configuration.engine() instanceof EngineAt.Local)) {
      throw Failure.of(
          "`engine: temporal`, whose server has a history of each instance of its own",
          "`engine: local`, of whose instances all is in the file",
          "leave it to the retention of the server's namespace");
    }
    try {
      return work.apply(file);
    } catch (OwnedElsewhereException e) {
      throw Failure.of(
          "another process that has " + file,
          "nobody else, while the file itself is changed",
          "stop that one, then try again",
          ExitCode.BUSY);
    }
  }
}
