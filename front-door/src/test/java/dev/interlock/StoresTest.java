package dev.interlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.journal.Store.StoreException;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** What whoever cannot have a store is told. */
class StoresTest {
  private static final String MACHINE =
      "machine: m\nversion: 1\ninitial: A\nstates: {A: {type: final}}\n";

  @TempDir private Path folder;

  private static StoreAt.Postgres at(String url, String user, String password) {
    return new StoreAt.Postgres(url, user, password, 2);
  }

  private static void assertFails(StoreAt at, String... contained) {
    assertThatThrownBy(() -> Stores.read(at).close())
        .isInstanceOf(StoreException.class)
        .satisfies(e -> {
          StringBuilder all = new StringBuilder();
          for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            all.append(cause);
          }
          assertThat(all.toString()).doesNotContain("hush");
        })
        .message()
        .contains(contained);
  }

  @Test
  void serverThatIsNotThereIsSaid() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    assertFails(
        at("jdbc:postgresql://127.0.0.1:" + closed + "/d?password=hush", "ana", "hush"),
        "jdbc:postgresql://127.0.0.1:" + closed + "/d cannot be reached",
        "refused",
        "expected a server that lets ana in");
  }

  @Test
  void urlThatTheDriverCannotReadIsSaidWithoutIt() {
    assertFails(
        at("jdbc:postgresql://ana:hush@h/d?x=hush", "ana", "hush"),
        "found the URL jdbc:postgresql://h/d, which the driver cannot read");
    assertFails(
        at("jdbc:postgresql://h:port/d?password=hush", "ana", "hush"),
        "found the URL jdbc:postgresql://h:port/d, which the driver cannot read",
        "expected jdbc:postgresql://HOST:PORT/DATABASE");
    assertFails(at("mysql://hush@h/d", "ana", "hush"), "expected one that begins with");
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "INTERLOCK_TEST_POSTGRES", matches = ".+")
  void wrongPasswordIsSaidWithoutIt() {
    String url = System.getenv("INTERLOCK_TEST_POSTGRES").replaceFirst("\\?.*", "");
    assertFails(
        at(url, "interlock", "hush"),
        url + " cannot be reached",
        "password authentication failed",
        "expected a server that lets interlock in");
    assertFails(at(url.replaceFirst("/[^/]*$", "/nowhere"), "interlock", "hush"), "/nowhere");
  }

  @Test
  void localEngineHasAFile() {
    assertThatThrownBy(() ->
            Interlock.open(at("jdbc:postgresql://h/d", "", ""))
                .machine(machine("engine: local\n"))
                .open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("found a store in PostgreSQL and `engine: local`");
  }

  @Test
  void missingDependenciesAreNamed() throws Exception {
    String postgres = "engine: temporal\nstore: {postgres: \"jdbc:postgresql://h/d\"}\n";
    assertThat(opened("postgres", machine(postgres)))
        .contains("add the dependency dev.interlock:interlock-postgres");
    assertThat(opened("temporal", machine("engine: temporal\n")))
        .contains("add the dependency dev.interlock:interlock-temporal");
    assertThat(opened("(postgres|temporal|micrometer)", machine("engine: local\n")))
        .isEqualTo("opened");
  }

  private Path machine(String configuration) {
    try {
      Files.writeString(folder.resolve("machine.yaml"), MACHINE);
      Files.writeString(folder.resolve("interlock.yaml"), configuration);
      return folder;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What an application without a part of the class path is told. */
  private static String opened(String without, Path machine) throws Exception {
    List<URL> path = new ArrayList<>();
    Pattern missing = Pattern.compile(".*[/-]" + without + "[/-].*");
    for (String part :
        System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator), -1)) {
      if (!missing.matcher(part).matches()) {
        path.add(Path.of(part).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.matches("(dev\\.interlock|org|io)\\." + without + "\\..*")) {
              throw new ClassNotFoundException(name); // where modules share a folder of classes
            }
            return super.findClass(name);
          }
        }) {
      Object interlock =
          loader
              .loadClass(Interlock.class.getName())
              .getMethod("openFolder", Path.class)
              .invoke(null, machine);
      ((AutoCloseable) interlock).close();
      return "opened";
    } catch (InvocationTargetException e) {
      return String.valueOf(e.getCause());
    }
  }

  @Test
  void configurationNamesNoPassword() {
    assertThat(at("jdbc:postgresql://u:hush@h/d?password=hush", "ana", "hush").toString())
        .isEqualTo("jdbc:postgresql://h/d");
    assertThat(Map.of("store", at("jdbc:postgresql://h/d", "ana", "hush")).toString())
        .doesNotContain("hush");
  }
}
