package dev.interlock.core.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Bytes that are no text in UTF-8 are a problem with a place. */
class Utf8Test {
  private static String problem(byte[] bytes) {
    Utf8 read = Utf8.read("machine.yaml", bytes);
    assertThat(read.text()).isNull();
    return String.valueOf(read.problem());
  }

  @Test
  void textIsReadAsItIs() {
    String text = "title: Zürich 東京 𝄞\r\n\uFEFF";

    assertThat(Utf8.read("machine.yaml", text.getBytes(UTF_8))).isEqualTo(new Utf8(text, null));
    assertThat(Utf8.read("machine.yaml", new byte[0])).isEqualTo(new Utf8("", null));
  }

  @Test
  void otherBytesHaveTheirPlace() {
    assertThat(problem("a: b\nc: caf\u00e9 x\n".getBytes(ISO_8859_1)))
        .isEqualTo(
            "machine.yaml:2:7: found the byte E9 at offset 11, which is not UTF-8, expected a text"
                + " in UTF-8; save it as UTF-8; of Latin-1 `iconv -f latin1 -t utf-8` makes that"
                + " [IL101]");
    assertThat(problem("a".getBytes(UTF_16))).startsWith("machine.yaml:1:1: found the byte FE at");
  }

  @Test
  void columnsCountCharactersAndOffsetsBytes() {
    byte[] bytes = "𝄞𝄞?".getBytes(UTF_8);
    bytes[8] = (byte) 0x80;

    assertThat(problem(bytes)).startsWith("machine.yaml:1:3: found the byte 80 at offset 8,");
  }

  @Test
  void characterThatIsCutOffAtTheEndIsNone() {
    assertThat(problem(new byte[] {'a', (byte) 0xC3}))
        .startsWith("machine.yaml:1:2: found the byte C3 at offset 1,");
    assertThatThrownBy(() -> Utf8.read("x", new byte[] {(byte) 0xC3}).orThrow())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("x:1:1: found the byte C3");
  }
}
