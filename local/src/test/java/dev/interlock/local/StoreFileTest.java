package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to one file is one store. */
class StoreFileTest {
  @TempDir private Path folder;

  @Test
  void linkToAStoreIsThatStore() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real")).resolve("cases.db");
    Path link = Files.createDirectory(folder.resolve("other")).resolve("link.db");
    Path folderLink = Files.createSymbolicLink(folder.resolve("linked"), real.getParent());
    SqliteStore.open(real).close();
    Files.createSymbolicLink(link, real);

    for (Path other : new Path[] {link, folderLink.resolve("cases.db")}) {
      try (SqliteStore owner = SqliteStore.open(other)) {
        assertThat(owner.lost()).isEmpty();
        assertThat(StoreFile.of(other)).isEqualTo(real.toRealPath());
        assertThatThrownBy(() -> SqliteStore.open(real))
            .isInstanceOf(OwnedElsewhereException.class);
      }
      assertThat(SocketPlace.of(other)).isEqualTo(SocketPlace.of(real));
    }
    assertThat(link.getParent()).isDirectoryNotContaining("glob:**.lock");
  }

  @Test
  void storeIsFoundInALinkedFolderBeforeItIsThere() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path linked = Files.createSymbolicLink(folder.resolve("linked"), real);

    assertThat(StoreFile.of(linked.resolve("cases.db")))
        .isEqualTo(real.toRealPath().resolve("cases.db"));
  }

  @Test
  void fileOfTwoNamesIsRefusedUnlessARestoreOrABackupGaveItOne() throws IOException {
    Path store = folder.resolve("cases.db");
    SqliteStore.open(store).close();
    Path aside = Files.createLink(folder.resolve("cases.db.replaced-20260131T090000Z"), store);
    Path part = Files.createLink(folder.resolve("cases.db.part"), store);
    SqliteStore.open(store).close();
    Files.delete(part);

    Files.createLink(folder.resolve("other.db"), store);
    refused(store, "has a second name");
    refused(folder.resolve("other.db"), "has a second name");
    Files.delete(folder.resolve("other.db"));
    Files.delete(aside);
    SqliteStore.open(store).close();
  }

  @Test
  void whatIsNoFileIsRefusedAsItIs() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("cases.db"));
    String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(inner));

    refused(inner, "is no regular file");
    refused(Path.of("/dev/null"), "/dev/null is no regular file");
    refused(folder.resolve("a?b=c&d=e.db"), "a ? in ");
    refused(
        Files.createSymbolicLink(folder.resolve("to.db"), folder.resolve("nowhere")),
        "is a link that leads nowhere");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(inner)))
        .isEqualTo(rights);
    assertThat(folder).isDirectoryNotContaining("glob:**.lock");
  }

  private static void refused(Path file, String why) {
    assertThatThrownBy(() -> SqliteStore.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(why);
    assertThatThrownBy(() -> SqliteStore.openReadOnly(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(why);
  }
}
