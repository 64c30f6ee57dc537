package dev.interlock.bench.kill;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.sqlite.util.OSInfo;

/**
 * How an engine's process is started: with little to compile, what it has in common with all others
 * in a cache where Java has one (25), and SQLite's library unpacked once.
 *
 * @param main the program
 * @param options of Java
 */
record Jvm(String main, List<String> options) {
  private static final String CACHE = "engine.aot";

  /**
   * Makes one, with what it needs in a folder.
   *
   * @param classPath of the program
   */
  static Jvm in(Path folder, String classPath) throws IOException {
    List<String> options = new ArrayList<>();
    options.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-Xlog:disable"));
    Path library = library(folder);
    options.add("-Dorg.sqlite.lib.path=" + library.getParent());
    options.add("-Dorg.sqlite.lib.name=" + library.getFileName());
    options.add("-Dorg.sqlite.tmpdir=" + folder); // where it tidies up after others
    options.addAll(List.of("-cp", jars(folder, classPath)));
    return new Jvm(Child.class.getName(), options);
  }

  Jvm of(Class<?> other, String... more) {
    return new Jvm(other.getName(), Stream.concat(options.stream(), Stream.of(more)).toList());
  }

  /** The same, which leaves a cache when it ends by itself. */
  Jvm leavingCache(Path folder) {
    return with("-XX:AOTCacheOutput=" + folder.resolve(CACHE));
  }

  /** The same, with that cache if there is one. */
  Jvm withCache(Path folder) {
    Path cache = folder.resolve(CACHE);
    return Files.exists(cache) ? with("-XX:AOTCache=" + cache) : this;
  }

  Jvm with(String option) {
    return new Jvm(main, Stream.concat(Stream.of(option), options.stream()).toList());
  }

  List<String> command(Child.Told told, Plan plan) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-Dinterlock.crash=" + plan.property());
    command.add(main);
    command.addAll(told.arguments());
    return command;
  }

  private static Path library(Path folder) throws IOException {
    String name = System.mapLibraryName("sqlitejdbc");
    String path = "/org/sqlite/native/" + OSInfo.getNativeLibFolderPathForCurrentOS() + "/" + name;
    Path library = folder.resolve(name);
    try (InputStream in = Objects.requireNonNull(OSInfo.class.getResourceAsStream(path), path)) {
      Files.copy(in, library);
    }
    return library;
  }

  /** The cache takes jars only: folders of classes are packed. */
  private static String jars(Path folder, String classPath) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        path = pack(path, folder.resolve("classes-" + entries.size() + ".jar"));
      }
      entries.add(path.toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  private static Path pack(Path classes, Path jar) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(classes)) {
      all = files.filter(Files::isRegularFile).toList();
    }
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (Path each : all) {
        out.putNextEntry(new ZipEntry(classes.relativize(each).toString()));
        Files.copy(each, out);
      }
    }
    return jar;
  }
}
