package dev.interlock.cli.act;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.ActingCommand;
import dev.interlock.cli.session.Session;
import dev.interlock.cli.tell.Awaited;
import dev.interlock.cli.tell.Verb;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An answer to what is parked, or to an approval state. */
public abstract class AnswerCommand extends ActingCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Parameters(
      index = "1",
      paramLabel = "CALL@HASH",
      description = "What is answered, as `show ID` printed it.")
  private String what = "";

  @Option(
      names = "--fill",
      paramLabel = "FIELD=VALUE",
      description = "A value that the answer fills in: a text, or JSON where the field is no text.")
  private List<String> form = new ArrayList<>();

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "The answer's id: the same one again changes nothing. Default: made up.")
  private @Nullable String id;

  AnswerCommand(Program program) {
    super(program);
  }

  /** What is said by the command itself. */
  abstract Verb verb();

  /** The word of the answer, if another one was asked for. */
  @Nullable String word() {
    return null;
  }

  private String answer(Optional<View> view, int number) {
    @Nullable String word = word();
    if (word != null) {
      return word;
    }
    return view.filter(
            seen -> {
              @Nullable Approval approval = seen.instance().approval();
              return approval != null && approval.number() == number;
            })
        .map(seen -> seen.machine().state(seen.instance().state()))
        .map(state -> state instanceof State.Approval asked ? verb().answer(asked) : null)
        .orElseGet(() -> verb().answer());
  }

  @Override
  protected final int inFolder() throws Exception {
    Named named = Named.of(what);
    Map<String, String> fields = Given.pairs("--fill", "FIELD=VALUE", form);
    String sent = idOr(id);
    return act(
        readConfiguration(),
        "Answered no. %d of".formatted(named.number()),
        (session, by) -> {
          Optional<View> view = seen(session, by);
          Map<String, Object> values =
              view.isEmpty()
                  ? new LinkedHashMap<>(fields)
                  : Given.fields(view.get().machine(), fields);
          String hash = named.whole(view.map(View::instance).orElse(null));
          return session
              .engine()
              .answer(
                  by,
                  instance,
                  sent,
                  new Engine.Answer(named.number(), hash, answer(view, named.number()), values));
        });
  }

  /** The instance as whoever answers sees it, or this process, if it may see more. */
  private Optional<View> seen(Session session, Principal by) {
    return session
        .engine()
        .get(by, instance)
        .or(() -> session.engine().get(session.self(), instance));
  }

  /**
   * A number and the beginning of a hash.
   *
   * @param digits of the hash
   */
  private record Named(int number, String digits) {
    static Named of(String text) {
      int at = text.indexOf('@');
      String digits = at < 0 ? "" : text.substring(at + 1);
      if (at < 0
          || !text.substring(0, at).matches("[1-9][0-9]{0,8}")
          || !digits.matches("[0-9a-f]{" + Awaited.HASH_DIGITS + ",64}")) {
        throw Failure.of(
            "\"" + text + "\"",
            "CALL@HASH, the hash with at least " + Awaited.HASH_DIGITS + " digits",
            "interlock show ID prints the whole line to type",
            ExitCode.USAGE);
      }
      return new Named(Integer.parseInt(text.substring(0, at)), digits);
    }

    /**
     * The whole hash that begins so, of what has that number now. If there is none, what was given:
     * the engine says why it does not take it.
     */
    String whole(@Nullable Instance instance) {
      if (instance == null) {
        return digits;
      }
      @Nullable Approval approval = instance.approval();
      Stream<String> open =
          Stream.concat(
              instance.parked().stream()
                  .filter(parked -> parked.number() == number)
                  .map(Parked::hash),
              approval != null && approval.number() == number
                  ? Stream.of(approval.hash())
                  : Stream.empty());
      return open.filter(hash -> hash.startsWith(digits)).findFirst().orElse(digits);
    }
  }

  /** {@code interlock approve}. */
  @Command(
      name = "approve",
      header = "Say yes to what waits for it.",
      description = {
        "The hash stands for exactly what was shown: tool, arguments and fields. If any of it has"
            + " changed since, the answer is rejected."
      },
      footer = {
        "",
        "Examples:",
        "  interlock approve device-1 4@3f2a91c0d1e2 --as bob",
        "  interlock approve device-1 4@3f2a91c0d1e2 --as bob@example.com:manager",
        "  interlock approve claim-2 9@77aa01bc23de --answer partly --fill amount=120.50 --as eve:adjuster"
      })
  public static final class Approve extends AnswerCommand {
    @Option(
        names = "--answer",
        paramLabel = "WORD",
        description =
            "Another answer of an approval state. Default: approved, or approve if it has that.")
    private @Nullable String answer;

    public Approve(Program program) {
      super(program);
    }

    @Override
    Verb verb() {
      return Verb.APPROVE;
    }

    @Override
    @Nullable String word() {
      return answer;
    }
  }

  /** {@code interlock reject}. */
  @Command(
      name = "reject",
      header = "Say no to what waits for a yes.",
      footer = {"", "Examples:", "  interlock reject device-1 4@3f2a91c0d1e2 --as bob"})
  public static final class Reject extends AnswerCommand {
    public Reject(Program program) {
      super(program);
    }

    @Override
    Verb verb() {
      return Verb.REJECT;
    }
  }
}
