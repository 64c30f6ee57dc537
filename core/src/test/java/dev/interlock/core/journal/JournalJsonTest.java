package dev.interlock.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Quorum;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JournalJsonTest {
  static List<Entry> journal() {
    return Samples.journal();
  }

  @ParameterizedTest
  @MethodSource("journal")
  void entryRoundTripsExactly(Entry entry) {
    String json = JournalJson.write(entry);

    assertThat(JournalJson.entry(json)).isEqualTo(entry);
    assertThat(Json.write(Json.parse(json))).as("canonical").isEqualTo(json);
  }

  @Test
  void instanceRoundTripsExactly() {
    Instance instance = Samples.instance();

    Instance read = JournalJson.instance(JournalJson.write(instance));

    assertThat(read).isEqualTo(instance);
    assertThat(read.facts().keySet()).containsExactlyElementsOf(instance.facts().keySet());
    assertThat(read.recent()).containsExactlyEntriesOf(instance.recent());
  }

  @Test
  void unbornInstanceRoundTrips() {
    Instance unborn = Instance.unborn("x");

    assertThat(JournalJson.instance(JournalJson.write(unborn))).isEqualTo(unborn);
  }

  @Test
  void rowRoundTrips() {
    Store.Row row =
        new Store.Row(
            "x",
            "id",
            "name",
            "ana",
            "Act",
            "waiting",
            null,
            null,
            Instant.EPOCH,
            Instant.EPOCH,
            null,
            true,
            7,
            List.of("manager"));

    assertThat(JournalJson.row(JournalJson.write(row))).isEqualTo(row);
  }

  @Test
  void recordOfSealedTypeIsNamed() {
    Entry entry =
        Samples.entry(
            1,
            new Occurrence.MessageSent("m1", Instant.EPOCH, new Principal("ana"), "hello", null),
            List.of());

    assertThat(Json.parseObject(JournalJson.write(entry)).get("occurrence"))
        .isEqualTo(
            Map.of(
                "type",
                "MessageSent",
                "id",
                "m1",
                "at",
                "1970-01-01T00:00:00Z",
                "from",
                Map.of("id", "ana", "roles", List.of()),
                "text",
                "hello"));
  }

  @Test
  void unknownOccurrenceSaysThatItIsNewer() {
    String json =
        "{\"instance\":\"x\",\"seq\":1,\"at\":\"1970-01-01T00:00:00Z\",\"version\":\"9\","
            + "\"occurrence\":{\"type\":\"Teleported\"},\"outcomes\":[]}";

    assertThatThrownBy(() -> JournalJson.entry(json))
        .isInstanceOf(JournalException.class)
        .hasMessage(
            "found the occurrence \"Teleported\", which this version does not know: a newer one"
                + " wrote it");
  }

  /** As it was before several people could be asked: who said yes stood in a member of its own. */
  @Test
  void snapshotFromBeforeSeveralPeopleKeepsItsYes() {
    String now = JournalJson.write(Samples.instance());
    String before =
        now.replaceAll("\"quorum\":\\{[^}]*\\},", "")
            .replaceAll(",\"yes\":\\[[^\\]]*\\]", ",\"answeredBy\":\"bob\"")
            .replaceAll("\"labels\":\\[[^\\]]*\\],", "");

    Instance read = JournalJson.instance(before);

    assertThat(before).contains("answeredBy").doesNotContain("quorum", "labels");
    assertThat(read.labels()).isEmpty();
    Parked.Ask ask = read.parked().getFirst().asks().getFirst();
    assertThat(ask.yes()).containsExactly("bob");
    assertThat(ask.quorum()).isEqualTo(Quorum.ONE);
    assertThat(ask.answered()).isTrue();
    assertThat(Objects.requireNonNull(read.approval()).quorum()).isEqualTo(Quorum.ONE);
    assertThat(JournalJson.instance(JournalJson.write(read))).isEqualTo(read);
  }
}
