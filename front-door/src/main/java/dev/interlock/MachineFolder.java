package dev.interlock;

import dev.interlock.agent.RecordedModel;
import dev.interlock.agent.ScriptedModel;
import dev.interlock.build.MachineBuilder;
import dev.interlock.build.UnfitMachineException;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.Mark;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.load.Utf8;
import dev.interlock.core.load.Yaml;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.prompt.Price;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder that holds a machine and what is needed to run it, as it was read. Immutable.
 *
 * @param path the folder
 * @param text of {@code machine.yaml}
 * @param lockText of {@code tools.lock}; empty if there is none
 */
public record MachineFolder(
    Path path,
    Configuration configuration,
    Machine machine,
    String text,
    ToolLock lock,
    String lockText) {

  public static final String MACHINE_FILE = "machine.yaml";
  public static final String LOCK_FILE = "tools.lock";
  public static final String SCENARIOS = "scenarios";

  /** The largest file that is read, in bytes. */
  public static final long MAX_FILE = 64L << 20;

  /** A variable for {@code interlock.yaml} that is always set: the Java that runs this. */
  public static final String JAVA_VARIABLE = "INTERLOCK_JAVA";

  /**
   * What came of reading.
   *
   * @param value null if there are problems
   * @param problems all of them, file by file
   * @param texts of the files that were read, by the name that the problems give them
   */
  public record Reading<T extends @Nullable Object>(
      @Nullable T value, List<Diagnostic> problems, Map<String, String> texts) {

    /**
     * What was read.
     *
     * @throws MachineFolderException if there are problems
     */
    public T orThrow() {
      return orThrow("");
    }

    /** As the other one; {@code where} goes before the problems. */
    T orThrow(String where) {
      if (value == null) {
        throw new MachineFolderException(where, problems, texts);
      }
      return value;
    }
  }

  /**
   * Reads a folder with this process's environment.
   *
   * @throws UnreadableFolderException if it is no machine folder or cannot be read
   */
  public static Reading<MachineFolder> read(Path folder) {
    return read(folder, System.getenv());
  }

  /**
   * Reads a folder.
   *
   * @param environment what {@code ${NAME}} in {@code interlock.yaml} stands for
   * @throws UnreadableFolderException if it is no machine folder or cannot be read
   */
  public static Reading<MachineFolder> read(Path folder, Map<String, String> environment) {
    return read(folder, environment, JavaServers.NONE, Map.of());
  }

  /** As the public ones, where some servers are objects of this process, and prices are given. */
  static Reading<MachineFolder> read(
      Path folder,
      Map<String, String> environment,
      JavaServers objects,
      Map<String, Price> prices) {
    requireFolder(folder);
    Texts texts = new Texts(folder);
    ConfigurationReader.Read read = configuration(folder, texts, environment);
    @Nullable Configuration configuration =
        read.configuration() == null ? null : read.configuration().withPrices(prices);
    @Nullable String lockText = texts.read(LOCK_FILE);
    ToolLock.Read lock =
        lockText == null
            ? new ToolLock.Read(ToolLock.EMPTY, List.of())
            : ToolLock.read(LOCK_FILE, lockText);
    @Nullable String text = texts.read(MACHINE_FILE);
    if (!texts.problems.isEmpty()) { // others would only follow from them
      return new Reading<>(null, List.copyOf(texts.problems), texts.read);
    }
    // First: the machine's own may only follow from them.
    List<Diagnostic> problems = new ArrayList<>(lock.diagnostics());
    @Nullable Machine machine = null;
    ToolLock all = lock.lock();
    if (text != null) {
      List<Diagnostic> lacking = objects.lacking(text);
      all = objects.with(all, text);
      MachineLoader.Loaded loaded = MachineLoader.load(MACHINE_FILE, text, all);
      machine = loaded.machine();
      problems.addAll(lacking);
      loaded.diagnostics().stream()
          .filter(problem -> lacking.stream().noneMatch(it -> it.mark().equals(problem.mark())))
          .forEach(problems::add);
      if (configuration != null) {
        problems.addAll(Bindings.check(text, configuration, objects.servers()));
      }
    }
    problems.addAll(read.problems());
    @Nullable MachineFolder whole =
        machine == null || text == null || configuration == null || !problems.isEmpty()
            ? null
            : new MachineFolder(
                folder,
                configuration,
                machine,
                text,
                all,
                lockText == null || !objects.servers().isEmpty() ? all.write() : lockText);
    return new Reading<>(whole, List.copyOf(problems), texts.read);
  }

  /**
   * As if there were a folder that holds a machine written in Java, and nothing else.
   *
   * @throws UnfitMachineException if it has errors
   */
  static MachineFolder built(MachineBuilder builder, Path folder, JavaServers objects) {
    String text = builder.text();
    ToolLock lock = objects.with(ToolLock.EMPTY, text);
    Configuration standard =
        Objects.requireNonNull(ConfigurationReader.read(folder, null, Map.of()).configuration());
    return new MachineFolder(folder, standard, builder.build(lock), text, lock, lock.write());
  }

  /**
   * Reads only {@code interlock.yaml}: enough to find the store and its owner, also while the
   * machine is being edited.
   *
   * @throws UnreadableFolderException if it is no machine folder or cannot be read
   */
  public static Reading<Configuration> readConfiguration(
      Path folder, Map<String, String> environment) {
    requireFolder(folder);
    Texts texts = new Texts(folder);
    ConfigurationReader.Read configuration = configuration(folder, texts, environment);
    List<Diagnostic> problems = new ArrayList<>(configuration.problems());
    problems.addAll(texts.problems);
    return new Reading<>(
        problems.isEmpty() ? configuration.configuration() : null, problems, texts.read);
  }

  /**
   * The servers that a machine's tools name. Whether the rest of it is right is not asked here.
   *
   * @throws UnreadableFolderException if it is no machine folder or cannot be read
   */
  public static Set<String> servers(Path folder) {
    requireFolder(folder);
    @Nullable Node root =
        text(folder, MACHINE_FILE).map(it -> Yaml.read(MACHINE_FILE, it).root()).orElse(null);
    return root == null
        ? Set.of()
        : Bindings.members(root, "tools").stream()
            .map(tool -> Tool.server(tool.key()))
            .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Makes a machine of what is stored of it. */
  public static Function<PutMachine, Machine> compiler() {
    return stored -> {
      MachineLoader.Loaded loaded =
          MachineLoader.load(
              MACHINE_FILE, stored.text(), ToolLock.read(LOCK_FILE, stored.lock()).lock());
      @Nullable Machine machine = loaded.machine();
      if (machine == null) {
        throw new MachineFolderException(loaded.diagnostics(), Map.of(MACHINE_FILE, stored.text()));
      }
      return machine;
    };
  }

  /** The same folder, run otherwise. */
  public MachineFolder with(Configuration other) {
    return new MachineFolder(path, other, machine, text, lock, lockText);
  }

  /**
   * The scenarios of a folder: text by name, {@code scenarios/NAME.yaml}, in the order of names.
   *
   * @throws MachineFolderException if one is no text
   * @throws UnreadableFolderException if they cannot be read
   */
  public Map<String, String> scenarios() {
    Path folder = path.resolve(SCENARIOS);
    if (!Files.isDirectory(folder)) {
      return Map.of();
    }
    Map<String, String> scenarios = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(MachineFolder::yaml).sorted().toList()) {
        String name = SCENARIOS + "/" + file.getFileName();
        text(path, name).ifPresent(text -> scenarios.put(name, text));
      }
    } catch (IOException | UncheckedIOException e) {
      throw UnreadableFolderException.unreadable(folder, e);
    }
    return scenarios;
  }

  /**
   * Finds places in the machine's file by the keys and numbers of items that lead there from its
   * top; of what is not there, the place of what is there before it. The file is read once.
   */
  public Function<List<String>, Mark> places() {
    @Nullable Node root = Yaml.read(MACHINE_FILE, text).root();
    return at -> {
      Mark mark = root == null ? new Mark(MACHINE_FILE, 1, 1) : root.mark();
      @Nullable Node here = root;
      for (String step : at) {
        Node.@Nullable Member member =
            here instanceof Node.Mapping mapping ? mapping.member(step) : null;
        if (member != null) {
          mark = member.mark();
          here = member.node();
        } else if (here instanceof Node.Sequence list
            && list.items().size() > Integer.parseInt(step)) {
          here = list.items().get(Integer.parseInt(step));
          mark = here.mark();
        } else {
          return mark;
        }
      }
      return mark;
    };
  }

  /**
   * What whoever runs this folder needs and does not have here: variables, a model, programs of
   * servers. No errors: they may be there elsewhere.
   */
  public List<Diagnostic> missing(Map<String, String> environment) {
    return Needs.missing(this, environment);
  }

  /**
   * The script of a scripted model.
   *
   * @throws UnreadableFolderException if it is there and cannot be read
   */
  public Reading<ScriptedModel> script(Configuration.Model.Scripted scripted) {
    Texts texts = new Texts(path);
    @Nullable String script =
        beside(
            texts,
            "script",
            scripted.file(),
            scripted.mark(),
            "write one, such as `replies: [Good morning.]`, or name another");
    ScriptedModel.Read read =
        script == null
            ? new ScriptedModel.Read(null, texts.problems)
            : ScriptedModel.read(named(scripted.file()), script);
    return new Reading<>(read.model(), read.problems(), texts.read);
  }

  /** The recording that a model is played back from. */
  public Reading<RecordedModel> recording(Configuration.Model.Recorded recorded) {
    Texts texts = new Texts(path);
    @Nullable String text =
        beside(
            texts,
            "recording",
            recorded.file(),
            recorded.mark(),
            "make one with `interlock run --record FILE` and a model, or name another");
    @Nullable RecordedModel model = null;
    if (text != null) {
      try {
        model = RecordedModel.parse(named(recorded.file()), text);
      } catch (IllegalArgumentException e) {
        texts.problems.add(
            new Diagnostic(
                recorded.mark(),
                LoadCode.RECORDING,
                String.valueOf(e.getMessage()),
                "a recording that can be played back",
                null));
      }
    }
    return new Reading<>(model, List.copyOf(texts.problems), Map.of());
  }

  private String named(Path file) {
    Path named = path.relativize(file);
    return (named.startsWith("..") ? file : named).toString();
  }

  /** A file that the configuration names; what is wrong with it is a problem of the texts. */
  private @Nullable String beside(Texts texts, String what, Path file, Mark mark, String hint) {
    String name = named(file);
    if (!Files.exists(file)) {
      texts.problems.add(
          new Diagnostic(
              mark,
              LoadCode.NOT_THERE,
              "the %s %s, which is not there".formatted(what, name),
              "a file",
              hint));
      return null;
    }
    return texts.read(name);
  }

  private static boolean yaml(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  private static void requireFolder(Path folder) {
    if (!Files.exists(folder)) {
      throw UnreadableFolderException.notThere(
          "no folder " + folder, "a machine folder", "give one with -C DIR, or make one");
    }
    if (!Files.exists(folder.resolve(MACHINE_FILE))) {
      throw UnreadableFolderException.notThere(
          "no " + MACHINE_FILE + " in " + folder,
          "a machine folder: " + MACHINE_FILE + ", " + Configuration.FILE + ", " + LOCK_FILE,
          "give one with -C DIR, or make one: interlock new DIR");
    }
  }

  private static ConfigurationReader.Read configuration(
      Path folder, Texts texts, Map<String, String> environment) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.putIfAbsent(
        JAVA_VARIABLE, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    return ConfigurationReader.read(folder, texts.read(Configuration.FILE), variables);
  }

  /**
   * The text of one file, or empty if there is none.
   *
   * @throws MachineFolderException if it is no text
   * @throws UnreadableFolderException if it cannot be read
   */
  static Optional<String> text(Path folder, String name) {
    Texts texts = new Texts(folder);
    @Nullable String text = texts.read(name);
    if (!texts.problems.isEmpty()) {
      throw new MachineFolderException(texts.problems, Map.of());
    }
    return Optional.ofNullable(text);
  }

  /** The texts of a folder's files. */
  private static final class Texts {
    private final Path folder;
    private final Map<String, String> read = new LinkedHashMap<>();
    private final List<Diagnostic> problems = new ArrayList<>();

    Texts(Path folder) {
      this.folder = folder;
    }

    /** Null if there is no such file, or if it is not a text. */
    @Nullable String read(String name) {
      Path file = folder.resolve(name);
      if (!Files.exists(file)) {
        return null;
      }
      if (!Files.isRegularFile(file)) { // a pipe would be waited for
        throw UnreadableFolderException.of(
            file + ", which cannot be read: it is no regular file",
            "a file that you may read",
            "put one in its place");
      }
      try {
        long size = Files.size(file);
        if (size > MAX_FILE) {
          problems.add(
              new Diagnostic(
                  new Mark(name, 1, 1),
                  LoadCode.TOO_LARGE,
                  "%,d bytes".formatted(size),
                  "at most %,d".formatted(MAX_FILE),
                  "split the file, or take out what is not used"));
          return null;
        }
        Utf8 utf8 = Utf8.read(name, Files.readAllBytes(file));
        Optional.ofNullable(utf8.problem()).ifPresent(problems::add);
        Optional.ofNullable(utf8.text()).ifPresent(text -> read.put(name, text));
        return utf8.text();
      } catch (IOException e) {
        throw UnreadableFolderException.unreadable(file, e);
      }
    }
  }
}
