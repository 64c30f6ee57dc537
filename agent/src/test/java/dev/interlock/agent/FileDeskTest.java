package dev.interlock.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.desk.Desk.DeskException;
import dev.interlock.core.desk.Desk.Notice;
import dev.interlock.core.desk.Desk.Ticket;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDeskTest {
  @TempDir Path temp;

  private Path folder() {
    return temp.resolve("deep/desk");
  }

  private static Ticket ticket(String key) {
    return new Ticket(
        key,
        "device-1",
        "it-access",
        "Escalate",
        "Act",
        "errors",
        "the third error in a row",
        new TreeMap<>(
            Map.of("request", "device", "price", Decimal.of("12.50"), "tags", List.of("a", 1L))));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.sorted().toList();
    }
  }

  @Test
  void ticketIsReadableJson() throws IOException {
    String id = new FileDesk(folder()).open(ticket("device-1/7/0"));

    assertThat(folder().resolve(id + ".json"))
        .hasContent(
            """
            {
              "id": "%s",
              "reason": "errors",
              "detail": "the third error in a row",
              "instance": "device-1",
              "machine": "it-access",
              "state": "Escalate",
              "from": "Act",
              "bundle": {
                "price": 12.5,
                "request": "device",
                "tags": [
                  "a",
                  1
                ]
              },
              "key": "device-1/7/0"
            }
            """
                .formatted(id));
  }

  @Test
  void sameKeyGivesTheSameTicketAlsoFromAnotherDesk() throws IOException {
    String first = new FileDesk(folder()).open(ticket("device-1/7/0"));
    String again = new FileDesk(folder()).open(ticket("device-1/7/0"));
    String other = new FileDesk(folder()).open(ticket("device-1/9/0"));

    assertThat(again).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
    assertThat(files()).hasSize(2);
  }

  @Test
  void whatPeopleWroteIntoATicketStays() throws IOException {
    FileDesk desk = new FileDesk(folder());
    String id = desk.open(ticket("k"));
    Path file = folder().resolve(id + ".json");
    Files.writeString(file, "done, Bob");

    assertThat(desk.open(ticket("k"))).isEqualTo(id);
    assertThat(file).hasContent("done, Bob");
  }

  @Test
  void idTakenByAnotherKeyIsNotGivenTwice() throws IOException {
    FileDesk desk = new FileDesk(folder());
    String id = desk.open(ticket("k"));
    Files.writeString(folder().resolve(id + ".json"), "{\"key\": \"somebody else's\"}");

    String longer = desk.open(ticket("k"));

    assertThat(longer).startsWith(id).hasSizeGreaterThan(id.length());
    assertThat(desk.open(ticket("k"))).isEqualTo(longer);
  }

  @Test
  void draftThatACrashLeftBehindIsNoTicket() throws IOException {
    FileDesk desk = new FileDesk(folder());
    String id = desk.open(ticket("k"));
    Path file = folder().resolve(id + ".json");
    Files.move(file, folder().resolve("." + id + ".json7.new"));

    assertThat(desk.open(ticket("k"))).isEqualTo(id);
    assertThat(file).exists();
  }

  @Test
  void noticeIsFiledOncePerKey() throws IOException {
    FileDesk desk = new FileDesk(folder());
    desk.notify(new Notice("device-1/5/1", "device-1", "manager", "no. 3 waits"));
    desk.notify(new Notice("device-1/5/1", "device-1", "manager", "no. 3 waits"));

    assertThat(files()).hasSize(1);
    assertThat(Json.parseObject(Files.readString(files().getFirst())))
        .containsEntry("role", "manager")
        .containsEntry("text", "no. 3 waits");
  }

  @Test
  void onlyTheOwnerReadsAndWrites() throws IOException {
    new FileDesk(folder()).open(ticket("k"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files().getFirst())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
        .isEqualTo("rwx------");
  }

  @Test
  void manyAtOnceFileOneTicketForEachKey() throws IOException {
    Set<String> ids = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 60)
        .parallel()
        .forEach(i -> ids.add(new FileDesk(folder()).open(ticket("k" + i % 3))));

    assertThat(ids).hasSize(3);
    assertThat(files()).hasSize(3);
  }

  @Test
  void folderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");

    assertThatThrownBy(() -> new FileDesk(file.resolve("desk")).open(ticket("k")))
        .isInstanceOf(DeskException.class)
        .hasMessageContaining("the ticket of device-1 could not be filed in " + file)
        .hasMessageContaining("make the folder writable");
  }
}
