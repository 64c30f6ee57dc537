package dev.interlock.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class YamlTest {
  private static Node root(String text) {
    Yaml.Parsed parsed = Yaml.read("m.yaml", text);
    assertThat(parsed.problems()).isEmpty();
    return Objects.requireNonNull(parsed.root());
  }

  private static String problems(String text) {
    return Diagnostic.format(Yaml.read("m.yaml", text).problems());
  }

  private static Node.Scalar scalar(String text, String key) {
    Node.Member member = Objects.requireNonNull(((Node.Mapping) root(text)).member(key));
    return (Node.Scalar) member.node();
  }

  @Test
  void plainScalarsAreTypedByTheCoreSchemaAndExact() {
    Object value =
        root("""
        on: yes
        no: "1"
        a: 12
        b: 0.10
        c: 1e2
        d: 9223372036854775808
        e: 0x1F
        f: 0o17
        g: true
        h: 1.0
        i: 2026-11-24
        j: -
        """
                .replace("j: -\n", "j: 12:30\n"))
            .value();

    assertThat(Json.write(value))
        .isEqualTo(
            """
            {"a":12,"b":0.1,"c":100,"d":9223372036854775808,"e":31,"f":15,"g":true,"h":1,\
            "i":"2026-11-24","j":"12:30","no":"1","on":"yes"}\
            """);
    assertThat(((Node.Mapping) root("x: 0.1")).value()).isEqualTo(java.util.Map.of("x", d("0.1")));
  }

  private static Decimal d(String text) {
    return Decimal.of(text);
  }

  @Test
  void marksCountFromOneInCodePoints() {
    Node.Mapping mapping = (Node.Mapping) root("# ünïcode 😀\n\"😀\": [a, b]\nnext:\n  - c\n");

    assertThat(mapping.members().get(0).mark()).isEqualTo(new Mark("m.yaml", 2, 1));
    assertThat(mapping.members().get(0).node().mark()).isEqualTo(new Mark("m.yaml", 2, 6));
    Node.Sequence items = (Node.Sequence) mapping.members().get(1).node();
    assertThat(items.items().get(0).mark()).isEqualTo(new Mark("m.yaml", 4, 5));
  }

  /** The place of the last character of the text, which is always an {@code X}. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "k: ab cX",
        "k: 'it''s X'",
        "k: \"a\\u0041 \\\" \\x41 X\"",
        "k: \"a \\\n   b\\\n   \\ cX\"",
        "k: 'a\n\n  b\n  X'",
        "k: a\n  b\n\n  X",
        "k: |\n  a\n    b\n\n  X",
        "k: >2-  # comment X\n    a\n   b\n\n  c X",
        "k: >-\n  a\n  b\n\n\n    more\n  😀X",
        "k: |+\r\n  a\r\n  X\r\n\r\n",
      })
  void placesOfCharactersAreFoundInEveryStyle(String text) {
    Node.Scalar scalar = scalar(text, "k");
    int offset = (int) scalar.text().codePoints().takeWhile(c -> c != 'X').count();
    int index = text.lastIndexOf('X');
    String before = text.substring(0, index);
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    String inLine = before.substring(before.lastIndexOf('\n') + 1);

    assertThat(scalar.place().of(offset))
        .isEqualTo(new Mark("m.yaml", line, inLine.codePointCount(0, inLine.length()) + 1));
  }

  @Test
  void allProblemsAreReportedInTheOrderOfTheFile() {
    assertThat(
            problems("a: 1\na: 2\nb:\n1: x\n<<: {c: &anchor 1}\nd: *anchor\ne: !!str 5\nf: .inf\n"))
        .isEqualTo(
            """
            m.yaml:2:1: found the key `a` a second time, expected each key once; it stands first in line 1 [IL104]
            m.yaml:3:3: found nothing, expected a value; leave the key out, or write "", {} or [] [IL105]
            m.yaml:4:1: found the number 1 as a key, expected a text; put the key in quotes if it is meant as text [IL103]
            m.yaml:5:1: found the merge key `<<`, expected keys and values; write them out [IL103]
            m.yaml:5:9: found the anchor `&anchor`, expected a value without anchor; write the value out wherever it is used [IL103]
            m.yaml:6:4: found an alias, expected the value itself; write out what the alias stands for [IL103]
            m.yaml:7:4: found the tag `tag:yaml.org,2002:str`, expected a value without tag; take it out [IL103]
            m.yaml:8:4: found `.inf`, expected a number of at most 34 digits; put it in quotes if it is meant as text [IL106]\
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: [b            | m.yaml:1:6: found expected ',' or ']', but got <stream end> while parsing a flow sequence, expected YAML; look at the indentation, and put text that has : or # or begins with a sign in quotes [IL102]
          ''               | m.yaml:1:1: found nothing, expected a mapping [IL105]
          '[a]: 1'         | m.yaml:1:1: found a list as a key, expected a text; put the key in quotes if it is meant as text [IL103]
          '? {a: 1}\\n: 2' | m.yaml:1:3: found a mapping as a key, expected a text; put the key in quotes if it is meant as text [IL103]
          '*a : 1'         | m.yaml:1:1: found an alias, expected the value itself; write out what the alias stands for [IL103]
          'a: 1\\n---\\nb: 1' | m.yaml:2:1: found a second document, expected one document in a file; take out the line `---` [IL103]
          'a:\\tb'         | m.yaml:1:3: found a tab, expected spaces; indent with spaces; inside double quotes write \\t [IL102]
          '%YAML 1.1\\n---\\na: 1' | m.yaml:1:1: found YAML 1.1, expected YAML 1.2; take out the line `%YAML` [IL103]
          a: 12345678901234567890123456789012345 | m.yaml:1:4: found the number 12345678901234567890123456789012345, expected a number of at most 34 digits; put it in quotes if it is meant as text [IL106]
          a: 1e99999999999 | m.yaml:1:4: found the number 1e99999999999, expected a number of at most 34 digits; put it in quotes if it is meant as text [IL106]
          """)
  void whatIsRefusedIsSaidClearly(String text, String expected) {
    assertThat(problems(text.replace("\\n", "\n").replace("\\t", "\t")))
        .isEqualTo(expected.replace("write \t", "write \\t"));
  }

  @Test
  void textThatIsNotTextIsRefused() {
    assertThat(problems("a: \uD800\n"))
        .isEqualTo(
            "m.yaml:1:4: found half of a character (U+D800, malformed UTF-16), expected text that can"
                + " be printed; save the file as UTF-8; inside double quotes write \\ud800"
                + " [IL101]");
    assertThat(problems("a: \u0000\n")).contains("the control character U+0000");
    assertThat(problems("a: \"\\ud800\""))
        .isEqualTo(
            "m.yaml:1:4: found an escape for half of a character (malformed UTF-16), expected whole"
                + " characters; write the character itself, or \\U and eight digits [IL101]");
  }

  @Test
  void byteOrderMarkIsNotPartOfTheText() {
    assertThat(root("\uFEFFa: 1").value()).isEqualTo(java.util.Map.of("a", 1L));
  }

  @Test
  void fileOverTheLimitIsNotRead() {
    assertThat(problems("a: 1\n".repeat(2_000_000)))
        .isEqualTo(
            "m.yaml:1:1: found 10,000,000 characters, expected at most 1,048,576; split the file, or"
                + " take out what is not used [IL106]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- "})
  void deepNestingIsRefusedWithItsLimit(String level) {
    assertThat(problems(level.repeat(200_000 / level.length())))
        .contains("expected at most 64 levels of lists and mappings [IL106]");
  }

  @Test
  void aliasBombIsRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 100; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }

    List<Diagnostic> problems = Yaml.read("m.yaml", bomb.toString()).problems();

    assertThat(problems).hasSize(Reader.MAX_PROBLEMS + 1);
    assertThat(problems.get(0).code()).isEqualTo(LoadCode.PLAIN_YAML);
    assertThat(problems).anyMatch(problem -> problem.code() == LoadCode.TOO_LARGE);
  }

  @Test
  void textsOfOneMegabyteAreReadInTime() {
    for (String piece :
        List.of("a", "[],", "a: ", "\n", "- a\n", "'", "\"\\\"", "# x\n", "&a ", "!")) {
      String text = "k: " + piece.repeat((Yaml.MAX_LENGTH - 10) / piece.length());
      assertThat(Yaml.read("m.yaml", text)).isNotNull();
    }
  }

  /** Seeded: whatever the text, the answer is a tree or diagnostics. */
  @Test
  void noTextMakesItThrow() {
    String alphabet = "ab: -[]{},&*!|>'\"%@`#?\n\n  \t\\x0.1e~<\r\uFEFF\uD83D\uDE00\u0085\u2028";
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Yaml.Parsed parsed = Yaml.read("m.yaml", text.toString());
      assertThat(parsed.root() != null || !parsed.problems().isEmpty()).as("%s", text).isTrue();
      if (parsed.root() != null) {
        places(parsed.root());
      }
    }
  }

  private static void places(Node node) {
    switch (node) {
      case Node.Scalar scalar -> scalar.place().of(scalar.text().length());
      case Node.Sequence sequence -> sequence.items().forEach(YamlTest::places);
      case Node.Mapping mapping -> mapping.members().forEach(member -> places(member.node()));
    }
  }

  @Test
  void readerTakesKnownKeysAndReportsTheRest() {
    Reader reader = new Reader();
    MappingReader keys =
        Objects.requireNonNull(
            reader.mapping(
                root("name: x\ntransition: 1\nwait: PT5\ncount: 1.5\nlater: 1\nwords: [a, 1]\n"),
                "the state `A`"));

    assertThat(keys.needText("name")).isEqualTo("x");
    assertThat(keys.take("transitions")).isNull();
    assertThat(keys.duration("wait", Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
    assertThat(keys.whole("count", 0)).isNull();
    assertThat(keys.words("words")).extracting(Node.Scalar::text).containsExactly("a");
    keys.need("goal");
    keys.notYet("later");
    keys.done();

    assertThat(Diagnostic.format(reader.diagnostics()))
        .isEqualTo(
            """
            m.yaml:1:1: found the state `A` without `goal`, expected the key `goal` [IL112]
            m.yaml:2:1: found the key `transition` in the state `A`, expected one of name, transitions, wait, count, words, goal; did you mean `transitions`? [IL111]
            m.yaml:3:7: found the text "PT5", expected `wait` of the state `A`, an ISO 8601 duration above nothing; for example PT30S, PT5M, PT24H or P3D [IL118]
            m.yaml:4:8: found the number 1.5, expected `count` of the state `A`, a whole number [IL115]
            m.yaml:5:1: found the key `later` of the state `A`, expected a key that this version takes; not yet: `later` belongs to the format, but is not built; take it out [IL114]
            m.yaml:6:12: found the number 1, expected `words` of the state `A`, a text; put it in quotes if it is meant as text [IL115]\
            """);
  }

  @Test
  void colonInALongTextIsNamedAsSuch() {
    String text = "command: [sh, " + "word ".repeat(1_200) + "a: b]\n";

    assertThat(Yaml.read("long.yaml", text).problems())
        .singleElement()
        .asString()
        .startsWith("long.yaml:1:6016: found a `:` that stands behind no key")
        .contains("1,024 characters");
  }
}
