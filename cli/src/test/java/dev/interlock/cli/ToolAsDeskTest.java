package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ticket that goes to a tool of a real MCP server. */
class ToolAsDeskTest {
  @TempDir private Path here;

  @Test
  void ticketIsOpenedByTheToolOnce() throws IOException {
    Path rooms =
        FastServer.rooms(
            here,
            server ->
                server
                    .replace(
                        "{\"tools\":[",
                        """
                        {"tools":[
                         {"name":"ticket","description":"Opens a ticket.","inputSchema":{"type":"object",
                           "properties":{"reason":{"type":"string"},"bundle":{"type":"object"}}}},\
                        """)
                    .replace(
                        "case \"book\" ->",
                        """
                        case "ticket" -> {
                          Files.writeString(Path.of("tickets.txt"), Json.write(args) + "\\n",
                              StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                          yield result(Map.of("id", "INC-7"), false);
                        }
                        case "book" ->\
                        """));
    Files.writeString(
        rooms.resolve("interlock.yaml"),
        Files.readString(rooms.resolve("interlock.yaml"))
            + "\ndesks: {main: {mcp: rooms.ticket}}\n");
    Files.writeString(
        rooms.resolve("script.yaml"),
        "replies:\n" + "  - [{call: rooms.book, with: {room: oak}}]\n".repeat(3));

    Cli.in(rooms).run("start", "--id", "case-1", "--as", "ana", "Oak now").ok();

    assertThat(Cli.in(rooms).run("show", "case-1").ok().out()).contains("INC-7");
    assertThat(Files.readAllLines(rooms.resolve("tickets.txt")))
        .containsExactly("{\"bundle\":{},\"reason\":\"errors\"}");
  }
}
