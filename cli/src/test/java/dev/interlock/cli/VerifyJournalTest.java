package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.core.json.Json;
import dev.interlock.local.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyJournalTest {
  @TempDir private Path here;
  private Path rooms;

  @BeforeEach
  void make() {
    rooms = FastServer.rooms(here);
  }

  private Cli.Run run(String... args) {
    return Cli.in(rooms).run(args);
  }

  private void sql(String sql) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + rooms.resolve("cases.db"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void storeWithoutInstancesIsNoVerifiedOne() throws Exception {
    SqliteStore.open(rooms.resolve("cases.db")).close();
    assertThat(run("verify-journal").ok().out()).isEqualTo("No instances.\n");
    assertThat(run("verify-journal", "--json").ok().out()).isEqualTo("[]\n");

    sql("INSERT INTO sent_id VALUES ('case-9', 'm1')");

    Cli.Run rest = run("verify-journal");
    assertThat(rest.code()).isEqualTo(ExitCode.FAILED);
    assertThat(rest.out())
        .isEqualTo(
            """
            broken  case-9: it has rows, but no journal: sent_id
            1 journal checked, 1 broken.
            """);
  }

  @Test
  void everyFaultIsNamedWithInstanceAndEntry() throws Exception {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("start", "--id", "case-2", "--as", "ana").ok();
    sql("UPDATE instance SET status = 'completed' WHERE instance = 'case-2'");
    sql("DELETE FROM link WHERE position = 0");

    Cli.Run broken = run("verify-journal");
    assertThat(broken.code()).isEqualTo(ExitCode.FAILED);
    assertThat(broken.out())
        .contains("whole   case-1  ")
        .contains(
            "broken  case-2, entry 1: its row has status completed, which is not what the journal"
                + " gives\n")
        .contains("broken  store: the first link of its chain is missing\n")
        .endsWith("2 journals checked, 1 broken; 2 faults beside them.\n");
    Cli.Run one = run("verify-journal", "case-2", "--json");
    assertThat(one.code()).isEqualTo(ExitCode.FAILED);
    assertThat(Json.at(Json.parse("{\"a\":" + one.out() + "}"), "/a/0/faults/0/seq")).isEqualTo(1L);
  }

  @Test
  void storeIsComparedWithAHeadThatWasKept() throws Exception {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("start", "--id", "case-2", "--as", "ana").ok();
    run("cancel", "case-2").ok();

    Cli.Run wrote = run("verify-journal", "--write-head", "../kept.head").ok();
    assertThat(wrote.out())
        .endsWith(
            "2 journals checked, all whole.\nWrote the head to %s.\n"
                .formatted(here.resolve("kept.head")));
    fails(ExitCode.FAILED, "nothing is overwritten", "--write-head", "../kept.head");
    run("send", "case-1", "yes", "--as", "ana").ok();
    run("purge", "--ended-before", "2100-01-01").ok();

    assertThat(run("verify-journal", "--head", "../kept.head").ok().out())
        .startsWith("head    of 20")
        .containsPattern("head    of \\S+, 2 instances, not signed\n")
        .containsPattern("since   \\S+: purged 1 instance, by ")
        .endsWith("1 journal checked, all whole.\n");
    Cli.Run json = run("verify-journal", "--head", "../kept.head", "--json").ok();
    assertThat(Json.at(Json.parse("{\"a\":" + json.out() + "}"), "/a/1/signed")).isEqualTo(false);

    sql("DELETE FROM entry WHERE instance = 'case-1' AND seq > 1");
    Cli.Run broken = run("verify-journal", "--head", "../kept.head");
    assertThat(broken.code()).isEqualTo(ExitCode.FAILED);
    assertThat(broken.out())
        .containsPattern(
            "broken  case-1, entry \\d+: the head names it, and the journal ends before it");
  }

  /** Whoever the head misses is broken, and named once. */
  @Test
  void instanceThatARestoreLostIsBrokenAndNotWhole() throws Exception {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("backup", "../older.db").ok();
    run("send", "case-1", "yes", "--as", "ana").ok();
    run("start", "--id", "case-2", "--as", "ana").ok();
    run("verify-journal", "--write-head", "../kept.head").ok();
    run("restore", "../older.db", "--replace").ok();

    Cli.Run text = run("verify-journal", "--head", "../kept.head");
    assertThat(text.code()).isEqualTo(ExitCode.FAILED);
    assertThat(text.out())
        .containsPattern("since   \\S+: restored from a backup\n")
        .containsPattern(
            "broken  case-1, entry \\d+: the head names it, and the journal ends before it\n")
        .containsPattern(
            "broken  case-2, entry 1: the head names it: the instance is missing, and no purge of it is on record\n")
        .doesNotContain("whole")
        .endsWith("2 journals checked, 2 broken; 1 fault beside them.\n");

    Cli.Run json = run("verify-journal", "--head", "../kept.head", "--json");
    assertThat(json.code()).isEqualTo(ExitCode.FAILED);
    List<?> found = (List<?>) Json.at(Json.parse("{\"a\":" + json.out() + "}"), "/a");
    assertThat(found)
        .extracting(
            each -> ((Map<?, ?>) each).get("instance"), each -> ((Map<?, ?>) each).get("of"))
        .containsExactly(
            tuple("case-1", null),
            tuple("case-2", null),
            tuple(null, "store"),
            tuple(null, "head"));
    assertThat(found)
        .filteredOn(each -> ((Map<?, ?>) each).containsKey("whole"))
        .allSatisfy(each -> {
          assertThat(((Map<?, ?>) each).get("whole")).isEqualTo(false);
          assertThat((List<?>) ((Map<?, ?>) each).get("faults")).hasSize(1);
        });
  }

  // ---- what was committed last

  private void refused(String why) {
    for (List<String> command :
        List.of(
            List.of("list"),
            List.of("show", "case-1"),
            List.of("journal", "case-1"),
            List.of("replay"),
            List.of("send", "case-1", "yes", "--as", "ana"),
            List.of("purge", "--ended-before", "2100-01-01"))) {
      Cli.Run run = run(command.toArray(String[]::new));
      assertThat(run.code()).as(command + run.out() + run.err()).isEqualTo(ExitCode.FAILED);
      assertThat(run.err()).as("%s", command).contains(why);
    }
  }

  @Test
  void olderCopyInItsPlaceIsAFaultAndNoCommandReadsIt() throws Exception {
    Path file = rooms.resolve("cases.db");
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    Path older = Files.copy(file, here.resolve("older.db"));
    run("send", "case-1", "yes", "--as", "ana").ok();
    run("verify-journal").ok();
    Path newer = Files.copy(file, here.resolve("newer.db"));
    Files.copy(older, file, StandardCopyOption.REPLACE_EXISTING);

    String lost = "found that %s does not have what was committed last (entry ".formatted(file);
    refused(lost);
    Cli.Run broken = run("verify-journal");
    assertThat(broken.code()).isEqualTo(ExitCode.FAILED);
    assertThat(broken.out())
        .contains("whole   case-1  ")
        .contains("broken  store: " + lost)
        .endsWith("1 journal checked, 0 broken; 1 fault beside them.\n");
    assertThat(run("verify-journal", "--json").out()).contains("\"of\":\"store\"", lost);

    Files.copy(newer, file, StandardCopyOption.REPLACE_EXISTING);
    run("verify-journal").ok();
    assertThat(run("list").ok().out()).contains("case-1");
  }

  @Test
  void storeThatIsGoneIsNoStoreThatNeverWas() throws Exception {
    Path file = rooms.resolve("cases.db");
    assertThat(run("list").ok().err()).contains("no instance that you may see");
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    Files.delete(file);

    refused("does not have what was committed last (entry ");
    fails(ExitCode.FAILED, "does not have what was committed last (entry ");

    Files.delete(rooms.resolve("cases.db.lock"));
    Files.writeString(rooms.resolve("cases.db-wal"), "a log");
    refused("cases.db-wal, but nothing in cases.db");
    fails(ExitCode.FAILED, "cases.db-wal, but nothing in cases.db");
  }

  @Test
  void signatureOfAHeadIsChecked() throws Exception {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    assertThat(run("verify-journal", "--new-key", "../a.key").ok().out())
        .isEqualTo(
            "Wrote %s, to sign with, and %s.\n"
                .formatted(here.resolve("a.key"), here.resolve("a.key.pub")));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(here.resolve("a.key"))))
        .isEqualTo("rw-------");
    fails(ExitCode.FAILED, "a.key.pub: there already", "--new-key", "../a.key");
    run("verify-journal", "--new-key", "../b.key").ok();
    run("verify-journal", "--write-head", "../signed.head", "--key", "../a.key").ok();
    run("verify-journal", "--write-head", "../plain.head").ok();

    String[] signed = {"verify-journal", "--head", "../signed.head"};
    assertThat(run(signed).ok().out()).contains("1 instance, signed, which was not checked");
    assertThat(
            run("verify-journal", "--head", "../signed.head", "--public-key", "../a.key.pub")
                .ok()
                .out())
        .contains("1 instance, signed by the key of ../a.key.pub\n");
    String notBy = "was not signed with the key that belongs to";
    fails(ExitCode.FAILED, notBy, "--head", "../signed.head", "--public-key", "../b.key.pub");
    fails(
        ExitCode.FAILED,
        "no signature in",
        "--head",
        "../plain.head",
        "--public-key",
        "../a.key.pub");
    Path kept = here.resolve("signed.head");
    Files.writeString(kept, Files.readString(kept).replace("\"store\":\"", "\"store\":\"0"));
    fails(ExitCode.FAILED, notBy, "--head", "../signed.head", "--public-key", "../a.key.pub");
  }

  @Test
  void whatIsNoHeadOrKeyIsNamed() throws Exception {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("verify-journal", "--write-head", "../kept.head").ok();
    Files.writeString(
        here.resolve("text"), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----");
    Files.write(here.resolve("bytes"), new byte[] {(byte) 0xff, 7, 0});

    fails(ExitCode.USAGE, "no file", "--head", "../none.head");
    fails(ExitCode.FAILED, "expected a head as", "--head", "../text");
    fails(ExitCode.USAGE, "cannot be read", "--head", "../bytes");
    fails(ExitCode.USAGE, "cannot be read", "--head", "..");
    fails(ExitCode.USAGE, "no PUBLIC KEY", "--head", "../kept.head", "--public-key", "../text");
    fails(ExitCode.USAGE, "no PRIVATE KEY", "--write-head", "../new.head", "--key", "../text");
    fails(ExitCode.USAGE, "--key without --write-head", "--key", "../text");
    fails(ExitCode.USAGE, "--public-key without --head", "--public-key", "../text");
    fails(ExitCode.FAILED, "cannot be written", "--write-head", "../no/such.head");
    Files.createFile(here.resolve("new.head.part"));
    fails(ExitCode.FAILED, "new.head.part: of one that was killed", "--write-head", "../new.head");
    Files.createFile(here.resolve("new.key.part"));
    fails(ExitCode.FAILED, "new.key.part: of one that was killed", "--new-key", "../new.key");
    assertThat(here.resolve("new.key.pub")).doesNotExist();
    assertThat(here.resolve("new.head")).doesNotExist();
  }

  private void fails(int code, String why, String... options) {
    List<String> args = new ArrayList<>(List.of("verify-journal"));
    args.addAll(List.of(options));
    Cli.Run run = run(args.toArray(String[]::new));
    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(code);
    assertThat(run.err()).contains(why);
  }

  @Test
  void damagedInstanceIsNamedByEveryCommand() throws Exception {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("start", "--id", "case-2", "--as", "ana").ok();
    sql("UPDATE content SET content = 'x' || content WHERE instance = 'case-2'");

    for (List<String> command :
        List.of(
            List.of("show", "case-2"),
            List.of("journal", "case-2"),
            List.of("send", "case-2", "hello", "--as", "ana"),
            List.of("run", "--id", "case-2"))) {
      Cli.Run run = run(command.toArray(String[]::new));
      assertThat(run.code()).as(command + run.err()).isEqualTo(ExitCode.FAILED);
      assertThat(run.err())
          .as("%s", command)
          .contains("instance case-2 cannot be read (entry 1: ")
          .contains("`interlock verify-journal case-2`");
    }
    run("send", "case-1", "yes", "--as", "ana").ok();
    assertThat(run("list").ok().out()).contains("case-2");

    sql("UPDATE instance SET roles = 'x' WHERE instance = 'case-2'");
    Cli.Run list = run("list");
    assertThat(list.code()).isEqualTo(ExitCode.FAILED);
    assertThat(list.err()).contains("instance case-2 cannot be read (the roles of its row: ");
  }
}
