package dev.interlock;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * What stands before a hosted server: it ends TLS for HTTP/2, asks for a client's certificate, and
 * passes bytes on in clear.
 */
final class TlsProxy implements AutoCloseable {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final SSLServerSocket server;
  private final String host;
  private final int port;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();

  /**
   * @param own who it is
   * @param client the only one whom it lets in
   * @param to {@code HOST:PORT} of the server behind it
   */
  TlsProxy(Party own, Party client, String to) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own.store(), PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("client", client.store().getCertificate("it"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    SSLParameters parameters = server.getSSLParameters();
    parameters.setNeedClientAuth(true);
    parameters.setApplicationProtocols(new String[] {"h2"});
    server.setSSLParameters(parameters);
    host = to.replaceFirst(":.*", "");
    port = Integer.parseInt(to.replaceFirst(".*:", ""));
    Thread.ofVirtual().start(this::accept);
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket from = (SSLSocket) server.accept();
        open.add(from);
        Thread.ofPlatform().daemon().start(() -> connect(from));
      }
    } catch (IOException e) {
      // it was closed
    }
  }

  private void connect(SSLSocket from) {
    try (from;
        Socket to = new Socket(host, port)) {
      open.add(to);
      from.startHandshake();
      Thread back = Thread.ofPlatform().daemon().start(() -> pipe(to, from));
      pipe(from, to);
      back.join();
    } catch (IOException e) {
      // not let in, or gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pipe(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] some = new byte[64 * 1_024];
      for (int read = in.read(some); read >= 0; read = in.read(some)) {
        out.write(some, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // the other direction ended it
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Closeable each : open) {
      each.close();
    }
  }

  /** Somebody with a key and a certificate that they signed themselves, as files in PEM. */
  record Party(KeyStore store, Path certificate, Path key) {
    /**
     * Made by the JDK's own tool.
     *
     * @param name the name in the certificate
     */
    static Party make(Path folder, String file, String name) throws Exception {
      Path made = folder.resolve(file + ".p12");
      Process keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  "it",
                  "-keyalg",
                  "EC",
                  "-dname",
                  "CN=" + name,
                  "-ext",
                  "san=dns:" + name,
                  "-validity",
                  "2",
                  "-storetype",
                  "PKCS12",
                  "-keystore",
                  made.toString(),
                  "-storepass",
                  new String(PASSWORD))
              .redirectErrorStream(true)
              .start();
      String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException(said);
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(made)) {
        store.load(in, PASSWORD);
      }
      return new Party(
          store,
          pem(
              folder.resolve(file + ".pem"),
              "CERTIFICATE",
              store.getCertificate("it").getEncoded()),
          pem(
              folder.resolve(file + ".key"),
              "PRIVATE KEY",
              store.getKey("it", PASSWORD).getEncoded()));
    }

    private static Path pem(Path file, String what, byte[] bytes) throws IOException {
      String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
      return Files.writeString(
          file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what));
    }
  }
}
