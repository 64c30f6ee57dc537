package dev.interlock.core.load;

/**
 * A place in a file. Line and column count from 1, columns in characters as a reader counts them
 * (code points).
 */
public record Mark(String file, int line, int column) implements Comparable<Mark> {
  @Override
  public int compareTo(Mark other) {
    int byFile = file.compareTo(other.file);
    int byLine = byFile != 0 ? byFile : Integer.compare(line, other.line);
    return byLine != 0 ? byLine : Integer.compare(column, other.column);
  }

  /** {@code file:line:column}. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
