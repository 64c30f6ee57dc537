package dev.interlock.engine.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.json.Json;
import dev.interlock.engine.verify.Head.HeadException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadTextTest {
  private static final String LIST =
      "[\"a\",3,\"" + "1".repeat(64) + "\"]\n[\"b\",1,\"" + "2".repeat(64) + "\"]\n";
  private static final String STATEMENT =
      "{\"at\":\"2026-01-31T12:00:00Z\",\"head\":1,\"instances\":2,\"lanes\":[[0,0,\"%s\"]],\"list\":\"%s\",\"store\":\"s\"}"
          .formatted("3".repeat(64), Json.sha256(LIST));

  private static Head read(String text) throws IOException {
    return Head.read(new StringReader(text));
  }

  private static String text(Head head) throws IOException {
    StringBuilder text = new StringBuilder();
    head.write(text);
    return text.toString();
  }

  private static KeyPair pair() throws Exception {
    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  @Test
  void whatIsReadIsWrittenAgain() throws Exception {
    assertThat(text(read(STATEMENT + "\n" + LIST))).isEqualTo(STATEMENT + "\n" + LIST);
    assertThat(text(read("\n" + STATEMENT + "\r\n\n" + LIST.replace("\n", "\r\n"))))
        .isEqualTo(STATEMENT + "\n" + LIST);
    assertThat(read(STATEMENT).size()).isEqualTo(2);
    assertThat(read(STATEMENT).isSigned()).isFalse();
  }

  @Test
  void signatureIsOfTheStatementByThatKey() throws Exception {
    KeyPair pair = pair();
    String signed = text(read(STATEMENT + "\n" + LIST).signed(pair.getPrivate()));

    assertThat(signed.lines()).hasSize(4);
    assertThat(read(signed).isSignedBy(pair.getPublic())).isTrue();
    assertThat(read(signed).isSignedBy(pair().getPublic())).isFalse();
    assertThat(read(STATEMENT).isSignedBy(pair.getPublic())).isFalse();
    String first = String.join("\n", signed.lines().limit(2).toList());
    assertThat(read(first).isSignedBy(pair.getPublic())).isTrue();
    assertThat(
            read(first.replace("\"store\":\"s\"", "\"store\":\"t\"")).isSignedBy(pair.getPublic()))
        .isFalse();
    assertThat(read(STATEMENT + "\n{\"signature\":\"no\"}").isSignedBy(pair.getPublic())).isFalse();
  }

  @Test
  void listThatIsNotTheOneOfTheStatementIsRefused() {
    for (String list :
        List.of(
            LIST.replace(",3,", ",2,"),
            LIST.substring(0, LIST.indexOf('\n')),
            LIST + LIST,
            "[\"a\",3,\"x\"]")) {
      assertThatThrownBy(() -> read(STATEMENT + "\n" + list))
          .as(list)
          .isInstanceOf(HeadException.class)
          .hasMessageContaining("a list of instances that is not the one its first line names");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n",
        "x",
        "[]",
        "{}",
        "{\"head\":2}",
        "{\"head\":1}",
        "{\"at\":\"soon\",\"head\":1,\"instances\":0,\"lanes\":[],\"list\":\"\",\"store\":\"s\"}",
        "{\"at\":1,\"head\":1,\"instances\":0,\"lanes\":[],\"list\":\"\",\"store\":\"s\"}",
        "{\"at\":\"2026-01-31T12:00:00Z\",\"head\":1,\"instances\":0,\"lanes\":[[1]],\"list\":\"\",\"store\":\"s\"}",
        "{\"at\":\"2026-01-31T12:00:00Z\",\"head\":1,\"instances\":0,\"lanes\":[[99999999999,1,\"\"]],\"list\":\"\",\"store\":\"s\"}",
        "{\"at\":\"2026-01-31T12:00:00Z\",\"head\":1,\"instances\":1.5,\"lanes\":[],\"list\":\"\",\"store\":\"s\"}"
      })
  void whatIsNoHeadIsNamedAsThat(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(HeadException.class)
        .hasMessageContaining("expected a head as `verify-journal --write-head` writes it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"signature\":7}", "{}", "[1,2,3]", "[\"a\"]", "[\"a\",9.5,\"h\"]", "[[[[", "7"})
  void whatFollowsTheStatementMustBeOfAHead(String line) {
    assertThatThrownBy(() -> read(STATEMENT + "\n" + line)).isInstanceOf(HeadException.class);
  }

  /** A text without end: no more is read than a head may have. */
  @Test
  void textWithoutEndIsRefused() {
    Reader endless =
        new Reader() {
          @Override
          public int read(char[] into, int from, int length) {
            Arrays.fill(into, from, from + length, 'x');
            return length;
          }

          @Override
          public void close() {}
        };
    assertThatThrownBy(() -> Head.read(endless))
        .isInstanceOf(HeadException.class)
        .hasMessageContaining("a line of more than 65,536 characters");
  }

  @Test
  void leavesAreMetOnceTheyWereAdded() {
    long seed = 42;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    LeafSet leaves = new LeafSet();
    StringBuilder added = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      String leaf = Json.sha256("leaf" + random.nextLong());
      added.append(leaf);
      leaves.add(leaf + leaf, 64 * (i % 2));
    }
    leaves.add(added.toString(), 64);

    assertThat(leaves.unmet()).isEqualTo(5_000);
    for (int i = 0; i < 2_500; i++) {
      assertThat(leaves.meet(added.substring(64 * i, 64 * i + 64))).isTrue();
      assertThat(leaves.meet(Json.sha256("other" + i))).isFalse();
    }
    assertThat(leaves.meet(added.substring(0, 64))).isTrue();
    assertThat(leaves.unmet()).isEqualTo(2_500);
  }
}
