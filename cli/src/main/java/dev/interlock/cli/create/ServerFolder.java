package dev.interlock.cli.create;

import dev.interlock.Configuration;
import dev.interlock.MachineFolder;
import dev.interlock.agent.McpToolHost;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.Failure;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.EffectClass;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A machine folder for the tools that a server offers. */
final class ServerFolder {
  /** The most characters of a tool's description beside it. */
  private static final int DESCRIPTION = 90;

  private ServerFolder() {}

  /**
   * Asks the server, and writes nothing.
   *
   * @param folder the folder's name
   * @param server what the server is called
   * @param address where it is: what stands behind its name in {@code interlock.yaml}
   * @param dir where the program runs
   * @return texts by the file's name
   * @throws dev.interlock.core.engine.ToolHost.ToolHostException if the server does not answer
   * @throws dev.interlock.MachineFolderException if the address is none, or uses a variable that is
   *     not set
   */
  static Map<String, String> files(
      String folder, String server, String address, Path dir, Map<String, String> environment) {
    String configuration = configuration(server, address);
    List<Offered> offered;
    try (McpToolHost host =
        new McpToolHost(Configuration.read(dir, configuration, environment).servers())) {
      offered = host.offered(server);
    }
    ToolLock.Read lock = ToolLock.lock("tools.lock", offered);
    if (!lock.diagnostics().isEmpty()) {
      throw new Failure(Diagnostic.format(lock.diagnostics()));
    }
    if (offered.isEmpty()) {
      throw Failure.of(
          "that the server " + server + " offers no tools",
          "at least one: a machine says what may be done with them",
          "look how the server is started, or what it has to be told first");
    }
    String machine = machine(folder, server, offered);
    List<Diagnostic> unfit =
        MachineLoader.load(MachineFolder.MACHINE_FILE, machine, lock.lock()).diagnostics();
    if (!unfit.isEmpty()) {
      throw Failure.of(
          "tools of which no machine can be made: " + Diagnostic.format(unfit),
          "a server whose tools one machine can have",
          "rename them in the server");
    }
    Map<String, String> files = new LinkedHashMap<>();
    files.put(MachineFolder.MACHINE_FILE, machine);
    files.put("interlock.yaml", configuration);
    files.put("tools.lock", lock.lock().write());
    files.put("script.yaml", "replies: [\"I am scripted: name a model in interlock.yaml.\"]\n");
    files.put(
        "scenarios/greeting.yaml",
        """
        scenario: nothing is called unless the model asks for it
        caller: ana@example.com
        steps:
          - user: Good morning.
          - model: Good morning. How can I help?
          - expect: {calls: [], refused: [], waits: user}
        """);
    return files;
  }

  private static String machine(String folder, String server, List<Offered> offered) {
    String name = folder.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    StringBuilder text = new StringBuilder();
    text.append(
        "# Made from what the server `%s` offers. The model proposes; this machine decides.\n"
            .formatted(server));
    text.append(
        "machine: %s\nversion: 1\n\n"
            .formatted(scalar(name.matches("[a-z0-9].*") ? name : "m" + name)));
    text.append(
        "# `effect` decides what is repeated after a failure: a `write` never is. Take the tools out that\n");
    text.append(
        "# are not needed, and let the machine fill arguments that the model must not choose: `set`.\n");
    text.append("tools:\n");
    boolean writes = false;
    for (Offered tool : offered) {
      EffectClass effect = tool.hinted() == null ? EffectClass.WRITE : tool.hinted();
      writes |= effect != EffectClass.READ;
      text.append("  # %s\n".formatted(Text.cut(Text.oneLine(tool.description()), DESCRIPTION)));
      text.append(
          "  %s: {effect: %s}%s\n"
              .formatted(
                  scalar(tool.name()),
                  effect.word(),
                  tool.hinted() == null ? "   # its server hints at nothing" : ""));
    }
    if (writes) {
      text.append(
          """

          rules:                                     # one sentence of policy each
            - rule: the person agrees to what is not a read
              for: [writes]
              ask: user
          """);
    }
    text.append(
        """

        events:
          done: {by: [caller]}

        initial: Work
        states:
          Work:
            goal: Help the person with what the tools can do.
            tools: all
            on: {done: Done}
            idle: {PT24H: Escalate}
          Done:     {type: final}
          Escalate: {type: escalation, resume: [Work]}

        anywhere:
          over: {default: Escalate}                # where a spent budget or another trouble leads
        """);
    return text.toString();
  }

  private static String configuration(String server, String address) {
    return """
    servers:
      %s: %s

    # Replies from a file. For a real model: model: {anthropic: MODEL-ID, key: "${ANTHROPIC_API_KEY}"}
    model: {scripted: script.yaml}
    """
        .formatted(scalar(server), address);
  }

  /** A name as YAML takes it for a text: in quotes where it looks like something else. */
  private static String scalar(String name) {
    boolean text = name.matches("[A-Za-z][A-Za-z0-9_.-]*") && !name.matches("(?i)true|false|null");
    return text ? name : Json.write(name);
  }

  /** A program that is started in a folder. */
  static String address(List<String> command, Path dir) {
    return "{command: %s, dir: %s}"
        .formatted(
            Json.write(command.stream().map(ServerFolder::plain).toList()),
            Json.write(plain(dir.toString())));
  }

  /**
   * An endpoint.
   *
   * @param url with its variables, as the values of the headers
   */
  static String address(String url, Map<String, String> headers) {
    return "{url: %s%s}"
        .formatted(Json.write(url), headers.isEmpty() ? "" : ", headers: " + Json.write(headers));
  }

  /** As {@code interlock.yaml} has a text in which no variable begins. */
  private static String plain(String word) {
    return word.replace("$", "$$");
  }
}
