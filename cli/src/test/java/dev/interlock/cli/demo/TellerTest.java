package dev.interlock.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.output.Output;
import java.util.List;
import org.junit.jupiter.api.Test;

class TellerTest {
  @Test
  void withJsonARowOfATableIsAnObject() throws InterruptedException {
    Output.Buffers buffers = Output.buffers(false, "");
    buffers.output().wantJson();

    new Teller(buffers.output()).table(List.of("PERSON", "MAILS"), List.of(List.of("Ana", "1")));

    assertThat(buffers.out()).isEqualTo("{\"mails\":\"1\",\"person\":\"Ana\"}\n");
  }
}
