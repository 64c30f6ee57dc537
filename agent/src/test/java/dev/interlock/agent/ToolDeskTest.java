package dev.interlock.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.desk.Desk.DeskException;
import dev.interlock.core.desk.Desk.Notice;
import dev.interlock.core.desk.Desk.Ticket;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.testkit.ScriptedTools;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ToolDeskTest {
  private final ScriptedTools tools =
      new ScriptedTools()
          .offer(offered("sd.open", "detail", "reason", "bundle"))
          .offer(offered("sd.tell", "role", "text"));

  private static Offered offered(String name, String... arguments) {
    Map<String, Object> properties = new TreeMap<>();
    for (String argument : arguments) {
      properties.put(argument, Map.of());
    }
    return new Offered(name, "A tool.", Map.of("type", "object", "properties", properties));
  }

  private static Ticket ticket() {
    return new Ticket("i/7/0", "i", "m", "Escalate", "Act", "errors", "a third", Map.of("a", 1L));
  }

  @Test
  void toolGetsWhatItDeclaresAndNamesTheTicket() {
    tools.answer("sd.open", Map.of("id", "INC-1"));

    assertThat(new ToolDesk(tools, "sd.open", null).open(ticket())).isEqualTo("INC-1");

    ToolCall call = tools.arrived("sd.open").getFirst();
    assertThat(call.arguments())
        .isEqualTo(Map.of("detail", "a third", "reason", "errors", "bundle", Map.of("a", 1L)));
    assertThat(call.key()).isEqualTo("i/7/0");
  }

  @Test
  void textIsTheTicketToo() {
    tools.answer("sd.open", "INC-2");
    assertThat(new ToolDesk(tools, "sd.open", null).open(ticket())).isEqualTo("INC-2");
  }

  @Test
  void noticesGoToTheirToolIfThereIsOne() {
    tools.answer("sd.tell", "told");
    Notice notice = new Notice("i/8/0", "i", "manager", "a device?");
    new ToolDesk(tools, "sd.open", null).notify(notice);
    assertThat(tools.arrived()).isEmpty();

    new ToolDesk(tools, "sd.open", "sd.tell").notify(notice);
    assertThat(tools.arrived("sd.tell").getFirst().arguments())
        .isEqualTo(Map.of("role", "manager", "text", "a device?"));
  }

  @Test
  void whatTheToolDoesNotTakeIsSaid() {
    ToolDesk desk = new ToolDesk(tools, "sd.open", null);
    for (Answer answer :
        List.of(
            ScriptedTools.failed("no such queue"),
            new Answer.Unknown("no such queue"),
            ScriptedTools.returned(" "),
            ScriptedTools.returned("x".repeat(201)))) {
      tools.answer("sd.open", List.of(answer));
      assertThatThrownBy(() -> desk.open(ticket()))
          .isInstanceOf(DeskException.class)
          .hasMessageContaining("sd.open");
    }
    assertThatThrownBy(() -> new ToolDesk(tools, "sd.gone", null).open(ticket()))
        .isInstanceOf(DeskException.class)
        .hasMessageContaining("its server does not offer it");
  }
}
