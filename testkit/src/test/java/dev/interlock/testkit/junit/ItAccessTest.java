package dev.interlock.testkit.junit;

// docs: a test
import static dev.interlock.testkit.junit.Parts.call;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ItAccessTest {
  @RegisterExtension
  final InterlockExtension interlock =
      InterlockExtension.machine(Path.of("src/test/resources/it-access"))
          .tools("it", new DirectoryTools());

  @Test
  void secondUnlockIsRefused() {
    interlock.start().user("My laptop is locked.");
    interlock.model(call("it.unlock", Map.of("laptop", "L-42")));
    interlock.model(call("it.unlock", Map.of("laptop", "L-43"))).model("Try now.");

    interlock.assertThat().isIn("Help").hasRefused("it.unlock", "one unlock in one case");
    interlock.assertThat().hasCalled("it.unlock", Map.of("person", "ana@example.com"));
  }
}
// docs: end
