package dev.interlock.bench.overload;

import dev.interlock.core.json.Json;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Times that something took. Thread-safe. */
final class Sample {
  private long[] nanos = new long[1 << 10];
  private int size;

  synchronized void add(long taken) {
    if (size == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * size);
    }
    nanos[size++] = taken;
  }

  synchronized int size() {
    return size;
  }

  /** In milliseconds; 0 of none. */
  synchronized double quantile(double of) {
    if (size == 0) {
      return 0;
    }
    long[] sorted = Arrays.copyOf(nanos, size);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(size - 1L, (long) (of * size))] / 1e6;
  }

  /** How many, and median, 99th percentile and most, in milliseconds. */
  Map<String, Object> told() {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("count", (long) size());
    told.put("p50", number(quantile(0.5)));
    told.put("p99", number(quantile(0.99)));
    told.put("max", number(quantile(1)));
    return told;
  }

  static Object number(double value) {
    return Json.number(new BigDecimal("%.1f".formatted(value)));
  }
}
