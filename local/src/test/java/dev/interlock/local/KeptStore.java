package dev.interlock.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.verify.Verification;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.ScriptedTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A store with instances that have ended and one that waits, each with words of its own. */
record KeptStore(Path file) {
  static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));
  static final Principal ANA = new Principal("ana", List.of("employee"));
  private static final int LONG = 5_000;

  /** A word that stands in all that is said to, and comes of, an instance. */
  static String word(String instance) {
    return "confidential" + instance.hashCode();
  }

  static KeptStore make(Path file) {
    KeptStore kept = new KeptStore(file);
    kept.converse(List.of("ended", "other", "waiting"));
    return kept;
  }

  static Machine compile(PutMachine stored) {
    return ContractMachine.compile(stored.text(), stored.lock());
  }

  LocalEngine open(ContractMachine.World world) {
    return LocalEngine.open(
        SqliteStore.open(file),
        LocalRunning.machines(),
        LocalRunning.ports(world),
        LocalRunning.settings());
  }

  /** All but one that waits come to their end. */
  void converse(List<String> instances) {
    ContractMachine.World world = new ContractMachine.World();
    world
        .tools()
        .answer(
            "d.mail",
            call -> ScriptedTools.returned((word(call.instance()) + " sent ").repeat(LONG)));
    try (Engine engine = open(world)) {
      for (String id : instances) {
        world
            .model()
            .script(
                id,
                List.of(Map.of("call", "d.mail", "with", Map.of("text", word(id)))),
                "Sent.",
                List.of(Map.of("call", "record", "with", Map.of("done", true))));
        engine.start(ANA, "contract", id, null, Map.of());
        byte[] bytes = ("%PDF-1 " + word(id)).getBytes(UTF_8);
        engine.send(
            ANA,
            id,
            "m1",
            "please " + word(id),
            Map.of(),
            Map.of("papers", List.of(Attachment.of("one.pdf", bytes))));
        await(engine, id, 2);
        if (!id.startsWith("waiting")) {
          engine.send(ANA, id, "m2", "that is all");
          await(engine, id, 3);
        }
      }
    }
  }

  private static void await(Engine engine, String id, long questions) {
    while (engine
        .get(OPERATOR, id)
        .filter(view -> view.instance().questions() == questions && view.instance().atRest())
        .isEmpty()) {
      Thread.onSpinWait();
    }
  }

  List<Fault> faults() {
    return faults(file);
  }

  static List<Fault> faults(Path file) {
    try (SqliteStore store = SqliteStore.openToVerify(file)) {
      Verification verification = new Verification(store, KeptStore::compile);
      List<Fault> faults = new ArrayList<>(verification.faults());
      verification.instances().forEach(id -> faults.addAll(verification.verify(id).faults()));
      return faults;
    }
  }

  List<String> instances() throws Exception {
    return column("SELECT instance FROM instance ORDER BY instance");
  }

  List<String> column(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }

  void sql(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Whether a word stands anywhere in the bytes of the file, or of those beside it. */
  boolean holds(String word) throws Exception {
    for (String suffix : List.of("", "-wal")) {
      Path one = file.resolveSibling(file.getFileName() + suffix);
      if (Files.exists(one) && new String(Files.readAllBytes(one), ISO_8859_1).contains(word)) {
        return true;
      }
    }
    return false;
  }

  /** The files of the folder, but for the lock's. */
  List<String> files() throws Exception {
    try (var files = Files.list(file.toAbsolutePath().getParent())) {
      List<String> names =
          new ArrayList<>(
              files
                  .map(Path::getFileName)
                  .map(Path::toString)
                  .filter(n -> !n.endsWith(".lock"))
                  .toList());
      assertThat(names).isNotEmpty();
      names.sort(null);
      return names;
    }
  }
}
