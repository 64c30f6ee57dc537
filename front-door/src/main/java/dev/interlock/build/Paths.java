package dev.interlock.build;

import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.Mark;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Yaml;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** From places in the text that a builder wrote to paths in what was said to it. */
final class Paths {
  /** The name of the text for the loader. */
  static final String FILE = "machine";

  private final TreeMap<Mark, String> paths = new TreeMap<>();

  private Paths() {}

  static Paths of(String text) {
    Paths all = new Paths();
    Node root = Yaml.read(FILE, text).root();
    if (root != null) {
      all.add("", root);
    }
    return all;
  }

  private void add(String path, Node node) {
    paths.putIfAbsent(node.mark(), path);
    switch (node) {
      case Node.Mapping(Mark mark, List<Node.Member> members) ->
          members.forEach(member -> {
            String below = path.isEmpty() ? member.key() : path + "." + member.key();
            paths.put(member.mark(), below);
            add(below, member.node());
          });
      case Node.Sequence(Mark mark, List<Node> items) -> {
        for (int i = 0; i < items.size(); i++) {
          add(path + "[" + i + "]", items.get(i));
        }
      }
      case Node.Scalar scalar -> {}
    }
  }

  /** As a diagnostic reads, with the path in place of line and column. */
  List<String> name(List<Diagnostic> diagnostics) {
    return diagnostics.stream()
        .map(it -> {
          Map.Entry<Mark, String> at = paths.floorEntry(it.mark());
          String path = at == null || at.getValue().isEmpty() ? "the machine" : at.getValue();
          return path + Objects.toString(it).substring(it.mark().toString().length());
        })
        .toList();
  }
}
