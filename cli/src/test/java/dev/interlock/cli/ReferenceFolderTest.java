package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.ToolLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/MACHINE.md shows of the files of a folder is a folder. */
class ReferenceFolderTest {
  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("machine.yaml"), block("machine: "));
    Files.writeString(folder.resolve("interlock.yaml"), block("servers:"));
    Files.writeString(
        Files.createDirectory(folder.resolve("scenarios")).resolve("small-refund.yaml"),
        block("scenario: "));
    List<Offered> offered =
        List.of(
            offered("find_order", "order_id", "string"),
            offered("refund", "order_id", "string", "amount", "number", "customer", "string"),
            offered("refund_by_key", "key", "string"),
            offered("mail", "to", "string", "text", "string"));
    Files.writeString(
        folder.resolve("tools.lock"), ToolLock.lock("tools.lock", offered).lock().write());
  }

  /** The first block of YAML that begins so. */
  private static String block(String begin) throws IOException {
    String docs = Files.readString(Path.of("..", "docs", "MACHINE.md"));
    String fence = "```yaml\n";
    int start = docs.indexOf(fence + begin);
    assertThat(start).as(begin).isNotNegative();
    return docs.substring(start + fence.length(), docs.indexOf("```", start + fence.length()));
  }

  private static Offered offered(String name, String... arguments) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      properties.put(arguments[i], Map.of("type", arguments[i + 1]));
    }
    return new Offered("shop." + name, name, Map.of("type", "object", "properties", properties));
  }

  @Test
  void folderOfTheReferenceIsRightAndItsScenarioPasses() {
    Cli.in(folder).run("check").ok();
    Cli.in(folder).run("test").ok();
  }

  @Test
  void withoutThePriceTheBudgetIsFoundByCheck() throws IOException {
    String unpriced = block("servers:").replace("claude-sonnet-4-5: {input", "other: {input");
    Files.writeString(folder.resolve("interlock.yaml"), unpriced);

    Cli.Run check = Cli.in(folder).run("check");

    assertThat(check.code()).isNotZero();
    assertThat(check.err()).contains("found a budget `cost`, and no price of the model");
  }
}
