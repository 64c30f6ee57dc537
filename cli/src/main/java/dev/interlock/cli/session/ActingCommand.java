package dev.interlock.cli.session;

import dev.interlock.Configuration;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Progress;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.tell.Awaited;
import dev.interlock.cli.tell.Narrator;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Principal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * A command that changes an instance: it says what it did, then follows the instance until it has
 * ended or only waits.
 */
public abstract class ActingCommand extends InstanceCommand {
  @Option(
      names = "--no-wait",
      description =
          "Return once it is taken, if another process owns the file. Default: follow the instance"
              + " until it only waits.")
  private boolean noWait;

  protected ActingCommand(Program program) {
    super(program);
  }

  /** Something to do with an engine, as somebody. */
  protected interface Act {
    Acknowledgement act(Session session, Principal by) throws Exception;
  }

  /**
   * Does it, says so and follows.
   *
   * @param did what was done: {@code Sent to}
   * @param act done again if the owner goes away meanwhile: it carries its own id
   */
  protected final int act(Configuration configuration, String did, Act act) throws Exception {
    try (Sessions sessions = new Sessions(() -> session(configuration))) {
      Acknowledgement acknowledgement =
          sessions.call(session -> act.act(session, speaker(configuration, session)));
      return switch (acknowledgement) {
        case Acknowledgement.Taken taken -> {
          say(did + " " + taken.instance() + " (entry " + taken.seq() + ").", taken.note());
          Following following = new Following(configuration, taken);
          yield following.end(sessions.call(following::follow));
        }
        case Acknowledgement.Again(String instance) -> {
          say(did + " " + instance + " before; nothing changed.", "");
          if (program().output().json()) {
            program().output().value(Map.of("instance", instance, "again", true));
          }
          yield ExitCode.OK;
        }
        case Acknowledgement.Rejected(Rejection rejection) -> rejected(rejection);
      };
    }
  }

  /** Digits behind a name in an instance's id that is made up. */
  protected static final int MADE_UP_DIGITS = 8;

  /** An id for something that is sent: what is sent again with it is taken once. */
  protected static String idOr(@Nullable String given) {
    return given != null ? given : UUID.randomUUID().toString();
  }

  private void say(String did, String note) {
    Output output = program().output();
    if (!output.json()) {
      output.line(output.paint(Colour.BOLD, did) + (note.isEmpty() ? "" : " " + note));
    }
  }

  /** What comes after something was taken. */
  private final class Following {
    private final Configuration configuration;
    private final Acknowledgement.Taken taken;
    private final Narrator narrator = new Narrator();
    private long told;

    Following(Configuration configuration, Acknowledgement.Taken taken) {
      this.configuration = configuration;
      this.taken = taken;
      this.told = taken.seq() - 1;
    }

    /** Tells what happens until the instance only waits. */
    Optional<View> follow(Session session) throws InterruptedException {
      session.carryOn(taken.instance()); // the owner that took it may have gone
      // The owner's terminal shows all of the instance, whoever is spoken for.
      Principal eyes = session.owner() ? session.self() : speaker(configuration, session);
      if (told == taken.seq() - 1) {
        narrator.skip(
            session.engine().journal(eyes, taken.instance(), 0).stream()
                .filter(entry -> entry.seq() <= told)
                .toList());
      }
      try (Follower follower = new Follower(session, eyes, taken.instance(), told, this::tell);
          Progress progress = program().output().progress()) {
        boolean wait = session.owner() || !noWait;
        return Optional.ofNullable(wait ? follower.untilRest(progress) : follower.view());
      }
    }

    private void tell(Entry entry) {
      told = entry.seq();
      if (!program().output().json()) {
        new Narration(program().output(), false).write(narrator.tell(entry));
      }
    }

    int end(Optional<View> view) {
      if (program().output().json()) {
        program().output().value(json(view.orElse(null)));
      } else {
        view.ifPresent(this::where);
      }
      return ExitCode.OK;
    }

    private Map<String, Object> json(@Nullable View view) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("instance", taken.instance());
      json.put("seq", taken.seq());
      json.put("note", taken.note());
      json.put("again", false);
      if (view != null) {
        json.put("state", view.instance().state());
        json.put("status", view.instance().status().word());
      }
      return json;
    }

    /** Where the instance is now, and what to type next. */
    private void where(View view) {
      Output output = program().output();
      String status = view.instance().status().word();
      String where =
          view.instance().id() + " is " + status + " in " + view.instance().state() + ".";
      output.line(output.paint(Colour.FAINT, where));
      for (Awaited awaited : Awaited.of(view, Instant.now(), typing(configuration))) {
        for (String command : awaited.commands()) {
          output.line(output.paint(Colour.FAINT, "  " + command));
        }
      }
    }
  }
}
