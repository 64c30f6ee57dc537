package dev.interlock.cli.run;

import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.output.Progress;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.session.Follower;
import dev.interlock.cli.session.Narration;
import dev.interlock.cli.session.Session;
import dev.interlock.cli.tell.Awaited;
import dev.interlock.cli.tell.Narrator;
import dev.interlock.cli.tell.ShowScreen;
import dev.interlock.cli.tell.Typing;
import dev.interlock.core.decide.Occurrence.Answered;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Rule;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One instance in the terminal: what is typed goes to it, what happens is told. While somebody is
 * asked to type, what happens elsewhere (a manager's yes in another terminal) is told too.
 */
final class Conversation implements AutoCloseable {
  private static final String HELP =
      """
      What you type goes to the agent, except:
        /show            the whole instance on one screen
        /event NAME      send an event of the machine
        /cancel WHY      end it
        /quit            leave; the instance stays as it is
        //TEXT           write a text that begins with /\
      """;

  private final Output output;
  private final Session session;
  private final Principal by;
  private final Principal eyes;
  private final String instance;
  private final Typing typing;
  private final Narrator narrator = new Narrator();
  private final Narration narration;
  private final Follower follower;
  private final Progress progress;
  private final Typist typist;
  private boolean prompted;
  private boolean left;
  private List<Awaited> shown = List.of();

  Conversation(Output output, Session session, Principal by, String instance, Typing typing) {
    this.output = output;
    this.session = session;
    this.by = by;
    this.eyes = session.owner() ? session.self() : by;
    this.instance = instance;
    this.typing = typing;
    this.narration = new Narration(output, false);
    this.progress = output.progress();
    this.follower = new Follower(session, eyes, instance, 0, this::tell);
    this.typist = new Typist(output.in(), follower::poke);
  }

  @Override
  public void close() {
    follower.close();
    progress.close();
  }

  /** Until it has ended, or whoever types leaves. */
  void talk() throws InterruptedException {
    @Nullable View view = follower.untilRest(progress);
    while (view != null && view.instance().end() == null && !left) {
      ask(view);
      typist.ask();
      Typist.@Nullable Line line = typist.take();
      if (line == null) {
        follower.untilHeard();
        line = typist.take();
      }
      if (line != null) {
        prompted = false; // whoever typed ended the line
        @Nullable String text = line.text();
        if (text == null) {
          break;
        }
        take(text.strip(), view);
      }
      view = follower.untilRest(progress);
    }
    if (view != null) {
      wipePrompt();
      leave(view);
    }
  }

  private void tell(Entry entry) {
    wipePrompt();
    if (output.json()) {
      output.line(JournalJson.write(entry));
    } else {
      narration.write(narrator.tell(entry));
    }
  }

  private void wipePrompt() {
    if (prompted) {
      output.out().print("\r\033[K");
      prompted = false;
    }
  }

  /** Shows what it waits for, and asks for a line. */
  private void ask(View view) {
    if (output.json() || prompted) {
      return;
    }
    Optional<Parked> own = parkedForCaller(view);
    List<Awaited> others =
        Awaited.of(view, Instant.now(), typing).stream().filter(Conversation::worthSaying).toList();
    if (!others.equals(shown)) {
      shown = others;
      others.forEach(this::say);
    }
    if (output.terminal(Stream.OUT)) {
      String prompt = own.isPresent() ? "allow it? [y/n, or write] " : "you> ";
      output.out().print(output.paint(Colour.BOLD, prompt));
      output.out().flush();
      prompted = true;
    }
  }

  /** What whoever types here knows anyway is left out. */
  private static boolean worthSaying(Awaited it) {
    return switch (it.kind()) {
      case DECISION -> true;
      case MODEL, TOOL, MESSAGE, CONSENT, EVENT, TIMER -> false;
    };
  }

  private void say(Awaited it) {
    output.line(
        output.paint(Colour.YELLOW, "waits")
            + "     for "
            + Text.oneLine(it.whom() + " " + it.text()));
    it.commands().forEach(command -> output.line("            " + command));
  }

  private static Optional<Parked> parkedForCaller(View view) {
    return view.instance().parked().stream()
        .filter(parked ->
            parked.asks().stream()
                .anyMatch(ask -> ask.role().equals(Rule.Ask.USER) && !ask.answered()))
        .findFirst();
  }

  private void take(String line, View view) {
    if (line.isEmpty()) {
      return;
    }
    Engine engine = session.engine();
    if (line.startsWith("//")) {
      report(engine.send(by, instance, null, line.substring(1)));
    } else if (line.startsWith("/")) {
      command(line, view);
    } else {
      Optional<Parked> own = parkedForCaller(view);
      Optional<String> answer = own.flatMap(parked -> answer(line));
      report(
          own.isPresent() && answer.isPresent()
              ? engine.answer(by, instance, null, answer(own.get(), answer.get()))
              : engine.send(by, instance, null, line));
    }
  }

  private static Engine.Answer answer(Parked parked, String word) {
    return new Engine.Answer(parked.number(), parked.hash(), word, Map.of());
  }

  private static Optional<String> answer(String line) {
    return switch (line.toLowerCase(Locale.ROOT)) {
      case "y", "yes" -> Optional.of(Answered.APPROVED);
      case "n", "no" -> Optional.of(Answered.REJECTED);
      default -> Optional.empty();
    };
  }

  private void command(String line, View view) {
    String[] words = line.split("\\s+", 2);
    String rest = words.length > 1 ? words[1] : "";
    switch (words[0]) {
      case "/show" ->
          new ShowScreen(
                  view,
                  session.engine().journal(eyes, instance, 0),
                  Instant.now(),
                  ZoneId.systemDefault(),
                  typing)
              .lines(output)
              .forEach(output::line);
      case "/event" -> report(session.engine().event(by, instance, null, rest, null));
      case "/cancel" -> report(session.engine().cancel(by, instance, rest));
      case "/quit" -> left = true;
      default -> output.note(HELP);
    }
  }

  private void report(Acknowledgement acknowledgement) {
    if (acknowledgement instanceof Acknowledgement.Rejected(Rejection rejection)) {
      output.note(output.paint(Stream.ERR, Colour.RED, "Rejected: ") + rejection.message());
    }
  }

  private void leave(View view) {
    if (output.json()) {
      return;
    }
    String state = view.instance().state();
    String status = view.instance().status().word();
    output.line(output.paint(Colour.FAINT, "%s is %s in %s.".formatted(instance, status, state)));
    boolean over = view.instance().end() != null;
    output.line(
        output.paint(
            Colour.FAINT,
            over
                ? "All of it: interlock show " + instance + typing.folder()
                : "Go on: interlock run --id %s%s".formatted(instance, typing.folder())));
  }
}
