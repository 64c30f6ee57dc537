package dev.interlock;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What carries instances through time. */
public sealed interface EngineAt {
  /** This process, on its database file. */
  record Local() implements EngineAt {}

  /**
   * A Temporal server, and any number of workers.
   *
   * @param address {@code HOST:PORT}
   * @param prefix of workflows' ids, so that applications can share the namespace; may be empty
   * @param tls whether the connection is encrypted; with a key it always is
   * @param key of an API, or null
   * @param encryption keys of payloads in base64, by id, the one that is written with first; none:
   *     payloads are in clear
   */
  record Temporal(
      String address,
      String namespace,
      String taskQueue,
      String prefix,
      boolean tls,
      @Nullable String key,
      Map<String, String> encryption)
      implements EngineAt {
    public static final String DEFAULT_ADDRESS = "127.0.0.1:7233";
    public static final String DEFAULT_NAMESPACE = "default";
    public static final String DEFAULT_TASK_QUEUE = "interlock";

    public Temporal {
      encryption = Collections.unmodifiableMap(new LinkedHashMap<>(encryption));
    }

    /** All defaults. */
    public Temporal() {
      this(DEFAULT_ADDRESS, DEFAULT_NAMESPACE, DEFAULT_TASK_QUEUE, "", false, null, Map.of());
    }

    /** Without keys. */
    @Override
    public String toString() {
      return "Temporal[address=%s, namespace=%s, taskQueue=%s, prefix=%s, tls=%s]"
          .formatted(address, namespace, taskQueue, prefix, tls);
    }
  }
}
