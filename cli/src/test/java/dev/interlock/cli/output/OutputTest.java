package dev.interlock.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.output.Output.Stream;
import java.io.StringReader;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutputTest {
  private static Output.Buffers terminal() {
    return Output.buffers(true, "");
  }

  private static Output.Buffers piped() {
    return Output.buffers(false, "");
  }

  @Test
  void paintsOnATerminalOnly() {
    assertThat(terminal().output().paint(Colour.RED, "no")).isEqualTo("\033[31mno\033[0m");
    assertThat(piped().output().paint(Colour.RED, "no")).isEqualTo("no");
  }

  @Test
  void noColourIsObeyed() {
    Output forbidden = terminal().output();
    forbidden.forbidColour();

    assertThat(forbidden.paint(Colour.RED, "no")).isEqualTo("no");
    assertThat(painted(Map.of("NO_COLOR", "1"))).isEqualTo("no");
    assertThat(painted(Map.of("TERM", "dumb"))).isEqualTo("no");
    assertThat(painted(Map.of("NO_COLOR", ""))).isEqualTo("\033[31mno\033[0m");
  }

  private static String painted(Map<String, String> environment) {
    return Output.ofProcess(Set.of(Stream.OUT), null, environment).paint(Colour.RED, "no");
  }

  @Test
  void widthIsTheTerminalsElseThatOfTheEnvironmentElseADefault() {
    assertThat(Output.ofProcess(Set.of(), 77, Map.of("COLUMNS", "90")).width()).isEqualTo(77);
    assertThat(Output.ofProcess(Set.of(), null, Map.of("COLUMNS", "90")).width()).isEqualTo(90);
    assertThat(Output.ofProcess(Set.of(), null, Map.of("COLUMNS", "wide")).width())
        .isEqualTo(Output.DEFAULT_WIDTH);
    assertThat(Output.ofProcess(Set.of(), 3, Map.of()).width()).isEqualTo(Output.MIN_WIDTH);
  }

  @Test
  void progressIsShownOnATerminalAndWiped() {
    Output.Buffers terminal = terminal();
    try (Progress progress = terminal.output().progress()) {
      progress.show("asking the model", Duration.ofSeconds(3));
    }
    Output.Buffers piped = piped();
    try (Progress progress = piped.output().progress()) {
      progress.show("asking the model", Duration.ofSeconds(3));
    }

    assertThat(terminal.err()).contains("asking the model … 3 s").endsWith("\r\033[K");
    assertThat(terminal.out()).isEmpty();
    assertThat(piped.err()).isEmpty();
  }

  @Test
  void tableIsAlignedOnATerminalAndTabSeparatedWhenPiped() {
    Table table = new Table("NAME", "WHAT");
    table.row("a", "first");
    table.row("longer", "line\nbreak");
    Output.Buffers terminal = terminal();
    Output.Buffers piped = piped();

    table.print(terminal.output());
    table.print(piped.output());

    assertThat(terminal.out())
        .isEqualTo("\033[1mNAME    WHAT\033[0m\na       first\nlonger  line break\n");
    assertThat(piped.out()).isEqualTo("a\tfirst\nlonger\tline break\n");
  }

  @Test
  void tableFitsTheTerminalWithoutEmptyColumnsAndKeepsTheFirstWhole() {
    Table table = new Table("INSTANCE", "EMPTY", "STATE", "SINCE");
    table.row("a-long-instance-id", "", "AStateWithAVeryLongName", "3 min ago");
    Output.Buffers narrow = Output.buffers(true, new StringReader(""), 48);

    table.print(narrow.output());

    assertThat(narrow.out().replaceAll("\033\\[[0-9;]*m", ""))
        .isEqualTo(
            """
            INSTANCE            STATE              SINCE
            a-long-instance-id  AStateWithAVeryL…  3 min ago
            """);
  }

  @Test
  void textOfOthersCannotSteerTheTerminal() {
    assertThat(Text.oneLine("a\033[2Jb\u0007c\u202Ed\re\r\nf"))
        .isEqualTo("a\uFFFD[2Jb\uFFFDc\uFFFDd\uFFFDe f");
    assertThat(Text.safe("two\nlines\t\u009B")).isEqualTo("two\nlines\t\uFFFD");
  }

  @Test
  void textIsWrappedBetweenWords() {
    assertThat(Text.wrap("the quick brown fox", 10)).containsExactly("the quick", "brown fox");
    assertThat(Text.wrap("a\n\nb", 10)).containsExactly("a", "", "b");
    assertThat(Text.wrap("{\n  \"a\": 1\n}", 10)).containsExactly("{", "  \"a\": 1", "}");
    assertThat(Text.wrap("incomprehensible", 6)).containsExactly("incomp", "rehens", "ible");
  }

  @Test
  void textIsCutWithoutHalvingACharacter() {
    assertThat(Text.cut("short", 5)).isEqualTo("short");
    assertThat(Text.cut("longer", 5)).isEqualTo("long…");
    assertThat(Text.cut("abc\uD83D\uDE00d", 5)).isEqualTo("abc…");
  }
}
