package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is made whole, or not at all. */
class NewFileTest {
  private static final int DISK = 64 << 10;

  @TempDir private Path folder;

  @Test
  void aFullDiskLeavesNothing() throws Exception {
    try (Mounted disk = Mounted.small(folder, DISK)) {
      assertThatThrownBy(() ->
              NewFile.make(folder.resolve("large"), part -> Files.write(part, new byte[2 * DISK])))
          .isInstanceOf(IOException.class);
      assertThat(disk.place()).isEmptyDirectory();

      NewFile.make(folder.resolve("small"), part -> Files.write(part, new byte[DISK / 2]));
      assertThat(folder.resolve("small")).hasSize(DISK / 2);
    }
  }

  @Test
  void whoFailsInTheMiddleLeavesNothing() {
    assertThatThrownBy(() ->
            NewFile.make(
                folder.resolve("new"),
                part -> {
                  Files.writeString(part, "half");
                  throw new IOException("no more");
                }))
        .isInstanceOf(IOException.class)
        .hasMessage("no more");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void nothingIsOverwrittenAndWhatIsInTheWayIsNamed() throws Exception {
    Path there = Files.writeString(folder.resolve("there"), "precious");
    Path killed = Files.writeString(folder.resolve("new.part"), "half");

    assertThatThrownBy(() -> NewFile.make(there, part -> {}))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessage(there + ": there already");
    assertThatThrownBy(() -> NewFile.make(folder.resolve("new"), part -> {}))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessage(killed + ": of one that was killed, to be removed, or is being made");
    assertThatThrownBy(() ->
            NewFile.make(
                folder.resolve("late"),
                part -> Files.writeString(folder.resolve("late"), "theirs")))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> NewFile.make(folder.resolve("no/such"), part -> {}))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageEndingWith("its folder is not there");
    assertThat(there).hasContent("precious");
    assertThat(killed).hasContent("half");
    assertThat(folder.resolve("late")).hasContent("theirs");
    assertThat(folder.resolve("late.part")).doesNotExist();
  }

  @Test
  void aPrivateOneIsReadByItsOwnerOnly() throws Exception {
    Path made = folder.resolve("secret");
    NewFile.makePrivate(made, part -> Files.writeString(part, "secret"));

    assertThat(made).hasContent("secret");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rw-------");
  }
}
