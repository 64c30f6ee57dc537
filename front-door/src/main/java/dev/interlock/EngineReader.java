package dev.interlock;

import dev.interlock.EngineAt.Tls;
import dev.interlock.EngineAt.WorkerAt;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.MappingReader;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Reads what carries instances, and where they are kept: {@code engine} and {@code store}. */
final class EngineReader {
  private static final String LOCAL = "local";
  private static final String TEMPORAL = "temporal";
  private static final int MAX_NUMBER = 1_000_000;
  private static final String POSTGRES_URL = "jdbc:postgresql:";

  private final Reader reader;
  private final Variables variables;
  private final BiFunction<Node.@Nullable Scalar, String, Path> path;

  /**
   * @param path makes a path of a word, or of a standard where there is none
   */
  EngineReader(
      Reader reader, Variables variables, BiFunction<Node.@Nullable Scalar, String, Path> path) {
    this.reader = reader;
    this.variables = variables;
    this.path = path;
  }

  EngineAt engine(MappingReader file) {
    Node.@Nullable Scalar word = file.word("engine");
    @Nullable MappingReader temporal = file.mapping("temporal");
    String kind = word == null ? LOCAL : variables.fill(word);
    if (word != null && !kind.equals(LOCAL) && !kind.equals(TEMPORAL)) {
      reader.unknown(word.mark(), LoadCode.UNKNOWN_WORD, "engine", kind, List.of(LOCAL, TEMPORAL));
    }
    if (temporal == null) {
      return kind.equals(TEMPORAL) ? new EngineAt.Temporal() : new EngineAt.Local();
    }
    @Nullable String key = filled(temporal.word("key"));
    EngineAt at =
        new EngineAt.Temporal(
            filled(temporal.word("address"), EngineAt.Temporal.DEFAULT_ADDRESS),
            filled(temporal.word("namespace"), EngineAt.Temporal.DEFAULT_NAMESPACE),
            filled(temporal.word("taskQueue"), EngineAt.Temporal.DEFAULT_TASK_QUEUE),
            filled(temporal.word("prefix"), ""),
            tls(temporal, key != null),
            key,
            encryption(temporal),
            worker(temporal));
    temporal.done();
    return kind.equals(TEMPORAL) ? at : new EngineAt.Local();
  }

  private @Nullable Tls tls(MappingReader temporal, boolean standard) {
    if (!(temporal.take("tls") instanceof Node.Mapping written)) {
      return temporal.bool("tls", standard) ? Tls.PLAIN : null;
    }
    MappingReader tls = temporal.mapping("tls");
    if (tls == null) {
      return null;
    }
    @Nullable Path certificate = file(tls.word("certificate"));
    @Nullable Path key = file(tls.word("key"));
    if ((certificate == null) != (key == null)) {
      reader.report(
          written.mark(),
          LoadCode.SETTINGS,
          "`tls` with %s alone".formatted(key == null ? "`certificate`" : "`key`"),
          "both: {certificate: FILE, key: FILE}",
          null);
    }
    Tls read = new Tls(certificate, key, file(tls.word("ca")), filled(tls.word("serverName")));
    tls.done();
    return read;
  }

  private @Nullable Path file(Node.@Nullable Scalar word) {
    return word == null ? null : path.apply(word, ".");
  }

  private WorkerAt worker(MappingReader temporal) {
    @Nullable MappingReader worker = temporal.mapping("worker");
    if (worker == null) {
      return WorkerAt.STANDARD;
    }
    WorkerAt read =
        new WorkerAt(
            number(worker, "maxConcurrentActivities", 1),
            number(worker, "maxConcurrentWorkflowTasks", 2), // one polls where it went on before
            number(worker, "maxCachedWorkflows", 1),
            filled(worker.word("deployment")),
            filled(worker.word("buildId")));
    if ((read.deployment() == null) != (read.buildId() == null)) {
      reader.report(
          worker.mark(),
          LoadCode.SETTINGS,
          "`worker` with %s alone".formatted(read.buildId() == null ? "`deployment`" : "`buildId`"),
          "both: {deployment: NAME, buildId: ID}",
          null);
    }
    worker.done();
    return read;
  }

  /** Of at most a million: more is a slip. */
  private @Nullable Integer number(MappingReader mapping, String key, long least) {
    @Nullable Long number = mapping.whole(key, least);
    if (number != null && number > MAX_NUMBER) {
      reader.report(
          mapping.mark(),
          LoadCode.RANGE,
          "`%s` of %,d".formatted(key, number),
          "at most %,d".formatted(MAX_NUMBER),
          null);
      return null;
    }
    return number == null ? null : number.intValue();
  }

  private Map<String, String> encryption(MappingReader temporal) {
    Map<String, String> keys = new LinkedHashMap<>();
    for (Node.Member member : temporal.members("encryption")) {
      Node.@Nullable Scalar word = reader.word(member.node(), "the key " + member.key());
      if (word != null) {
        keys.put(member.key(), variables.fill(word));
      }
    }
    return keys;
  }

  StoreAt store(MappingReader file, EngineAt engine) {
    if (!(file.take("store") instanceof Node.Mapping written)) {
      return storeFile(file.word("store"));
    }
    MappingReader store = file.mapping("store");
    Node.@Nullable Scalar url = store == null ? null : store.needWord("postgres");
    if (store == null || url == null) {
      return new StoreAt.File(path.apply(null, Configuration.DEFAULT_STORE));
    }
    String filled = variables.fill(url);
    if (!filled.isEmpty() && !filled.startsWith(POSTGRES_URL)) { // empty: a variable is not set
      reader.report(
          url.mark(),
          LoadCode.FORM,
          "a URL of another kind", // it may hold a password
          POSTGRES_URL + "//HOST:PORT/DATABASE",
          null);
    }
    @Nullable Integer connections = number(store, "connections", 1);
    StoreAt.Postgres read =
        new StoreAt.Postgres(
            filled,
            filled(store.word("user"), ""),
            filled(store.word("password"), ""),
            connections == null ? StoreAt.Postgres.DEFAULT_CONNECTIONS : connections);
    store.done();
    if (engine instanceof EngineAt.Local) {
      reader.report(
          written.mark(),
          LoadCode.SETTINGS,
          "a store in PostgreSQL and `engine: local`",
          "`engine: temporal`, or a file: one process owns the store of a local engine",
          null);
    }
    return read;
  }

  /** The file of a store: no folder, nor what SQLite has other names for. */
  private StoreAt.File storeFile(Node.@Nullable Scalar word) {
    Path file = path.apply(word, Configuration.DEFAULT_STORE);
    if (word == null || word.text().startsWith("${")) { // the variable may not be set
      return new StoreAt.File(file);
    }
    boolean folder = path.apply(null, ".").startsWith(file);
    if (folder || file.getFileName().toString().startsWith(":") || file.toString().contains("?")) {
      reader.report(
          word.mark(),
          LoadCode.FORM,
          "a store at " + word.described(),
          "the path of a file, without a ?, such as " + Configuration.DEFAULT_STORE,
          null);
    }
    return new StoreAt.File(file);
  }

  private String filled(Node.@Nullable Scalar word, String standard) {
    @Nullable String text = filled(word);
    return text == null || text.isEmpty() ? standard : text;
  }

  private @Nullable String filled(Node.@Nullable Scalar word) {
    return word == null ? null : variables.fill(word);
  }
}
