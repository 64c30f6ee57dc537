package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is typed is taken as it is typed. */
class ArgumentsTest {
  private static final String MACHINE =
      """
      machine: m
      version: 1
      context:
        word: {type: string, source: input}
        tags: {type: string, many: true, source: input}
        pin: {type: string, source: user, secret: true}
      initial: A
      states:
        A: {goal: x, record: [pin], on: {done: Done}}
        Done: {type: final}
        Escalate: {type: escalation, resume: [A]}
      events:
        done: {by: [caller]}
      anywhere:
        over: {default: Escalate}
      """;

  @TempDir private Path folder;

  @BeforeEach
  void make() throws Exception {
    Files.writeString(folder.resolve("machine.yaml"), MACHINE);
    Files.writeString(folder.resolve("script.yaml"), "replies: [Yes., Yes., Yes., Yes.]\n");
    Files.writeString(folder.resolve("interlock.yaml"), "model: {scripted: script.yaml}\n");
  }

  private Cli.Run run(String... args) {
    return Cli.in(folder).run(args);
  }

  /** What a command wrote to the process's own stderr, where no command writes. */
  private String aside(String... args) {
    PrintStream before = System.err;
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(heard, true, StandardCharsets.UTF_8));
      run(args).ok();
    } finally {
      System.setErr(before);
    }
    return heard.toString(StandardCharsets.UTF_8);
  }

  @Test
  void messageThatBeginsWithAnAtIsNoFile() throws Exception {
    Path file = Files.writeString(folder.resolve("letter.txt"), "canary");
    run("start", "--id", "c1", "--as", "ana", "--input", "word=w", "--input", "tags=[]").ok();

    run("send", "c1", "--as", "ana", "@" + file).ok();
    run("send", "c1", "--as", "ana", "--", "@" + file).ok();

    assertThat(run("journal", "c1", "--json").ok().out())
        .contains("\"@" + file + "\"")
        .doesNotContain("canary");
  }

  /** As Java reads bytes that are no text. */
  private static final String LOST = "caf\uFFFD";

  @Test
  void charactersThatCouldNotBeReadAreNotSent() {
    run("start", "--id", "c1", "--as", "ana", "--input", "word=w", "--input", "tags=[]").ok();

    Cli.Run word = run("send", "c1", "--as", "ana", LOST);
    Cli.Run json = run("send", "c1", "--as", "ana", LOST, "--json");
    Cli.Run piped =
        Cli.in(folder).typing("hello\n" + LOST + "\n").run("send", "c1", "--as", "ana", "-");
    Cli.Run typed = Cli.in(folder).typing(LOST + "\nbye\n").run("run", "--id", "c1", "--as", "ana");

    assertThat(word.code()).isEqualTo(ExitCode.USAGE);
    assertThat(word.err())
        .startsWith(
            "Found:    U+FFFD in a word of the command line, which stands for bytes that are no text (line 1, column 4)\n"
                + "Expected: text in UTF-8 without it\nTo mend:  ");
    assertThat(json.out()).startsWith("{\"error\":\"Found:");
    assertThat(piped.code()).isEqualTo(ExitCode.USAGE);
    assertThat(piped.err())
        .contains("U+FFFD in stdin, which stands for bytes that are no text (line 2, column 4)");
    assertThat(typed.code()).as(typed.out()).isEqualTo(ExitCode.FAILED);
    assertThat(typed.err())
        .contains("U+FFFD in the line, which stands for bytes that are no text (line 1, column 4)");
    assertThat(run("journal", "c1", "--json").ok().out())
        .contains("\"bye\"")
        .doesNotContain("caf", "hello");
  }

  @Test
  void valueWithAQuoteIsTakenAndNothingOfItIsPrinted() {
    run("start", "--id", "c1", "--as", "ana", "--input", "word=\"one = 'half", "--input", "tags=[]")
        .ok();

    assertThat(run("show", "c1").ok().out()).contains("\\\"one = 'half");
    assertThat(aside("send", "c1", "--as", "ana", "--fill", "pin=\"canary")).isEmpty();
  }

  @Test
  void valueWithoutANameIsNotPrinted() {
    for (String word : new String[] {"canary", "=canary"}) {
      Cli.Run fill = run("send", "c1", "--fill", word);
      assertThat(fill.code()).isEqualTo(ExitCode.USAGE);
      assertThat(fill.err()).contains("--fill FIELD=VALUE").doesNotContain("canary");
      Cli.Run answer = run("approve", "c1", "3@0123456789ab", "--fill", word);
      assertThat(answer.code()).isEqualTo(ExitCode.USAGE);
      assertThat(run("start", "--input", word).code()).isEqualTo(ExitCode.USAGE);
      assertThat(run("resume", "c1", "A", "--grant", word).code()).isEqualTo(ExitCode.USAGE);
    }
  }

  @Test
  void severalValuesOfAListAreOneInJson() {
    Cli.Run twice = run("start", "--input", "tags=x", "--input", "tags=y");

    assertThat(twice.code()).isEqualTo(ExitCode.USAGE);
    assertThat(twice.err()).contains("--input tags twice", "JSON: --input 'tags=[1, 2]'");
    run("start", "--id", "c1", "--input", "word=w", "--input", "tags=[\"x\", \"y\"]").ok();
    assertThat(run("show", "c1").ok().out()).contains("[\"x\",\"y\"]");
  }
}
