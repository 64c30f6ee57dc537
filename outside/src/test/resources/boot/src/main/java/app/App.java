package app;

import dev.interlock.Interlock;
import dev.interlock.agent.ScriptedModel;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.langchain4j.CallContext;
import dev.langchain4j.agent.tool.Tool;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

@SpringBootApplication
public class App {
  @Component("it")
  static class DirectoryTools {
    @Tool("Unlocks a laptop of the person who asks.")
    String unlock(String laptop, CallContext call) {
      return laptop + " of " + call.caller().id() + " is unlocked";
    }
  }

  @Bean
  ChatModel model() {
    return ScriptedModel.parse(
        "model", "replies: [[{call: it.unlock, with: {laptop: L-42}}], It is unlocked.]");
  }

  public static void main(String[] args) {
    try (var context = SpringApplication.run(App.class, args)) {
      var ana = context.getBean(Interlock.class).as(new Principal("ana@example.com"));
      var id = ana.start("it-access");
      ana.send(id, "My laptop is locked.");
      ana.untilRest(id, Duration.ofMinutes(1));
      ana.conversation(id).forEach(line -> System.out.println(line.who() + ": " + line.text()));
    }
  }
}
