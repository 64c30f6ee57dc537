package dev.interlock.examples.itaccess;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;

/**
 * Serves the example's tools to an MCP client over stdin and stdout. Logs go to stderr.
 *
 * <p>Its files lie in the folder that the environment variable {@code IT_ACCESS_DATA} names, {@code
 * data} if it names none: the database {@code directory.db}, the log {@code arrivals.jsonl} of
 * every call that reached it, and, if there is one, the file {@code switches} that orders faults.
 */
public final class ItAccessServer {
  private ItAccessServer() {}

  /**
   * Serves until stdin closes.
   *
   * @param args none
   */
  public static void main(String[] args) throws IOException, SQLException, InterruptedException {
    Path data = Path.of(System.getenv().getOrDefault("IT_ACCESS_DATA", "data"));
    Files.createDirectories(data);
    CountDownLatch closed = new CountDownLatch(1);
    try (Directory directory = new Directory(data.resolve("directory.db"), Clock.systemUTC());
        Arrivals arrivals = new Arrivals(data.resolve("arrivals.jsonl"), Clock.systemUTC())) {
      Tools tools = new Tools(directory, arrivals, new Switches(data.resolve("switches")));
      McpSyncServer server =
          McpServer.sync(
                  new StdioServerTransportProvider(
                      McpJsonDefaults.getMapper(), watched(System.in, closed), System.out))
              .serverInfo("it-access", "1.0.0")
              .capabilities(ServerCapabilities.builder().tools(false).build())
              .tools(tools.all())
              .build();
      closed.await();
      server.close();
    }
    // The SDK's own threads may outlive the session.
    System.exit(0);
  }

  /** The same stream; counts down when it ends. */
  private static InputStream watched(InputStream stream, CountDownLatch ended) {
    return new FilterInputStream(stream) {
      @Override
      public int read() throws IOException {
        return watch(super.read());
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        return watch(super.read(buffer, offset, length));
      }

      private int watch(int read) {
        if (read < 0) {
          ended.countDown();
        }
        return read;
      }
    };
  }
}
