package dev.interlock.bench;

import dev.interlock.core.json.Json;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a benchmark found, for the line of JSON it ends in. Not thread-safe. */
public final class Figures {
  private static final int DIGITS = 4;

  private final Map<String, Object> found = new LinkedHashMap<>();

  /** Prints it, and keeps it. */
  public void put(String name, double value) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(DIGITS)).stripTrailingZeros();
    System.out.printf(Locale.ROOT, "%-40s %s%n", name, rounded.toPlainString());
    found.put(name, Json.number(rounded));
  }

  /** The line of JSON. */
  public void end() {
    System.out.println(Json.write(found));
  }

  /** The middle one, or the mean of the middle two. */
  public static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
