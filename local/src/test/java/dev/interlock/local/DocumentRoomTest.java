package dev.interlock.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.PutDocument;
import dev.interlock.core.journal.Store.Write;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.DocumentRoom;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.InMemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DocumentRoomTest {
  private static final Principal ANA = new Principal("ana", List.of("employee"));

  private final InMemoryStore store = new InMemoryStore();

  private static Attachment paper(int number) {
    return Attachment.of("paper.pdf", ("%PDF-" + number).getBytes(UTF_8));
  }

  private static List<Write> papers(int from, int to) {
    List<Write> papers = new ArrayList<>();
    for (int i = from; i < to; i++) {
      papers.add(new PutDocument("a", paper(i)));
    }
    return papers;
  }

  private static Acknowledgement send(Engine engine, String instance, int number) {
    return engine.send(ANA, instance, null, "", Map.of(), Map.of("papers", List.of(paper(number))));
  }

  @Test
  void instanceTakesSoManyContentsAndNoMore() {
    try (LocalRunning running = new LocalRunning(new ContractMachine.World(), () -> store)) {
      Engine engine = running.engine();
      engine.start(ANA, "contract", "a", null, Map.of());
      engine.start(ANA, "contract", "b", null, Map.of());
      store.commit(papers(0, DocumentRoom.MAX_DOCUMENTS));

      assertThat(send(engine, "a", DocumentRoom.MAX_DOCUMENTS))
          .isInstanceOfSatisfying(
              Acknowledgement.Rejected.class,
              it -> {
                assertThat(it.rejection().code()).isEqualTo(Rejection.Code.LIMIT);
                assertThat(it.rejection().message()).contains("documents of a: found 1,001 of");
              });
      assertThat(engine.journal(ANA, "a", 0)).hasSize(1);
      assertThat(store.documents("a")).hasSize(DocumentRoom.MAX_DOCUMENTS);
      assertThat(send(engine, "a", 0)).isInstanceOf(Acknowledgement.Taken.class);
      assertThat(send(engine, "b", DocumentRoom.MAX_DOCUMENTS))
          .isInstanceOf(Acknowledgement.Taken.class);
    }
  }

  @Test
  void whatIsCommittedWithItCountsToo() {
    int most = DocumentRoom.MAX_DOCUMENTS;
    store.commit(papers(0, most - 2));

    assertThat(DocumentRoom.full(store, "a", papers(most - 2, most - 1), papers(most - 1, most)))
        .isEmpty();
    assertThat(DocumentRoom.full(store, "a", papers(most - 2, most), papers(most, most + 1)))
        .contains("found 1,001 of", "at most 1,000 of 268,435,456");
    assertThat(DocumentRoom.full(store, "a", papers(most - 2, most + 5), List.of())).isEmpty();
  }

  @Test
  void bytesAreBoundedToo() {
    long most = DocumentRoom.MAX_BYTES;
    Store almost =
        new StoreWrapper(store) {
          @Override
          public Map<String, Long> documents(String instance) {
            return Map.of("x", most - paper(1).document().size());
          }
        };

    assertThat(DocumentRoom.full(almost, "a", List.of(), papers(1, 2))).isEmpty();
    assertThat(DocumentRoom.full(almost, "a", List.of(), papers(1, 3)))
        .contains("found 3 of 268,435,462 bytes");
  }
}
