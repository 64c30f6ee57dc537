package dev.interlock.local;

import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Call.Stage;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Store.Filter;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.journal.Store.PutMark;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Tool;
import dev.interlock.engine.CrashPoints;
import dev.interlock.engine.DamagedException;
import dev.interlock.engine.Live;
import dev.interlock.engine.Loading;
import dev.interlock.engine.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts a store in place from a backup of it.
 *
 * <p>Promise: whoever is killed meanwhile leaves the old store, or none where there was none, or
 * the new one whole, and beside it a note of its last commit; where there is none, that it is
 * missing. The backup is copied and checked beside the place, and comes there by one renaming.
 *
 * <p>What happened after the backup is not known to what is restored. A write that was under way
 * then may have been sent since: it gets the mark of one that was, so that its probe or a person
 * settles it and it is not sent again. What instances did after that nobody here can tell: whoever
 * restores is told which ones had not ended.
 */
public final class Restore {
  private static final DateTimeFormatter ASIDE =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Path backup;
  private final Path place;
  private final boolean damaged;
  private final Function<PutMachine, Machine> compile;
  private final Instant now;

  private Restore(
      Path backup,
      Path place,
      boolean damaged,
      Function<PutMachine, Machine> compile,
      Instant now) {
    this.backup = backup;
    this.place = place;
    this.damaged = damaged;
    this.compile = compile;
    this.now = now;
  }

  /**
   * What may be done.
   *
   * @param replace whether a store that is there is kept aside; otherwise there must be none
   * @param damaged whether a backup that is not whole is taken, too: as an engine does, which
   *     carries on the instances that can be read
   */
  public record Options(boolean replace, boolean damaged) {}

  /**
   * What was done.
   *
   * @param faults of the backup: none, unless it may be damaged
   * @param aside where the store is that was there before, or null if there was none
   * @param instances in the store now
   * @param newest when the last thing that it knows of happened, or null if it has no instances
   * @param open those of them that have not ended
   */
  public record Restored(
      List<Fault> faults,
      @Nullable Path aside,
      long instances,
      @Nullable Instant newest,
      List<Open> open) {
    public Restored {
      faults = List.copyOf(faults);
      open = List.copyOf(open);
    }
  }

  /**
   * An instance that had not ended, and that may have gone on after the backup.
   *
   * @param held tools of writes that were under way: not sent again, their outcome is unknown
   * @param ahead tools of other calls than reads that were accepted, wait for an answer, or are
   *     idempotent and were under way: they are sent if the instance goes on, also if they were
   *     after the backup
   * @param writes whether its machine has a tool that does more than read
   */
  public record Open(Row row, List<String> held, List<String> ahead, boolean writes) {
    public Open {
      held = List.copyOf(held);
      ahead = List.copyOf(ahead);
    }
  }

  /**
   * Restores.
   *
   * @param backup a file that {@link Backup} made, or any store's; it stays
   * @param store where nobody else owns one
   * @param compile makes a machine of what is stored of it
   * @throws OwnedElsewhereException if somebody owns the store
   * @throws StoreException if the backup is not a store, is newer than this version, or is not
   *     whole and may not be damaged; or a store is there, or the place cannot be written. Then all
   *     is as before
   */
  public static Restored of(
      Path backup,
      Path store,
      Options options,
      Function<PutMachine, Machine> compile,
      Instant now) {
    Path from = backup.toAbsolutePath();
    Path place = StoreFile.of(store);
    try {
      if (!Files.isRegularFile(from)) {
        throw new StoreException(
            "found no file %s, expected a backup: look at its path".formatted(from), null);
      }
      for (Path own : List.of(place, copy(place))) {
        if (Files.exists(own) && Files.isSameFile(from, own)) {
          throw new StoreException(
              "found that %s is the store itself, or left by a restore of it, expected a backup: name one"
                  .formatted(from),
              null);
        }
      }
      try (OwnerLock lock = OwnerLock.acquire(place)) {
        requireFree(place, options.replace());
        return new Restore(from, place, options.damaged(), compile, now).run(lock);
      }
    } catch (SQLException | IOException e) {
      throw DiskErrors.of("cannot restore to " + place, e);
    }
  }

  private static void requireFree(Path place, boolean replace) throws IOException {
    if (Files.isSymbolicLink(place) || Files.isDirectory(place)) {
      throw new StoreException(
          "found that %s is a link or a folder, expected a file or nothing: move it away, or name another store"
              .formatted(place),
          null);
    }
    if (Files.exists(place) && !replace) {
      throw new StoreException(
          ("found that a store is there already, %s; expected none: with --replace it is kept"
                  + " aside")
              .formatted(place),
          null);
    }
    if (!Files.exists(place) && filled(place)) {
      throw new StoreException(
          ("found what SQLite keeps beside a database (%s…), but not %s: it would be taken for a"
                  + " part of the new one; put the two together again, or move it away")
              .formatted(beside(place).findFirst().orElseThrow().getFileName(), place),
          null);
    }
  }

  private static Stream<Path> beside(Path database) {
    return Backup.BESIDE.stream()
        .map(suffix -> database.resolveSibling(database.getFileName() + suffix));
  }

  /** Whether anything is kept beside a database that is not in it yet. */
  private static boolean filled(Path database) throws IOException {
    for (Path file : beside(database).filter(path -> !path.toString().endsWith("-shm")).toList()) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > 0) {
        return true;
      }
    }
    return false;
  }

  private Restored run(OwnerLock lock) throws SQLException, IOException {
    Path copy = copy(place);
    clear(copy); // of one that was killed: nobody else is here
    try {
      Files.createFile(copy, PrivateFiles.ATTRIBUTES);
      Backup.copy(backup, copy);
      CrashPoints.pass("before-restored-is-checked");
      modernize(copy);
      List<Fault> faults = faults(copy);
      requireWhole(faults);
      Restored restored = hold(copy);
      Synced.file(copy);
      CrashPoints.pass("before-old-is-aside");
      Path aside = Files.exists(place) ? keepAside() : null;
      put(copy, aside, lock);
      return new Restored(faults, aside, restored.instances(), restored.newest(), restored.open());
    } finally {
      clear(copy);
    }
  }

  /**
   * Puts the copy in its place. Whoever is killed meanwhile, or loses power, leaves the one store
   * or the other: so the last commits of both are noted until it is there for good.
   */
  private void put(Path copy, @Nullable Path aside, OwnerLock lock)
      throws SQLException, IOException {
    List<LastCommit> last = last(copy);
    List<LastCommit> before = lock.noted();
    List<LastCommit> either = new ArrayList<>(before.size() < 2 ? before : ofOld(before));
    either.addAll(last);
    boolean unknown = last.isEmpty() || (aside != null && before.isEmpty());
    lock.replace(unknown ? List.of() : either); // of one of the two nothing can be noted
    CrashPoints.pass("before-restored-is-in-place");
    try {
      Files.move(copy, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      lock.replace(before);
      if (aside != null) {
        Files.deleteIfExists(aside); // a second name of the store that is still there
      }
      throw e;
    }
    CrashPoints.pass("restored-is-in-place");
    Synced.folderOf(place);
    lock.replace(last);
    CrashPoints.pass("after-restored-is-in-place");
  }

  /** Of two, since a restore was killed, the one that the store has which is there. */
  private List<LastCommit> ofOld(List<LastCommit> noted) {
    Optional<LastCommit> has = Optional.empty();
    try (Sql sql = SqliteStore.connect(place, true, SqliteStore.MAX_BUSY)) {
      has = Lost.found(sql, place, noted);
    } catch (SQLException | StoreException e) {
      // it is no store: whichever is noted, nobody opens it
    }
    return List.of(has.orElse(noted.getFirst()));
  }

  /** Where a store stands until it has been checked. */
  static Path copy(Path store) {
    return store.resolveSibling(store.getFileName() + ".restoring");
  }

  private static List<LastCommit> last(Path copy) throws SQLException {
    try (Sql sql = SqliteStore.connect(copy, true, SqliteStore.MAX_BUSY)) {
      return LastCommit.link(sql).stream().toList();
    }
  }

  static void clear(Path copy) throws IOException {
    Files.deleteIfExists(copy);
    for (Path file : beside(copy).toList()) {
      Files.deleteIfExists(file);
    }
  }

  /** An older version's backup is brought up to date. */
  private static void modernize(Path copy) throws SQLException {
    try (Sql sql = SqliteStore.connect(copy, false, SqliteStore.MAX_BUSY)) {
      Schema.migrate(sql, Schema.check(sql.connection(), copy));
    }
  }

  private List<Fault> faults(Path copy) {
    List<Fault> faults = new ArrayList<>();
    try (SqliteStore store = SqliteStore.openReadOnly(copy)) {
      Verification verification = new Verification(store, compile);
      faults.addAll(verification.faults());
      for (String id : new TreeSet<>(verification.instances())) {
        faults.addAll(verification.verify(id).faults());
      }
    }
    return faults;
  }

  private void requireWhole(List<Fault> faults) {
    if (!faults.isEmpty() && !damaged) {
      throw new StoreException(
          ("found that %s is not whole: %s%s; expected a backup whose journals hold: take another"
                  + " one, or this one with --damaged")
              .formatted(
                  backup,
                  faults.getFirst(),
                  faults.size() == 1 ? "" : ", and %d more".formatted(faults.size() - 1)),
          null);
    }
  }

  // ---- what may have happened since

  private Restored hold(Path copy) throws SQLException {
    List<Open> open = new ArrayList<>();
    List<PutMark> marks = new ArrayList<>();
    List<Row> rows;
    Instant newest = Instant.EPOCH;
    try (SqliteStore store = SqliteStore.openReadOnly(copy)) {
      Loading loading = new Loading(store, compile);
      rows = store.rows(new Filter(null, null, null, null, null, Integer.MAX_VALUE), null);
      for (Row row : rows) {
        Instant last = row.since(); // of one that has ended, its end
        Optional<Live> live = going(store, loading, row);
        if (live.isPresent()) {
          open.add(open(row, live.get(), marks));
          last = loading.journal(row.instance(), row.seq() - 1).getLast().at();
        }
        newest = last.isAfter(newest) ? last : newest;
      }
    }
    mark(copy, marks);
    return new Restored(List.of(), null, rows.size(), rows.isEmpty() ? null : newest, open);
  }

  /** An instance that has not ended; one that cannot be read does not go on. */
  private static Optional<Live> going(SqliteStore store, Loading loading, Row row) {
    if (store.key(row.instance()).isEmpty()) {
      return Optional.empty();
    }
    try {
      return loading.load(row.instance()).filter(live -> live.instance().end() == null);
    } catch (DamagedException e) {
      return Optional.empty(); // it is among the faults
    }
  }

  private Open open(Row row, Live live, List<PutMark> marks) {
    Instance instance = live.instance();
    List<String> held = new ArrayList<>();
    List<String> ahead = new ArrayList<>();
    Turn turn = instance.turn();
    for (Call call : turn == null ? List.<Call>of() : turn.calls()) {
      if (!writes(live.machine(), call)) {
        continue;
      }
      if (call.stage() == Stage.DISPATCHED && !idempotent(live.machine(), call)) {
        held.add(call.tool());
        marks.add(new PutMark(instance.id(), call.key(), Mark.DISPATCHED, now));
      } else if (call.stage() == Stage.PROPOSED
          || call.stage() == Stage.ACCEPTED
          || call.stage() == Stage.DISPATCHED) {
        ahead.add(call.tool());
      }
    }
    for (Parked parked : instance.parked()) {
      if (writes(live.machine(), parked.call())) {
        ahead.add(parked.call().tool());
      }
    }
    boolean any =
        live.machine().tools().values().stream()
            .anyMatch(tool -> tool.effect() != EffectClass.READ);
    return new Open(row, held, ahead, any);
  }

  private static boolean writes(Machine machine, Call call) {
    Tool tool = machine.tools().get(call.tool());
    return tool != null && tool.effect() != EffectClass.READ;
  }

  private static boolean idempotent(Machine machine, Call call) {
    return machine.tool(call.tool()).effect() == EffectClass.IDEMPOTENT;
  }

  private void mark(Path copy, List<PutMark> marks) throws SQLException {
    try (Sql sql = SqliteStore.connect(copy, false, SqliteStore.MAX_BUSY)) {
      sql.execute("BEGIN IMMEDIATE");
      for (PutMark mark : marks) {
        BesideTables.put(sql, mark); // one that it has stays
      }
      LinkTable.record(sql, Map.of("record", "restored", "at", now.toString()));
      sql.execute("COMMIT");
    }
  }

  // ---- the store that was there

  /**
   * Gives the store that is there a second name. All of it must stand in its one file first: what
   * is beside it would be taken for a part of the new one.
   */
  private Path keepAside() throws IOException {
    String why = fold();
    if (filled(place)) {
      throw new StoreException(
          ("found that the write-ahead log of %s cannot be put into it (%s), expected a store that"
                  + " nobody reads and that is not damaged: end who reads it, or move it away"
                  + " together with %s, and restore without --replace")
              .formatted(place, why, beside(place).toList()),
          null);
    }
    Path aside = place.resolveSibling(place.getFileName() + StoreFile.REPLACED + ASIDE.format(now));
    try {
      Files.createLink(aside, place);
    } catch (UnsupportedOperationException e) {
      Files.copy(place, aside); // a disk without links
      Synced.file(aside);
    }
    Synced.folderOf(place);
    return aside;
  }

  /** Why not, if it cannot be done; that a file is no database is no reason. */
  private String fold() {
    try (Sql sql = SqliteStore.connect(place, false, SqliteStore.MAX_BUSY)) {
      String mode = Schema.text(sql.connection(), "PRAGMA journal_mode = DELETE");
      if (mode.equals("delete")) {
        return "";
      }
      throw busy("that its journal mode stays " + mode);
    } catch (SQLException e) {
      if (DiskErrors.busy(e)) {
        throw busy(DiskErrors.found(e));
      }
      return DiskErrors.found(e);
    }
  }

  private StoreException busy(String why) {
    return new StoreException(
        "cannot restore to %s: found %s, expected that nobody reads it: end who does, then try again"
            .formatted(place, why),
        null);
  }
}
