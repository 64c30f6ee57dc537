package dev.interlock.cli.run;

import dev.interlock.cli.act.Attached;
import dev.interlock.cli.act.Given;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.output.Progress;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Lost;
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
import dev.interlock.core.machine.Attachment;
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
        /fill FIELD=VALUE  fill in a field of the form
        /attach FIELD PATH  send a document
        /event NAME JSON send an event of the machine, with its payload if it has one
        /cancel WHY      end it
        /quit            leave; the instance stays as it is
        //TEXT           write a text that begins with /\
      """;

  /** How much is shown of a line that nobody takes any more. */
  private static final int LONGEST_UNSENT = 60;

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

  /** Whether something was typed that is no text. */
  private boolean unread;

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

  /**
   * Until it has ended, or whoever types leaves.
   *
   * @return whether all that was typed went somewhere
   */
  boolean talk() throws InterruptedException {
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
        @Nullable String text = line.text();
        if (text == null) {
          break;
        }
        prompted = false; // whoever typed ended the line
        take(text, line.ahead(), view);
      }
      view = follower.untilRest(progress);
    }
    if (view != null) {
      wipePrompt();
      leave(view);
    }
    return !unread && (view == null || left || view.instance().end() == null || nothingUnsent());
  }

  /** What is piped in after the end is not lost in silence. */
  private boolean nothingUnsent() throws InterruptedException {
    while (!output.terminal(Stream.IN) && typist.there()) {
      typist.ask();
      Typist.@Nullable Line line = typist.take();
      while (line == null) {
        follower.untilHeard();
        line = typist.take();
      }
      @Nullable String text = line.text();
      if (text == null) {
        return true;
      }
      if (!text.isBlank()) {
        output.note(
            "%s has ended; \"%s\" was not sent."
                .formatted(instance, Text.cut(Text.oneLine(text), LONGEST_UNSENT)));
        return false;
      }
    }
    return true;
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
    if (prompted) {
      return;
    }
    if (output.terminal(Stream.IN)) {
      typist.shows();
    }
    if (output.json()) {
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

  private void take(String typed, boolean ahead, View view) {
    String line = typed.strip();
    if (line.isEmpty()) {
      return;
    }
    try {
      Lost.refuse("the line", line);
    } catch (Failure e) {
      output.note(String.valueOf(e.getMessage()));
      unread = true;
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
      if (own.isEmpty() || answer.isEmpty()) {
        report(engine.send(by, instance, null, line));
      } else if (ahead) {
        output.note(
            "\"%s\" was typed before the question was shown: it is taken as a message."
                .formatted(line));
        report(engine.send(by, instance, null, line));
      } else {
        if (!output.terminal(Stream.IN)) {
          output.note(
              "\"%s\" is taken as the answer to no. %d.".formatted(line, own.get().number()));
        }
        report(engine.answer(by, instance, null, answer(own.get(), answer.get())));
      }
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
      case "/event" -> event(rest);
      case "/fill" -> fill(rest, view);
      case "/attach" -> attach(rest);
      case "/cancel" -> report(session.engine().cancel(by, instance, rest));
      case "/quit" -> left = true;
      case "/help" -> output.note(HELP);
      default -> output.note("There is no " + words[0] + "; /help says what there is.");
    }
  }

  /** {@code FIELD=VALUE}: a form of one field. */
  private void fill(String text, View view) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      output.note("Type /fill FIELD=VALUE.");
      return;
    }
    Map<String, String> form =
        Map.of(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
    report(session.engine().send(by, instance, null, "", Given.fields(view.machine(), form)));
  }

  /** {@code FIELD PATH}: a document. */
  private void attach(String text) {
    String[] words = text.split("\\s+", 2);
    if (words.length < 2) {
      output.note("Type /attach FIELD PATH.");
      return;
    }
    try {
      Map<String, List<Attachment>> document = Map.of(words[0], List.of(Attached.read(words[1])));
      report(session.engine().send(by, instance, null, "", Map.of(), document));
    } catch (Failure e) {
      output.note(String.valueOf(e.getMessage()));
    }
  }

  private void event(String text) {
    String[] words = text.split("\\s+", 2);
    try {
      @Nullable Object payload = words.length > 1 ? Given.json("a payload", words[1]) : null;
      report(session.engine().event(by, instance, null, words[0], payload));
    } catch (Failure e) {
      output.note(String.valueOf(e.getMessage()));
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
                ? "All of it: " + typing.command("show " + instance)
                : "Go on: " + typing.command("run --id " + instance)));
  }
}
