package dev.interlock.core.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.evolve.Instance;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whoever decides a parked call sees what the caller has written since. */
class WrittenSinceTest {
  private final Journey journey = new Journey("written since", Machines.of("rules"));

  private List<String> written() {
    return journey.instance().written();
  }

  private void user(String text) {
    journey.play(Map.of("user", text));
  }

  private void parked() {
    journey.play(Map.of("start", Map.of()));
    user("Grant me a lamp.");
    journey.play(
        Map.of(
            "reply",
            List.of(
                Map.of("call", "record", "with", Map.of("limit", 9L)),
                Map.of("call", "it.grow", "with", Map.of("amount", 5L)))));
  }

  @Test
  void onlyWhatWasWrittenSinceItWasParkedIsShown() {
    parked();
    assertThat(written()).isEmpty();

    user("Better two.");
    assertThat(written()).containsExactly("Better two.");
  }

  @Test
  void whatWasWrittenStaysWhenMorePeopleAreAsked() {
    parked();
    user("Better two.");
    journey.play(Map.of("reply", List.of(Map.of("call", "record", "with", Map.of("limit", 1L)))));
    journey.play(Map.of("reply", "Asked."));
    journey.play(Map.of("reply", "Asked."));
    journey.play(Map.of("answer", "approved", "as", "bob"));

    assertThat(journey.instance().parked().getFirst().asks()).hasSize(2);
    assertThat(written()).containsExactly("Better two.");
  }

  @Test
  void newestTextsAreShownEachCut() {
    parked();
    for (int i = 1; i <= Instance.MAX_WRITTEN; i++) {
      user("no. " + i);
    }
    user("x".repeat(Instance.MAX_WRITTEN_TEXT + 1));

    assertThat(written())
        .hasSize(Instance.MAX_WRITTEN)
        .startsWith("no. 2")
        .endsWith("x".repeat(Instance.MAX_WRITTEN_TEXT) + "…");
  }
}
