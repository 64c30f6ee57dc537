package dev.interlock;

import java.nio.file.Path;
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
   * @param tls how the connection is encrypted, or null if it is not; with a key it always is
   * @param key of an API, or null
   * @param encryption keys of payloads in base64, by id, the one that is written with first; none:
   *     payloads are in clear
   * @param worker how a worker works
   */
  record Temporal(
      String address,
      String namespace,
      String taskQueue,
      String prefix,
      @Nullable Tls tls,
      @Nullable String key,
      Map<String, String> encryption,
      WorkerAt worker)
      implements EngineAt {
    public static final String DEFAULT_ADDRESS = "127.0.0.1:7233";
    public static final String DEFAULT_NAMESPACE = "default";
    public static final String DEFAULT_TASK_QUEUE = "interlock";

    public Temporal {
      encryption = Collections.unmodifiableMap(new LinkedHashMap<>(encryption));
    }

    /** All defaults. */
    public Temporal() {
      this(
          DEFAULT_ADDRESS,
          DEFAULT_NAMESPACE,
          DEFAULT_TASK_QUEUE,
          "",
          null,
          null,
          Map.of(),
          WorkerAt.STANDARD);
    }

    /** Without keys. */
    @Override
    public String toString() {
      return "Temporal[address=%s, namespace=%s, taskQueue=%s, prefix=%s, tls=%s]"
          .formatted(address, namespace, taskQueue, prefix, tls);
    }
  }

  /**
   * An encrypted connection. Files are PEM.
   *
   * @param certificate of this client, with those that signed it, or null for none
   * @param key of that certificate, PKCS 8 without a password; null together with it
   * @param ca whose certificates the server's is signed by, or null for those that Java trusts
   * @param serverName the name in the server's certificate, or null for the host of the address
   */
  record Tls(
      @Nullable Path certificate,
      @Nullable Path key,
      @Nullable Path ca,
      @Nullable String serverName) {
    /** With what Java trusts, and without a certificate of one's own. */
    public static final Tls PLAIN = new Tls(null, null, null, null);
  }

  /**
   * How one worker works; null means Interlock's default.
   *
   * @param maxConcurrentActivities questions and calls
   * @param maxConcurrentWorkflowTasks decisions
   * @param maxCachedWorkflows so many instances are kept in memory
   * @param deployment that it belongs to; null together with {@code buildId}: workers are not told
   *     apart
   * @param buildId which version of the deployment it is
   */
  record WorkerAt(
      @Nullable Integer maxConcurrentActivities,
      @Nullable Integer maxConcurrentWorkflowTasks,
      @Nullable Integer maxCachedWorkflows,
      @Nullable String deployment,
      @Nullable String buildId) {
    /** Nothing is said. */
    public static final WorkerAt STANDARD = new WorkerAt(null, null, null, null, null);
  }
}
