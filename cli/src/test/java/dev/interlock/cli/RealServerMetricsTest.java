package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus reads of workers. */
@EnabledIfEnvironmentVariable(named = OnRealServer.TEMPORAL, matches = ".+")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RealServerMetricsTest {
  @TempDir private Path here;

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  /** The sum over the workers of a series, with those labels among others; 0 if there is none. */
  private static double sum(String series, String label, int... ports) throws Exception {
    double sum = 0;
    for (int port : ports) {
      Matcher found =
          Pattern.compile("(?m)^%s\\{[^}]*%s[^}]*} (\\S+)$".formatted(series, Pattern.quote(label)))
              .matcher(get(port, "/metrics").body());
      while (found.find()) {
        sum += Double.parseDouble(found.group(1));
      }
    }
    return sum;
  }

  private static void awaits(double expected, String series, String label, int... ports)
      throws Exception {
    double seen = -1;
    for (int look = 0; look < 300 && seen != expected; look++) { // counting is beside the work
      Thread.sleep(100);
      seen = sum(series, label, ports);
    }
    assertThat(seen).as(series + " " + label).isEqualTo(expected);
  }

  @Test
  @SuppressWarnings("try") // workers are only held open
  void workersTellTheirOwnStepsAndTheSdks() throws Exception {
    OnRealServer rooms = OnRealServer.rooms(here).inAFile();
    int one = free();
    try (Cli.Running first = rooms.worker("--metrics-port", Integer.toString(one))) {
      int other = free();
      try (Cli.Running second = rooms.worker("-q", "--metrics-port", Integer.toString(other))) {
        for (int i = 1; i <= 3; i++) {
          rooms.run("start", "--id", "case-" + i, "--as", "ana", "A room").ok();
        }
        rooms.run("send", "case-1", "Yes, oak", "--as", "ana").ok();
        int entries = 0;
        for (int i = 1; i <= 3; i++) {
          entries += (int) rooms.run("journal", "case-" + i, "--json").ok().out().lines().count();
        }

        // Each step is told by the worker that brought it, and by no other.
        awaits(entries, "interlock_steps_total", "machine=\"room-booking\"", one, other);
        awaits(3, "interlock_calls_total", "tool=\"rooms.free\"", one, other);
        assertThat(sum("interlock_questions_total", "result=\"replied\"", one, other)).isPositive();
        awaits(3, "interlock_instances", "status=\"waiting\"", one);
        assertThat(sum("temporal_activity_succeed_endtoend_latency_seconds_count", "Ask", one))
            .as(get(one, "/metrics").body())
            .isPositive();
        assertThat(get(one, "/metrics").body())
            .contains("temporal_worker_task_slots_available", "interlock_tokens_total{")
            .doesNotContain("case-1", "A room", "ana");
        assertThat(get(one, "/metrics").headers().firstValue("content-type").orElseThrow())
            .startsWith("text/plain; version=0.0.4");
        assertThat(get(one, "/").statusCode()).isEqualTo(404);

        Cli.Run taken = rooms.run("worker", "--metrics-port", Integer.toString(one));
        assertThat(taken.code()).isEqualTo(ExitCode.FAILED);
        assertThat(taken.err()).contains("port " + one, "give another to --metrics-port");
      }
    }
  }
}
