package dev.interlock;

import dev.interlock.Configuration.DeskAt;
import dev.interlock.Configuration.Model;
import dev.interlock.agent.ServerConfig;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.MappingReader;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import dev.interlock.core.load.Yaml;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Price;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code interlock.yaml}. Pure: it opens nothing and runs nothing. */
final class ConfigurationReader {

  private final Path folder;
  private final Reader reader = new Reader();
  private final List<Diagnostic> unset = new ArrayList<>();
  private final Variables variables;

  private ConfigurationReader(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.variables =
        new Variables(
            environment,
            (mark, name) ->
                unset.add(
                    new Diagnostic(
                        mark,
                        LoadCode.UNSET_VARIABLE,
                        "the variable " + name + ", which is not set",
                        "a value in the environment",
                        "set it, or write ${" + name + ":-DEFAULT}")),
            (mark, rest) ->
                reader.report(
                    mark,
                    LoadCode.FORM,
                    "the text \"%s\", which begins a variable and is none".formatted(rest),
                    "${NAME} or ${NAME:-DEFAULT}",
                    "close it with }, or write $$ for a dollar"));
  }

  /** What came of reading. */
  record Read(@Nullable Configuration configuration, List<Diagnostic> problems) {}

  /**
   * Reads a text.
   *
   * @param folder what relative paths start from
   * @param text null if there is no such file: all defaults
   */
  static Read read(Path folder, @Nullable String text, Map<String, String> environment) {
    ConfigurationReader it = new ConfigurationReader(folder, environment);
    if (text == null) {
      return new Read(it.standard(), List.of());
    }
    Yaml.Parsed parsed = Yaml.read(Configuration.FILE, text);
    @Nullable Node root = parsed.root();
    if (root == null || !parsed.problems().isEmpty()) {
      return new Read(null, parsed.problems().stream().map(ConfigurationReader::hinted).toList());
    }
    @Nullable Configuration configuration = it.configuration(root);
    List<Diagnostic> problems = it.reader.diagnostics();
    return new Read(problems.isEmpty() ? configuration : null, problems);
  }

  /** Inside braces of YAML, those of a variable must be quoted. */
  private static Diagnostic hinted(Diagnostic problem) {
    return problem.code() == LoadCode.SYNTAX
        ? new Diagnostic(
            problem.mark(),
            problem.code(),
            problem.found(),
            problem.expected(),
            (problem.hint() == null ? "" : problem.hint() + "; ")
                + "inside { } write a variable in quotes: \"${NAME}\"")
        : problem;
  }

  /** Where tickets lie if nothing is said. */
  static Map<String, DeskAt> standardDesks(Path folder) {
    return Map.of(
        Configuration.DEFAULT_DESK,
        new DeskAt.Folder(folder.resolve(Configuration.DEFAULT_DESK_FOLDER).normalize()));
  }

  private Configuration standard() {
    return new Configuration(
        Map.of(),
        List.of(),
        Map.of(),
        standardDesks(folder),
        new EngineAt.Local(),
        new StoreAt.File(folder.resolve(Configuration.DEFAULT_STORE)),
        Map.of(),
        Configuration.DEFAULT_SETTLE_AFTER,
        Map.of(),
        null,
        List.of(),
        List.of());
  }

  private @Nullable Configuration configuration(Node root) {
    @Nullable MappingReader file = reader.mapping(root, Configuration.FILE);
    if (file == null) {
      return null;
    }
    Map<String, ServerConfig> servers = new LinkedHashMap<>();
    ServerReader serverReader = new ServerReader(reader, variables, word -> path(word, "."));
    for (Node.Member member : file.members("servers")) {
      @Nullable ServerConfig server = serverReader.server(member);
      if (server != null) {
        servers.put(member.key(), server);
      }
    }
    ModelReader models = new ModelReader(reader, variables, this::path);
    Map<String, Price> prices = models.prices(file);
    int before = unset.size();
    List<Model> asked = models.models(file);
    List<Diagnostic> unsetOfModel = List.copyOf(unset.subList(before, unset.size()));
    Map<String, DeskAt> desks = new LinkedHashMap<>();
    DeskReader deskReader = new DeskReader(reader, variables, servers.keySet());
    for (Node.Member member : file.members("desks")) {
      @Nullable DeskAt desk =
          deskReader.desk(
              member, word -> new DeskAt.Folder(path(word, Configuration.DEFAULT_DESK_FOLDER)));
      if (desk != null) {
        desks.put(member.key(), desk);
      }
    }
    if (desks.isEmpty()) {
      desks.putAll(standardDesks(folder));
    }
    Map<String, Principal> people = new LinkedHashMap<>();
    for (Node.Member member : file.members("people")) {
      @Nullable Principal person = person(member);
      if (person != null) {
        people.put(member.key(), person);
      }
    }
    Duration settleAfter = file.duration("settleAfter", Configuration.DEFAULT_SETTLE_AFTER);
    Map<String, Duration> retention = new LinkedHashMap<>();
    for (Node.Member member : file.members("retention")) {
      @Nullable Duration kept = reader.duration(member.node(), "the retention of " + member.key());
      if (kept != null) {
        retention.put(member.key(), kept);
      }
    }
    @Nullable String group = filled(file.word("group"));
    EngineReader engines = new EngineReader(reader, variables, this::path);
    EngineAt engine = engines.engine(file);
    StoreAt store = engines.store(file, engine);
    file.done();
    return new Configuration(
        servers,
        asked,
        prices,
        desks,
        engine,
        store,
        people,
        settleAfter,
        retention,
        group,
        unset,
        unsetOfModel);
  }

  private @Nullable Principal person(Node.Member member) {
    @Nullable MappingReader person = reader.mapping(member.node(), "the person " + member.key());
    if (person == null) {
      return null;
    }
    @Nullable String id = filled(person.needWord("id"));
    List<String> roles = person.words("roles").stream().map(variables::fill).toList();
    person.done();
    return id == null ? null : new Principal(id, roles);
  }

  private @Nullable String filled(Node.@Nullable Scalar word) {
    return word == null ? null : variables.fill(word);
  }

  private Path path(Node.@Nullable Scalar word, String standard) {
    if (word == null) {
      return folder.resolve(standard).normalize();
    }
    String text = variables.fill(word);
    try {
      return folder.resolve(text).normalize();
    } catch (InvalidPathException e) {
      reader.report(word.mark(), LoadCode.FORM, word.described(), "a path", null);
      return folder.resolve(standard).normalize();
    }
  }
}
