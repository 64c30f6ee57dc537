package dev.interlock.examples.spring;

import dev.interlock.langchain4j.CallContext;
import dev.interlock.spring.ToolServer;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/** The tools {@code it.*} of the machine: methods of a bean like any other. */
@Component
@ToolServer("it")
public class DirectoryTools {
  private final List<String> done = new CopyOnWriteArrayList<>();

  /** For the person who asks, whatever the model says: who that is, it cannot say. */
  @Tool("Unlocks a laptop of the person who asks.")
  public String unlock(@P("such as L-42") String laptop, CallContext call) {
    done.add("%s of %s unlocked".formatted(laptop, call.caller().id()));
    return "unlocked";
  }

  /** A manager said yes to exactly this before it is called. */
  @Tool("Gives a device to the person who asks.")
  public String grantDevice(@P("what kind of device") String device, CallContext call) {
    done.add("%s granted to %s".formatted(device, call.caller().id()));
    return "granted";
  }

  /** What was done, oldest first. */
  List<String> done() {
    return List.copyOf(done);
  }
}
