package dev.interlock.cli.tell;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Times and durations as people read them. */
final class Ago {
  private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private Ago() {}

  /** A duration in its largest unit: {@code 45 s}, {@code 3 min}, {@code 23 h}, {@code 12 d}. */
  static String words(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 7_200) {
      return seconds / 60 + " min";
    }
    if (seconds < 172_800) {
      return seconds / 3_600 + " h";
    }
    return seconds / 86_400 + " d";
  }

  /** {@code 3 min ago}. */
  static String since(Instant then, Instant now) {
    return words(Duration.between(then, now)) + " ago";
  }

  /** {@code in 23 h}, or that it is overdue. */
  static String until(Instant then, Instant now) {
    return then.isAfter(now)
        ? "in " + words(Duration.between(now, then))
        : "overdue by " + words(Duration.between(then, now));
  }

  static String local(Instant at, ZoneId zone) {
    return LOCAL.format(at.atZone(zone));
  }
}
