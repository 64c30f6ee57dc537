package dev.interlock.examples.itaccess;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Faults to order, for tests and demonstrations: a properties file, read again at each call, so
 * that it can be changed while the server runs. No file, no faults.
 *
 * <pre>
 * slow.reset_password = PT5S    # its answer comes so much later; what it does is done before
 * fail.reset_password = 2       # its first two calls since the server started fail
 * poisoned = true               # the device catalogue tells its reader what to do
 * </pre>
 *
 * Thread-safe.
 */
final class Switches {
  private final Path file;
  private final Map<String, AtomicInteger> failed = new ConcurrentHashMap<>();

  Switches(Path file) {
    this.file = file;
  }

  /** How long the answer of a tool is held back. */
  Duration slow(String tool) {
    return Duration.parse(read().getProperty("slow." + tool, "PT0S"));
  }

  /** Whether this call of a tool is to fail; asking counts the failure. */
  boolean fails(String tool) {
    int ordered = Integer.parseInt(read().getProperty("fail." + tool, "0"));
    AtomicInteger sofar = failed.computeIfAbsent(tool, name -> new AtomicInteger());
    return sofar.getAndUpdate(count -> count < ordered ? count + 1 : count) < ordered;
  }

  boolean poisoned() {
    return Boolean.parseBoolean(read().getProperty("poisoned", "false"));
  }

  private Properties read() {
    Properties switches = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      switches.load(reader);
    } catch (NoSuchFileException e) {
      return switches;
    } catch (IOException e) {
      throw new ToolFailure("the switches in " + file + " cannot be read: " + e.getMessage());
    }
    return switches;
  }
}
