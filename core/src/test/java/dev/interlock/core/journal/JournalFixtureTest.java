package dev.interlock.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Journals that were ever written stay readable: {@code journals/VERSION/} holds one of each
 * version that was released, with every kind of entry in it, and is never written again. The newest
 * may be written anew until it is released: {@code -Dinterlock.journals.write=true}.
 */
class JournalFixtureTest {
  private static final String NEWEST = "1";
  private static final List<String> VERSIONS = List.of(NEWEST);

  private static List<String> lines(String version, String name) throws IOException {
    String path = "/journals/%s/%s".formatted(version, name);
    try (InputStream in = JournalFixtureTest.class.getResourceAsStream(path)) {
      return new String(Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    }
  }

  private static SealedEntry sealed(String line) {
    Map<String, Object> parts = Json.object((Map<?, ?>) Json.parseStored(line));
    return new SealedEntry(
        text(parts, "instance"),
        (Long) Objects.requireNonNull(parts.get("seq")),
        text(parts, "skeleton"),
        text(parts, "content"),
        text(parts, "prev"),
        text(parts, "hash"));
  }

  private static String text(Map<String, Object> parts, String name) {
    return (String) Objects.requireNonNull(parts.get(name));
  }

  @Test
  void everyKindOfEntryIsStillRead() throws IOException {
    for (String version : VERSIONS) {
      List<String> read = new ArrayList<>();
      Chain chain = new Chain("device-1", Samples.KEY);
      for (String line : lines(version, "sealed.jsonl")) {
        SealedEntry entry = sealed(line);
        assertThat(chain.next(entry)).isEmpty();
        read.add(JournalJson.write(Sealing.open(entry)));
      }

      assertThat(read).isNotEmpty().isEqualTo(lines(version, "entries.jsonl"));
      assertThat(chain.end(read.size())).isEmpty();
    }
  }

  @Test
  void snapshotIsStillRead() throws IOException {
    for (String version : VERSIONS) {
      String snapshot = lines(version, "instance.json").getFirst();

      assertThat(JournalJson.write(JournalJson.instance(snapshot))).isEqualTo(snapshot);
    }
  }

  /** What a journal holds today is in the newest fixture: else it would not be kept readable. */
  @Test
  void newestHasEveryKindOfEntry() throws IOException {
    assertThat(lines(NEWEST, "entries.jsonl"))
        .as("write it anew if it was not released, else begin the next version")
        .isEqualTo(Samples.journal().stream().map(JournalJson::write).toList());
    assertThat(lines(NEWEST, "instance.json"))
        .containsExactly(JournalJson.write(Samples.instance()));
  }

  @Test
  @EnabledIfSystemProperty(named = "interlock.journals.write", matches = "true")
  void writeNewest() throws IOException {
    Path folder = Files.createDirectories(Path.of("src/test/resources/journals", NEWEST));
    Sealing sealing = new Sealing(Samples.KEY);
    List<String> sealed = new ArrayList<>();
    List<String> entries = new ArrayList<>();
    String prev = SealedEntry.NO_PREV;
    for (Entry entry : Samples.journal()) {
      SealedEntry next = sealing.seal(entry, prev);
      prev = next.hash();
      entries.add(JournalJson.write(entry));
      sealed.add(
          Json.write(
              Map.of(
                  "instance", next.instance(),
                  "seq", next.seq(),
                  "skeleton", next.skeleton(),
                  "content", next.content(),
                  "prev", next.prev(),
                  "hash", next.hash())));
    }
    Files.write(folder.resolve("sealed.jsonl"), sealed);
    Files.write(folder.resolve("entries.jsonl"), entries);
    Files.writeString(
        folder.resolve("instance.json"), JournalJson.write(Samples.instance()) + "\n");

    assertThat(folder.resolve("sealed.jsonl")).isNotEmptyFile();
  }
}
