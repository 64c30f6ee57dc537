package dev.interlock.cli.session;

import dev.interlock.Configuration;
import dev.interlock.EngineAt;
import dev.interlock.Interlock;
import dev.interlock.MachineFolder;
import dev.interlock.Stores;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.tell.Typing;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import dev.interlock.local.SocketClient;
import dev.interlock.local.StoreReader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command about instances: somebody speaks to an engine. */
public abstract class InstanceCommand extends FolderCommand {
  @Option(
      names = "--as",
      paramLabel = "PERSON",
      description =
          "Speak as somebody: a name or id of people in interlock.yaml, or ID[:ROLE,...]."
              + " Only the owner of the file may; the journal records both."
              + " Default: whoever you are to the operating system.")
  private @Nullable String as;

  protected InstanceCommand(Program program) {
    super(program);
  }

  /** Whether {@code --as} was given. */
  protected final boolean speaksAs() {
    return as != null;
  }

  /** Of whom it is said what there is to see: {@code " that eve may see"}. */
  protected final String seenBy() {
    return " that " + (as == null ? "you" : as) + " may see";
  }

  /** What suggested commands must say. */
  protected final Typing typing(Configuration configuration) {
    return new Typing(program().word(), sameFolder(), configuration::somebodyWith);
  }

  /** Talks to the owner of the folder's store, or becomes it. */
  protected final Session session(Configuration configuration) {
    return Session.open(configuration, this::readFolder, program().user(), program().clock());
  }

  /** Who speaks. */
  protected final Principal speaker(Configuration configuration, Session session) {
    return as == null ? session.self() : named(configuration, as);
  }

  /** Who speaks to another process's engine. */
  protected final Principal as(Configuration configuration) {
    return as == null ? SocketClient.SELF : named(configuration, as);
  }

  private Principal named(Configuration configuration, String person) {
    return person(configuration, person, program().user());
  }

  /** Whom a word means, through whom. */
  protected static Principal person(Configuration configuration, String word, String via) {
    try {
      return configuration.speaker(word, via);
    } catch (IllegalArgumentException e) {
      throw Failure.of(
          String.valueOf(e.getMessage()),
          "ID or ID:ROLE,ROLE",
          "write for example ana@example.com, or bob:manager",
          ExitCode.USAGE);
    }
  }

  /** What a reading command does with what it may read. */
  protected interface Reading {
    int read(Reads reads) throws Exception;
  }

  /** Reads through the owner, or from the file if there is none. */
  protected final int reading(Configuration configuration, Reading reading) throws Exception {
    Principal self = as(configuration);
    if (configuration.engine() instanceof EngineAt.Temporal) {
      try (Session session = session(configuration)) {
        return reading.read(Reads.of(session.engine(), speaker(configuration, session)));
      }
    }
    Optional<Engine> owner = Session.owner(configuration);
    if (owner.isPresent()) {
      try (Engine engine = owner.get()) {
        return reading.read(Reads.of(engine, self));
      }
    }
    if (!Stores.isThere(configuration.store())) {
      return reading.read(Reads.nothing());
    }
    try (Store store = Stores.read(configuration.store())) {
      Principal by = as == null ? Interlock.owner(program().user()) : self;
      return reading.read(Reads.of(new StoreReader(store, MachineFolder.compiler()), by));
    }
  }

  /** An instance, which must be there. */
  protected final View found(Reads reads, String instance) {
    return reads
        .get(instance)
        .orElseThrow(() ->
            Failure.of(
                "no instance " + instance + seenBy(),
                "one of those that were started in " + folder(),
                typed("list") + " shows them",
                ExitCode.FAILED));
  }

  /**
   * Its journal is for an operator and its caller, not for whoever only decides something of it.
   */
  protected final Failure journalNotFor(String instance) {
    return Failure.of(
        "that the journal of " + instance + " is not for whoever asks",
        "an operator, or its caller",
        typed("show " + instance) + " has what waits for an answer");
  }
}
