package dev.interlock;

import dev.interlock.Configuration.Model;
import dev.interlock.agent.FileDesk;
import dev.interlock.agent.McpToolHost.ServerConfig;
import dev.interlock.anthropic.AnthropicModel;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.langchain4j.JavaToolHost;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an engine is opened with.
 *
 * @param servers outside this process, by name
 * @param objects tools of this process
 * @param model made when it is needed; closed with the engine if it can be
 */
record Composition(
    List<MachineFolder> folders,
    Path store,
    Map<String, ServerConfig> servers,
    JavaToolHost objects,
    Supplier<ChatModel> model,
    Map<String, Desk> desks,
    Socket socket,
    Duration settleAfter,
    Clock clock) {

  /**
   * Who speaks on the socket.
   *
   * @param open whether there is one
   */
  record Socket(boolean open, Map<String, Principal> people, @Nullable String group) {}

  /** As a folder says it, with nothing from an application. */
  static Composition of(MachineFolder folder, Clock clock) {
    Configuration configuration = folder.configuration();
    Map<String, Desk> desks = new LinkedHashMap<>();
    configuration.desks().forEach((name, path) -> desks.put(name, new FileDesk(path)));
    return new Composition(
        List.of(folder),
        configuration.store(),
        configuration.servers(),
        new JavaToolHost(Map.of()),
        () -> model(folder),
        desks,
        new Socket(true, configuration.people(), configuration.group()),
        configuration.settleAfter(),
        clock);
  }

  /** The model that a folder's configuration names. */
  static ChatModel model(MachineFolder folder) {
    return switch (folder.configuration().model()) {
      case Model.Scripted scripted -> folder.script(scripted).orThrow();
      case Model.Anthropic it ->
          AnthropicModel.builder()
              .model(it.model())
              .key(it.key())
              .maxTokens(it.maxTokens())
              .url(it.url())
              .price(it.price())
              .build();
      case Model.None() ->
          question -> {
            throw new ChatModel.ModelException(
                "found no model, expected one: write `model:` in " + Configuration.FILE,
                false,
                null,
                null);
          };
    };
  }
}
