package dev.interlock.core.load;

import org.jspecify.annotations.Nullable;

/** Small steps that several loaders share. */
final class Loading {
  private Loading() {}

  /** The text of an expression; numbers and booleans stand for themselves. */
  static Node.@Nullable Scalar expression(Reader reader, MappingReader keys, String key) {
    Node node = keys.take(key);
    if (node == null || node instanceof Node.Scalar) {
      return (Node.Scalar) node;
    }
    reader.report(node.mark(), "type", node.described(), "an expression for `" + key + "`", null);
    return null;
  }
}
