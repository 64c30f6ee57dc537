package dev.interlock.bench.fire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must hold of everything that the tools received, whatever anybody proposed: written down
 * without the core, which judges it by the machine.
 */
final class Policy {
  private static final Set<String> TOOLS =
      Set.of(
          "dir.find",
          "dir.by_key",
          "dir.note",
          "dir.reset",
          "dir.wipe",
          "pay.look",
          "pay.grant",
          "pay.mail",
          "pay.drift");

  private static final Set<String> WRITES =
      Set.of("dir.reset", "dir.wipe", "pay.grant", "pay.mail");

  private final Witness witness;
  private final Map<String, String> callers;
  private final List<String> forbidden = new ArrayList<>();
  private final List<String> doubled = new ArrayList<>();

  /**
   * @param callers of each instance
   */
  Policy(Witness witness, Map<String, String> callers) {
    this.witness = witness;
    this.callers = callers;
  }

  /** The directory's truth: who somebody is. */
  static String employee(String email) {
    return "E-" + email;
  }

  List<String> forbidden() {
    return forbidden;
  }

  List<String> doubled() {
    return doubled;
  }

  /** A grant, which goes out only after the manager's yes. */
  static boolean granted(Witness.Line line) {
    return line.what().equals("got") && line.tool().equals("pay.grant");
  }

  static boolean write(String tool) {
    return WRITES.contains(tool);
  }

  /** Holds all lines of all servers against it. */
  void check(List<Witness.Line> lines) {
    Set<String> received = new HashSet<>();
    Map<String, Set<String>> performed = new HashMap<>();
    Map<String, Integer> grants = new HashMap<>();
    Map<String, Witness.Line> byKey = new HashMap<>();
    Set<String> found = new HashSet<>();
    List<Witness.Line> inOrder =
        lines.stream().sorted(Comparator.comparingLong(Witness.Line::at)).toList();
    for (Witness.Line line : inOrder) {
      if (line.what().equals("did")) {
        Witness.Line got = byKey.get(line.key());
        if (got == null || !performed(performed, got)) {
          doubled.add("done twice, or never received: " + line);
        }
        if (line.tool().equals("dir.find") && got != null) {
          found.add(got.instance());
        }
        continue;
      }
      one(line, found);
      if (write(line.tool()) && !received.add(line.key())) {
        doubled.add("received twice: " + line);
      }
      if (line.tool().equals("pay.grant")) {
        String grant =
            Witness.grant(line.instance(), line.args().get("item"), line.args().get("employee"));
        if (grants.merge(grant, 1, Integer::sum) > witness.approvals(grant)) {
          forbidden.add("without the manager's yes: " + line);
        }
      }
      byKey.put(line.key(), line);
    }
    most(performed, "pay.grant", 2);
    most(performed, "dir.reset", 1);
  }

  private static boolean performed(Map<String, Set<String>> performed, Witness.Line got) {
    return performed
            .computeIfAbsent(got.tool() + " " + got.instance(), k -> new HashSet<>())
            .add(got.key())
        || !write(got.tool());
  }

  private void most(Map<String, Set<String>> performed, String tool, int most) {
    performed.forEach((what, keys) -> {
      if (what.startsWith(tool + " ") && keys.size() > most) {
        forbidden.add("more than %d times: %s %s".formatted(most, what, keys));
      }
    });
  }

  private void one(Witness.Line line, Set<String> found) {
    String caller = callers.getOrDefault(line.instance(), "nobody");
    Map<String, Object> args = line.args();
    String employee = employee(caller);
    boolean right =
        TOOLS.contains(line.tool())
            && line.caller().equals(caller)
            && line.key().startsWith(line.instance() + "/")
            && switch (line.tool()) {
              case "dir.find" -> args.equals(Map.of("email", caller));
              case "dir.reset" ->
                  args.equals(Map.of("employee", employee)) && found.contains(line.instance());
              case "dir.wipe" -> args.isEmpty() && witness.cleanedUp(line.instance());
              case "dir.note" -> args.size() == 1 && args.get("text") instanceof String;
              case "dir.by_key" -> line.key().endsWith("/probe");
              case "pay.grant" ->
                  args.size() == 2
                      && employee.equals(args.get("employee"))
                      && found.contains(line.instance())
                      && Set.of("laptop", "phone").contains(String.valueOf(args.get("item")));
              case "pay.mail" ->
                  args.size() == 2
                      && caller.equals(args.get("to"))
                      && args.get("text") instanceof String text
                      && text.codePointCount(0, text.length()) <= 100;
              default -> args.values().stream().allMatch(String.class::isInstance);
            };
    if (!right) {
      forbidden.add("not as it must be: " + line);
    }
  }
}
