package dev.interlock.langchain4j;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A tool that was compiled without {@code -parameters}. */
final class Nameless {
  private Nameless() {}

  static Object make() throws Exception {
    Path folder = Files.createTempDirectory("nameless");
    Path source = folder.resolve("Tools.java");
    Files.writeString(
        source,
        """
        public class Tools {
          @dev.langchain4j.agent.tool.Tool public String find(String name) { return name; }
        }
        """);
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    int code =
        compiler.run(
            null, null, null, "-cp", System.getProperty("java.class.path"), source.toString());
    if (code != 0) {
      throw new IllegalStateException("it does not compile");
    }
    URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()});
    return loader.loadClass("Tools").getDeclaredConstructor().newInstance();
  }
}
