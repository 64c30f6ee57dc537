package dev.interlock.cli.keep;

import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.local.Purge;
import dev.interlock.local.Purge.By;
import dev.interlock.local.Purge.Purged;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code interlock purge}. */
@Command(
    name = "purge",
    header = "Take instances that ended long ago out of the store, and give their space back.",
    description = {
      "They go whole: row, journal, content and documents. The store's chain keeps on record who"
          + " purged how many, and when, so `interlock verify-journal` misses none. While it writes"
          + " the file anew it needs free space of twice the file's size, and nobody else may have"
          + " the store."
    },
    footer = {
      "",
      "Examples:",
      "  interlock purge --ended-before P90D            90 days ago",
      "  interlock purge --ended-before 2026-01-31",
      "  interlock purge                                as `retention` says"
    })
public final class PurgeCommand extends StoreCommand {
  @Option(
      names = "--ended-before",
      paramLabel = "TIME",
      description =
          "A date (its beginning, UTC), a moment as 2026-01-31T12:00:00Z, or so long ago: P90D."
              + " Default: what `retention` in interlock.yaml says of each machine.")
  private @Nullable String endedBefore;

  public PurgeCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    @Nullable Instant time = endedBefore == null ? null : time(endedBefore);
    Map<String, Instant> times = time == null ? retained() : Map.of();
    By by = new By(program().user(), program().clock().instant());
    Purged purged =
        owning(store ->
            time == null
                ? Purge.endedBefore(store, times, by)
                : Purge.endedBefore(store, time, by));
    if (program().output().json()) {
      program().output().value(json(time, times, purged));
    } else {
      String before =
          time != null
              ? "before " + time
              : times.entrySet().stream()
                  .map(each -> "%s before %s".formatted(each.getKey(), each.getValue()))
                  .collect(Collectors.joining(", "));
      program()
          .output()
          .line(
              "Purged %s that ended (%s); the file is smaller by %,d bytes."
                  .formatted(
                      Text.count(purged.instances(), "instance", "instances"),
                      before,
                      purged.bytes()));
    }
    return ExitCode.OK;
  }

  private static Map<String, Object> json(
      @Nullable Instant time, Map<String, Instant> times, Purged purged) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (time != null) {
      json.put("endedBefore", time.toString());
    } else {
      Map<String, Object> each = new LinkedHashMap<>();
      times.forEach((machine, before) -> each.put(machine, before.toString()));
      json.put("endedBefore", each);
    }
    json.put("instances", purged.instances());
    json.put("bytes", purged.bytes());
    return json;
  }

  private Map<String, Instant> retained() {
    Map<String, Instant> times = new LinkedHashMap<>();
    Duration most = Duration.between(Instant.EPOCH, program().clock().instant());
    readConfiguration()
        .retention()
        .forEach(
            (machine, kept) -> times.put(machine, ago(kept.compareTo(most) < 0 ? kept : most)));
    if (times.isEmpty()) {
      throw Failure.of(
          "no --ended-before, and no `retention` in interlock.yaml",
          "one of them",
          "add for example --ended-before P90D, or `retention: {MACHINE: P90D}`",
          ExitCode.USAGE);
    }
    return times;
  }

  private Instant ago(Duration duration) {
    return program().clock().instant().minus(duration);
  }

  private Instant time(String given) {
    try {
      if (given.startsWith("P")) {
        Duration ago = Duration.parse(given);
        if (!ago.isNegative()) {
          return ago(ago);
        }
      } else if (given.contains("T")) {
        return Instant.parse(given);
      } else {
        return LocalDate.parse(given).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
    } catch (DateTimeException | ArithmeticException e) {
      // it is told below
    }
    throw Failure.of(
        "\"%s\" for --ended-before".formatted(given),
        "a date, a moment in UTC, or a duration of days and hours",
        "for example 2026-01-31, 2026-01-31T12:00:00Z or P90D",
        ExitCode.USAGE);
  }
}
