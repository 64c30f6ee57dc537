package dev.interlock;

import dev.interlock.Configuration.Model;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import dev.interlock.core.load.Yaml;
import dev.interlock.core.machine.Tool;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether what a machine names is there in {@code interlock.yaml}: servers, desks and prices. */
final class Bindings {
  private final Configuration configuration;
  private final Reader reader = new Reader();

  private Bindings(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * What is named and not there, each at its place in the machine's file.
   *
   * @param objects servers that are objects of this process
   */
  static List<Diagnostic> check(String machine, Configuration configuration, Set<String> objects) {
    Bindings it = new Bindings(configuration);
    if (Yaml.read(MachineFolder.MACHINE_FILE, machine).root() instanceof Node.Mapping root) {
      Set<String> servers = new LinkedHashSet<>(configuration.servers().keySet());
      servers.addAll(objects);
      members(root, "tools").forEach(tool -> hasServer(it.reader, tool, servers));
      List<Node.Member> budgets = new ArrayList<>(members(root, "budgets"));
      for (Node.Member state : members(root, "states")) {
        it.desk(state);
        budgets.addAll(members(state.node(), "budgets"));
      }
      budgets.stream().filter(budget -> budget.key().equals("cost")).forEach(it::price);
    }
    return it.reader.diagnostics();
  }

  /** That a machine observes which nobody guards, at its place. */
  static Diagnostic observed(String machine) {
    Node root = Objects.requireNonNull(Yaml.read(MachineFolder.MACHINE_FILE, machine).root());
    Node place = Objects.requireNonNullElse(at(root, "observe"), root);
    return new Diagnostic(
        place.mark(),
        LoadCode.OBSERVE,
        "`observe: true`",
        "it only behind a Guard: nothing is enforced then",
        "take it out");
  }

  /** The value of a key, or null if the node has none. */
  static @Nullable Node at(Node node, String key) {
    Node.@Nullable Member member =
        node instanceof Node.Mapping mapping ? mapping.member(key) : null;
    return member == null ? null : member.node();
  }

  /** The members below a key, or none. */
  static List<Node.Member> members(Node node, String key) {
    return at(node, key) instanceof Node.Mapping found ? found.members() : List.of();
  }

  /** Whether the server of a tool is there; if not, that is reported. */
  static boolean hasServer(Reader reader, Node.Member tool, Set<String> servers) {
    String server = Tool.server(tool.key());
    boolean there = servers.contains(server);
    if (!there) {
      reader.unknown(tool.mark(), LoadCode.UNBOUND, "server", server, servers);
    }
    return there;
  }

  private void desk(Node.Member state) {
    if (at(state.node(), "desk") instanceof Node.Scalar name
        && !configuration.desks().containsKey(name.text())) {
      reader.unknown(
          name.mark(), LoadCode.UNBOUND, "desk", name.text(), configuration.desks().keySet());
    }
  }

  private void price(Node.Member budget) {
    for (String id : unpriced(configuration)) {
      reader.report(
          budget.mark(),
          LoadCode.PRICE,
          "a budget `cost`, and no price of the model " + id,
          "one in %s, so that the budget can be spent".formatted(Configuration.FILE),
          "write `prices: {%s: {input: 3.00, output: 15.00}}`, per million tokens".formatted(id));
    }
  }

  /** The ids of models that a service answers for, and whose price nobody says. */
  static List<String> unpriced(Configuration configuration) {
    List<String> ids = new ArrayList<>();
    for (Model each : configuration.models()) {
      @Nullable String id = id(each);
      if (id != null && !configuration.prices().containsKey(id)) {
        ids.add(id);
      }
    }
    return ids;
  }

  private static @Nullable String id(Model model) {
    return switch (model) {
      case Model.Anthropic it -> it.service().model();
      case Model.OpenAi it -> it.service().model();
      case Model.Scripted it -> null;
      case Model.Recorded it -> null; // what was paid stands in it
      case Model.Recording it -> id(it.model());
    };
  }
}
