package dev.interlock.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.output.Output;
import dev.interlock.cli.tell.Line;
import java.io.StringReader;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class NarrationTest {
  private static final List<Line> STORY =
      List.of(
          line("2026-01-05T23:59:58Z", "call 1", "d.look"),
          line(
              "2026-01-05T23:59:59Z",
              "result 1",
              "first\r\n\tsecond\nthird is too long for a line"),
          line("2026-01-06T00:00:01Z", "refused 12", "no\nmore"));

  private static Line line(String at, String label, String text) {
    return new Line(Instant.parse(at), "case-1", Line.Kind.CALL, label, text);
  }

  private static String told(boolean terminal, boolean named) {
    Output.Buffers buffers = Output.buffers(terminal, new StringReader(""), 50);
    new Narration(buffers.output(), named).timed(ZoneOffset.UTC).write(STORY);
    return buffers.out().replaceAll("\033\\[[0-9;]*m", "");
  }

  @Test
  void onATerminalTheTimeStandsInFrontAndTheDateAboveEachDay() {
    assertThat(told(true, false))
        .isEqualTo(
            """
            2026-01-05
            23:59:58  call 1    d.look
            23:59:59  result 1  first
                                  second
                                third is too long for a line
            2026-01-06
            00:00:01  refused 12 no
                                 more
            """);
  }

  @Test
  void textsAreWrappedBesideInstanceAndLabel() {
    assertThat(told(true, true))
        .contains(
            """
            23:59:59  case-1  result 1  first
                                          second
                                        third is too long for
                                        a line
            """);
  }

  @Test
  void pipedEachLineHasItsDate() {
    assertThat(told(false, true))
        .isEqualTo(
            """
            2026-01-05 23:59:58  case-1  call 1    d.look
            2026-01-05 23:59:59  case-1  result 1  first second third is too long for a line
            2026-01-06 00:00:01  case-1  refused 12 no more
            """);
  }
}
