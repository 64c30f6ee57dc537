package dev.interlock.cli.output;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows under a heading. On a terminal columns are aligned and cut to its width; piped, each row is
 * one line of tab-separated values without a heading, for other programs.
 */
public final class Table {
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
    int[] widths = new int[heading.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = heading.get(column).length();
      for (List<String> row : rows) {
        widths[column] = Math.max(widths[column], flat(row.get(column)).length());
      }
    }
    output.line(output.paint(Colour.BOLD, laidOut(heading, widths, output.width())));
    rows.forEach(row -> output.line(laidOut(row, widths, output.width())));
  }

  private static String flat(String cell) {
    return Text.oneLine(cell);
  }

  private static String laidOut(List<String> cells, int[] widths, int most) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      String cell = flat(cells.get(column));
      line.append(cell);
      if (column < cells.size() - 1) {
        line.append(" ".repeat(widths[column] - cell.length() + 2));
      }
    }
    return Text.cut(line.toString().stripTrailing(), most);
  }
}
