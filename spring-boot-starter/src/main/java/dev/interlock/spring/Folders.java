package dev.interlock.spring;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.core.io.support.ResourcePatternUtils;

/** From where a machine is said to be to a folder. */
final class Folders {
  private static final String CLASS_PATH = ResourceLoader.CLASSPATH_URL_PREFIX;
  private static final String MACHINE_FILE = "/machine.yaml";

  private Folders() {}

  /**
   * A folder; one among the resources of a jar is copied to a temporary one.
   *
   * @throws IllegalStateException if there is no machine in the class path at that place
   */
  static Path of(String location, ResourceLoader loader) {
    if (!location.startsWith(CLASS_PATH)) {
      return Path.of(location);
    }
    String folder = location.replaceAll("/+$", "");
    Resource machine = loader.getResource(folder + MACHINE_FILE);
    if (!machine.exists()) {
      throw new IllegalStateException(
          "found no machine.yaml in %s, expected a machine folder among the resources"
              .formatted(location));
    }
    try {
      return machine.isFile()
          ? Objects.requireNonNull(machine.getFile().toPath().getParent())
          : copy(folder, machine, ResourcePatternUtils.getResourcePatternResolver(loader));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + location, e);
    }
  }

  private static Path copy(String folder, Resource machine, ResourcePatternResolver resolver)
      throws IOException {
    String root = machine.getURL().toString().replaceAll("machine\\.yaml$", "");
    Path copied = Files.createTempDirectory("interlock-machine-");
    copied.toFile().deleteOnExit();
    for (Resource resource : resolver.getResources(folder + "/**")) {
      URL url = resource.getURL();
      @Nullable String name =
          url.toString().startsWith(root) ? url.toString().substring(root.length()) : null;
      if (name != null && !name.isEmpty() && !name.endsWith("/")) {
        Path file = copied.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        try (InputStream in = resource.getInputStream()) {
          Files.copy(in, file);
        }
        file.toFile().deleteOnExit();
      }
    }
    return copied;
  }
}
