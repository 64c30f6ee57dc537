package dev.interlock.cli.folder;

import dev.interlock.MachineFolder;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.read.Replayed;
import dev.interlock.cli.session.MachineDigits;
import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.difference.Difference;
import dev.interlock.core.difference.Difference.Change;
import dev.interlock.core.difference.Difference.Kind;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Store;
import dev.interlock.core.load.Mark;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A machine against another version of it.
 *
 * @param recorded whether there is a store
 * @param replayed how many journals of the other version were decided anew
 * @param otherwise of those, what goes another way or differs, at most {@link #MAX_TOLD}
 * @param more how many more of those there are
 * @param running instances of the other version that go on, and why each cannot be migrated; null
 *     if it can
 * @param unread whose journals could not be read
 */
record Against(
    Machine old,
    Difference difference,
    boolean recorded,
    int replayed,
    List<Replayed> otherwise,
    int more,
    Map<String, Optional<String>> running,
    List<String> unread) {
  /** The most instances that are decided anew: the newest. */
  static final int MAX_REPLAYED = 1_000;

  /** The most of them that are told one by one. */
  static final int MAX_TOLD = 20;

  private static final Principal OPERATOR = new Principal("check", List.of(Principal.OPERATOR));

  /** What a store has of runs. */
  static final class Recorded implements AutoCloseable {
    private final @Nullable Store store;
    private final Map<String, Machine> machines = new HashMap<>();

    private Recorded(@Nullable Store store) {
      this.store = store;
    }

    /** Of a store, or of none. */
    static Recorded of(@Nullable Store store) {
      return new Recorded(store);
    }

    private Machine machine(String pin) {
      return machines.computeIfAbsent(
          pin,
          key ->
              MachineFolder.compiler()
                  .apply(Objects.requireNonNull(store).machine(key).orElseThrow()));
    }

    private List<Store.Row> rows(String machine) {
      return store == null
          ? List.of()
          : store.rows(new Store.Filter(machine, null, null, null, null, Integer.MAX_VALUE), null);
    }

    /** The machine of that name that digits name, if an instance has it. */
    Optional<Machine> machine(String digits, String name) {
      return MachineDigits.among(
          "--against",
          digits,
          rows(name).stream().map(Store.Row::machine).distinct().map(this::machine).toList(),
          Machine::identity);
    }

    /** Compares, and decides anew what was recorded under the other version. */
    Against against(Machine old, Machine now, Instant at) {
      List<Replayed> otherwise = new ArrayList<>();
      Map<String, Optional<String>> running = new LinkedHashMap<>();
      List<String> unread = new ArrayList<>();
      int replayed = 0;
      int more = 0;
      for (Store.Row row : rows(now.name())) {
        if (replayed == MAX_REPLAYED) {
          break;
        }
        if (!machine(row.machine()).identity().equals(old.identity()) || erased(row)) {
          continue;
        }
        try {
          Replayed each =
              Replayed.of(Objects.requireNonNull(store), row.instance(), this::machine, now);
          replayed++;
          if (!each.report().same()) {
            more += otherwise.size() == MAX_TOLD ? 1 : 0;
            if (otherwise.size() < MAX_TOLD) {
              otherwise.add(each);
            }
          }
          if (each.instance().end() == null) {
            running.put(row.instance(), obstacle(each.instance(), now, at));
          }
        } catch (RuntimeException e) { // whatever reading makes of text that no version wrote
          unread.add(row.instance());
        }
      }
      return new Against(
          old, Difference.of(old, now), store != null, replayed, otherwise, more, running, unread);
    }

    private boolean erased(Store.Row row) {
      return Objects.requireNonNull(store).key(row.instance()).isEmpty();
    }

    private Optional<String> obstacle(Instance instance, Machine now, Instant at) {
      Decision decision =
          Decide.migrate(
              machine(instance.machine()),
              now,
              instance,
              new Occurrence.Migrated(
                  "check", at, OPERATOR, instance.machine(), now.pin(), Map.of()));
      return decision instanceof Decision.Rejected rejected
          ? Optional.of(rejected.rejection().message())
          : Optional.empty();
    }

    @Override
    public void close() {
      if (store != null) {
        store.close();
      }
    }
  }

  // ---- for people

  void print(Output output, Machine now) {
    String identity = old.identity().substring(0, 12);
    output.line(
        output.paint(
            Colour.BOLD,
            old.name().equals(now.name())
                ? "Against version %d, %s:".formatted(old.version(), identity)
                : "Warning: against another machine, %s version %d, %s, and not another version of %s:"
                    .formatted(old.name(), old.version(), identity, now.name())));
    if (difference.changes().isEmpty()) {
      output.line("Nothing differs.");
    }
    for (Kind kind : Kind.values()) {
      List<Change> changes = difference.of(kind);
      if (!changes.isEmpty()) {
        output.line(output.paint(colour(kind), kind.words() + ":"));
        changes.forEach(change -> output.line("  " + told(change)));
      }
    }
    if (!recorded) {
      output.line(output.paint(Colour.FAINT, "There is no store here: no history was looked at."));
      return;
    }
    history(output);
    running.forEach((id, obstacle) ->
        output.line(obstacle.map(why -> stays(id, why)).orElse(id + " can be migrated.")));
  }

  private void history(Output output) {
    output.line(
        "%s recorded under it decided anew: %d go the same way, %d do not."
            .formatted(
                Text.count(replayed, "journal", "journals"),
                replayed - otherwise.size() - more,
                otherwise.size() + more));
    if (replayed == MAX_REPLAYED) {
      output.line(
          output.paint(
              Colour.FAINT, "The newest %,d were looked at, no others.".formatted(MAX_REPLAYED)));
    }
    otherwise.forEach(each -> each.print(output));
    if (more > 0) {
      output.line("… and %d more; `interlock replay --under` has all.".formatted(more));
    }
    unread.forEach(id -> output.line(unread(id)));
  }

  private static String told(Change change) {
    return "%s: %s".formatted(Text.oneLine(change.where()), Text.oneLine(change.what()));
  }

  private static Colour colour(Kind kind) {
    return switch (kind) {
      case ALLOWED -> Colour.RED;
      case OTHERWISE -> Colour.YELLOW;
      case REFUSED -> Colour.GREEN;
      case BESIDE -> Colour.FAINT;
    };
  }

  // ---- as notes

  /**
   * One sentence of it.
   *
   * @param mark the state that it is of, or where the machine begins
   */
  record Told(AgainstCode code, String sentence, Mark mark) {}

  /** All that is told, as notes on the machine as it is now. */
  List<Told> told(Function<List<String>, Mark> places) {
    Mark top = places.apply(List.of());
    List<Told> told = new ArrayList<>();
    for (Change change : difference.changes()) {
      Mark mark = places.apply(List.of("states", change.where().split(", ", 2)[0]));
      boolean everywhere = change.where().equals(Difference.EVERYWHERE);
      told.add(
          new Told(
              AgainstCode.of(change.kind()),
              "%s against version %d: %s"
                  .formatted(change.kind().words(), old.version(), told(change)),
              everywhere ? top : mark));
    }
    for (Replayed each : otherwise) {
      told.add(new Told(AgainstCode.COURSE, each.sentence(), top));
    }
    if (more > 0) {
      told.add(
          new Told(
              AgainstCode.COURSE,
              "%s more go otherwise.".formatted(Text.count(more, "journal", "journals")),
              top));
    }
    running.forEach((id, obstacle) ->
        obstacle.ifPresent(why -> told.add(new Told(AgainstCode.STAYS, stays(id, why), top))));
    unread.forEach(id -> told.add(new Told(AgainstCode.UNREAD, unread(id), top)));
    return told;
  }

  private static String stays(String id, String why) {
    return "%s cannot be migrated: %s".formatted(id, Text.oneLine(why));
  }

  private static String unread(String id) {
    return "%s cannot be read: see verify-journal.".formatted(id);
  }

  // ---- as JSON

  Object json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", old.name());
    json.put("identity", old.identity());
    json.put("version", old.version());
    json.put("changes", difference.changes().stream().map(Against::json).toList());
    json.put("replayed", (long) replayed);
    json.put("otherwise", otherwise.stream().map(Replayed::json).toList());
    json.put("more", (long) more);
    List<Object> instances = new ArrayList<>();
    running.forEach((id, obstacle) -> {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("instance", id);
      one.put("canMigrate", obstacle.isEmpty());
      obstacle.ifPresent(why -> one.put("why", why));
      instances.add(one);
    });
    json.put("running", instances);
    json.put("unread", unread);
    return json;
  }

  private static Object json(Change change) {
    return Map.of(
        "kind", change.kind().name().toLowerCase(Locale.ROOT),
        "where", change.where(),
        "what", change.what());
  }
}
