package dev.interlock.guard;

import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.prompt.Question.ToolSpec;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tools as a LangChain4j model is shown them: by the names that the agent's own had, where only one
 * tool of the machine has that name.
 */
final class Specifications {
  /** Names of the machine's own tools. */
  private static final Set<String> BUILT_IN = Set.of("record", "recall", "take_back");

  private Specifications() {}

  /** What the machine shows: without what it fills in itself. */
  static ToolSpecification of(Machine machine, ToolSpec spec) {
    String name =
        machine.tools().values().stream()
            .filter(tool -> tool.modelName().equals(spec.name()))
            .findFirst()
            .map(tool -> shown(machine, tool))
            .orElse(spec.name());
    return specification(name, spec.description(), spec.schema());
  }

  /** All of it, as the agent had it: for a machine that only observes. */
  static ToolSpecification whole(Machine machine, Tool tool) {
    return specification(
        shown(machine, tool), tool.locked().description(), tool.locked().inputSchema());
  }

  private static String shown(Machine machine, Tool tool) {
    String own = last(tool);
    long same = machine.tools().values().stream().filter(it -> last(it).equals(own)).count();
    return same == 1 && !BUILT_IN.contains(own) ? own : tool.modelName();
  }

  private static String last(Tool tool) {
    return tool.name().substring(tool.name().indexOf('.') + 1);
  }

  private static ToolSpecification specification(
      String name, String description, Map<String, Object> schema) {
    JsonObjectSchema.Builder parameters = JsonObjectSchema.builder();
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      Json.object(properties)
          .forEach((property, value) ->
              parameters.addProperty(property, JsonRawSchema.from(Json.write(value))));
    }
    if (schema.get("required") instanceof List<?> required) {
      parameters.required(required.stream().map(String::valueOf).toList());
    }
    return ToolSpecification.builder()
        .name(name)
        .description(description)
        .parameters(parameters.build())
        .build();
  }
}
