package dev.interlock.examples.itaccess;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server in its own process, spoken to by the SDK's client. */
class ItAccessServerTest {
  @TempDir private static Path data;
  private static McpSyncClient client;

  @BeforeAll
  static void start() {
    client = connect();
  }

  @AfterAll
  static void stop() {
    client.closeGracefully();
  }

  @BeforeEach
  void forget() throws SQLException, IOException {
    Files.deleteIfExists(data.resolve("switches"));
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM resets; DELETE FROM grants; DELETE FROM mails;");
    }
  }

  private static McpSyncClient connect() {
    ServerParameters server =
        ServerParameters.builder(Path.of(System.getProperty("java.home"), "bin", "java").toString())
            .args(
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ItAccessServer.class.getName())
            .addEnvVar("IT_ACCESS_DATA", data.toString())
            .build();
    McpSyncClient connected =
        McpClient.sync(new StdioClientTransport(server, McpJsonDefaults.getMapper()))
            .requestTimeout(Duration.ofSeconds(20))
            .build();
    connected.initialize();
    return connected;
  }

  private static CallToolResult call(String tool, Map<String, Object> arguments, String key) {
    Map<String, Object> meta =
        Map.of(
            "interlock/idempotencyKey", key,
            "interlock/instance", "case-1",
            "interlock/caller", "ana@example.com");
    return client.callTool(new CallToolRequest(tool, arguments, meta));
  }

  @Test
  void everyToolTakesOnlyItsDeclaredTexts() {
    List<Tool> tools = client.listTools().tools();

    assertThat(tools)
        .extracting(Tool::name)
        .containsExactlyInAnyOrder(
            "find_user",
            "reset_password",
            "reset_by_key",
            "device_catalogue",
            "grant_device",
            "grant_by_key",
            "send_mail");
    assertThat(tools)
        .allSatisfy(
            tool -> assertThat(tool.inputSchema()).containsEntry("additionalProperties", false));
  }

  @Test
  void resetIsRecordedWithKeyInstanceCallerAndTimeAndFoundByItsKey() throws Exception {
    Instant before = Instant.now();

    CallToolResult reset = call("reset_password", Map.of("employee_id", "E-1001"), "case-1/7/0");

    assertThat(reset.structuredContent())
        .isEqualTo(Map.of("employee_id", "E-1001", "code_sent_to", "+1 555 0101"));
    assertThat(rows("SELECT employee_id, key, instance, caller FROM resets"))
        .containsExactly("E-1001|case-1/7/0|case-1|ana@example.com");
    assertThat(Instant.parse(rows("SELECT at FROM resets").getFirst()))
        .isBetween(before, Instant.now());
    assertThat(content(call("reset_by_key", Map.of("key", "case-1/7/0"), "probe")))
        .containsEntry("found", true)
        .containsEntry("employee_id", "E-1001");
    assertThat(content(call("reset_by_key", Map.of("key", "case-1/8/0"), "probe")))
        .isEqualTo(Map.of("found", false));
  }

  @Test
  void theSameCallTwiceLeavesTwoRows() throws Exception {
    call("grant_device", Map.of("employee_id", "E-1003", "device", "laptop-14"), "k");
    call("grant_device", Map.of("employee_id", "E-1003", "device", "laptop-14"), "k");

    assertThat(rows("SELECT employee_id, device, key FROM grants"))
        .containsExactly("E-1003|laptop-14|k", "E-1003|laptop-14|k");
    assertThat(content(call("grant_by_key", Map.of("key", "k"), "probe")))
        .containsEntry("found", true)
        .containsEntry("device", "laptop-14");
  }

  @Test
  void mailIsRecorded() throws Exception {
    call("send_mail", Map.of("to", "ana@example.com", "subject", "Done", "text", "Hi"), "m");

    assertThat(rows("SELECT recipient, subject, text, key FROM mails"))
        .containsExactly("ana@example.com|Done|Hi|m");
  }

  @Test
  void whatDoesNotExistFailsAndLeavesNothing() throws Exception {
    CallToolResult nobody = call("reset_password", Map.of("employee_id", "E-9"), "a");
    CallToolResult nothing =
        call("grant_device", Map.of("employee_id", "E-1001", "device", "yacht"), "b");

    assertThat(nobody.isError()).isTrue();
    assertThat(nobody.content().toString()).contains("nobody has the id E-9");
    assertThat(nothing.isError()).isTrue();
    assertThat(nothing.content().toString()).contains("the catalogue has no device yacht");
    assertThat(rows("SELECT id FROM resets UNION SELECT id FROM grants")).isEmpty();
  }

  @Test
  void slowSwitchHoldsTheAnswerBackAfterTheResetIsDone() throws Exception {
    Files.writeString(data.resolve("switches"), "slow.reset_password = PT0.4S\n");
    Instant before = Instant.now();

    call("reset_password", Map.of("employee_id", "E-1001"), "slow");

    Instant done = Instant.parse(rows("SELECT at FROM resets").getFirst());
    assertThat(Duration.between(done, Instant.now())).isGreaterThan(Duration.ofMillis(350));
    assertThat(done).isAfterOrEqualTo(before);
  }

  @Test
  void failSwitchFailsSoManyCallsAndDoesNothing() throws Exception {
    Files.writeString(data.resolve("switches"), "fail.reset_password = 2\n");

    assertThat(call("reset_password", Map.of("employee_id", "E-1001"), "1").isError()).isTrue();
    assertThat(call("reset_password", Map.of("employee_id", "E-1001"), "2").isError()).isTrue();
    assertThat(call("reset_password", Map.of("employee_id", "E-1001"), "3").isError()).isFalse();
    assertThat(rows("SELECT key FROM resets")).containsExactly("3");
  }

  @Test
  void poisonSwitchPutsOrdersIntoTheCatalogue() throws Exception {
    CallToolResult clean = call("device_catalogue", Map.of(), "c");
    Files.writeString(data.resolve("switches"), "poisoned = true\n");
    CallToolResult poisoned = call("device_catalogue", Map.of(), "p");

    assertThat(clean.content().toString()).contains("laptop-14").doesNotContain("SYSTEM NOTICE");
    assertThat(poisoned.content().toString()).contains("laptop-14").contains(Tools.POISON);
  }

  @Test
  void arrivalIsLoggedBeforeAndAfterTheCallIsCarriedOut() throws Exception {
    call("reset_password", Map.of("employee_id", "E-1001"), "done-1");
    call("reset_password", Map.of("employee_id", "E-9"), "done-2");

    assertThat(Files.readAllLines(data.resolve("arrivals.jsonl")))
        .filteredOn(line -> line.contains("\"key\":\"done-"))
        .satisfiesExactly(
            line -> assertThat(line).contains("\"stage\":\"ARRIVED\"", "\"key\":\"done-1\""),
            line -> assertThat(line).contains("\"stage\":\"DONE\"", "\"key\":\"done-1\""),
            line -> assertThat(line).contains("\"stage\":\"ARRIVED\"", "\"key\":\"done-2\""),
            line -> assertThat(line).contains("\"stage\":\"FAILED\"", "\"key\":\"done-2\""));
  }

  @Test
  void whatWasDoneIsThereAfterARestart() {
    call("reset_password", Map.of("employee_id", "E-1001"), "kept");
    client.closeGracefully();
    client = connect();

    assertThat(content(call("reset_by_key", Map.of("key", "kept"), "probe")))
        .containsEntry("found", true);
  }

  private static Map<String, Object> content(CallToolResult result) {
    return McpJsonDefaults.getMapper()
        .convertValue(result.structuredContent(), new TypeRef<Map<String, Object>>() {});
  }

  private static String url() {
    return "jdbc:sqlite:" + data.resolve("directory.db");
  }

  private static List<String> rows(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        ResultSet result = connection.createStatement().executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
          row.add(result.getString(column));
        }
        rows.add(String.join("|", row));
      }
      return rows;
    }
  }
}
