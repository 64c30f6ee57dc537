package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Whatever a disk or SQLite throws is told in plain words, with how to mend it. */
class DiskErrorsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SQLITE_FULL             | no room left on its disk      | make room there",
        "SQLITE_READONLY_DBMOVED | that it may only be read      | look at their rights",
        "SQLITE_IOERR_FSYNC      | does not read or write        | look at the disk",
        "SQLITE_CORRUPT_INDEX    | that it is damaged            | `interlock restore` the newest backup",
        "SQLITE_NOTADB           | that it is no database        | name another one",
        "SQLITE_BUSY_SNAPSHOT    | that another process holds it | end the programs that have it open",
        "SQLITE_LOCKED           | that another process holds it | try again",
        "SQLITE_CANTOPEN_ISDIR   | cannot be opened              | look at its path and the rights",
        "SQLITE_READONLY_ROLLBACK| had begun to write            | opens it for writing, as `interlock up`",
        "SQLITE_SCHEMA           | \"raw words\"                 | report this"
      })
  void everyCodeOfSqliteHasThreeParts(SQLiteErrorCode code, String found, String mend) {
    SQLException raw = new SQLiteException("raw words", code);

    StoreException told = DiskErrors.of("cannot write to cases.db", raw);

    assertThat(told)
        .hasMessageMatching("cannot write to cases.db: found .*, expected .*: .*")
        .hasMessageContaining(found)
        .hasMessageContaining(mend)
        .hasCause(raw);
    if (!found.contains("raw")) {
      assertThat(told)
          .hasMessageContaining("(" + code.name() + ")")
          .message()
          .doesNotContain("raw words");
    }
  }

  static Stream<Object[]> ofFiles() {
    return Stream.of(
        new Object[] {new NoSuchFileException("x"), "no folder for it"},
        new Object[] {new AccessDeniedException("x"), "that it may only be read"},
        new Object[] {new FileSystemException("x", null, "Read-only file system"), "only be read"},
        new Object[] {new IOException("No space left on device"), "no room left"},
        new Object[] {new FileSystemException("x", null, "Disk quota exceeded"), "no room left"},
        new Object[] {new IOException("it burns"), "\"it burns\""});
  }

  @ParameterizedTest
  @MethodSource("ofFiles")
  void everyErrorOfAFileHasThreeParts(IOException raw, String found) {
    assertThat(DiskErrors.of("cannot write x", raw))
        .hasMessageMatching("cannot write x: found .*, expected .*: .*")
        .hasMessageContaining(found);
  }

  @Test
  void aTextIsNoBackup() throws Exception {
    Path text = Files.writeString(folder.resolve("notes.txt"), "just some notes ".repeat(200));

    assertThatThrownBy(() ->
            Restore.of(
                text,
                folder.resolve("cases.db"),
                new Restore.Options(false, false),
                machine -> {
                  throw new AssertionError(machine.name());
                },
                Instant.EPOCH))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("cannot copy " + text)
        .hasMessageContaining("found that it is no database (SQLITE_NOTADB), expected the file of")
        .hasMessageContaining(": name another one");
  }
}
