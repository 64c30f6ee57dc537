package dev.interlock.core.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.machine.Attachment;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class PriceTest {
  private static final Price PRICE =
      new Price(new BigDecimal("3"), new BigDecimal("15"), new BigDecimal("0.3"));

  private static Question question(Attachment... documents) {
    Question.Said said = new Question.Said(List.of("look at it"), List.of(documents));
    return new Question("a", 1, "S", "be good", List.of(), List.of(said));
  }

  @Test
  void replyThatNobodySawIsEstimated() {
    Reply.Usage usage = PRICE.estimate(question());

    assertThat(usage.input()).isEqualTo(5); // 17 characters
    assertThat(usage.output()).isEqualTo(Price.UNSEEN_REPLY);
    assertThat(usage.cost()).isEqualByComparingTo("0.015015");
  }

  @Test
  void documentsCount() {
    Attachment photo = Attachment.of("car.png", new byte[] {1});

    assertThat(PRICE.estimate(question(photo, photo)).input()).isEqualTo(5 + 2 * Price.DOCUMENT);
  }
}
