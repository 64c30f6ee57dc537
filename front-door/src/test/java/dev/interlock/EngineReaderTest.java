package dev.interlock;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.EngineAt.Tls;
import dev.interlock.EngineAt.WorkerAt;
import dev.interlock.core.load.Diagnostic;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineReaderTest {
  private static final Path FOLDER = Path.of("/machines/it");

  private static ConfigurationReader.Read read(String text) {
    return ConfigurationReader.read(FOLDER, text, Map.of("PW", "hush", "DB", "db.example.com"));
  }

  private static Configuration configuration(String text) {
    ConfigurationReader.Read read = read(text);
    assertThat(read.problems()).isEmpty();
    return requireNonNull(read.configuration());
  }

  private static EngineAt.Temporal temporal(String text) {
    return (EngineAt.Temporal) configuration(text).engine();
  }

  @Test
  void engineIsLocalOrTemporal() {
    assertThat(configuration("engine: local\n").engine()).isEqualTo(new EngineAt.Local());
    assertThat(temporal("engine: temporal\n"))
        .isEqualTo(
            new EngineAt.Temporal(
                "127.0.0.1:7233",
                "default",
                "interlock",
                "",
                null,
                null,
                Map.of(),
                WorkerAt.STANDARD));
    EngineAt.Temporal hosted =
        temporal(
            """
            engine: temporal
            temporal:
              {address: "a:7233", namespace: n, taskQueue: q, prefix: p-, key: secret,
               encryption: {new: hidden, old: hidden2}}
            """);
    assertThat(hosted)
        .isEqualTo(
            new EngineAt.Temporal(
                "a:7233",
                "n",
                "q",
                "p-",
                Tls.PLAIN,
                "secret",
                Map.of("new", "hidden", "old", "hidden2"),
                WorkerAt.STANDARD))
        .asString()
        .doesNotContain("secret", "hidden");
    assertThat(hosted.encryption().keySet()).containsExactly("new", "old");
  }

  @Test
  void tlsHasACertificateOfItsOwn() {
    assertThat(temporal("engine: temporal\ntemporal: {tls: true}\n").tls()).isEqualTo(Tls.PLAIN);
    assertThat(temporal("engine: temporal\ntemporal: {tls: false, key: k}\n").tls()).isNull();
    assertThat(
            temporal(
                    """
                    engine: temporal
                    temporal:
                      tls: {certificate: a.pem, key: /keys/a.key, ca: ca.pem, serverName: "${DB}"}
                    """)
                .tls())
        .isEqualTo(
            new Tls(
                FOLDER.resolve("a.pem"),
                Path.of("/keys/a.key"),
                FOLDER.resolve("ca.pem"),
                "db.example.com"));
  }

  @Test
  void workersHaveBounds() {
    assertThat(
            temporal(
                    """
                    engine: temporal
                    temporal:
                      worker:
                        {maxConcurrentActivities: 10, maxConcurrentWorkflowTasks: 4, maxCachedWorkflows: 100}
                    """)
                .worker())
        .isEqualTo(new WorkerAt(10, 4, 100, null, null));
    assertThat(temporal("engine: temporal\ntemporal: {worker: {maxCachedWorkflows: 1}}\n").worker())
        .isEqualTo(new WorkerAt(null, null, 1, null, null));
  }

  @Test
  void workersMayBeOfADeployment() {
    assertThat(
            temporal("engine: temporal\ntemporal: {worker: {deployment: cases, buildId: 7f3a}}\n")
                .worker())
        .isEqualTo(new WorkerAt(null, null, null, "cases", "7f3a"));
  }

  @Test
  void passwordsInUrlsAreNotShown() {
    for (String url :
        List.of(
            "jdbc:postgresql://u:hu/sh@h/d",
            "jdbc:postgresql://h/d&password=hush",
            "jdbc:postgresql://u:hush@h/d?a=b@c")) {
      assertThat(new StoreAt.Postgres(url, "", "", 1)).hasToString("jdbc:postgresql://h/d");
    }
  }

  @Test
  void storeIsAFileOrPostgres() {
    assertThat(configuration("engine: temporal\nstore: a.db\n").store())
        .isEqualTo(new StoreAt.File(FOLDER.resolve("a.db")));
    StoreAt store =
        configuration(
                """
                engine: temporal
                store: {postgres: "jdbc:postgresql://${DB}/cases?ssl=true", user: ana, password: "${PW}", connections: 4}
                """)
            .store();
    assertThat(store)
        .isEqualTo(
            new StoreAt.Postgres(
                "jdbc:postgresql://db.example.com/cases?ssl=true", "ana", "hush", 4))
        .hasToString("jdbc:postgresql://db.example.com/cases");
    assertThat(
            configuration(
                    "engine: temporal\nstore: {postgres: \"jdbc:postgresql://h/d?password=hush\"}\n")
                .store())
        .isEqualTo(new StoreAt.Postgres("jdbc:postgresql://h/d?password=hush", "", "", 10))
        .asString()
        .doesNotContain("hush");
  }

  /** Of a variable that is not set only that is said, and only to whoever opens it. */
  @Test
  void unsetVariablesAreNoMalformedUrl() {
    Configuration read =
        configuration("engine: temporal\nstore: {postgres: \"${URL}\", password: \"${NONE}\"}\n");
    assertThat(configuration("store: ${URL}\n").unset()).hasSize(1);

    assertThat(read.unset().stream().map(Diagnostic::found))
        .containsExactly(
            "the variable URL, which is not set", "the variable NONE, which is not set");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          engine: x | expected one of local, temporal
          engine: temporal^temporal: {adress: x} | did you mean `address`?
          engine: temporal^temporal: {tls: maybe} | `tls` of `temporal` of interlock.yaml
          engine: temporal^temporal: {tls: {certificate: a}} | expected both: {certificate: FILE, key: FILE}
          engine: temporal^temporal: {worker: {deployment: a}} | `worker` with `deployment` alone
          engine: temporal^temporal: {worker: {buildId: a}} | expected both: {deployment: NAME, buildId: ID}
          engine: temporal^temporal: {tls: {key: a}} | `tls` with `key` alone
          engine: temporal^temporal: {tls: {cert: a}} | the key `cert`
          engine: temporal^temporal: {worker: {maxConcurrentActivities: 0}} | at least 1
          engine: temporal^temporal: {worker: {maxConcurrentWorkflowTasks: 1}} | at least 2
          engine: temporal^temporal: {worker: {maxCachedWorkflows: 1000001}} | at most 1,000,000
          engine: temporal^temporal: {worker: {threads: 1}} | the key `threads`
          engine: temporal^store: {postgres: "mysql://u:hush@h/d"} | expected jdbc:postgresql://HOST:PORT/DATABASE
          engine: temporal^store: {url: x} | without `postgres`
          engine: temporal^store: {postgres: "jdbc:postgresql://h/d", pasword: x} | did you mean `password`?
          engine: temporal^store: {postgres: "jdbc:postgresql://h/d", connections: 0} | at least 1
          engine: temporal^store: [a] | expected
          store: "" | a store at the text "", expected the path of a file, without a ?, such as cases.db
          store: . | a store at the text ".", expected the path of a file
          store: /machines | expected the path of a file
          store: "a?b.db" | a store at the text "a?b.db", expected the path of a file, without a ?
          store: ":memory:" | a store at the text ":memory:", expected the path of a file
          store: {postgres: "jdbc:postgresql://h/d", password: hush} | a store in PostgreSQL and `engine: local`, expected `engine: temporal`, or a file
          """)
  void mistakesAreSaidOnce(String text, String expected) {
    List<Diagnostic> problems = read(text.replace('^', '\n') + "\n").problems();

    assertThat(problems).singleElement().asString().contains(expected).doesNotContain("hush");
  }
}
