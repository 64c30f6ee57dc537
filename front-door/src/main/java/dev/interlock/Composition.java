package dev.interlock;

import dev.interlock.Configuration.DeskAt;
import dev.interlock.Configuration.Model;
import dev.interlock.agent.FileDesk;
import dev.interlock.agent.Recorder;
import dev.interlock.agent.ServerConfig;
import dev.interlock.agent.ToolDesk;
import dev.interlock.agent.WebhookDesk;
import dev.interlock.anthropic.AnthropicModel;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.langchain4j.JavaToolHost;
import dev.interlock.langchain4j.model.OpenAi;
import dev.interlock.metrics.Meters;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an engine is opened with.
 *
 * @param servers outside this process, by name
 * @param objects tools of this process
 * @param desks made with the tools, by name; the first is the default
 * @param guarded machines, by name, behind a guard: no model is asked
 * @param models made when they are needed, in the order in which they are asked; closed with the
 *     engine if they can be
 * @param meters where it is measured, or null if it is not
 */
record Composition(
    List<MachineFolder> folders,
    EngineAt engine,
    StoreAt store,
    Map<String, ServerConfig> servers,
    JavaToolHost objects,
    Supplier<List<ChatModel>> models,
    Map<String, Function<ToolHost, Desk>> desks,
    Socket socket,
    Duration settleAfter,
    Clock clock,
    Set<String> guarded,
    @Nullable Meters meters) {

  /**
   * Who speaks on the socket.
   *
   * @param open whether there is one
   */
  record Socket(boolean open, Map<String, Principal> people, @Nullable String group) {}

  /** As a folder says it, with nothing from an application. */
  static Composition of(MachineFolder folder, Clock clock) {
    Configuration configuration = folder.configuration();
    Map<String, Function<ToolHost, Desk>> desks = new LinkedHashMap<>();
    configuration.desks().forEach((name, at) -> desks.put(name, desk(at, clock)));
    return new Composition(
        List.of(folder),
        configuration.engine(),
        configuration.store(),
        configuration.servers(),
        new JavaToolHost(Map.of()),
        () -> models(folder),
        desks,
        new Socket(true, configuration.people(), configuration.group()),
        configuration.settleAfter(),
        clock,
        Set.of(),
        null);
  }

  /** The same, and it is measured. */
  Composition measured(Meters by) {
    return new Composition(
        folders,
        engine,
        store,
        servers,
        objects,
        models,
        desks,
        socket,
        settleAfter,
        clock,
        guarded,
        by);
  }

  /** A desk, once the tools are there. */
  static Function<ToolHost, Desk> desk(DeskAt at, Clock clock) {
    return tools ->
        switch (at) {
          case DeskAt.Folder(Path path) -> new FileDesk(path);
          case DeskAt.Webhook(URI url, String secret) -> new WebhookDesk(url, secret, clock);
          case DeskAt.Tool(String tickets, @Nullable String notices) ->
              new ToolDesk(tools, tickets, notices);
        };
  }

  /** The models that a folder's configuration names; one that fails, if it names none. */
  static List<ChatModel> models(MachineFolder folder) {
    List<ChatModel> models = new ArrayList<>();
    folder.configuration().models().forEach(it -> models.add(model(folder, it)));
    return models.isEmpty() ? List.of(Composition::none) : models;
  }

  private static ChatModel model(MachineFolder folder, Model model) {
    return switch (model) {
      case Model.Scripted scripted -> folder.script(scripted).orThrow();
      case Model.Recorded recorded -> folder.recording(recorded).orThrow();
      case Model.Recording(Model other, Path file) -> new Recorder(model(folder, other), file);
      case Model.Anthropic(Model.Service it) ->
          AnthropicModel.builder()
              .model(it.model())
              .key(it.key())
              .maxTokens(it.maxTokens())
              .url(it.url())
              .streaming(it.stream())
              .price(folder.configuration().prices().get(it.model()))
              .build();
      case Model.OpenAi(Model.Service it, Set<MediaType> sees) ->
          OpenAi.builder()
              .model(it.model())
              .key(it.key().isEmpty() ? null : it.key())
              .maxTokens(it.maxTokens())
              .url(it.url())
              .streaming(it.stream())
              .price(folder.configuration().prices().get(it.model()))
              .sees(sees)
              .build();
    };
  }

  private static Reply none(Question question) throws ChatModel.ModelException {
    throw new ChatModel.ModelException(
        "found no model, expected one: write `model:` in " + Configuration.FILE, false, null, null);
  }
}
