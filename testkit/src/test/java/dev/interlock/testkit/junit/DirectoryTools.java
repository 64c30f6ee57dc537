package dev.interlock.testkit.junit;

import dev.interlock.langchain4j.ToolFailed;
import dev.langchain4j.agent.tool.Tool;

/** Tools of the tests. */
class DirectoryTools {
  @Tool("Unlocks a laptop.")
  String unlock(String laptop, String person) {
    if (laptop.isEmpty()) {
      throw new ToolFailed("which laptop?");
    }
    return laptop + " of " + person + " is unlocked";
  }

  @Tool("Grants a device.")
  String grant(String device) {
    return device;
  }
}
