package dev.interlock.cli.session;

import dev.interlock.Configuration;
import dev.interlock.EngineAt;
import dev.interlock.Interlock;
import dev.interlock.MachineFolder;
import dev.interlock.Stores;
import dev.interlock.UnreadableFolderException;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.tell.Typing;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.local.SocketClient;
import dev.interlock.local.SocketClient.SocketException;
import dev.interlock.local.StoreReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
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

  private boolean compared;

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
    return session(configuration, this::readFolder);
  }

  /** As the other one, with a folder that is read otherwise. */
  protected final Session session(Configuration configuration, Supplier<MachineFolder> folder) {
    Session session = Session.open(configuration, folder, program().user(), program().clock());
    session.other().ifPresent(this::compare);
    return session;
  }

  /** The owner of the folder's store, where that is another process. */
  protected final Optional<SocketClient> owner(Configuration configuration) {
    Optional<SocketClient> owner = Session.owner(configuration);
    owner.ifPresent(this::compare);
    return owner;
  }

  /** The machine that a session starts instances of: the folder's, or as its owner has it. */
  protected final Machine startable(Session session) {
    return session
        .other()
        .flatMap(owner -> owned(owner, loaded()))
        .map(MachineFolder.compiler())
        .orElseGet(() -> readFolder().machine());
  }

  /** What an owner has of the folder's machine; of one that does not load, if it has no other. */
  private static Optional<Store.PutMachine> owned(
      SocketClient owner, @Nullable MachineFolder folder) {
    List<Store.PutMachine> all = owner.machines();
    return all.stream()
        .filter(it -> folder == null ? all.size() == 1 : it.name().equals(folder.machine().name()))
        .findFirst();
  }

  /** Says once if the owner has another machine than the folder: it keeps what it began with. */
  private void compare(SocketClient owner) {
    @Nullable String text = compared ? null : text();
    if (text == null) {
      return;
    }
    try {
      compared = true;
      if (owner.machines().stream().noneMatch(it -> it.text().equals(text))) {
        @Nullable MachineFolder now = loaded();
        owned(owner, now).map(MachineFolder.compiler()).ifPresent(old -> tellEdited(old, now));
      }
    } catch (SocketException e) {
      compared = false; // it is leaving: whoever comes next is asked
    }
  }

  private void tellEdited(Machine old, @Nullable MachineFolder now) {
    if (now != null && old.identity().equals(now.machine().identity())) {
      return; // other words around the same
    }
    Output output = program().output();
    output.note(
        output.paint(Stream.ERR, Colour.YELLOW, "Note: ")
            + program()
                .worded(
                    "%s %s; the process that owns the store goes on with what it was started with, %s: %s"
                        .formatted(
                            MachineFolder.MACHINE_FILE,
                            now == null
                                ? "does not load"
                                : "was edited, and is %s now".formatted(named(now.machine())),
                            named(old),
                            now == null
                                ? "`interlock check` shows why"
                                : "stop that one, and start it again")));
  }

  /** The machine as it is written now; null if whoever asks may not read it. */
  private @Nullable String text() {
    try {
      return new String(
          Files.readAllBytes(folder().resolve(MachineFolder.MACHINE_FILE)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return null;
    }
  }

  /** The folder, if it loads. */
  private @Nullable MachineFolder loaded() {
    try {
      return reading().value();
    } catch (UnreadableFolderException e) {
      return null;
    }
  }

  private static String named(Machine machine) {
    return "version %d, %s".formatted(machine.version(), machine.identity().substring(0, 12));
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
    Optional<SocketClient> owner = owner(configuration);
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

  /** Says why something was not taken. */
  protected final int rejected(Rejection rejection) {
    Output output = program().output();
    String message = program().worded(rejection.message());
    if (output.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("code", rejection.code().name().toLowerCase(Locale.ROOT));
      json.put("message", message);
      if (!rejection.findings().isEmpty()) {
        json.put("findings", rejection.findings());
      }
      output.value(Map.of("rejected", json));
    } else {
      output.note(output.paint(Stream.ERR, Colour.RED, "Rejected: ") + message);
    }
    return ExitCode.FAILED;
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
