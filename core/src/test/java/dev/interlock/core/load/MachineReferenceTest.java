package dev.interlock.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.ToolHost.Offered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/MACHINE.md shows is what the loader takes. */
class MachineReferenceTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```yaml\\n(machine:.*?)```");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ((?:`[A-Za-z]+`(?:, )?)+) \\|");
  private static final Pattern WORD = Pattern.compile("`([A-Za-z]+)`");

  private static final ToolLock LOCK =
      ToolLock.lock(
              "tools.lock",
              List.of(
                  offered("find_order", "order_id", "string"),
                  offered("refund", "order_id", "string", "amount", "number", "customer", "string"),
                  offered("refund_by_key", "key", "string"),
                  offered("mail", "to", "string", "text", "string")))
          .lock();

  private static Offered offered(String name, String... arguments) {
    Map<String, Object> properties = new java.util.LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      properties.put(arguments[i], Map.of("type", arguments[i + 1]));
    }
    return new Offered("shop." + name, name, Map.of("type", "object", "properties", properties));
  }

  private static String reference() throws IOException {
    return Files.readString(Path.of("..", "docs", "MACHINE.md"));
  }

  private static List<String> machines() throws IOException {
    return BLOCK.matcher(reference()).results().map(found -> found.group(1)).toList();
  }

  @Test
  void everyMachineOfTheReferenceLoads() throws IOException {
    assertThat(machines()).isNotEmpty();
    for (String text : machines()) {
      MachineLoader.Loaded loaded = MachineLoader.load("MACHINE.md", text, LOCK);
      assertThat(Diagnostic.format(loaded.diagnostics())).isEmpty();
    }
  }

  @Test
  void everyKeyOfTheReferenceStandsInAMachine() throws IOException {
    Set<String> shown = new HashSet<>();
    for (String text : machines()) {
      keys(Yaml.read("MACHINE.md", text).root(), shown);
    }
    List<String> named = new ArrayList<>();
    for (MatchResult row : ROW.matcher(reference()).results().toList()) {
      WORD.matcher(row.group(1)).results().forEach(word -> named.add(word.group(1)));
    }
    assertThat(named).hasSizeGreaterThan(50);
    assertThat(shown).containsAll(named);
  }

  private static void keys(@org.jspecify.annotations.Nullable Node node, Set<String> shown) {
    if (node instanceof Node.Mapping mapping) {
      for (Node.Member member : mapping.members()) {
        shown.add(member.key());
        keys(member.node(), shown);
      }
    } else if (node instanceof Node.Sequence sequence) {
      sequence.items().forEach(item -> keys(item, shown));
    }
  }
}
