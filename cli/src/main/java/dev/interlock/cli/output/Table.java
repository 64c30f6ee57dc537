package dev.interlock.cli.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows under a heading. On a terminal columns are aligned, those without any value are left out,
 * and the widest but the first are cut until a row fits; piped, each row is one line of
 * tab-separated values without a heading, for other programs.
 */
public final class Table {
  /** A column is not cut to less. */
  private static final int LEAST = 6;

  private static final int GAP = 2;

  private final List<String> heading;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... heading) {
    this.heading = List.of(heading);
  }

  /** One row more, of as many cells as the heading. */
  public void row(String... cells) {
    if (cells.length != heading.size()) {
      throw new IllegalArgumentException(cells.length + " cells, expected " + heading.size());
    }
    rows.add(List.of(cells));
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Writes it to stdout. */
  public void print(Output output) {
    if (!output.terminal(Output.Stream.OUT)) {
      rows.forEach(row -> output.line(String.join("\t", row.stream().map(Table::flat).toList())));
      return;
    }
    int[] widths = widths(output.width());
    output.line(output.paint(Colour.BOLD, laidOut(heading, widths, output.width())));
    rows.forEach(row -> output.line(laidOut(row, widths, output.width())));
  }

  /** What each column takes; nothing if it has no value. */
  private int[] widths(int most) {
    int[] widths = new int[heading.size()];
    for (int column = 0; column < widths.length; column++) {
      for (List<String> row : rows) {
        widths[column] = Math.max(widths[column], flat(row.get(column)).length());
      }
      if (widths[column] > 0) {
        widths[column] = Math.max(widths[column], heading.get(column).length());
      }
    }
    int widest = widest(widths);
    while (widest > 0 && total(widths) > most) {
      widths[widest]--;
      widest = widest(widths);
    }
    return widths;
  }

  /** The widest column that may be cut, but never the first: it names the row. */
  private static int widest(int... widths) {
    int widest = 0;
    for (int column = 1; column < widths.length; column++) {
      if (widths[column] > LEAST && (widest == 0 || widths[column] > widths[widest])) {
        widest = column;
      }
    }
    return widest;
  }

  private static int total(int... widths) {
    return Arrays.stream(widths).filter(width -> width > 0).map(width -> width + GAP).sum() - GAP;
  }

  private static String flat(String cell) {
    return Text.oneLine(cell);
  }

  private static String laidOut(List<String> cells, int[] widths, int most) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      if (widths[column] > 0) {
        String cell = Text.cut(flat(cells.get(column)), widths[column]);
        line.append(cell).append(" ".repeat(widths[column] - cell.length() + GAP));
      }
    }
    return Text.cut(line.toString().stripTrailing(), most);
  }
}
