package dev.interlock.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Question;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every engine holds of documents; a part of {@link EngineContract}. */
abstract class DocumentRules extends MigrationRules {
  private static final String PNG = "\u0089PNG\r\n\u001a\n";

  /** A document of that size, filled so that no two fills are alike. */
  private static Attachment document(String name, String begins, int size, int fill) {
    byte[] first = begins.getBytes(ISO_8859_1);
    byte[] bytes = Arrays.copyOf(first, size);
    Arrays.fill(bytes, first.length, size, (byte) fill);
    return Attachment.of(name, bytes);
  }

  private static Attachment png(String name, int size) {
    return document(name, PNG, size, 1);
  }

  private Acknowledgement send(Principal by, String id, String field, Attachment... documents) {
    return engine.send(by, id, null, "", Map.of(), Map.of(field, List.of(documents)));
  }

  private Optional<byte[]> bytes(Principal by, String id, Attachment of) {
    return engine.document(by, id, of.document().hash()).map(Attachment::bytes);
  }

  private List<Attachment> shown(String id, long question) {
    return world.model().question(id, question).messages().stream()
        .filter(Question.Said.class::isInstance)
        .flatMap(said -> ((Question.Said) said).documents().stream())
        .toList();
  }

  @Test
  void documentIsThereAsItWasSentAndShownToTheModel() {
    Attachment photo = png("car.png", 1_000);
    Attachment paper = document("bill.pdf", "%PDF-1.7", 500, 2);
    start("a", "Thank you.", "Still here.");

    taken(
        engine.send(
            ANA,
            "a",
            "m1",
            "look",
            Map.of("pin", "hunter22"),
            Map.of("photo", List.of(photo), "papers", List.of(paper))));

    awaitInstance("a", "it waits", this::rests);
    assertThat(instance("a").facts())
        .containsEntry("photo", photo.document().value())
        .containsEntry("papers", List.of(paper.document().value()));
    assertThat(bytes(ANA, "a", photo)).contains(photo.bytes());
    assertThat(shown("a", 1)).containsExactly(photo);
    assertThat(shown("a", 1).getFirst().bytes()).isEqualTo(photo.bytes());
    assertThat(world.model().question("a", 1).messages().toString())
        .contains(
            "photo = \"car.png\" (image/png, 1,000 bytes).",
            "papers = \"bill.pdf\" (application/pdf, 500 bytes), not shown: you cannot see it");

    restart();

    assertThat(bytes(ANA, "a", photo)).contains(photo.bytes());
    assertThat(bytes(OPERATOR, "a", paper)).contains(paper.bytes());
    taken(engine.send(ANA, "a", null, "are you there?"));
    awaitInstance("a", "it waits", instance -> rests(instance) && instance.questions() == 2);
    assertThat(shown("a", 2)).containsExactly(photo);
  }

  @Test
  void documentThatWasReplacedIsShownNoMoreAndStaysInTheJournal() {
    Attachment first = png("first.png", 100);
    Attachment second = png("second.png", 101);
    start("a", "Another, please.", "Thank you.");
    taken(send(ANA, "a", "photo", first));
    awaitInstance("a", "it waits", this::rests);

    taken(send(ANA, "a", "photo", second));

    awaitInstance("a", "it waits", instance -> rests(instance) && instance.questions() == 2);
    assertThat(shown("a", 2)).containsExactly(second);
    assertThat(bytes(ANA, "a", first)).contains(first.bytes());
  }

  @Test
  void forkHasTheDocumentsThatItTookOver() {
    Attachment first = png("first.png", 100);
    Attachment later = png("later.png", 101);
    start("a", "Thank you.", "Thank you again.");
    taken(send(ANA, "a", "photo", first));
    long seq = awaitInstance("a", "it waits", this::rests).seq();
    taken(send(ANA, "a", "photo", later));
    awaitInstance("a", "it waits", instance -> rests(instance) && instance.questions() == 2);

    taken(engine.fork(OPERATOR, "a", seq, "b"));
    restart();

    assertThat(bytes(ANA, "b", first)).contains(first.bytes());
    assertThat(bytes(ANA, "b", later)).isEmpty();
    world.model().script("b", "Here it is.");
    taken(engine.send(ANA, "b", null, "what did I send?"));
    awaitInstance("b", "it waits", instance -> rests(instance) && instance.questions() == 2);
    assertThat(shown("b", 2)).containsExactly(first);
  }

  @Test
  void documentsThatDoNotFitLeaveNothing() {
    start("a");
    start("b", "Thank you.");
    Attachment gif = document("car.gif", "GIF89a", 100, 1);
    Attachment lying = document("car.png", "MZ", 100, 1);
    Attachment large = png("car.png", 6_000_001);
    Attachment over = png("car.png", Document.MAX_BYTES + 1);
    Attachment others = png("theirs.png", 77);
    taken(send(ANA, "b", "photo", others));
    List<Entry> before = engine.journal(OPERATOR, "a", 0);

    rejected(send(ANA, "a", "photo", gif), Rejection.Code.VALUES);
    rejected(send(ANA, "a", "photo", lying), Rejection.Code.VALUES);
    rejected(send(ANA, "a", "photo", png("car.png", 8), png("b.png", 9)), Rejection.Code.VALUES);
    rejected(send(ANA, "a", "photo", large), Rejection.Code.VALUES);
    rejected(send(ANA, "a", "photo", over), Rejection.Code.LIMIT);
    rejected(send(ANA, "a", "photo", png("../car.png", 10)), Rejection.Code.VALUES);
    rejected(send(ANA, "a", "photo", png("\u001b]0;x\u0007.png", 10)), Rejection.Code.VALUES);
    rejected(send(ANA, "a", "topic", png("car.png", 10)), Rejection.Code.VALUES);
    rejected(send(OPERATOR, "a", "photo", png("car.png", 10)), Rejection.Code.NOT_ALLOWED);
    rejected(
        engine.send(ANA, "a", null, "", Map.of("photo", others.document().value())),
        Rejection.Code.VALUES);
    rejected(
        engine.send(
            ANA, "a", null, "hi", Map.of("home", 7L), Map.of("photo", List.of(png("car.png", 10)))),
        Rejection.Code.VALUES);

    assertThat(engine.journal(OPERATOR, "a", 0)).isEqualTo(before);
    assertThat(bytes(OPERATOR, "a", gif)).isEmpty();
    assertThat(bytes(OPERATOR, "a", png("car.png", 10))).isEmpty();
    assertThat(bytes(OPERATOR, "a", others)).isEmpty();
    assertThat(bytes(OPERATOR, "b", others)).isPresent();
  }

  @Test
  void messageWithADocumentIsTakenOnce() {
    start("a", "Thank you.");
    Map<String, List<Attachment>> photo = Map.of("photo", List.of(png("car.png", 100)));
    taken(engine.send(ANA, "a", "m1", "", Map.of(), photo));

    assertThat(engine.send(ANA, "a", "m1", "", Map.of(), photo))
        .isEqualTo(new Acknowledgement.Again("a"));
    rejected(
        engine.send(ANA, "a", "m1", "", Map.of(), Map.of("photo", List.of(png("car.png", 101)))),
        Rejection.Code.CONFLICT);
    awaitInstance("a", "it waits", this::rests);
    assertThat(occurrences("a", Occurrence.MessageSent.class)).hasSize(1);
  }

  @Test
  void documentsLargerThanARequestMayBeArriveWhole() {
    start("a", "Thank you.");
    Attachment photo = png("large.png", 6_000_000);

    taken(send(ANA, "a", "photo", photo));

    awaitInstance("a", "it waits", this::rests);
    assertThat(bytes(ANA, "a", photo)).contains(photo.bytes());
  }

  @Test
  void documentIsForWhomItsHashIsShown() {
    world.tools().answer("d.lend", "lent");
    Attachment photo = png("car.png", 100);
    Attachment passport = png("passport.png", 101);
    Attachment badge = png("badge.png", 102);
    start("a", call("d.lend", Map.of("item", "laptop")), "It waits.", "It is yours.");
    taken(
        engine.send(
            ANA,
            "a",
            null,
            "may I, says passport.png",
            Map.of(),
            Map.of(
                "photo", List.of(photo), "passport", List.of(passport), "badge", List.of(badge))));
    Parked parked = parked("a");

    assertThat(shown("a", 1)).containsExactlyInAnyOrder(photo, badge);
    assertThat(world.model().question("a", 1).messages().toString()).doesNotContain("passport.png");
    for (Principal anybody : List.of(ANA, OPERATOR, BOB, EVE)) {
      assertThat(bytes(anybody, "a", passport)).as("%s", anybody).isEmpty();
    }
    assertThat(bytes(ANA, "a", badge)).isPresent();
    assertThat(bytes(OPERATOR, "a", badge)).isEmpty();
    assertThat(bytes(BOB, "a", badge)).isEmpty();
    assertThat(engine.journal(OPERATOR, "a", 0).toString())
        .contains(photo.document().hash(), "image/png")
        .doesNotContain(passport.document().hash(), badge.document().hash(), "passport.png");
    assertThat(parked.shown()).containsEntry("photo", photo.document().value());
    assertThat(bytes(BOB, "a", photo)).contains(photo.bytes());
    assertThat(bytes(EVE, "a", photo)).isEmpty();

    Engine.Answer yes =
        new Engine.Answer(parked.number(), parked.hash(), Occurrence.Answered.APPROVED, Map.of());
    taken(engine.answer(BOB, "a", null, yes));

    await("nothing waits for Bob", () -> bytes(BOB, "a", photo).isEmpty());
    assertThat(bytes(ANA, "a", photo)).isPresent();
  }
}
