package dev.interlock;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.interlock.Configuration.DeskAt;
import dev.interlock.Configuration.Model;
import dev.interlock.agent.ServerConfig;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.Mark;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Price;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConfigurationReaderTest {
  private static final Path FOLDER = Path.of("/machines/it");

  private static ConfigurationReader.Read read(@Nullable String text) {
    return ConfigurationReader.read(FOLDER, text, Map.of("HOME", "/home/ana", "EMPTY", ""));
  }

  private static Configuration configuration(@Nullable String text) {
    ConfigurationReader.Read read = read(text);
    assertThat(read.problems()).isEmpty();
    return requireNonNull(read.configuration());
  }

  @Test
  void everythingHasADefault() {
    Configuration none = configuration(null);
    Configuration least = configuration("servers: {}\n");

    assertThat(least).isEqualTo(none);
    assertThat(none.store()).isEqualTo(new StoreAt.File(FOLDER.resolve("cases.db")));
    assertThat(none.desks())
        .containsExactly(Map.entry("main", new DeskAt.Folder(FOLDER.resolve("desk"))));
    assertThat(none.models()).isEmpty();
    assertThat(none.settleAfter()).isEqualTo(Duration.ofSeconds(30));
    assertThat(none.group()).isNull();
  }

  @Test
  void everyKeyIsRead() {
    Configuration all =
        configuration(
            """
            servers:
              it: {command: [python3, server.py, "--data=${HOME}/data"], env: {MODE: fast}, dir: server}
              note: {command: /bin/notes}
            model: {scripted: replies/script.yaml}
            desks: {front: {file: tickets}, back: {file: /var/desk}}
            store: ${HOME}/cases.db
            people:
              bob: {id: bob@example.com, roles: [manager, operator]}
              eve: {id: eve@example.com}
            settleAfter: PT5S
            retention: {claims: P90D, "room-booking": PT1H}
            group: staff
            """);

    assertThat(all.servers().keySet()).containsExactly("it", "note");
    assertThat(all.servers())
        .containsExactly(
            Map.entry(
                "it",
                new ServerConfig.Command(
                    List.of("python3", "server.py", "--data=/home/ana/data"),
                    Map.of("MODE", "fast"),
                    FOLDER.resolve("server"))),
            Map.entry("note", new ServerConfig.Command(List.of("/bin/notes"), Map.of(), FOLDER)));
    assertThat(all.models())
        .containsExactly(
            new Model.Scripted(
                FOLDER.resolve("replies/script.yaml"), new Mark("interlock.yaml", 4, 19)));
    assertThat(all.desks())
        .containsExactly(
            Map.entry("front", new DeskAt.Folder(FOLDER.resolve("tickets"))),
            Map.entry("back", new DeskAt.Folder(Path.of("/var/desk"))));
    assertThat(all.store()).isEqualTo(new StoreAt.File(Path.of("/home/ana/cases.db")));
    assertThat(all.person("bob"))
        .contains(new Principal("bob@example.com", List.of("manager", "operator")));
    assertThat(all.person("ana")).isEmpty();
    assertThat(all.settleAfter()).isEqualTo(Duration.ofSeconds(5));
    assertThat(all.retention())
        .containsExactly(
            Map.entry("claims", Duration.ofDays(90)),
            Map.entry("room-booking", Duration.ofHours(1)));
    assertThat(all.group()).isEqualTo("staff");
  }

  @Test
  void desksAreWebhooksAndToolsToo() {
    Configuration all =
        configuration(
            """
            servers: {sd: {command: [x]}}
            desks:
              hook: {webhook: "https://desk.example.com/in", secret: 0123456789abcdef01234567}
              here: {webhook: "http://localhost:8080/in", secret: 0123456789abcdef01234567}
              tool: {mcp: sd.open, notices: sd.tell}
              last: {mcp: sd.open}
            """);

    assertThat(all.desks())
        .containsExactly(
            Map.entry(
                "hook",
                new DeskAt.Webhook(
                    URI.create("https://desk.example.com/in"), "0123456789abcdef01234567")),
            Map.entry(
                "here",
                new DeskAt.Webhook(
                    URI.create("http://localhost:8080/in"), "0123456789abcdef01234567")),
            Map.entry("tool", new DeskAt.Tool("sd.open", "sd.tell")),
            Map.entry("last", new DeskAt.Tool("sd.open", null)));
    assertThat(all.toString()).doesNotContain("0123456789abcdef01234567");
  }

  @Test
  void serversAtUrlsAreRead() {
    Configuration all =
        configuration(
            """
            servers:
              far: {url: "https://tools.example.com/mcp?key=${MODE_KEY:-canary-k}", headers: {Authorization: "Bearer canary-${HOME}"}}
              near: {url: "http://127.0.0.1:8000/mcp"}
            """);

    assertThat(all.servers())
        .containsExactly(
            Map.entry(
                "far",
                new ServerConfig.Url(
                    URI.create("https://tools.example.com/mcp?key=canary-k"),
                    Map.of("Authorization", "Bearer canary-/home/ana"))),
            Map.entry(
                "near", new ServerConfig.Url(URI.create("http://127.0.0.1:8000/mcp"), Map.of())));
    assertThat(all.toString()).contains("Authorization").doesNotContain("canary");
  }

  @Test
  void wrongUrlsAndHeadersOfServersAreFoundAndNotQuoted() {
    List<Diagnostic> problems =
        problems(
            """
            servers:
              a: {url: "http://tools.example.com/mcp"}
              b: {url: "::"}
              c: {url: "https://tools.example.com/mcp", command: [x]}
              d: {url: "https://tools.example.com/mcp", headers: {Host: x}}
              e: {url: "https://tools.example.com/mcp", headers: {A: "canary\\r\\nB: c"}}
              f: {url: "https://tools.example.com/mcp", headers: {"a b": canary}}
              g: {url: "https://tools.example.com/mcp", headers: {A: canary, a: canary}}
              h: {url: "https://tools.example.com/mcp", env: {A: b}}
              i: {command: [x], headers: {A: b}}
              j: {}
            """);

    assertThat(problems)
        .extracting(it -> it.mark().toString(), Diagnostic::code)
        .containsExactly(
            tuple("interlock.yaml:2:12", LoadCode.FORM),
            tuple("interlock.yaml:3:12", LoadCode.FORM),
            tuple("interlock.yaml:4:3", LoadCode.SETTINGS),
            tuple("interlock.yaml:5:3", LoadCode.FORM),
            tuple("interlock.yaml:6:3", LoadCode.FORM),
            tuple("interlock.yaml:7:3", LoadCode.FORM),
            tuple("interlock.yaml:8:3", LoadCode.FORM),
            tuple("interlock.yaml:9:45", LoadCode.UNKNOWN_KEY),
            tuple("interlock.yaml:10:21", LoadCode.UNKNOWN_KEY),
            tuple("interlock.yaml:11:6", LoadCode.MISSING_KEY));
    assertThat(problems).asString().doesNotContain("canary");
  }

  @Test
  void headerWhoseVariableIsNotSetIsMissing() {
    assertThat(
            configuration(
                    "servers: {x: {url: \"https://e.com\", headers: {Authorization: \"Bearer ${NO}\"}}}\n")
                .unset())
        .extracting(Diagnostic::code)
        .containsExactly(LoadCode.UNSET_VARIABLE);
  }

  @Test
  void wrongDesksAreFound() {
    assertThat(
            problems(
                """
                servers: {sd: {command: [x]}}
                desks:
                  a: {}
                  b: {file: x, mcp: sd.open}
                  c: {webhook: "http://desk.example.com/in", secret: 0123456789abcdef01234567}
                  d: {webhook: "https://desk.example.com/in", secret: short}
                  e: {webhook: "https://desk.example.com/in"}
                  f: {mcp: other.open}
                  g: {mcp: open}
                  h: {file: x, notices: sd.tell}
                  i: {webhook: "::", secret: 0123456789abcdef01234567}
                """))
        .extracting(it -> it.mark().toString(), Diagnostic::code)
        .containsExactly(
            tuple("interlock.yaml:3:3", LoadCode.SETTINGS),
            tuple("interlock.yaml:4:3", LoadCode.SETTINGS),
            tuple("interlock.yaml:5:16", LoadCode.FORM),
            tuple("interlock.yaml:6:55", LoadCode.FORM),
            tuple("interlock.yaml:7:6", LoadCode.MISSING_KEY),
            tuple("interlock.yaml:8:12", LoadCode.UNBOUND),
            tuple("interlock.yaml:9:12", LoadCode.FORM),
            tuple("interlock.yaml:10:16", LoadCode.UNKNOWN_KEY),
            tuple("interlock.yaml:11:16", LoadCode.FORM));
  }

  @Test
  void anthropicNeedsAKeyAndHidesIt() {
    Configuration configuration =
        configuration("model: {anthropic: some-model, key: \"s${EMPTY:-ecre}t\", maxTokens: 10}\n");

    assertThat(configuration.models())
        .containsExactly(
            new Model.Anthropic(new Model.Service("some-model", "secret", null, 10, true)));
    assertThat(configuration.toString()).contains("some-model").doesNotContain("secret");
    assertThat(problems("model: {anthropic: some-model}\n"))
        .singleElement()
        .asString()
        .startsWith("interlock.yaml:1:8: found `model` of interlock.yaml without `key`");
  }

  @Test
  void openAiNeedsAKeyWhereItIsOpenAiItself() {
    Configuration configuration =
        configuration(
            "model: {openai: m, url: \"http://127.0.0.1:8000/v1\", stream: false,"
                + " sees: [image/png]}\n");

    assertThat(configuration.models())
        .containsExactly(
            new Model.OpenAi(
                new Model.Service("m", "", "http://127.0.0.1:8000/v1", 4_096, false),
                Set.of(MediaType.PNG)));
    assertThat(configuration("model: {openai: m, key: secret}\n").toString())
        .doesNotContain("secret");
    assertThat(problems("model: {openai: m}\n"))
        .singleElement()
        .asString()
        .startsWith("interlock.yaml:1:8: found `model` of interlock.yaml without `key`");
  }

  @Test
  void recordingIsReadFromTheFolder() {
    assertThat(configuration("model: {recorded: replies.jsonl}\n").models())
        .containsExactly(
            new Model.Recorded(FOLDER.resolve("replies.jsonl"), new Mark("interlock.yaml", 1, 19)));
  }

  @Test
  void severalModelsAreAskedInTheirOrder() {
    Configuration configuration =
        configuration("model: [{anthropic: a, key: k}, {openai: b, key: k}]\n");

    assertThat(configuration.models())
        .satisfiesExactly(
            first -> assertThat(first).isInstanceOf(Model.Anthropic.class),
            second -> assertThat(second).isInstanceOf(Model.OpenAi.class));
    assertThat(problems("model: []\n"))
        .extracting(Diagnostic::code)
        .containsExactly(LoadCode.SETTINGS);
    assertThat(problems("model: [{scripted: a.yaml}, b]\n"))
        .singleElement()
        .asString()
        .startsWith("interlock.yaml:1:29: ");
  }

  @Test
  void priceOfTheModelIsReadExactly() {
    String model = "model: {anthropic: some-model, key: k}\n";
    Configuration priced =
        configuration(
            model
                + "prices:\n  some-model: {input: 3.00, output: 15.1, cachedInput: 0.3}\n"
                + "  other: {input: 1, output: 1}\n");

    assertThat(priced.prices().get("some-model"))
        .usingRecursiveComparison()
        .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
        .isEqualTo(new Price(new BigDecimal("3"), new BigDecimal("15.1"), new BigDecimal("0.3")));
    assertThat(problems(model + "prices:\n  some-model: {input: -1}\n"))
        .extracting(Diagnostic::toString)
        .anyMatch(problem -> problem.contains("3:23") && problem.contains("at least 0"))
        .anyMatch(problem -> problem.contains("without `output`"));
    for (String most : List.of("999999999999", "1e11", "0.00000000001", "1.00000000000000")) {
      String prices = "prices:\n  some-model: {input: 1, output: %s}\n".formatted(most);
      assertThat(configuration(model + prices).prices()).containsKey("some-model");
    }
    for (String more : List.of("1e12", "1e30", "1e-12", "1234567890.123")) {
      assertThat(
              problems(model + "prices:\n  some-model: {input: 1, output: %s}\n".formatted(more)))
          .singleElement()
          .asString()
          .contains("at most 12 digits");
    }
  }

  @Test
  void variablesAreFilledIn() {
    Configuration configuration =
        configuration(
            """
            store: "${HOME}/${NONE:-a}/${EMPTY:-b}/$${HOME}/$HOME/${EMPTY}c"
            """);

    assertThat(configuration.store()).hasToString("/home/ana/a/b/${HOME}/$HOME/c");
  }

  @Test
  void unsetVariablesAreNamedWithTheirPlaceAndDoNotHinderReading() {
    Configuration configuration =
        configuration("servers:\n  it: {command: [run, \"--key=${IT_KEY}\"]}\n");

    assertThat(configuration.unset())
        .singleElement()
        .asString()
        .startsWith("interlock.yaml:2:30: found the variable IT_KEY, which is not set")
        .contains("${IT_KEY:-DEFAULT}");
  }

  @Test
  void variablesThatAreNotClosedAreErrorsAtTheirPlace() {
    assertThat(problems("store: a/${NOPE\npeople: {bob: {id: \"${}\"}}\n"))
        .extracting(Diagnostic::toString)
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith("interlock.yaml:1:10: found the text \"${NOPE\"")
                    .contains("expected ${NAME}"),
            second -> assertThat(second).startsWith("interlock.yaml:2:21: found the text \"${}\""));
    assertThat(configuration("store: $${a\n").store()).hasToString("/machines/it/${a");
  }

  @Test
  void unknownKeysNameTheNearest() {
    assertThat(problems("servers:\n  it: {comand: [x]}\nstroe: a.db\n"))
        .satisfiesExactly(
            problem ->
                assertThat(problem)
                    .asString()
                    .contains("interlock.yaml:2:7: ")
                    .contains("without `command`")
                    .contains("is `comand` meant as it?"),
            problem ->
                assertThat(problem)
                    .asString()
                    .contains("interlock.yaml:2:8: ")
                    .contains("did you mean `command`?"),
            problem ->
                assertThat(problem)
                    .asString()
                    .contains("interlock.yaml:3:1: ")
                    .contains("did you mean `store`?"));
  }

  @Test
  void malformedValuesAreReportedTogether() {
    List<Diagnostic> problems =
        problems(
            """
            servers: {"a.b": {command: []}, c: run}
            model: {scripted: a.yaml, anthropic: m, key: k}
            settleAfter: soon
            people: {bob: {roles: 7}}
            """);

    assertThat(problems.stream().map(problem -> problem.mark().line()).distinct())
        .containsExactly(1, 2, 3, 4);
    assertThat(problems)
        .extracting(Diagnostic::code)
        .contains(LoadCode.NAME, LoadCode.TYPE, LoadCode.SETTINGS, LoadCode.DURATION);
  }

  @Test
  void bracesOfAVariableInsideBracesNeedQuotes() {
    assertThat(problems("model: {anthropic: m, key: ${KEY}}\n"))
        .first()
        .asString()
        .startsWith("interlock.yaml:1:")
        .contains("\"${NAME}\"");
  }

  @Test
  void speakersAreFoundByNameByIdOrMadeOfAWord() {
    Configuration configuration =
        configuration("people: {bob: {id: bob@example.com, roles: [manager]}}\n");

    Principal bob = new Principal("bob@example.com", List.of("manager"), "root");
    assertThat(configuration.speaker("bob", "root")).isEqualTo(bob);
    assertThat(configuration.speaker("bob@example.com", "root")).isEqualTo(bob);
    assertThat(configuration.speaker("ana@example.com", "root"))
        .isEqualTo(new Principal("ana@example.com", List.of(), "root"));
    assertThat(configuration.speaker("eve:manager,operator", "root"))
        .isEqualTo(new Principal("eve", List.of("manager", "operator"), "root"));
    assertThat(configuration.somebodyWith("manager")).contains("bob");
    assertThat(configuration.somebodyWith("adjuster")).isEmpty();
  }

  private static List<Diagnostic> problems(String text) {
    ConfigurationReader.Read read = read(text);
    assertThat(read.configuration()).isNull();
    return read.problems();
  }
}
