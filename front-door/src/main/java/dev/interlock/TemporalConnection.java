package dev.interlock;

import com.uber.m3.tally.RootScopeBuilder;
import dev.interlock.EngineAt.Tls;
import dev.interlock.core.journal.Store;
import dev.interlock.metrics.Meters;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** How a Temporal server is reached. */
final class TemporalConnection {
  /** How long a server that cannot be reached is tried. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private TemporalConnection() {}

  /**
   * What sends to it, once it is connected.
   *
   * @param meters of the SDK, or null for none
   * @throws Store.StoreException if a file of {@code tls} cannot be used
   */
  static WorkflowServiceStubs stubs(EngineAt.Temporal at, @Nullable Meters meters) {
    WorkflowServiceStubsOptions.Builder options =
        WorkflowServiceStubsOptions.newBuilder().setTarget(at.address());
    String key = at.key();
    if (key != null) {
      options.addApiKey(() -> key);
    }
    if (meters != null) {
      options.setMetricsScope(
          new RootScopeBuilder()
              .reporter(new MicrometerClientStatsReporter(meters.registry()))
              .reportEvery(com.uber.m3.util.Duration.ofSeconds(1)));
    }
    Tls tls = at.tls();
    if (tls == null || tls.equals(Tls.PLAIN)) {
      options.setEnableHttps(tls != null || key != null);
    } else {
      options.setSslContext(context(tls));
      String serverName = tls.serverName();
      if (serverName != null && !serverName.isEmpty()) {
        options.setChannelInitializer(channel -> channel.overrideAuthority(serverName));
      }
    }
    return WorkflowServiceStubs.newServiceStubs(options.build());
  }

  private static SslContext context(Tls tls) {
    SslContextBuilder builder = GrpcSslContexts.forClient();
    Path certificate = tls.certificate();
    Path key = tls.key();
    Path ca = tls.ca();
    if (certificate != null && key != null) {
      readable("certificate", certificate);
      readable("key", key);
      try {
        builder.keyManager(certificate.toFile(), key.toFile());
      } catch (RuntimeException e) {
        throw new Store.StoreException(
            "found that `tls` of %s cannot use %s with %s, expected a certificate and its own key in PEM, PKCS 8, without a password"
                .formatted(Configuration.FILE, certificate, key),
            e);
      }
    }
    if (ca != null) {
      readable("ca", ca);
      try {
        builder.trustManager(ca.toFile());
      } catch (RuntimeException e) {
        throw new Store.StoreException(
            "found no certificates in %s, which `ca` of %s names, expected some in PEM"
                .formatted(ca, Configuration.FILE),
            e);
      }
    }
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new Store.StoreException(
          "found that `tls` of %s cannot be used (%s), expected a certificate with its own key"
              .formatted(Configuration.FILE, e.getMessage()),
          e);
    }
  }

  private static void readable(String what, Path file) {
    if (!Files.isReadable(file)) {
      throw new Store.StoreException(
          "found no file %s that can be read, which `%s` of %s names, expected it"
              .formatted(file, what, Configuration.FILE),
          null);
    }
  }

  /** Why it cannot be used. */
  static Store.StoreException failed(EngineAt.Temporal at, RuntimeException e) {
    String what = String.valueOf(e.getMessage());
    @Nullable SSLException refused = refused(e);
    return refused == null
        ? new Store.StoreException(
            "found no Temporal server that can be used at %s, namespace %s (%s), expected one: start it, or write its address as `temporal: {address: HOST:PORT}` in %s"
                .formatted(at.address(), at.namespace(), what, Configuration.FILE),
            e)
        : new Store.StoreException(
            "found no encrypted connection to %s (%s), expected one: mend `tls` of `temporal` in %s, {certificate: FILE, key: FILE, ca: FILE, serverName: NAME}"
                .formatted(at.address(), deepest(refused).getMessage(), Configuration.FILE),
            e);
  }

  /** What a library says of the failure of another says nothing. */
  private static Throwable deepest(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest;
  }

  private static @Nullable SSLException refused(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException refused) {
        return refused;
      }
    }
    return null;
  }
}
