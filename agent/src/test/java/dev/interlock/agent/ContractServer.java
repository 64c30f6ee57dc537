package dev.interlock.agent;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** The server of the tool hosts' contract, with the Java SDK. */
final class ContractServer {
  private static final AtomicLong CALLS = new AtomicLong();
  private static final CountDownLatch MEETING = new CountDownLatch(4);

  private ContractServer() {}

  public static void main(String[] args) throws InterruptedException {
    var server =
        McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper()))
            .serverInfo("contract", "1")
            .capabilities(ServerCapabilities.builder().tools(true).build())
            .tools(
                tool("echo", "text", "string", call -> structured(call.arguments())),
                tool("plain", "text", "string", call -> text(argument(call, "text"), false)),
                tool("fail", "text", "string", call -> text(argument(call, "text"), true)),
                tool("meta", "", "", ContractServer::meta),
                tool("meet", "parties", "integer", ContractServer::meet),
                tool("hang", "", "", call -> hang()),
                tool("big", "bytes", "integer", ContractServer::big),
                tool("seen", "", "", call -> structured(Map.of("calls", CALLS.get() - 1))),
                tool("die", "", "", call -> die()),
                tool("filler_1", "", "", call -> text("", false)),
                tool("filler_2", "", "", call -> text("", false)),
                tool("filler_3", "", "", call -> text("", false)),
                tool("filler_4", "", "", call -> text("", false)),
                tool("filler_5", "", "", call -> text("", false)))
            .build();
    System.err.println("ready: " + server.getServerInfo().name());
    new CountDownLatch(1).await();
  }

  private static SyncToolSpecification tool(
      String name, String argument, String type, Function<CallToolRequest, CallToolResult> work) {
    Map<String, Object> properties =
        argument.isEmpty() ? Map.of() : Map.of(argument, Map.of("type", type));
    Map<String, Object> schema = Map.of("type", "object", "properties", properties);
    return SyncToolSpecification.builder()
        .tool(Tool.builder(name, schema).description("Gives back what it gets.").build())
        .callHandler((exchange, call) -> {
          CALLS.incrementAndGet();
          return work.apply(call);
        })
        .build();
  }

  private static String argument(CallToolRequest call, String name) {
    return String.valueOf(call.arguments().get(name));
  }

  private static CallToolResult text(String text, boolean error) {
    return CallToolResult.builder(List.of(TextContent.builder(text).build()))
        .isError(error)
        .build();
  }

  private static CallToolResult structured(Object content) {
    return CallToolResult.builder(List.of()).structuredContent(content).build();
  }

  private static CallToolResult meta(CallToolRequest call) {
    return structured(
        Map.of(
            "key", call.meta().get("interlock/idempotencyKey"),
            "instance", call.meta().get("interlock/instance"),
            "caller", call.meta().get("interlock/caller"),
            "roles", call.meta().get("interlock/roles")));
  }

  private static CallToolResult meet(CallToolRequest call) {
    MEETING.countDown();
    try {
      MEETING.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return structured(Map.of("met", call.arguments().get("parties")));
  }

  private static CallToolResult hang() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return text("", true);
  }

  private static CallToolResult big(CallToolRequest call) {
    return text("x".repeat(Integer.parseInt(argument(call, "bytes"))), false);
  }

  private static CallToolResult die() {
    Runtime.getRuntime().halt(3);
    return text("", true);
  }
}
